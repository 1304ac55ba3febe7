/// A call through a gateway protocol.
package struct GatewayCall: Hashable, Sendable {
    /// The process's socket.
    package var socket: Target
    /// What it is told.
    package var parameters: [GatewayParameter]
    /// The protocol: "fastcgi", "scgi", "uwsgi".
    package var wire: String
    /// The connection stays open behind a request.
    package var keepsConnection: Bool
    /// What is told by the rules of CGI, besides the parameters; nil: the parameters and the client's fields are all.
    package var common: CommonVariables?
    /// Texts that make an answer none when the application complains of them before its answer's body.
    package var catches: [String]
    /// The statement.
    package var origin: ID<Origin>

    package init(
        socket: Target, parameters: [GatewayParameter], wire: String, keepsConnection: Bool = false,
        common: CommonVariables? = nil, catches: [String] = [], origin: ID<Origin>
    ) {
        self.socket = socket
        self.parameters = parameters
        self.wire = wire
        self.keepsConnection = keepsConnection
        self.common = common
        self.catches = catches
        self.origin = origin
    }
}

/// One parameter of a gateway call.
package struct GatewayParameter: Hashable, Sendable {
    /// Its name.
    package var name: String
    /// Its value.
    package var value: Template
    /// It is left out when it is empty.
    package var ifNotEmpty: Bool = false

    package init(name: String, value: Template, ifNotEmpty: Bool = false) {
        self.name = name
        self.value = value
        self.ifNotEmpty = ifNotEmpty
    }
}

/// What a call tells by the rules of CGI (RFC 3875): the meta-variables, the request's variables, and what
/// `ForwardSettings.gateway` adds; such a call also judges the client's conditions by what the script answers.
package struct CommonVariables: Hashable, Sendable {
    /// Which path is the script's.
    package var script: CalledScript
    /// What stands before the path in SCRIPT_FILENAME unless scripts are named plainly, as in
    /// `proxy:fcgi://127.0.0.1:9000`; nil: what names the member that was chosen.
    package var backend: String?
    /// The target as it is written, a whole URL; empty for scripts on disk.
    package var written: String
    /// Which status stands for which failure of the call; all others have that of `ForwardSettings.failures`.
    package var failures: [Failure: Int]
    /// Nobody set the application up whose address the request decides, which it is told.
    package var isImplied: Bool

    package init(
        script: CalledScript, backend: String?, written: String = "", failures: [Failure: Int] = [:],
        isImplied: Bool = false
    ) {
        self.script = script
        self.backend = backend
        self.written = written
        self.failures = failures
        self.isImplied = isImplied
    }
}

/// Which path is the path of a called script.
package enum CalledScript: Hashable, Sendable {
    /// The file's, behind this text, or behind the path of a computed address: the first part of the request's place
    /// that is no directory. The rest of the path is what follows the script.
    case file(behind: String)
    /// The path that is sent; nothing follows it.
    case sent(SentPath)
}

/// What calls by the rules of CGI tell besides, at a place.
package struct GatewaySettings: Hashable, Sendable {
    /// Authorization and Proxy-Authorization go along.
    package var passesLogin: Stated<Bool>?
    /// SCRIPT_FILENAME is the path alone.
    package var namesPlainly: Stated<Bool>?
    /// REQUEST_URI is the path as it is by then.
    package var tellsCurrentPath: Stated<Bool>?
    /// REDIRECT_URL is a whole URL.
    package var qualifiesRedirect: Stated<Bool>?
    /// What DOCUMENT_ROOT says where it is more than the place of files.
    package var root: Stated<String>?
    /// The address that SERVER_ADMIN names.
    package var admin: Stated<String>?
    /// What SERVER_SIGNATURE says.
    package var signature: Stated<Signature>?
    /// What is told of TLS.
    package var tls: Stated<Set<TLSExport>>?
    /// Changes of what is told, in order, once all is there.
    package var edits: Edit<[GatewayEdit]>?

    package init() {}
}

/// What a line about the server says.
package enum Signature: Hashable, Sendable {
    case none
    /// The server and the site.
    case server
    /// The server and the site, with the address of who is in charge.
    case serverWithMail
}

/// What programs may be told of TLS.
package enum TLSExport: String, Hashable, Sendable {
    /// The connection and the names in the certificates.
    case facts
    /// The certificates as text.
    case certificates
}

/// One change of what a call tells.
package struct GatewayEdit: Hashable, Sendable {
    /// When it is made.
    package var when: Condition
    /// Whose value changes.
    package var name: String
    /// The value; nil: it is not told.
    package var value: Template?
    /// The statement.
    package var origin: ID<Origin>

    package init(when: Condition, name: String, value: Template?, origin: ID<Origin>) {
        self.when = when
        self.name = name
        self.value = value
        self.origin = origin
    }
}
