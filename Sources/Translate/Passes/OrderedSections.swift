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
        let places = ordered(node.locate.flatMap { self.places(of: $0, within: nil) })
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
        finish(proxies, aliases, rules, overlays)
    }

    private mutating func finish(_ proxies: [Route], _ aliases: [Route], _ rules: [Statement], _ overlays: [Overlay]) {
        var tables: [RouteTable] = []
        if !proxies.isEmpty { tables.append(RouteTable(search: .firstInOrder, routes: proxies, group: 1)) }
        if !aliases.isEmpty { tables.append(RouteTable(search: .firstInOrder, routes: aliases, group: 3)) }
        configuration.sites[site.at].locate = tables
        configuration.sites[site.at].overlays = overlays
        guard !rules.isEmpty else { return }
        let own = node.rules.map { configuration.programs[$0.at].statements } ?? []
        configuration.sites[site.at].rules = configuration.add(Program(statements: own + rules, origin: node.origin))
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
                inside.source =
                    "(?=^\(quotedForPattern(prefix)))" + (pattern.source.hasPrefix("^") ? "" : ".*?")
                    + "(?:\(pattern.source))"
                if !pattern.source.hasPrefix("^") {
                    inside.source = "^(?=\(quotedForPattern(prefix))).*?(?:\(pattern.source))"
                }
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
        case .forward(let forward):
            proxies.append(Route(match: place.match, yields: .content(.forward(forward)), origin: forward.origin))
        case .files, nil, .answer, .report, .process, .unavailable:
            if isBelowProxy { proxies.append(Route(match: place.match, yields: .leaveTable, origin: place.origin)) }
            guard scope.content == .files, let placement = ownPlacement(scope) else { return }
            aliases.append(Route(match: place.match, yields: .place(placement), origin: placement.origin))
        }
    }

    /// Where a location's files lie, if it says so itself.
    private func ownPlacement(_ scope: Scope) -> Placement? {
        for layer in scope.layers.reversed() {
            if let place = configuration.layers[layer.at].settings.files.place { return place.value }
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
        guard !settings.statements.isEmpty || scope.methods != nil else { return nil }
        if let methods = scope.methods { restrict(methods, &settings) }
        let layer = configuration.add(Layer(settings: settings, origin: place.origin))
        return Overlay(selector: .url(region(of: place, among: places)), layer: layer, rank: .url)
    }

    private func isImplied(_ origin: ID<Origin>) -> Bool {
        if case .implied = configuration.origins[origin.at] { return true }
        return false
    }

    /// `limit_except` as a guard that looks at the method.
    private mutating func restrict(_ methods: MethodSplit, _ settings: inout Settings) {
        let inside = configuration.scopes[methods.otherwise.at].layers.reduce(Settings()) {
            configuration.layers[$1.at].settings.folded(over: $0)
        }
        let allowed = Condition.among(Template(.method), methods.allowed.sorted().map { Template($0) })
        let origin = configuration.scopes[methods.otherwise.at].origin
        settled.insert(origin)
        let others = inside.access.addresses?.value ?? inside.access.required?.value ?? .granted
        let own = settings.access.required?.value ?? .granted
        settings.access.required = Edit(
            merge: .replace, value: .any([.all([.test(allowed), own]), others]),
            origin: inside.access.addresses?.origin ?? origin)
    }

    /// The paths of a location without those that others take from it.
    private func region(of place: Place, among places: [Place]) -> PathMatcher {
        switch place.match {
        case .exact, .pattern, .glob: return place.match
        case .bytes(let text), .segments(let text):
            let takers = places.filter { other in
                guard other.scope != place.scope, !isImplied(other.origin) else { return false }
                switch other.match {
                case .exact(let path): return path.hasPrefix(text)
                case .bytes(let longer), .segments(let longer): return longer != text && longer.hasPrefix(text)
                case .pattern, .glob: return !place.endsSearch
                }
            }
            let outs = takers.compactMap { exclusion($0.match, from: text) }
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
