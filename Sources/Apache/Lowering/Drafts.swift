import IR
import Source

/// A server while its directives are read: the main server or a virtual host.
struct ServerDraft: Sendable {
    /// The section, or that it is implied.
    var origin: ID<Origin>
    /// ServerName's host, in lower case.
    var name: Stated<String>?
    /// ServerName's port.
    var port: Int?
    /// Its name was given with `https`.
    var isNamedSecure = false
    /// ServerAlias's names, in order.
    var aliases: [Stated<String>] = []
    /// The addresses of a virtual host.
    var addresses: [VirtualAddress] = []
    /// What was written at this level.
    var settings = Settings()
    /// `SetEnvIf` and the like, which run before anything is matched.
    var early: [Statement] = []
    /// ProxyPass and ProxyPassMatch.
    var proxies: [Route] = []
    /// ProxyPass in `<Location>` sections.
    var sectionProxies: [Route] = []
    /// Redirect and RedirectMatch.
    var redirects: [Route] = []
    /// Alias, AliasMatch, ScriptAlias.
    var aliasRoutes: [Route] = []
    /// The sections.
    var overlays: [OverlayDraft] = []
    /// Rewriting in the server's context.
    var rewriting = RewriteDraft()
    /// Tables for rewriting.
    var maps: [String: RewriteMap] = [:]
    /// Upstream URLs that have a pool already.
    var workers: [Worker] = []
    /// Access logs, in order.
    var logs: [LogDraft] = []
    /// Log formats by nickname.
    var formats: [String: String] = [:]
    /// The format of TransferLog.
    var defaultFormat: String?
    /// The pieces of one setting that several directives say.
    var connection = ConnectionDraft()
    /// Where errors go, and from which level on.
    var errorLog = ErrorLogDraft()
    /// What is refused before a site is known.
    var reading = ReadingDraft()
    /// Expires at this level.
    var expires = ExpiresDraft()
    /// What `.htaccess` files are called here; nil: nobody has said it.
    var accessFiles: [String]?
    /// Where which `.htaccess` files count.
    var overrides: [DiscoveryAllowance] = []
    /// TLS with clients.
    var tls = TLSDraft()
    /// Proxies that stand before this server.
    var remoteIP = RemoteIPDraft()
    /// TLS with upstreams.
    var upstreamTLS = UpstreamTLSDraft()

    init(origin: ID<Origin>) { self.origin = origin }
}

/// An address that a virtual host answers at.
struct VirtualAddress: Hashable, Sendable {
    /// The address; nil: all.
    var host: String?
    /// The port; nil: all.
    var port: Int?
    /// The name that it was written with, if it was one.
    var name: String?
}

/// A socket that `Listen` asks for.
struct ListenDraft: Sendable {
    /// The address; nil: all.
    var host: String?
    /// The port.
    var port: Int
    /// It speaks TLS whatever the virtual host says.
    var usesTLS: Bool
    /// The statement.
    var origin: ID<Origin>
}

/// KeepAlive and its kin.
struct ConnectionDraft: Sendable {
    /// KeepAlive.
    var keepsAlive: Stated<Bool>?
    /// KeepAliveTimeout.
    var idle: Stated<Double>?
    /// MaxKeepAliveRequests; 0: any number.
    var requests: Stated<Int>?
    /// Timeout.
    var timeout: Stated<Double>?
    /// ProxyTimeout.
    var proxyTimeout: Stated<Double>?
}

/// ErrorLog and LogLevel.
struct ErrorLogDraft: Sendable {
    /// Where to.
    var target: Stated<String>?
    /// From which level on.
    var level: Stated<String>?
}

/// LimitRequest* and RequestReadTimeout at server level.
struct ReadingDraft: Sendable {
    /// LimitRequestLine.
    var line: Int?
    /// LimitRequestFieldSize.
    var field: Int?
    /// LimitRequestFields; 0: any number.
    var fields: Int?
    /// How slowly a head may come in.
    var headerPace: ReadingPace?
    /// How slowly a handshake may come in.
    var handshakePace: ReadingPace?
    /// TraceEnable.
    var trace: Bool?
    /// HttpProtocolOptions Unsafe.
    var isUnsafe = false
}

/// A section while its directives are read.
struct SectionDraft: Sendable {
    /// What kind of section.
    var kind: Kind
    /// Where it applies, without the sections around it.
    var selector: Selector
    /// What was written in it.
    var settings = Settings()
    /// `Require` and its kin.
    var guards = GuardDraft()
    /// `Order`, `Allow`, `Deny`, `Satisfy`.
    var older = OlderAccessDraft()
    /// Rewriting in the section's context.
    var rewriting = RewriteDraft()
    /// Expires in the section.
    var expires = ExpiresDraft()
    /// TLS with the upstreams that the section is about.
    var upstreamTLS = UpstreamTLSDraft()
    /// What is written in it about directories, as a path.
    var path: String?
    /// The section's tag, for messages.
    var title: String
    /// The statement.
    var origin: ID<Origin>

    /// What a section is about.
    enum Kind: Sendable {
        case directory, directoryPattern, files, location, condition, proxy, htaccess
    }
}

/// A section that was read, on its way into a site's overlays.
struct OverlayDraft: Sendable {
    /// Where it applies, with the sections around it.
    var selector: Selector
    /// What it says.
    var layer: Layer
    /// Its place in the fold.
    var rank: Rank
    /// Sections nested in directories come behind those of the server.
    var nesting: Int = 0
    /// Expires in the section, which depend on what the server says.
    var expires = ExpiresDraft()
    /// TLS with upstreams, which depends on what the server says.
    var upstreamTLS = UpstreamTLSDraft()
    /// Rewriting in the section.
    var rewriting = RewriteDraft()
    /// The path of a directory section.
    var path: String?
}

/// The methods of a `<Limit>` (or, turned round, of a `<LimitExcept>`).
struct MethodLimit: Hashable, Sendable {
    /// The named methods.
    var methods: [String]
    /// It is about all other methods.
    var isExcept: Bool

    /// Holds for the methods that the section is about.
    var condition: Condition {
        // Limiting GET limits HEAD too (httpd's manual, <Limit>).
        let names = methods.contains("GET") && !methods.contains("HEAD") ? methods + ["HEAD"] : methods
        let among = Condition.among(Template(.method), names.map { Template($0) })
        return isExcept ? .not(among) : among
    }
}

/// An access log while it is read.
struct LogDraft: Sendable {
    /// The file, pipe or syslog as written.
    var target: String
    /// A nickname or a format; nil: the default.
    var format: String?
    /// When a line is written.
    var condition: Condition?
    /// Where it was written.
    var range: SourceRange
    /// The statement.
    var origin: ID<Origin>
}

/// Expires at one level.
struct ExpiresDraft: Sendable {
    /// ExpiresActive.
    var active: Stated<Bool>?
    /// ExpiresByType and ExpiresDefault.
    var entries: [Expiry] = []
}
