/// What errors look like.
package struct ErrorSettings: Hashable, Sendable {
    /// Pages by status.
    package var rules: Edit<[ErrorRule]>?
    /// Whether upstream errors get our pages.
    package var replacesUpstreams: Stated<UpstreamErrors>?
    /// What happens when the page itself fails.
    package var nested: Stated<Nested>?
    /// Upstream fields that survive when our page replaces an upstream's, in lower case.
    package var keeps: Stated<Set<String>>?

    package init(
        rules: Edit<[ErrorRule]>? = nil, replacesUpstreams: Stated<UpstreamErrors>? = nil,
        nested: Stated<Nested>? = nil, keeps: Stated<Set<String>>? = nil
    ) {
        self.rules = rules
        self.replacesUpstreams = replacesUpstreams
        self.nested = nested
        self.keeps = keeps
    }
}

/// A page for a status; the status is its key.
package struct ErrorRule: Hashable, Sendable {
    /// The status.
    package var status: Int
    /// What is shown.
    package var page: Page
    /// The status that is answered.
    package var result: ResultStatus = .kept
    /// The statement.
    package var origin: ID<Origin>

    package init(status: Int, page: Page, result: ResultStatus = .kept, origin: ID<Origin>) {
        self.status = status
        self.page = page
        self.result = result
        self.origin = origin
    }
}

/// What is shown for an error.
package enum Page: Hashable, Sendable {
    /// Another request of this site.
    case request(Template, method: MethodRule)
    /// Another scope, path and method unchanged.
    case enter(ID<Scope>)
    /// A redirect with this status.
    case redirect(Template, Int)
    case text(Template, mediaType: String)
    case builtIn
}

/// Which method a page is asked with.
package enum MethodRule: Hashable, Sendable {
    case asIs, getUnlessHead
}

/// Which status is answered with a page.
package enum ResultStatus: Hashable, Sendable {
    case kept
    case set(Int)
    case fromPage
}

/// Whether upstream errors get our pages.
package enum UpstreamErrors: Hashable, Sendable {
    case never
    /// All in the range, or of these only, also without a rule.
    case all(ClosedRange<Int>, only: Set<Int>?)
    /// From this status on, where there is a rule.
    case onlyWithRule(from: Int)
}

/// What happens when a page itself fails.
package enum Nested: Hashable, Sendable {
    /// The first status with its built-in page.
    case first
    /// The last status with its built-in page.
    case last
    /// Rules apply again, so often at most.
    case rules(upTo: Int)
}

/// What is changed in an answer.
package struct AnswerSettings: Hashable, Sendable {
    /// Header edits.
    package var headers: Edit<[HeaderEdit]>?
    /// How long an answer is fresh.
    package var expires: Edit<[Expiry]>?
    /// What the body passes through.
    package var filters: Edit<[Filter]>?
    /// The Server field; nil: none.
    package var serverName: Stated<String?>?
    /// Pages and reasons made here.
    package var pages: Stated<GeneratedPages>?

    package init(
        headers: Edit<[HeaderEdit]>? = nil, expires: Edit<[Expiry]>? = nil, filters: Edit<[Filter]>? = nil,
        serverName: Stated<String?>? = nil, pages: Stated<GeneratedPages>? = nil
    ) {
        self.headers = headers
        self.expires = expires
        self.filters = filters
        self.serverName = serverName
        self.pages = pages
    }
}

/// How long answers of a media type are fresh.
package struct Expiry: Hashable, Sendable {
    /// The media type; nil: all others.
    package var mediaType: String?
    /// Seconds, or a word such as "epoch", "max", "off", as the lowering says.
    package var value: Template
    /// Counted from the file's time rather than from now.
    package var fromModification: Bool = false
    /// The statement.
    package var origin: ID<Origin>

    package init(mediaType: String? = nil, value: Template, fromModification: Bool = false, origin: ID<Origin>) {
        self.mediaType = mediaType
        self.value = value
        self.fromModification = fromModification
        self.origin = origin
    }
}

/// What a body passes through.
package enum Filter: Hashable, Sendable {
    case compress(String, types: Set<String>, minimum: Int, afterVia: Bool)
    case substitute(Pattern, Template, once: Bool)
    case rate(Int)
    case charset(String)
}

/// The wording of answers made here.
package struct GeneratedPages: Hashable, Sendable {
    /// Reason phrases that differ from the standard's.
    package var reasons: [Int: String] = [:]
    /// Pages by status; `Value.status`, `.reason` and others may stand in them.
    package var bodies: [Int: Template] = [:]
    /// The page of every other status from 300 on.
    package var otherwise: Template
    /// Their media type.
    package var mediaType: String
    /// What is put behind a page when it stands for a failed error page.
    package var nestedNote: Template = Template()

    package init(
        reasons: [Int: String] = [:], bodies: [Int: Template] = [:], otherwise: Template, mediaType: String,
        nestedNote: Template = Template()
    ) {
        self.reasons = reasons
        self.bodies = bodies
        self.otherwise = otherwise
        self.mediaType = mediaType
        self.nestedNote = nestedNote
    }
}

/// Limits.
package struct LimitSettings: Hashable, Sendable {
    /// The longest request body in bytes; nil: any.
    package var body: Stated<Int?>?
    /// How long an idle connection is kept.
    package var keepAlive: Stated<KeepAlive>?
    /// How long a client may pause within a body, in seconds.
    package var bodyTime: Stated<Double>?
    /// How long a client may pause in taking an answer, in seconds.
    package var sendTime: Stated<Double>?
    /// How slowly a body may come in as a whole; nil inside: as slowly as `bodyTime` lets it.
    package var bodyPace: Stated<ReadingPace?>? {
        get { bodyPaceStorage.first }
        set { bodyPaceStorage = newValue.map { [$0] } ?? [] }
    }
    /// Where a body waits until it is whole.
    package var bodyBuffers: Stated<BodyBuffers>? {
        get { bodyBuffersStorage.first }
        set { bodyBuffersStorage = newValue.map { [$0] } ?? [] }
    }
    /// How a connection is closed on which the client may still be sending.
    package var lingering: Stated<Lingering>? {
        get { lingeringStorage.first }
        set { lingeringStorage = newValue.map { [$0] } ?? [] }
    }
    // They are large and rare: beside the settings they do not weigh on those who copy them.
    private var bodyPaceStorage: [Stated<ReadingPace?>] = []
    private var bodyBuffersStorage: [Stated<BodyBuffers>] = []
    private var lingeringStorage: [Stated<Lingering>] = []
    /// Connections whose client took too long are reset instead of closed.
    package var resetsTimedOut: Stated<Bool>?
    /// Rates.
    package var rates: Edit<[Rate]>?
    /// Connections at once.
    package var connections: Edit<[Rate]>?

    package init(
        body: Stated<Int?>? = nil, keepAlive: Stated<KeepAlive>? = nil, bodyTime: Stated<Double>? = nil,
        sendTime: Stated<Double>? = nil, rates: Edit<[Rate]>? = nil, connections: Edit<[Rate]>? = nil
    ) {
        self.body = body
        self.keepAlive = keepAlive
        self.bodyTime = bodyTime
        self.sendTime = sendTime
        self.rates = rates
        self.connections = connections
    }
}

/// How long an idle connection is kept.
package struct KeepAlive: Hashable, Sendable {
    /// In seconds; 0: not at all.
    package var seconds: Double
    /// So many requests at most; nil: any number.
    package var requests: Int?
    /// What the Keep-Alive field says; nil: the field is not sent.
    package var announces: String?

    package init(seconds: Double, requests: Int? = nil, announces: String? = nil) {
        self.seconds = seconds
        self.requests = requests
        self.announces = announces
    }
}

/// A rate or a number at once, by key.
package struct Rate: Hashable, Sendable {
    /// What is counted together.
    package var key: Template
    /// How many a second; with connections, how many at once.
    package var perSecond: Double
    /// How many more may come at once.
    package var burst: Int = 0
    /// Those of the burst wait their turn.
    package var delays: Bool = true
    /// What the others are answered.
    package var status: Int = 503
    /// The statement.
    package var origin: ID<Origin>

    package init(
        key: Template, perSecond: Double, burst: Int = 0, delays: Bool = true, status: Int = 503,
        origin: ID<Origin>
    ) {
        self.key = key
        self.perSecond = perSecond
        self.burst = burst
        self.delays = delays
        self.status = status
        self.origin = origin
    }
}

/// Logs.
package struct LogSettings: Hashable, Sendable {
    /// Access logs.
    package var access: Edit<[Log]>?
    /// Where errors go.
    package var error: Stated<ErrorLog>?

    package init(access: Edit<[Log]>? = nil, error: Stated<ErrorLog>? = nil) {
        self.access = access
        self.error = error
    }
}

/// An error log.
package struct ErrorLog: Hashable, Sendable {
    /// The file; nil: standard error.
    package var file: String?
    /// "syslog:…" or a program, as written, where that is not a file.
    package var other: String?
    /// The least level: "debug", "info", "notice", "warn", "error", "crit", "alert", "emerg".
    package var level: String = "error"

    package init(file: String? = nil, other: String? = nil, level: String = "error") {
        self.file = file
        self.other = other
        self.level = level
    }
}

/// An access log.
package struct Log: Hashable, Sendable {
    /// The file's path.
    package var to: Template
    /// One line, without its end.
    package var line: Template
    /// How values are escaped.
    package var escaping: LogEscaping
    /// Only if this holds.
    package var when: Condition?
    /// The statement.
    package var origin: ID<Origin>

    package init(to: Template, line: Template, escaping: LogEscaping, when: Condition? = nil, origin: ID<Origin>) {
        self.to = to
        self.line = line
        self.escaping = escaping
        self.when = when
        self.origin = origin
    }
}

/// How values in a log line are escaped.
package enum LogEscaping: Hashable, Sendable {
    /// `"`, `\` and bytes outside printable ASCII as `\xHH`; an absent value is `-` (nginx).
    case hexadecimal
    /// `\"`, `\\`, `\n`, `\xhh`; an absent value is `-` (Apache).
    case backslash
    case json, none
}
