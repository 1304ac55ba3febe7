import IR
import Language
import Source

/// A block while it is being read: what its statements say, not yet combined with the blocks around it.
struct Level: Sendable {
    /// Which block it is.
    enum Kind: Hashable, Sendable {
        case main, events, http, server, upstream
        case location(LocationName)
        case serverIf(Condition), locationIf(Condition)
        case limitExcept(Set<String>)
    }

    /// Which block it is.
    var kind: Kind
    /// The block's statement.
    var origin: ID<Origin>
    /// Where it stands; nil for the main level.
    var head: SourceRange?
    /// What was said that needs nothing from around it.
    @Boxed var settings = Settings()
    /// What was said that has to be combined with the blocks around it.
    @Boxed var parts = Parts()
    /// `set`, `if`, `return`, `rewrite` and `break`, in order.
    var statements: [Draft] = []
    /// Locations, `if` blocks and `limit_except` inside.
    var children: [Level] = []
    /// Who answers here.
    var handler: Handler?
    /// `try_files`.
    var probe: ProbeDraft?
    /// `internal`.
    var onlyInternally = false
    /// The places where single-valued directives stood.
    var seen: [String: SourceRange] = [:]
    /// Of a server: where it listens and what it is called.
    @Boxed var site = SiteDraft()

    init(kind: Kind, origin: ID<Origin>, head: SourceRange? = nil) {
        self.kind = kind
        self.origin = origin
        self.head = head
    }

    /// Where statements of this block stand.
    var context: ContextSet {
        switch kind {
        case .main: .main
        case .events: .events
        case .http: .http
        case .server: .server
        case .upstream: .upstream
        case .location: .location
        case .serverIf: .serverIf
        case .locationIf: .locationIf
        case .limitExcept: .limitExcept
        }
    }

    /// Its condition, if it is an `if`.
    var condition: Condition {
        switch kind {
        case .serverIf(let condition), .locationIf(let condition): condition
        default: .always
        }
    }

    /// Its location, if it is one.
    var location: LocationName? {
        if case .location(let name) = kind { name } else { nil }
    }

    /// A statement of the rewrite module; an `if` refers to the child that holds its block.
    enum Draft: Sendable {
        case rule(Rule)
        case block(child: Int)
    }
}

/// How a location is named.
struct LocationName: Hashable, Sendable {
    /// What is compared, and how.
    enum Modifier: Hashable, Sendable {
        case prefix, exact
        /// `^~`: as the longest prefix it keeps patterns from being asked.
        case prefixThatEndsSearch
        case pattern(Pattern)
        case named
    }

    /// How it is compared.
    var modifier: Modifier
    /// The path, the pattern's text or the name with its `@`.
    var text: String

    /// Whether the request's path begins with `text` here.
    var isPrefix: Bool { modifier == .prefix || modifier == .prefixThatEndsSearch }

    /// Whether a URI part behind an upstream's address replaces `text`.
    var replacesPath: Bool { isPrefix || modifier == .exact }

    /// As it is written.
    var written: String {
        switch modifier {
        case .prefix, .named: text
        case .exact: "= \(text)"
        case .prefixThatEndsSearch: "^~ \(text)"
        case .pattern(let pattern): (pattern.ignoresCase ? "~* " : "~ ") + text
        }
    }
}

/// Who answers in a block.
enum Handler: Sendable {
    /// A protocol that is not run; its locations redirect as those of `proxy_pass` do.
    case gateway(Content)
    case proxy(ProxyPass)
    /// `fastcgi_pass`.
    case fastCGI(ProxyPass)
    case content(Content)
}

/// A server's own statements.
struct SiteDraft: Sendable {
    /// `listen`, in order.
    var listens: [Listen] = []
    /// `server_name`, in order.
    var names: [ServerName] = []
    /// Settings that count before a server is chosen, taken from the address's default server.
    var reading = ReadingParts()
    /// `ssl_…`, of a server or of `http`.
    @Boxed var tls = TLSParts()
}

/// `try_files` before named locations are known.
struct ProbeDraft: Sendable {
    var tries: [Candidate]
    var otherwise: Otherwise
    var directive: Directive

    enum Otherwise: Sendable {
        case status(Int)
        case named(String)
        case uri(Template)
    }
}
