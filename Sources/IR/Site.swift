/// A virtual host.
package struct Site: Hashable, Sendable {
    /// Its own name, as it is told to others; nil where it has none.
    package var name: String?
    /// The port that it tells others with its name; nil: the scheme's own.
    package var port: Int?
    /// Its name was given with `https`: what it says of itself begins so, however it is spoken to.
    package var isNamedSecure: Bool = false
    /// How TLS is spoken with its clients; nil: it has nothing to speak it with.
    package var tls: TLSPolicy?
    /// The layers that every request of it starts from, outermost first.
    package var base: [ID<Layer>]
    /// Variables and header edits before anything is matched.
    package var early: ID<Program>?
    /// Server-level rewriting.
    package var rules: ID<Program>?
    /// Tables that are asked in order until one yields.
    package var locate: [RouteTable] = []
    /// Where a request stands when no table gave another place.
    package var scope: ID<Scope>
    /// Layers that apply where their selector holds, in the order of merging.
    package var overlays: [Overlay] = []
    /// Configuration that is found in the served tree.
    package var discovery: Discovery?
    /// Applications are told the URL as it was before the site's rules (SCRIPT_URL).
    package var tellsURL: Bool = false
    /// How often a request may enter anew before it is answered 500.
    package var rounds: Int = 10
    /// The block or section.
    package var origin: ID<Origin>

    package init(
        name: String? = nil, tls: TLSPolicy? = nil, base: [ID<Layer>], early: ID<Program>? = nil,
        rules: ID<Program>? = nil,
        locate: [RouteTable] = [], scope: ID<Scope>, overlays: [Overlay] = [], discovery: Discovery? = nil,
        rounds: Int = 10, origin: ID<Origin>
    ) {
        self.name = name
        self.tls = tls
        self.base = base
        self.early = early
        self.rules = rules
        self.locate = locate
        self.scope = scope
        self.overlays = overlays
        self.discovery = discovery
        self.rounds = rounds
        self.origin = origin
    }
}

/// A table that finds where a request goes.
package struct RouteTable: Hashable, Sendable {
    /// What is compared: `.path`, or `.pathBeforeRules`.
    package var subject: Value = .path
    /// How a winner is found.
    package var search: RouteSearch
    /// The routes as they were written.
    package var routes: [Route] = []
    /// Tables of one group are left together.
    package var group: Int = 0

    package init(subject: Value = .path, search: RouteSearch, routes: [Route] = [], group: Int = 0) {
        self.subject = subject
        self.search = search
        self.routes = routes
        self.group = group
    }
}

/// How a winner is found in a table.
package enum RouteSearch: Hashable, Sendable {
    /// The first that matches.
    case firstInOrder
    /// The last that matches.
    case lastInOrder
    /// An exact one; else the longest prefix, then the first pattern, which wins unless the prefix ends the search.
    case exactThenLongestThenPatterns
}

/// One way that a request can go.
package struct Route: Hashable, Sendable {
    /// Which paths it takes.
    package var match: PathMatcher
    /// When it is the longest prefix, patterns are not asked (`^~`).
    package var endsSearch: Bool = false
    /// It does not take a request for which this holds.
    package var unless: Condition?
    /// Where the request goes.
    package var yields: Yield
    /// The statement or block.
    package var origin: ID<Origin>

    package init(
        match: PathMatcher, endsSearch: Bool = false, unless: Condition? = nil, yields: Yield,
        origin: ID<Origin>
    ) {
        self.match = match
        self.endsSearch = endsSearch
        self.unless = unless
        self.yields = yields
        self.origin = origin
    }
}

/// What a path is compared with.
package enum PathMatcher: Hashable, Sendable {
    /// The very path.
    case exact(String)
    /// Whole segments: `/ex` takes `/ex` and `/ex/a`, not `/exo`. With a final slash, only what is below.
    case segments(String)
    /// Leading bytes.
    case bytes(String)
    /// `*`, `?` and `[…]`, none of which matches a slash.
    case glob(String)
    /// A regular expression.
    case pattern(Pattern, into: Bank?)
}

/// Where a route leads.
package enum Yield: Hashable, Sendable {
    /// To a scope.
    case scope(ID<Scope>)
    /// To a content, in the scope where the request stands.
    case content(Content)
    /// To a file or directory.
    case place(Placement)
    /// To an answer.
    case answer(Answer)
    /// Out of this table and the others of its group without a result (`ProxyPass /x !`).
    case leaveTable
}

/// Configuration that is found in the served tree (`.htaccess`).
package struct Discovery: Hashable, Sendable {
    /// The file names that are looked for.
    package var names: [String]
    /// What they may say, by directory; the last match holds.
    package var allowed: [DiscoveryAllowance]
    /// Who reads them: a number that only the program's main file can resolve.
    package var language: Int = 0

    package init(names: [String], allowed: [DiscoveryAllowance], language: Int = 0) {
        self.names = names
        self.allowed = allowed
        self.language = language
    }
}

/// What discovered configuration may say below a directory.
package struct DiscoveryAllowance: Hashable, Sendable {
    /// Which directories.
    package var below: PathMatcher
    /// The allowed groups of directives.
    package var groups: Set<String>

    package init(below: PathMatcher, groups: Set<String>) {
        self.below = below
        self.groups = groups
    }
}

/// A place where a request can stand: its settings, its rules, its content.
package struct Scope: Hashable, Sendable {
    /// The layers after the site's base, outermost first.
    package var layers: [ID<Layer>] = []
    /// Rules that run once a request stands here.
    package var rules: ID<Program>?
    /// Nested places: searched first, then the patterns of the level outside.
    package var inner: RouteTable?
    /// Other methods than these stand elsewhere.
    package var methods: MethodSplit?
    /// Files that are tried before the content.
    package var probe: Probe?
    /// What answers; nil: what stood before stays.
    package var content: Content?
    /// Requests from outside are answered 404.
    package var onlyInternally: Bool = false
    /// What a computed path is cut by: how many bytes of the path the matched prefix has.
    package var prefixLength: Int = 0
    /// The block.
    package var origin: ID<Origin>

    package init(
        layers: [ID<Layer>] = [], rules: ID<Program>? = nil, inner: RouteTable? = nil,
        methods: MethodSplit? = nil, probe: Probe? = nil, content: Content? = nil, onlyInternally: Bool = false,
        prefixLength: Int = 0, origin: ID<Origin>
    ) {
        self.layers = layers
        self.rules = rules
        self.inner = inner
        self.methods = methods
        self.probe = probe
        self.content = content
        self.onlyInternally = onlyInternally
        self.prefixLength = prefixLength
        self.origin = origin
    }
}

/// Which methods stand in a scope and where the others go.
package struct MethodSplit: Hashable, Sendable {
    /// The methods that stay.
    package var allowed: Set<String>
    /// Where the others stand.
    package var otherwise: ID<Scope>

    package init(allowed: Set<String>, otherwise: ID<Scope>) {
        self.allowed = allowed
        self.otherwise = otherwise
    }
}

/// The first candidate that exists becomes the path; else the exit is taken (`try_files`).
package struct Probe: Hashable, Sendable {
    /// What is tried, in order.
    package var tries: [Candidate]
    /// What happens if none exists.
    package var otherwise: Exit
    /// The statement.
    package var origin: ID<Origin>

    package init(tries: [Candidate], otherwise: Exit, origin: ID<Origin>) {
        self.tries = tries
        self.otherwise = otherwise
        self.origin = origin
    }
}

/// One candidate of a probe.
package struct Candidate: Hashable, Sendable {
    /// The path, as a URL path below the scope's place.
    package var path: Template
    /// It must be a directory (written with a final slash).
    package var directory: Bool

    package init(path: Template, directory: Bool) {
        self.path = path
        self.directory = directory
    }
}
