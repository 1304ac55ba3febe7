import IR
import Language

/// Makes overlapping sections and ordered tables into scopes of which each request stands in exactly one.
///
/// The path space is cut at every prefix that the configuration names; each cell gets the route that wins there and
/// the layers that hold there. Cells that do what the cell around them does are left out. Patterns stay patterns: at
/// the top where they lead to the same everywhere, else inside the cells in which they are asked.
struct ExclusiveScopes {
    var configuration: Configuration
    var losses: [Loss] = []
    var settled: Set<ID<Origin>> = []
    var site = ID<Site>(0)
    /// Layers that were made to hold under a condition.
    var conditionalLayers: [ConditionalLayer: ID<Layer>] = [:]
    /// Paths that only rules lead to.
    var internalPaths: Set<String> = []
    /// So many sections and patterns overlap that not each pair of them can be a place.
    var isCrowded = false

    /// How many places a site may come to: each prefix, and each pattern within each prefix.
    static let placeLimit = 3_000

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    mutating func run() {
        callingRules()
        suffixHandlers()
        for index in configuration.sites.indices {
            site = ID(index)
            if needsWork(configuration.sites[index]) { transform() }
        }
    }

    private func needsWork(_ site: Site) -> Bool {
        !site.overlays.isEmpty || handler(of: site.base) != nil
            || site.locate.contains { $0.search != .exactThenLongestThenPatterns }
            || site.discovery != nil || site.rules.map { hasContents($0) } == true
    }

    /// Whether rules forward by themselves, or call applications.
    private func hasContents(_ program: ID<Program>) -> Bool {
        configuration.programs[program.at].statements.contains { statement in
            if case .rule(let rule) = statement, case .exit(.content) = rule.then { true } else { false }
        }
    }

    /// The application that answers for files where these layers hold.
    func handler(of layers: [ID<Layer>]) -> GatewayCall? {
        let settings = layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        guard case .process(let call)? = settings.files.content?.value else { return nil }
        return call
    }

    var node: Site { configuration.sites[site.at] }

    private mutating func transform() {
        noteReplacedPages()
        conditionalOverlays()
        forwardingRules()
        reportDiscovery()
        let root = Cell(text: "/", isExact: false)
        var plans: [Cell: CellPlan] = [:]
        let cells = cells(root)
        isCrowded = false
        var places = 0
        for cell in cells where places <= Self.placeLimit {
            let plan = plan(cell)
            plans[cell] = plan
            places += 1 + plan.exceptions.count
        }
        if places > Self.placeLimit {
            isCrowded = true
            for cell in cells { plans[cell] = plan(cell) }
        }
        settleDeadRoutes(Array(plans.values))
        guard var rootPlan = plans[root] else { return }
        let moved = movedToBase(rootPlan.outcome, among: Array(plans.values))
        if !moved.isEmpty {
            configuration.sites[site.at].base += moved
            noteShadowed(moved)
            for cell in Array(plans.keys) {
                plans[cell]?.outcome.layers.removeFirst(moved.count)
                for index in plans[cell]?.exceptions.indices ?? 0..<0 {
                    plans[cell]?.exceptions[index].outcome.layers.removeFirst(moved.count)
                }
            }
            rootPlan = plans[root] ?? rootPlan
        }
        let kept = keptCells(plans, root)
        configuration.sites[site.at].overlays = []
        configuration.sites[site.at].discovery = nil
        configuration.sites[site.at].locate = [table(plans, kept, root)]
        if configuration.sites[site.at].locate[0].routes.isEmpty { configuration.sites[site.at].locate = [] }
    }

    // MARK: - Cells

    /// Every cell that the configuration names.
    private func cells(_ root: Cell) -> Set<Cell> {
        var cells: Set<Cell> = [root]
        func add(_ matcher: PathMatcher) {
            switch matcher {
            case .exact(let path): cells.insert(Cell(text: path, isExact: true))
            case .bytes(let text): cells.insert(Cell(text: text, isExact: false))
            case .segments(let path) where path.hasPrefix("/"):
                cells.formUnion(Cell.cells(ofSegments: path))
                // The other server would redirect the name without the slash to the one with it.
                if path.hasSuffix("/"), path != "/" { cells.insert(Cell(text: String(path.dropLast()), isExact: true)) }
            case .segments, .glob, .pattern: break
            }
        }
        for table in node.locate { for route in table.routes { add(route.match) } }
        for overlay in node.overlays { collect(overlay.selector, add) }
        return cells
    }

    private func collect(_ selector: Selector, _ addPath: (PathMatcher) -> Void) {
        switch selector {
        case .url(let matcher): addPath(matcher)
        case .directory(.segments(let folder)):
            for place in places() {
                guard folder.hasPrefix(place.folder + "/") else { continue }
                addPath(.segments(place.path + folder.dropFirst(place.folder.count + 1)))
            }
        case .within(let outer, let inner):
            collect(outer, addPath)
            collect(inner, addPath)
        case .directory, .fileName, .target, .when: break
        }
    }

    /// Folders that are served, without a final slash, each with the path below which it is, with one.
    private func places() -> [(path: String, folder: String)] {
        var result: [(String, String)] = []
        if let root = documentRoot { result.append(("/", withoutSlash(root))) }
        for table in node.locate {
            for route in table.routes {
                guard case .place(let place) = route.yields, case .segments(let path) = route.match,
                    let folder = place.base.literal
                else { continue }
                result.append((path.hasSuffix("/") ? path : path + "/", withoutSlash(folder)))
            }
        }
        return result
    }

    /// Where files lie that no alias names.
    var documentRoot: String? {
        node.base.reduce(nil as String?) { configuration.layers[$1.at].settings.files.place?.value.base.literal ?? $0 }
    }

    func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    // MARK: - Moving up and leaving out

    /// The layers that hold for the whole server: those that come first wherever a request stands.
    ///
    /// A layer that comes behind another somewhere has the last word there, and would lose it further out.
    private func movedToBase(_ root: Outcome, among plans: [CellPlan]) -> [ID<Layer>] {
        guard root.route == nil else { return [] }
        let lists = plans.flatMap { plan in [plan.outcome.layers] + plan.exceptions.map(\.outcome.layers) }
        var moved: [ID<Layer>] = []
        for (index, layer) in root.layers.enumerated() {
            let isFirst = lists.allSatisfy { index < $0.count && $0[index] == layer }
            guard isFirst, mayMoveToBase(layer) else { break }
            moved.append(layer)
        }
        return moved
    }

    /// Layers that say nothing about forwarding may hold for the whole server, and those that apply everywhere.
    private func mayMoveToBase(_ id: ID<Layer>) -> Bool {
        let settings = configuration.layers[id.at].settings
        // Only locations have handlers.
        if case .process? = settings.files.content?.value { return false }
        return settings.statements.allSatisfy { field, _ in
            field.hasPrefix("files.") || (field == "access.required" && settings.access.required?.value == .granted)
        } || isEverywhere(id) || conditionalLayers.values.contains(id)
    }

    /// Whether an overlay applies to every request.
    private func isEverywhere(_ layer: ID<Layer>) -> Bool {
        node.overlays.contains { overlay in
            guard overlay.layer == layer else { return false }
            switch overlay.selector {
            case .url(.segments("/")), .when(.always): return true
            default: return false
            }
        }
    }

    /// Cells that do something else than the cell around them.
    private func keptCells(_ plans: [Cell: CellPlan], _ root: Cell) -> [Cell] {
        var kept: [Cell] = []
        for cell in plans.keys.sorted(by: { $0.text.utf8.count < $1.text.utf8.count }) where cell != root {
            guard let plan = plans[cell] else { continue }
            let around =
                kept.filter { !$0.isExact && cell.isInside($0) }.max { $0.text.utf8.count < $1.text.utf8.count } ?? root
            guard let outer = plans[around] else { continue }
            if isSame(plan, outer), !isRedirected(cell, plans) { continue }
            kept.append(cell)
        }
        return kept.sorted()
    }

    private func isSame(_ plan: CellPlan, _ outer: CellPlan) -> Bool {
        plan.outcome.route == outer.outcome.route && plan.outcome.layers == outer.outcome.layers
            && (plan.cell.isExact || plan.exceptions.map(\.source) == outer.exceptions.map(\.source))
    }

    /// Whether the other server would redirect this path, because a location that forwards has its name and a slash.
    func isRedirected(_ cell: Cell, _ plans: [Cell: CellPlan]) -> Bool {
        guard cell.isExact, let below = plans[Cell(text: cell.text + "/", isExact: false)],
            case .content(.forward)? = below.outcome.route?.yields
        else { return false }
        return plans[cell]?.outcome.route != below.outcome.route
    }

    // MARK: - What is settled here

    /// Routes that no cell reaches do nothing; leaving them out changes no answer.
    private mutating func settleDeadRoutes(_ plans: [CellPlan]) {
        var alive: Set<ID<Origin>> = []
        for plan in plans {
            if let route = plan.outcome.route { alive.insert(route.origin) }
            alive.formUnion(plan.outcome.exclusions)
            for exception in plan.exceptions { if case .route(let origin) = exception.source { alive.insert(origin) } }
        }
        for table in node.locate {
            for route in table.routes where !alive.contains(route.origin) {
                settled.insert(route.origin)
                if case .content(.forward(let forward)) = route.yields { settle(forward) }
            }
        }
        for overlay in node.overlays { noteShadowed([overlay.layer]) }
    }

    private mutating func settle(_ forward: Forward) {
        guard case .pool(let pool) = forward.to, configuration.pools[pool.at].name == nil else { return }
        settled.formUnion(configuration.pools[pool.at].members.map(\.origin))
    }

    /// What a later layer of a list says instead is said; what a server does anyway needs no saying.
    mutating func noteShadowed(_ layers: [ID<Layer>]) {
        for index in layers.indices {
            let own = configuration.layers[layers[index].at].settings
            let above = layers[(index + 1)...].map { configuration.layers[$0.at].settings.statements.map(\.field) }
            let replaced = Set(above.flatMap { $0 })
            for (field, origins) in own.statements
            where replaced.contains(field) || field == "access.required" && own.access.required?.value == .granted {
                settled.formUnion(origins)
            }
        }
    }

    /// A page of the main server that the site has another one for.
    private mutating func noteReplacedPages() {
        for (index, layer) in node.base.enumerated() {
            let later = node.base[(index + 1)...].flatMap {
                configuration.layers[$0.at].settings.errors.rules?.value ?? []
            }
            for rule in configuration.layers[layer.at].settings.errors.rules?.value ?? []
            where later.contains(where: { $0.status == rule.status }) {
                settled.insert(rule.origin)
            }
        }
    }

    private mutating func reportDiscovery() {
        guard node.discovery != nil else { return }
        losses.append(
            Loss(
                .dropped("`.htaccess` files are not read: what they say has to be written into the configuration"),
                at: node.origin))
    }
}
