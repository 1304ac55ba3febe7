/// A group of upstream servers.
package struct Pool: Hashable, Sendable {
    /// What the configuration calls it; nil: it was implied by a URL.
    package var name: String?
    /// The servers.
    package var members: [Member]
    /// How one is chosen.
    package var balance: Balance = .weighted
    /// Requests that belong together go to the same member.
    package var affinity: Affinity?
    /// When names are resolved.
    package var resolve: Resolve = .atStart(failureStops: false)
    /// How many members are tried; nil: all.
    package var attempts: Int?
    /// What connections are like.
    package var connections: Connections = Connections()
    /// Upstreams are told the chosen member's host and port, never the pool's name (Apache's balancers).
    package var hidesName: Bool = false
    /// Nobody set it up: it stands for an address that a rule or a handler names.
    package var isImplied: Bool = false
    /// How TLS is spoken with the members, whoever forwards to them; nil: as the place says that forwards.
    package var tls: Stated<UpstreamTLS>?
    /// The statement or block.
    package var origin: ID<Origin>

    package init(
        name: String? = nil, members: [Member], balance: Balance = .weighted, affinity: Affinity? = nil,
        resolve: Resolve = .atStart(failureStops: false), attempts: Int? = nil,
        connections: Connections = Connections(), hidesName: Bool = false, isImplied: Bool = false,
        tls: Stated<UpstreamTLS>? = nil, origin: ID<Origin>
    ) {
        self.name = name
        self.members = members
        self.balance = balance
        self.affinity = affinity
        self.resolve = resolve
        self.attempts = attempts
        self.connections = connections
        self.hidesName = hidesName
        self.isImplied = isImplied
        self.tls = tls
        self.origin = origin
    }
}

/// One upstream server.
package struct Member: Hashable, Sendable {
    /// "http", "https", "unix" and so on.
    package var scheme: String = "http"
    /// A host name, an address without brackets, or a unix socket's path.
    package var host: String
    /// The port; 0 with a unix socket.
    package var port: Int
    /// Its share.
    package var weight: Double = 1
    /// Groups of lower number are used up first.
    package var group: Int = 0
    /// What it is there for.
    package var role: Role = .active
    /// The name that affinity knows it by.
    package var route: String?
    /// When it is left alone for a while.
    package var quarantine: Quarantine = Quarantine()
    /// The most connections to it.
    package var limit: Int?
    /// Timeouts of its own.
    package var timeouts: MemberTimeouts = MemberTimeouts()
    /// The statement.
    package var origin: ID<Origin>

    package init(
        scheme: String = "http", host: String, port: Int, weight: Double = 1, group: Int = 0,
        role: Role = .active, route: String? = nil, quarantine: Quarantine = Quarantine(), limit: Int? = nil,
        timeouts: MemberTimeouts = MemberTimeouts(), origin: ID<Origin>
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.weight = weight
        self.group = group
        self.role = role
        self.route = route
        self.quarantine = quarantine
        self.limit = limit
        self.timeouts = timeouts
        self.origin = origin
    }
}

/// Timeouts that a member has of its own, in seconds.
package struct MemberTimeouts: Hashable, Sendable {
    /// To connect.
    package var connect: Double?
    /// For each read and write.
    package var exchange: Double?

    package init(connect: Double? = nil, exchange: Double? = nil) {
        self.connect = connect
        self.exchange = exchange
    }
}

/// What a member is there for.
package enum Role: Hashable, Sendable {
    case active
    /// Takes the place of a lost one.
    case spare
    /// Serves only when none is left.
    case standby
    case draining, down
}

/// How a member is chosen.
package enum Balance: Hashable, Sendable {
    case weighted, requests, traffic, fewest, busyness
    case hash(Template, consistent: Bool)
    case addressHash
    case random(Int)
    case leastTime
}

/// How requests that belong together find the same member.
package struct Affinity: Hashable, Sendable {
    /// Where the mark is read.
    package var reads: [Value]
    /// The route stands behind the last of these.
    package var routeAfter: String?
    /// The mark that is set.
    package var setsCookie: Template?
    /// Another member may serve if that one is lost.
    package var failsOver: Bool = true

    package init(reads: [Value], routeAfter: String? = nil, setsCookie: Template? = nil, failsOver: Bool = true) {
        self.reads = reads
        self.routeAfter = routeAfter
        self.setsCookie = setsCookie
        self.failsOver = failsOver
    }
}

/// When a member is left alone for a while.
package struct Quarantine: Hashable, Sendable {
    /// After so many failures; 0: never.
    package var after: Int = 1
    /// Within so many seconds.
    package var within: Double = 10
    /// For so many seconds.
    package var lasts: Double = 10
    /// Also when it is the only one.
    package var evenIfAlone: Bool = false
    /// What counts as a failure.
    package var on: Set<Failure> = Set(Failure.allCases)
    /// Answers that count as failures.
    package var alsoOn: Set<Int> = []

    package init(
        after: Int = 1, within: Double = 10, lasts: Double = 10, evenIfAlone: Bool = false,
        on: Set<Failure> = Set(Failure.allCases), alsoOn: Set<Int> = []
    ) {
        self.after = after
        self.within = within
        self.lasts = lasts
        self.evenIfAlone = evenIfAlone
        self.on = on
        self.alsoOn = alsoOn
    }
}

/// When names are resolved.
package enum Resolve: Hashable, Sendable {
    case atStart(failureStops: Bool)
    case firstUse
    case whileRunning(servers: [String], validFor: Double?)
}

/// What connections to a pool's members are like.
package struct Connections: Hashable, Sendable {
    /// How many idle ones a thread keeps.
    package var keepsIdle: Int = 0
    /// How long an idle one is kept, in seconds.
    package var idleTime: Double = 60
    /// How many requests one carries; nil: any number.
    package var requests: Int?
    /// Whether they may be used again at all.
    package var reuse: Bool = true
    /// Protocols that a client may change to, in lower case; `any` stands for all.
    ///
    /// Empty where the fields that are sent decide, as in nginx.
    package var upgrade: [String] = []

    package init(
        keepsIdle: Int = 0, idleTime: Double = 60, requests: Int? = nil, reuse: Bool = true,
        upgrade: [String] = []
    ) {
        self.keepsIdle = keepsIdle
        self.idleTime = idleTime
        self.requests = requests
        self.reuse = reuse
        self.upgrade = upgrade
    }
}

/// What went wrong with an upstream, as a cause: the code for it is a setting.
package enum Failure: Int, Hashable, Sendable, CaseIterable {
    case resolve, refused, connectTimeout, tls, closedEarly, sendTimeout, readTimeout, badHead, noMember, quarantined
    /// This machine has no socket for it, whoever it is.
    case noSocket
}
