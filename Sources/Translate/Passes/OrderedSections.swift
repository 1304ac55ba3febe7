import IR
import Language

/// Makes scopes of which each request stands in one into an ordered table and sections that do not overlap.
///
/// Locations are put into the order in which they are decided: exact ones, prefixes that end the search, patterns,
/// prefixes, longest first. A section that would reach into another location's region leaves that out by a look-ahead.
struct OrderedSections {
    var configuration: Configuration
    var losses: [Loss] = []
    var settled: Set<ID<Origin>> = []
    var site = ID<Site>(0)
    /// The locations of the site, in the order in which they are decided.
    var all: [Place] = []
    /// What is known of each location.
    var facts: [ID<Scope>: Facts] = [:]
    /// What tells that a request came through a guarded place before a probe sent it elsewhere, by the place's scope.
    var guards: [ID<Scope>: ID<Variable>] = [:]

    /// A location with its place in the order.
    struct Place {
        var match: PathMatcher
        var endsSearch: Bool
        var scope: ID<Scope>
        var origin: ID<Origin>
        /// It stands in another location, whose patterns are asked before those outside.
        var isInside = false
    }

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    mutating func run() {
        for index in configuration.sites.indices {
            site = ID(index)
            let tables = configuration.sites[index].locate
            if tables.contains(where: { $0.search == .exactThenLongestThenPatterns }) || hasServerAnswer { transform() }
        }
    }

    var node: Site { configuration.sites[site.at] }

    /// The server itself answers, without any location.
    private var hasServerAnswer: Bool { configuration.scopes[node.scope.at].probe != nil }

    private mutating func transform() {
        var places = ordered(node.locate.flatMap { self.places(of: $0, within: nil) })
        if hasServerAnswer {
            let fallback = configuration.scopes[node.scope.at].origin
            places.append(Place(match: .bytes(""), endsSearch: false, scope: node.scope, origin: fallback))
        }
        all = places
        guards = [:]
        let base = folded([])
        facts = Dictionary(places.map { ($0.scope, facts(of: $0.scope, base)) }) { first, _ in first }
        var proxies: [Route] = []
        var aliases: [Route] = []
        var rules: [Statement] = []
        var overlays: [Overlay] = []
        for (index, place) in places.enumerated() {
            let scope = configuration.scopes[place.scope.at]
            let later = places[(index + 1)...]
            settled.insert(place.origin)
            moveComment(of: place, scope)
            addRules(place, scope, later: Array(later), to: &rules)
            addContent(place, scope, later: Array(later), proxies: &proxies, aliases: &aliases)
        }
        // Sections are merged in order: broad ones first.
        for place in places.reversed() {
            if let overlay = overlay(place, among: places) { overlays.append(overlay) }
        }
        for place in places {
            guard let slot = guards[place.scope] else { continue }
            overlays += overlays.filter { configuration.layers[$0.layer.at].origin == place.origin }
                .map { following($0, slot) }
        }
        finish(proxies, aliases, rules, overlays)
    }

    private mutating func finish(_ proxies: [Route], _ aliases: [Route], _ rules: [Statement], _ overlays: [Overlay]) {
        var tables: [RouteTable] = []
        if !proxies.isEmpty { tables.append(RouteTable(search: .firstInOrder, routes: proxies, group: 1)) }
        if !aliases.isEmpty { tables.append(RouteTable(search: .firstInOrder, routes: aliases, group: 3)) }
        configuration.sites[site.at].locate = tables
        configuration.sites[site.at].overlays = overlays
        guard !rules.isEmpty else { return }
        // Once rules of the server have run, those of locations do, in one list.
        let program = configuration.add(Program(statements: rules, origin: node.origin))
        configuration.scopes[node.scope.at].rules = program
    }

    /// What stands before a location goes before what becomes of it.
    private mutating func moveComment(of place: Place, _ scope: Scope) {
        var target: ID<Origin>?
        if case .forward(let forward)? = scope.content { target = forward.origin }
        if let program = scope.rules, case .rule(let rule)? = configuration.programs[program.at].statements.first {
            target = rule.origin
        }
        guard let target, target != place.origin,
            let comment = configuration.presentation.comments.removeValue(forKey: place.origin)
        else { return }
        let own = configuration.presentation.comments[target]
        configuration.presentation.comments[target] = own.map { comment + "\n" + $0 } ?? comment
    }

    // MARK: - Order

    /// The locations of a table and those inside them.
    private func places(of table: RouteTable, within outer: PathMatcher?) -> [Place] {
        var places: [Place] = []
        for route in table.routes {
            guard case .scope(let id) = route.yields else { continue }
            var match = route.match
            if case .pattern(let pattern, let bank) = match, case .bytes(let prefix)? = outer {
                var inside = pattern
                let isPlain = !pattern.source.contains("|")
                let source = isPlain ? pattern.source : "(?:\(pattern.source))"
                let front = "^(?=\(quotedForPattern(prefix)))"
                inside.source =
                    isPlain && source.hasPrefix("^")
                    ? front + source.dropFirst() : front + (source.hasPrefix("(?:^") ? "" : ".*") + source
                match = .pattern(inside, into: bank)
            }
            if let inner = configuration.scopes[id.at].inner { places += self.places(of: inner, within: route.match) }
            places.append(
                Place(
                    match: match, endsSearch: route.endsSearch, scope: id, origin: route.origin, isInside: outer != nil)
            )
        }
        return places
    }

    /// The order in which locations are decided, as a list in which the first that matches wins.
    private func ordered(_ places: [Place]) -> [Place] {
        let sorted = places.enumerated().sorted { left, right in
            let (a, b) = (rank(left.element), rank(right.element))
            if a.0 != b.0 { return a.0 < b.0 }
            return a.1 != b.1 ? a.1 > b.1 : left.offset < right.offset
        }
        return sorted.map(\.element)
    }

    private func rank(_ place: Place) -> (Int, Int) {
        switch place.match {
        case .exact: (0, 0)
        case .bytes(let text), .segments(let text): (place.endsSearch ? 1 : 3, text.utf8.count)
        case .pattern, .glob: (2, place.isInside ? 1 : 0)
        }
    }

    /// Whether some path lies in both; two patterns, or a pattern and a prefix, may always meet.
    func mayMeet(_ left: PathMatcher, _ right: PathMatcher) -> Bool {
        switch (left, right) {
        case (.exact(let a), .exact(let b)): a == b
        case (.exact(let path), .bytes(let text)), (.bytes(let text), .exact(let path)): path.hasPrefix(text)
        case (.bytes(let a), .bytes(let b)): a.hasPrefix(b) || b.hasPrefix(a)
        case (.exact(let path), .pattern(let pattern, _)), (.pattern(let pattern, _), .exact(let path)):
            pattern.matches(path)
        default: true
        }
    }

    // MARK: - Contents

    private mutating func addContent(
        _ place: Place, _ scope: Scope, later: [Place], proxies: inout [Route], aliases: inout [Route]
    ) {
        let isBelowProxy = later.contains { other in
            guard case .forward? = configuration.scopes[other.scope.at].content else { return false }
            return mayMeet(place.match, other.match)
        }
        switch scope.content {
        case .forward where scope.computedForward != nil: break
        case .forward(let forward):
            let own = speaking(forward, scope)
            proxies.append(Route(match: place.match, yields: .content(.forward(own)), origin: forward.origin))
        // A rule answers before anything forwards.
        case .answer: break
        case .files, nil, .report, .process, .unavailable:
            if isBelowProxy { proxies.append(Route(match: place.match, yields: .leaveTable, origin: place.origin)) }
            guard scope.content == .files else { return }
            guard let placement = ownPlacement(scope) else {
                // What is the server's here must not be taken for what lies behind a place that comes later.
                let isBelowAlias = later.contains { isPlaced($0) && mayMeet(place.match, $0.match) }
                let isClosed = guarding(folded(scope.layers).access) == .denied
                if isBelowAlias, !isClosed, let root = folded([]).files.place {
                    aliases.append(Route(match: place.match, yields: .place(root.value), origin: place.origin))
                }
                return
            }
            aliases.append(Route(match: place.match, yields: .place(placement), origin: placement.origin))
        }
    }

    private func isPlaced(_ place: Place) -> Bool {
        let scope = configuration.scopes[place.scope.at]
        return scope.content == .files
            && scope.layers.contains { configuration.layers[$0.at].settings.files.place != nil }
    }

    /// Where a location's files lie, if it says so itself.
    private mutating func ownPlacement(_ scope: Scope) -> Placement? {
        for layer in scope.layers.reversed() {
            guard let place = configuration.layers[layer.at].settings.files.place else { continue }
            settled.insert(place.origin)
            return place.value
        }
        return nil
    }

    // MARK: - Sections

    /// What a location says besides its content, as a section about its own region.
    private mutating func overlay(_ place: Place, among places: [Place]) -> Overlay? {
        let scope = configuration.scopes[place.scope.at]
        guard !isImplied(place.origin) else { return nil }
        var settings = scope.layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        settings.files.place = nil
        if case .forward(let forward)? = scope.content { nameGroup(forward, scope, &settings) }
        if let methods = scope.methods { restrict(methods, &settings) }
        if case .go(.scope(let id))? = scope.probe?.otherwise { take(settingsOf: id, &settings) }
        if let call = scope.call {
            settings.files.content = Stated(.process(call), call.origin)
            if case .pattern = place.match {
            } else {
                // httpd would look for an index, and redirect to a folder, before it asks an application.
                settings.files.index = Stated(Index(names: [], look: .asLookup), call.origin)
                settings.files.slashRedirect = Stated(false, call.origin)
            }
        } else if scope.isAnsweredByOthers {
            // Scripts and whatever else a process would have read must not be shown as files.
            losses.append(
                Loss(.approximate("what answers here is not written, so nobody is let in"), at: place.origin))
            guardWith(.denied, place.origin, &settings.access)
        }
        guard !settings.statements.isEmpty else { return nil }
        let layer = configuration.add(Layer(settings: settings, origin: place.origin))
        return Overlay(selector: .url(region(of: place, among: places)), layer: layer, rank: .url)
    }

    /// The guard of a place for those whom a probe sent on from there: their path is another one by then.
    private mutating func following(_ overlay: Overlay, _ slot: ID<Variable>) -> Overlay {
        let own = configuration.layers[overlay.layer.at]
        var settings = Settings(access: own.settings.access)
        settings.limits.rates = own.settings.limits.rates
        settings.limits.connections = own.settings.limits.connections
        let layer = configuration.add(Layer(settings: settings, origin: own.origin))
        let isMarked = Condition.compare(Template(.variable(slot)), .equal, "1")
        return Overlay(selector: .when(isMarked), layer: layer, rank: .condition)
    }

    /// Marks requests that come through a guarded place whose probe may send them elsewhere.
    mutating func mark(_ place: Place, _ scope: Scope) -> Statement? {
        guard case .redirect? = (scope.probe ?? missing(scope))?.otherwise else { return nil }
        let (own, outer) = (folded(scope.layers), folded([]))
        let isLimited =
            own.limits.rates != outer.limits.rates || own.limits.connections != outer.limits.connections
        guard own.access != outer.access || scope.methods != nil || isLimited else { return nil }
        let slot = configuration.add(
            Variable(name: "GUARD_\(guards.count + 1)", definition: .assigned(initial: ""), origin: place.origin))
        guards[place.scope] = slot
        return .rule(Rule(edits: [.set(slot, "1")], origin: place.origin))
    }

    private func isImplied(_ origin: ID<Origin>) -> Bool {
        if case .implied = configuration.origins[origin.at] { return true }
        return false
    }

    /// Everything that guards a place, as one tree.
    private func guarding(_ access: AccessSettings) -> Access {
        let required = access.required?.value ?? .granted
        guard let addresses = access.addresses?.value, addresses != .granted else { return required }
        if required == .granted {
            guard case .inOrder(let rules, _) = addresses, let first = rules.first, first.when == .always else {
                return addresses
            }
            return first.grants ? .granted : .denied
        }
        return access.combine?.value == .either ? .any([addresses, required]) : .all([addresses, required])
    }

    /// Says who may pass anew.
    private mutating func guardWith(_ tree: Access, _ origin: ID<Origin>, _ access: inout AccessSettings) {
        settle(access)
        access.required = Edit(merge: .replace, value: tree, origin: origin)
        access.addresses = Edit(merge: .replace, value: .granted, origin: origin)
        access.combine = Stated(.both, origin)
    }

    /// Notes that what guards is said by a tree that was made of it.
    private mutating func settle(_ access: AccessSettings) {
        let origins = Settings(access: access).statements.flatMap(\.origins)
        settled.formUnion(origins.filter { access.login?.origin != $0 && access.userFile?.origin != $0 })
    }

    /// The settings of layers over the site's own.
    func folded(_ layers: [ID<Layer>]) -> Settings {
        (node.base + layers).reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
    }

    /// `limit_except` as a guard that looks at the method.
    private mutating func restrict(_ methods: MethodSplit, _ settings: inout Settings) {
        let scope = configuration.scopes[methods.otherwise.at]
        settled.insert(scope.origin)
        let inside = folded(scope.layers).access
        let own = guarding(settings.folded(over: folded([])).access)
        let others = guarding(inside)
        settle(inside)
        guard own != others else { return }
        let allowed = Access.test(.among(Template(.method), methods.allowed.sorted().map { Template($0) }))
        let tree: Access =
            switch (own, others) {
            case (.granted, .denied): allowed
            case (_, .denied): .all([allowed, own])
            case (.granted, _): .any([allowed, others])
            default: .any([.all([allowed, own]), .all([.none([allowed]), others])])
            }
        if inside.login?.value == .basic { login(of: inside, &settings.access) }
        guardWith(tree, scope.origin, &settings.access)
    }

    private func login(of other: AccessSettings, _ access: inout AccessSettings) {
        access.login = other.login
        access.realm = other.realm
        access.userFile = other.userFile
    }

    /// Whether a place has a guard of its own that is written out, and the other one only guards: it wins then.
    private func overrides(_ place: Place, _ other: Place) -> Bool {
        (facts[other.scope]?.onlyGuards ?? false) && (facts[place.scope]?.guardsItself ?? false)
    }

    /// What is asked of each pair of locations, found once for each location.
    struct Facts {
        /// It says nothing but who may pass.
        var onlyGuards: Bool
        /// It has another guard than the server, and that is written out.
        var guardsItself: Bool
        /// Rules stand in it.
        var hasRules: Bool
    }

    private func facts(of id: ID<Scope>, _ base: Settings) -> Facts {
        let scope = configuration.scopes[id.at]
        let said = scope.layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        let isAccess = said.statements.allSatisfy { $0.field.hasPrefix("access.") || $0.field == "files.place" }
        let sendsOn = if case .go(.scope)? = scope.probe?.otherwise { true } else { false }
        let guards = scope.methods == nil && guarding(said.folded(over: base).access) != guarding(base.access)
        return Facts(onlyGuards: isAccess && !sendsOn, guardsItself: guards, hasRules: findsRules(scope))
    }

    /// What a named location says, which answers where no file is found.
    private mutating func take(settingsOf named: ID<Scope>, _ settings: inout Settings) {
        let scope = configuration.scopes[named.at]
        let there = scope.layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        var taken = Settings(request: there.request, forward: there.forward)
        taken.limits.rates = there.limits.rates
        taken.limits.connections = there.limits.connections
        settings = taken.folded(over: settings)
        let own = guarding(settings.folded(over: folded([])).access)
        let others = guarding(folded(scope.layers).access)
        guard others != own, others != .granted else { return }
        if there.access.login?.value == .basic { login(of: there.access, &settings.access) }
        losses.append(
            Loss(.approximate("the guard of the named location holds for files too"), at: scope.origin))
        guardWith(own == .granted ? others : .all([own, others]), scope.origin, &settings.access)
    }

    /// The most locations that a section leaves out; more make expressions that nobody reads.
    private static var mostExclusions: Int { 40 }

    /// The paths of a location without those that others take from it.
    private mutating func region(of place: Place, among places: [Place]) -> PathMatcher {
        switch place.match {
        case .exact, .glob: return place.match
        case .pattern(let pattern, let bank):
            let takers = places.prefix { $0.scope != place.scope }.filter { other in
                switch other.match {
                case .exact(let path): return pattern.matches(path)
                case .bytes(let text):
                    let start = pattern.literalStart
                    return other.endsSearch && (text.hasPrefix(start) || start.hasPrefix(text))
                default: return false
                }
            }
            let outs = takers.compactMap { exclusion($0.match, from: "") }.map(\.text)
            guard !outs.isEmpty, outs.count <= Self.mostExclusions else { return place.match }
            var own = pattern
            let front = "^(?!\(outs.joined(separator: "|")))"
            let isPlain = !pattern.source.contains("|")
            own.source =
                pattern.source.hasPrefix("^") && isPlain
                ? front + pattern.source.dropFirst()
                : front + (isPlain ? ".*" + pattern.source : ".*?(?:\(pattern.source))")
            return .pattern(own, into: bank)
        case .bytes(let text), .segments(let text):
            let takers = places.filter { other in
                guard other.scope != place.scope, !isImplied(other.origin) else { return false }
                switch other.match {
                case .exact(let path): return path.hasPrefix(text) && !overrides(other, place)
                case .bytes(let longer), .segments(let longer):
                    return longer != text && longer.hasPrefix(text) && !overrides(other, place)
                case .pattern(let pattern, _):
                    let start = pattern.literalStart
                    return !place.endsSearch && (start.hasPrefix(text) || text.hasPrefix(start))
                        && !overrides(other, place)
                case .glob: return !place.endsSearch
                }
            }
            let outs = takers.compactMap { exclusion($0.match, from: text) }
            guard outs.count <= Self.mostExclusions else {
                // What guards here then guards there too.
                losses.append(
                    Loss(
                        .approximate("it holds for the \(outs.count) locations inside it too: too many to leave out"),
                        at: place.origin))
                return text.hasSuffix("/") ? .segments(text) : .bytes(text)
            }
            if outs.isEmpty { return text.hasSuffix("/") ? .segments(text) : .bytes(text) }
            let front = outs.filter(\.isAnchored).map(\.text)
            let anywhere = outs.filter { !$0.isAnchored }.map(\.text)
            var source = "^" + anywhere.map { "(?!\($0))" }.joined() + quotedForPattern(text)
            if !front.isEmpty { source += "(?!\(front.joined(separator: "|")))" }
            return .pattern(Pattern(source: source, dotAll: true, dollarOnlyAtEnd: true), into: nil)
        }
    }

    private func exclusion(_ match: PathMatcher, from text: String) -> (text: String, isAnchored: Bool)? {
        func rest(_ path: String) -> String {
            quotedForPattern(String(decoding: path.utf8.dropFirst(text.utf8.count), as: UTF8.self))
        }
        switch match {
        case .exact(let path): return (rest(path) + "$", true)
        case .bytes(let path), .segments(let path): return (rest(path), true)
        case .pattern(let pattern, _):
            let source = pattern.ignoresCase ? "(?i:\(pattern.source))" : pattern.source
            return (source.hasPrefix("^") ? String(source.dropFirst()) : ".*" + source, false)
        case .glob: return nil
        }
    }
}
