/// A whole configuration as it was understood: arenas of nodes that refer to each other by `ID`.
///
/// It knows no dialect. Lowering writes it, passes change it, emission reads it; only the plan made from it decides.
package struct Configuration: Hashable, Sendable {
    /// The addresses that are listened on.
    package var listeners: [Listener] = []
    /// The virtual hosts.
    package var sites: [Site] = []
    /// The groups of upstream servers.
    package var pools: [Pool] = []
    /// The variables, in the order of their slots.
    package var variables: [Variable] = []
    /// External tables.
    package var lookups: [Lookup] = []
    /// The settings as they were written.
    package var layers: [Layer] = []
    /// The places where a request can stand.
    package var scopes: [Scope] = []
    /// Lists of rules.
    package var programs: [Program] = []
    /// Who said what.
    package var origins: [Origin] = []
    /// What concerns the process rather than a request.
    package var process: ProcessSettings = ProcessSettings()
    /// Names, comments, groups: emission reads it, no decision does.
    package var presentation: Presentation = Presentation()

    package init(
        listeners: [Listener] = [], sites: [Site] = [], pools: [Pool] = [], variables: [Variable] = [],
        lookups: [Lookup] = [], layers: [Layer] = [], scopes: [Scope] = [], programs: [Program] = [],
        origins: [Origin] = [], process: ProcessSettings = ProcessSettings(),
        presentation: Presentation = Presentation()
    ) {
        self.listeners = listeners
        self.sites = sites
        self.pools = pools
        self.variables = variables
        self.lookups = lookups
        self.layers = layers
        self.scopes = scopes
        self.programs = programs
        self.origins = origins
        self.process = process
        self.presentation = presentation
    }
}

/// What is for people only: erasing it changes no decision.
package struct Presentation: Hashable, Sendable {
    /// The comment that stands before a node.
    package var comments: [ID<Origin>: String] = [:]
    /// What a node was called.
    package var names: [ID<Origin>: String] = [:]
    /// Nodes that were written together.
    package var groups: [[ID<Origin>]] = []

    package init(
        comments: [ID<Origin>: String] = [:], names: [ID<Origin>: String] = [:], groups: [[ID<Origin>]] = []
    ) {
        self.comments = comments
        self.names = names
        self.groups = groups
    }
}

extension Configuration {
    /// Adds a layer and returns its place.
    package mutating func add(_ layer: Layer) -> ID<Layer> {
        layers.append(layer)
        return ID(layers.count - 1)
    }

    /// Adds a scope and returns its place.
    package mutating func add(_ scope: Scope) -> ID<Scope> {
        scopes.append(scope)
        return ID(scopes.count - 1)
    }

    /// Adds a program and returns its place.
    package mutating func add(_ program: Program) -> ID<Program> {
        programs.append(program)
        return ID(programs.count - 1)
    }

    /// Adds a pool and returns its place.
    package mutating func add(_ pool: Pool) -> ID<Pool> {
        pools.append(pool)
        return ID(pools.count - 1)
    }

    /// Adds a site and returns its place.
    package mutating func add(_ site: Site) -> ID<Site> {
        sites.append(site)
        return ID(sites.count - 1)
    }

    /// Adds a variable and returns its slot.
    package mutating func add(_ variable: Variable) -> ID<Variable> {
        variables.append(variable)
        return ID(variables.count - 1)
    }

    /// Adds an origin and returns its place.
    package mutating func add(_ origin: Origin) -> ID<Origin> {
        origins.append(origin)
        return ID(origins.count - 1)
    }
}

/// What concerns the process: who it runs as, where it says that it runs, how many threads it has.
package struct ProcessSettings: Hashable, Sendable {
    /// The user that workers run as.
    package var user: Stated<String>?
    /// The group that workers run as.
    package var group: Stated<String>?
    /// Where the process id is written.
    package var pidFile: Stated<String>?
    /// How many threads serve; nil: one per core.
    package var workers: Stated<Int?>?
    /// The most connections a thread has open.
    package var connections: Stated<Int>?
    /// Where errors go that belong to no site.
    package var errorLog: Stated<ErrorLog>?
    /// How long a graceful stop may take, in seconds; nil: without limit.
    package var gracefulStop: Stated<Double?>?

    package init(
        user: Stated<String>? = nil, group: Stated<String>? = nil, pidFile: Stated<String>? = nil,
        workers: Stated<Int?>? = nil, connections: Stated<Int>? = nil, errorLog: Stated<ErrorLog>? = nil,
        gracefulStop: Stated<Double?>? = nil
    ) {
        self.user = user
        self.group = group
        self.pidFile = pidFile
        self.workers = workers
        self.connections = connections
        self.errorLog = errorLog
        self.gracefulStop = gracefulStop
    }
}
