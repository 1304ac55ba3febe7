/// How requests are forwarded.
package struct ForwardSettings: Hashable, Sendable {
    /// The Host field that is sent.
    package var host: Stated<Template>?
    /// The HTTP version that is spoken: "1.0" or "1.1".
    package var version: Stated<String>?
    /// How long steps may take.
    package var timeouts: Stated<Timeouts>?
    /// When another try is made.
    package var retry: Stated<Retry>?
    /// The answer is read ahead of the client.
    package var buffering: Stated<Bool>?
    /// How much of an answer may wait for the client.
    package var buffers: Stated<AnswerBuffers>? {
        get { buffersStorage.first }
        set { buffersStorage = newValue.map { [$0] } ?? [] }
    }
    // As with `tls` below.
    private var buffersStorage: [Stated<AnswerBuffers>] = []
    /// The request's body is read whole before the upstream is asked.
    package var requestBuffering: Stated<Bool>?
    /// Which status stands for which failure.
    package var failures: Stated<[Failure: Int]>?
    /// Fields named by Connection are dropped.
    package var dropsConnectionNamed: Stated<Bool>?
    /// Request header and body go along.
    package var passesHeaders: Stated<Bool>?
    /// The request's body goes along.
    package var passesBody: Stated<Bool>?
    /// Answer fields that control this server and are not passed on (X-Accel-*), in lower case.
    package var controlHeaders: Stated<Set<String>>?
    /// Answer fields that are not passed on, in lower case.
    package var hides: Edit<Set<String>>?
    /// Fields of `hides` and `replaces` that are passed on all the same, in lower case.
    package var passes: Edit<Set<String>>?
    /// Answer fields that this server writes itself (Server, Date), in lower case.
    package var replaces: Stated<Set<String>>?
    /// How locations in answers are mapped.
    package var locations: Edit<[URLMapping]>?
    /// How cookies in answers are mapped.
    package var cookies: Edit<[CookieMapping]>?
    /// TLS towards the upstream.
    package var tls: Stated<UpstreamTLS>? {
        get { tlsStorage.first }
        set { tlsStorage = newValue.map { [$0] } ?? [] }
    }
    // It is large and rare: beside the settings it does not weigh on those who copy them.
    private var tlsStorage: [Stated<UpstreamTLS>] = []
    /// Where copies of requests go.
    package var mirror: Edit<[Template]>?
    /// How the path of a script is told from what follows it.
    package var script: Stated<ScriptNaming>?
    /// What calls by the rules of CGI tell besides.
    package var gateway: GatewaySettings {
        get { gatewayStorage.first ?? GatewaySettings() }
        set { gatewayStorage = newValue == GatewaySettings() ? [] : [newValue] }
    }
    // As rare and large as the one above.
    private var gatewayStorage: [GatewaySettings] = []

    package init(
        host: Stated<Template>? = nil, version: Stated<String>? = nil, timeouts: Stated<Timeouts>? = nil,
        retry: Stated<Retry>? = nil, buffering: Stated<Bool>? = nil, requestBuffering: Stated<Bool>? = nil,
        failures: Stated<[Failure: Int]>? = nil, dropsConnectionNamed: Stated<Bool>? = nil,
        passesHeaders: Stated<Bool>? = nil, passesBody: Stated<Bool>? = nil,
        controlHeaders: Stated<Set<String>>? = nil, hides: Edit<Set<String>>? = nil,
        passes: Edit<Set<String>>? = nil, replaces: Stated<Set<String>>? = nil,
        locations: Edit<[URLMapping]>? = nil, cookies: Edit<[CookieMapping]>? = nil,
        tls: Stated<UpstreamTLS>? = nil, mirror: Edit<[Template]>? = nil, script: Stated<ScriptNaming>? = nil
    ) {
        self.host = host
        self.version = version
        self.timeouts = timeouts
        self.retry = retry
        self.buffering = buffering
        self.requestBuffering = requestBuffering
        self.failures = failures
        self.dropsConnectionNamed = dropsConnectionNamed
        self.passesHeaders = passesHeaders
        self.passesBody = passesBody
        self.controlHeaders = controlHeaders
        self.hides = hides
        self.passes = passes
        self.replaces = replaces
        self.locations = locations
        self.cookies = cookies
        self.tls = tls
        self.mirror = mirror
        self.script = script
    }
}

/// How the path of a script is found in the path of a request.
package struct ScriptNaming: Hashable, Sendable {
    /// Its first group is the script, its second what follows; nil: the whole path is the script.
    package var split: Pattern?
    /// The script that stands for a path that ends in a slash.
    package var index: String

    package init(split: Pattern? = nil, index: String = "") {
        self.split = split
        self.index = index
    }
}

/// How long the steps of an exchange may take, in seconds.
package struct Timeouts: Hashable, Sendable {
    /// To connect.
    package var connect: Double = 60
    /// Between two writes.
    package var send: Double = 60
    /// Between two reads.
    package var read: Double = 60

    package init(connect: Double = 60, send: Double = 60, read: Double = 60) {
        self.connect = connect
        self.send = send
        self.read = read
    }
}

/// When another member is tried.
package struct Retry: Hashable, Sendable {
    /// After these failures.
    package var on: Set<Failure>
    /// After these statuses.
    package var statuses: Set<Int> = []
    /// Also for methods that are not idempotent, once they were sent.
    package var unsafeMethods: Bool = false
    /// So often at most; nil: once for each member.
    package var tries: Int?
    /// No later than so many seconds behind the first try; nil: at any time.
    package var time: Double?
    /// A try over a kept connection that closed unanswered is not counted (nginx); else it only goes out again where
    /// nobody has read it.
    package var forgivesKept: Bool

    package init(
        on: Set<Failure>, statuses: Set<Int> = [], unsafeMethods: Bool = false, tries: Int? = nil, time: Double? = nil,
        forgivesKept: Bool = false
    ) {
        self.on = on
        self.statuses = statuses
        self.unsafeMethods = unsafeMethods
        self.tries = tries
        self.time = time
        self.forgivesKept = forgivesKept
    }
}

extension Retry {
    /// Whether there may be another try behind so many, so many milliseconds after the first began.
    package func permits(tries done: Int, of members: Int, after milliseconds: Int64) -> Bool {
        if done >= min(tries ?? members, members) { return false }
        guard let time else { return true }
        return Double(milliseconds) < time * 1_000
    }
}

/// How a location in an answer is mapped.
package struct URLMapping: Hashable, Sendable {
    /// In which fields, in lower case.
    package var headers: Set<String>
    /// What it begins with; ignored where there is a pattern.
    package var from: Template
    /// What it matches.
    package var pattern: Pattern?
    /// What stands there instead.
    package var to: Template
    /// How a relative result becomes absolute.
    package var absolute: AbsoluteLocation
    /// The statement.
    package var origin: ID<Origin>

    package init(
        headers: Set<String>, from: Template, pattern: Pattern? = nil, to: Template, absolute: AbsoluteLocation,
        origin: ID<Origin>
    ) {
        self.headers = headers
        self.from = from
        self.pattern = pattern
        self.to = to
        self.absolute = absolute
        self.origin = origin
    }
}

/// How an attribute of Set-Cookie is mapped.
package struct CookieMapping: Hashable, Sendable {
    /// "domain" or "path".
    package var attribute: String
    /// What it is (domain) or begins with (path).
    package var from: Template
    /// What it matches.
    package var pattern: Pattern?
    /// What stands there instead.
    package var to: Template
    /// The statement.
    package var origin: ID<Origin>

    package init(attribute: String, from: Template, pattern: Pattern? = nil, to: Template, origin: ID<Origin>) {
        self.attribute = attribute
        self.from = from
        self.pattern = pattern
        self.to = to
        self.origin = origin
    }
}
