import IR
import Language

/// Scopes and routes for the cells.
extension ExclusiveScopes {
    /// The one table of the site.
    mutating func table(_ plans: [Cell: CellPlan], _ kept: [Cell], _ root: Cell) -> RouteTable {
        var routes: [Route] = []
        var cells = kept
        let common = commonExceptions(plans, cells + [root])
        if let plan = plans[root] {
            // Patterns of the root that cannot stand at the top stand in a location of the root.
            let hasOwn = plan.exceptions.contains { exception in !common.contains { $0.source == exception.source } }
            if hasOwn || isSaid(plan.outcome) { cells.append(root) }
        }
        for cell in cells {
            guard let plan = plans[cell] else { continue }
            let own = plan.exceptions.filter { exception in !common.contains { $0.source == exception.source } }
            let asked = plan.exceptions.count - own.count
            var scope = scope(plan.outcome, cell, pattern: nil)
            if plan.outcome.route == nil, plan.outcome.exclusions.isEmpty, isRedirected(cell, plans) {
                // Other servers redirect to what is below.
                scope.origin = configuration.add(.derived(pass: "exclusiveScopes", from: [scope.origin]))
                configuration.presentation.comments[scope.origin] =
                    "Without this, \(cell.text) would be redirected to \(cell.text)/."
            }
            // Patterns inside are asked before those at the top: where there are any, all are asked inside, in order.
            // So they are where only some of those at the top are asked.
            let asksAll = asked == common.count
            let inside = asksAll && own.isEmpty ? [] : plan.exceptions
            if !cell.isExact, !inside.isEmpty { scope.inner = inner(inside, cell) }
            let ends = !cell.isExact && !common.isEmpty && !asksAll
            routes.append(
                Route(
                    match: cell.isExact ? .exact(cell.text) : .bytes(cell.text), endsSearch: ends,
                    yields: .scope(configuration.add(scope)), origin: scope.origin))
        }
        routes += patternRoutes(inOrder(common), root)
        return RouteTable(search: .exactThenLongestThenPatterns, routes: routes)
    }

    private typealias Exception = (pattern: Pattern, source: ExceptionSource, outcome: Outcome)

    /// Whether the root's outcome needs a location: files of the document root are served by the server itself.
    private func isSaid(_ outcome: Outcome) -> Bool {
        outcome.route != nil || !outcome.layers.isEmpty || handler(of: node.base) != nil
    }

    /// Patterns that lead to the same wherever they are asked, and are asked in the root.
    private func commonExceptions(_ plans: [Cell: CellPlan], _ cells: [Cell]) -> [Exception] {
        let root = plans[Cell(text: "/", isExact: false)]
        let candidates = root?.exceptions ?? []
        return candidates.filter { candidate in
            cells.allSatisfy { cell in
                guard !cell.isExact, let plan = plans[cell] else { return true }
                guard let same = plan.exceptions.first(where: { $0.source == candidate.source }) else { return true }
                return same.outcome == candidate.outcome || isClosed(same.outcome) && isClosed(candidate.outcome)
                    || isAnswer(same) && isAnswer(candidate)
            }
        }
    }

    /// Answers first, then what is closed, then guards, of which the last has the last word, then all else as written.
    ///
    /// Of the patterns that match, nginx takes only the first.
    private func inOrder(_ exceptions: [Exception]) -> [Exception] {
        let ranked = exceptions.enumerated().map { index, exception -> (Int, Int, Exception) in
            if isAnswer(exception) { return (0, index, exception) }
            if isClosed(exception.outcome) { return (1, index, exception) }
            switch exception.source {
            case .handled, .called: return (2, index, exception)
            // Guards of files do not hold for what an application answers by its path.
            case .route where exception.outcome.route?.calls == true: return (3, index, exception)
            default: break
            }
            guard case .overlay(let layer) = exception.source,
                configuration.layers[layer.at].settings.access != AccessSettings()
            else { return (5, index, exception) }
            return (4, -index, exception)
        }
        return ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// It is answered before anything else is asked.
    private func isAnswer(_ exception: Exception) -> Bool {
        if case .answer? = exception.outcome.route?.yields, case .route = exception.source { return true }
        return false
    }

    /// Nobody passes.
    private func isClosed(_ outcome: Outcome) -> Bool {
        let settings = outcome.layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        return settings.access.required?.value == .denied
    }

    private mutating func inner(_ exceptions: [Exception], _ cell: Cell) -> RouteTable {
        RouteTable(
            search: .exactThenLongestThenPatterns,
            routes: patternRoutes(inOrder(exceptions), cell))
    }

    private mutating func patternRoutes(_ exceptions: [Exception], _ cell: Cell) -> [Route] {
        var routes: [Route] = []
        for exception in exceptions {
            var scope = scope(exception.outcome, cell, pattern: exception.pattern)
            let pattern = partedScript(&scope, exception.pattern, cell)
            if case .route(let origin) = exception.source { scope.origin = origin }
            if case .overlay(let layer) = exception.source { scope.origin = configuration.layers[layer.at].origin }
            if case .called(let origin, _) = exception.source { scope.origin = origin }
            if case .handled(let layer, _) = exception.source { scope.origin = configuration.layers[layer.at].origin }
            routes.append(
                Route(
                    match: .pattern(pattern, into: 0), yields: .scope(configuration.add(scope)),
                    origin: scope.origin))
        }
        return routes
    }

    /// A scope for what happens in a cell.
    private mutating func scope(_ outcome: Outcome, _ cell: Cell, pattern: Pattern?) -> Scope {
        noteShadowed(outcome.layers)
        let origin =
            outcome.route?.origin ?? outcome.exclusions.first ?? outcome.layers.last.map {
                configuration.layers[$0.at].origin
            } ?? node.origin
        var scope = Scope(
            layers: outcome.layers, content: .files,
            origin: derived([origin] + outcome.exclusions + outcome.layers.map { configuration.layers[$0.at].origin }))
        scope.prefixLength = cell.isExact ? 0 : cell.text.utf8.count
        scope.onlyInternally = internalPaths.contains(cell.text)
        if let route = outcome.route { fill(&scope, route, cell, pattern) }
        if case .answer? = outcome.route?.yields { return scope }
        lateRules(&scope, cell)
        if scope.content == .files, let call = handler(of: node.base + scope.layers) { scope.content = .process(call) }
        return scope
    }

    private mutating func derived(_ origins: [ID<Origin>]) -> ID<Origin> {
        var unique: [ID<Origin>] = []
        for origin in origins where !unique.contains(origin) { unique.append(origin) }
        if unique.count == 1 { return unique[0] }
        let id = configuration.add(Origin.derived(pass: "exclusiveScopes", from: unique))
        if let comment = configuration.presentation.comments[unique[0]] {
            configuration.presentation.comments[id] = comment
            configuration.presentation.comments[unique[0]] = nil
        }
        return id
    }

    private mutating func fill(_ scope: inout Scope, _ route: Route, _ cell: Cell, _ pattern: Pattern?) {
        let matched = route.match.literal.map { $0.utf8.count } ?? 0
        let rest = String(decoding: cell.text.utf8.dropFirst(matched), as: UTF8.self)
        if route.unless != nil {
            losses.append(
                Loss(.dropped("the variable `no-proxy` cannot keep a request from being forwarded"), at: route.origin))
        }
        switch route.yields {
        case .content(.forward(let forward)): scope.content = .forward(adapted(forward, rest, cell))
        case .content(.process(let call)): scope.content = .process(adapted(call, rest))
        case .content(let content): scope.content = content
        case .answer(let answer): fill(&scope, answer, rest, cell, pattern)
        case .place(let place):
            var place = place
            if pattern == nil { place.base.append(rest) }
            var layer = Layer(origin: route.origin)
            layer.settings.files.place = Stated(place, route.origin)
            scope.layers.append(configuration.add(layer))
        case .scope, .leaveTable: break
        }
    }

    /// The path that is sent: the target's, and what the cell has behind the route's own prefix.
    private mutating func adapted(_ forward: Forward, _ rest: String, _ cell: Cell) -> Forward {
        var forward = forward
        switch forward.path {
        case .suffix(let onto, let moment, let escaping):
            forward.path = .suffix(onto: nonEmpty(onto, rest), of: moment, escaping)
        case .suffixAsReceived(let onto):
            forward.path = .suffixAsReceived(onto: nonEmpty(onto, rest))
        default:
            if case .computed(var target) = forward.to, target.pieces.last == .value(.pathBehindMatch) {
                target.pieces.removeLast()
                target.append(rest)
                forward.to = .computed(target)
                losses.append(
                    Loss(
                        .approximate("Apache glues the rest of the path to the port and fails; here it is the path"),
                        at: forward.origin, witness: "GET \(cell.text)a"))
            }
        }
        return forward
    }

    /// The script's path that is sent: the target's, and what the cell has behind the route's own prefix.
    private func adapted(_ call: GatewayCall, _ rest: String) -> GatewayCall {
        var call = call
        switch call.common?.script {
        case .sent(.suffix(let onto, let moment, let escaping)):
            call.common?.script = .sent(.suffix(onto: nonEmpty(onto, rest), of: moment, escaping))
        case .sent(.suffixAsReceived(let onto)):
            call.common?.script = .sent(.suffixAsReceived(onto: nonEmpty(onto, rest)))
        default: break
        }
        return call
    }

    /// A pattern of scripts' paths as one that lets the path go on behind the script; the place is told how to part
    /// them.
    private mutating func partedScript(_ scope: inout Scope, _ pattern: Pattern, _ cell: Cell) -> Pattern {
        guard case .process(let call) = scope.content, case .file? = call.common?.script, scope.probe == nil,
            pattern.source.hasSuffix("$"), !pattern.source.hasSuffix("\\$"), pattern.isOneWithoutGroups,
            !pattern.source.contains("(?=[^/]*$)")
        else { return pattern }
        var parted = pattern
        var body = String(pattern.source.dropLast())
        // The first script in the path is meant.
        if body.hasPrefix(".+"), !body.hasPrefix(".+?") { body = ".+?" + body.dropFirst(2) }
        parted.source = body + "(?=/|$)"
        var split = pattern
        let settings = (node.base + scope.layers).reduce(Settings()) {
            configuration.layers[$1.at].settings.folded(over: $0)
        }
        let isAlias = settings.files.place?.value.drops != .nothing
        let prefix = isAlias ? quotedForPattern(withoutSlash(cell.text)) : ""
        if isAlias, body.hasPrefix("^") { return pattern }
        split.source =
            isAlias
            ? "^\(prefix)(.*?\(body)(?=/|$))(.*)$"
            : (body.hasPrefix("^") ? "^(\(body.dropFirst())" : "^(.*?\(body)") + "(?=/|$))(.*)$"
        split.dotAll = true
        var layer = Layer(origin: call.origin)
        layer.settings.forward.script = Stated(ScriptNaming(split: split), call.origin)
        scope.layers.append(configuration.add(layer))
        return parted
    }

    private func nonEmpty(_ onto: Template, _ rest: String) -> Template {
        var result = onto
        result.append(rest)
        return result == Template() ? "/" : result
    }

    // MARK: - Answers

    private mutating func fill(
        _ scope: inout Scope, _ answer: Answer, _ rest: String, _ cell: Cell, _ pattern: Pattern?
    ) {
        guard let location = answer.location else {
            scope.content = .answer(answer)
            return
        }
        var answer = answer
        var pieces: [Piece] = []
        var hasTail = false
        for piece in location.pieces {
            if case .apply(.escape, let inner) = piece, inner == [Template(.pathBehindMatch)] {
                hasTail = true
            } else {
                pieces.append(piece)
            }
        }
        var target = Template()
        for piece in pieces { target.append(Template(pieces: [piece])) }
        if hasTail { target.append(rest) }
        answer.location = target
        if pattern == nil, !hasTail || cell.isExact {
            scope.content = .answer(answer)
            return
        }
        // The rest of the path comes from a pattern's group, which the other server escapes again.
        var expression = pattern ?? Pattern(source: "^" + quotedForPattern(cell.text) + "(.*)", dotAll: true)
        if pattern == nil {
            target.append(.capture(0, 1))
            answer.location = target
        }
        expression.dollarOnlyAtEnd = pattern?.dollarOnlyAtEnd ?? false
        let rule = Rule(
            when: .matches(Template(.path), expression, into: 0), then: .exit(.answer(answer)), origin: answer.origin)
        scope.rules = configuration.add(Program(statements: [.rule(rule)], origin: answer.origin))
        scope.content = nil
    }
}

extension Route {
    /// It leads to an application.
    var calls: Bool { if case .content(.process) = yields { true } else { false } }
}

extension PathMatcher {
    /// The text that is matched literally; nil: a pattern.
    var literal: String? {
        switch self {
        case .exact(let text), .segments(let text), .bytes(let text): text
        case .glob, .pattern: nil
        }
    }
}

extension Pattern {
    /// It has neither groups that are numbered nor alternatives outside of others.
    fileprivate var isOneWithoutGroups: Bool {
        var depth = 0
        var rest = Substring(source)
        while let character = rest.popFirst() {
            switch character {
            case "\\": _ = rest.popFirst()
            case "(" where rest.first != "?": return false
            case "(": depth += 1
            case ")": depth -= 1
            case "|" where depth == 0: return false
            default: break
            }
        }
        return true
    }
}
