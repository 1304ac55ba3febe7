import IR
import Language

/// Which route wins in a cell, and which layers hold.
extension ExclusiveScopes {
    /// All that may happen to the paths of a cell.
    mutating func plan(_ cell: Cell) -> CellPlan {
        let (route, passed, exclusions) = winner(cell, taking: nil)
        var plan = CellPlan(cell: cell, outcome: Outcome(route: route, layers: [], exclusions: exclusions))
        let (layers, doubtful) = layers(cell, route, adding: [])
        plan.outcome.layers = layers
        for exception in passed {
            guard case .pattern(let pattern, _) = exception.match else { continue }
            if isCrowded, cell.text != "/" {
                losses.append(
                    Loss(
                        .approximate("too many sections overlap: inside of them this pattern is not asked"),
                        at: exception.origin))
                continue
            }
            let (own, _, without) = winner(cell, taking: exception)
            plan.exceptions.append(
                (
                    pattern, .route(exception.origin),
                    Outcome(route: own, layers: self.layers(cell, own, adding: []).layers, exclusions: without)
                ))
            if !isCrowded, let own, own.calls { plan.exceptions += called(cell, pattern, own, without) }
        }
        var asked: Set<Condition> = []
        for (overlay, condition) in doubtful {
            guard let pattern = condition.pathPattern, !says(nothing: overlay.layer), asked.insert(condition).inserted
            else { continue }
            // Whatever has the same pattern holds there too.
            let same = Set(doubtful.filter { $0.1 == condition }.map(\.0.layer))
            let own = self.layers(cell, route, adding: same).layers
            plan.exceptions.append(
                (pattern, .overlay(overlay.layer), Outcome(route: route, layers: own, exclusions: exclusions)))
        }
        if !isCrowded { plan.exceptions += handled(cell, plan.outcome, doubtful) }
        return plan
    }

    /// Where a pattern that leads to an application and a section's are both found, both hold.
    private mutating func called(
        _ cell: Cell, _ pattern: Pattern, _ route: Route, _ exclusions: [ID<Origin>]
    ) -> [(pattern: Pattern, source: ExceptionSource, outcome: Outcome)] {
        layers(cell, route, adding: []).doubtful.compactMap { overlay, condition in
            let both = Condition.all([condition, .matches(Template(.path), pattern, into: nil)])
            guard !says(nothing: overlay.layer), let pattern = both.pathPattern else { return nil }
            let layers = self.layers(cell, route, adding: [overlay.layer]).layers
            return (
                pattern, .called(route.origin, overlay.layer),
                Outcome(route: route, layers: layers, exclusions: exclusions)
            )
        }
    }

    private func says(nothing layer: ID<Layer>) -> Bool {
        configuration.layers[layer.at].settings.statements.isEmpty
    }

    /// Where a handler's pattern and another are both found, both hold: a script is never sent as a file only because
    /// something else is said about it too.
    private mutating func handled(
        _ cell: Cell, _ outcome: Outcome, _ doubtful: [(Overlay, Condition)]
    ) -> [(pattern: Pattern, source: ExceptionSource, outcome: Outcome)] {
        var found: [(pattern: Pattern, source: ExceptionSource, outcome: Outcome)] = []
        let handlers = doubtful.filter { configuration.layers[$0.0.layer.at].settings.files.content?.value != nil }
        for (handler, condition) in handlers {
            for (other, own) in doubtful where own != condition && !says(nothing: other.layer) {
                guard let pattern = Condition.all([own, condition]).pathPattern else { continue }
                let both = doubtful.filter { $0.1 == own || $0.1 == condition }.map(\.0.layer)
                let layers = self.layers(cell, outcome.route, adding: Set(both)).layers
                found.append(
                    (
                        pattern, .handled(handler.layer, other.layer),
                        Outcome(route: outcome.route, layers: layers, exclusions: outcome.exclusions)
                    ))
            }
        }
        return found
    }

    /// The route that takes the cell, and the patterns that are asked before it; `taking` is a pattern that matched.
    private func winner(_ cell: Cell, taking: Route?) -> (Route?, [Route], [ID<Origin>]) {
        var passed: [Route] = []
        var leftGroups: Set<Int> = []
        var exclusions: [ID<Origin>] = []
        for table in node.locate where !leftGroups.contains(table.group) {
            let routes = table.search == .lastInOrder ? table.routes.reversed() : table.routes
            search: for route in routes {
                let fits = route == taking ? .always : route.match.applies(to: cell)
                switch fits {
                case .never: continue
                case .when: passed.append(route)
                case .always:
                    guard case .leaveTable = route.yields else { return (route, passed, exclusions) }
                    exclusions.append(route.origin)
                    leftGroups.insert(table.group)
                    break search
                }
            }
        }
        return (nil, passed, exclusions)
    }

    /// The layers that hold in a cell, and the overlays that hold only where a pattern is found.
    private mutating func layers(
        _ cell: Cell, _ route: Route?, adding: Set<ID<Layer>>
    ) -> (layers: [ID<Layer>], doubtful: [(Overlay, Condition)]) {
        var layers: [ID<Layer>] = []
        var doubtful: [(Overlay, Condition)] = []
        for overlay in node.overlays {
            switch applies(overlay.selector, cell, route) {
            case .never: continue
            case .always: layers.append(overlay.layer)
            case .when(let condition):
                if adding.contains(overlay.layer) {
                    layers.append(overlay.layer)
                } else if let layer = conditional(overlay.layer, condition) {
                    layers.append(layer)
                } else {
                    doubtful.append((overlay, condition))
                }
            }
        }
        return (layers, doubtful)
    }

    /// Whether an overlay applies to a cell whose content is known.
    private func applies(_ selector: Selector, _ cell: Cell, _ route: Route?) -> Applies {
        switch selector {
        case .url(let matcher): return matcher.applies(to: cell)
        case .directory(let matcher):
            switch file(cell, route) {
            case .none: return .never
            case .known(let file): return isIn(matcher, file, cell)
            case .computed(let beginning): return isIn(matcher, below: beginning)
            }
        case .fileName(let matcher):
            let pattern = namePattern(matcher)
            switch file(cell, route) {
            case .none: return .never
            case .known(let file) where cell.isExact: return pattern.matches(file) ? .always : .never
            case .known: return .found(pattern)
            case .computed: return .when(.matches(Template(.filePath), pattern, into: nil))
            }
        case .target(let matcher):
            guard case .content(.forward(let forward))? = route?.yields else { return .never }
            return isSent(to: matcher, forward, route?.match.literal, cell)
        case .when(let condition): return condition == .always ? .always : .when(condition)
        case .within(let outer, let inner): return applies(outer, cell, route).and(applies(inner, cell, route))
        }
    }

    /// Whether what a cell sends goes to a target; one that lies deeper takes a part of the cell.
    private func isSent(to target: PathMatcher, _ forward: Forward, _ prefix: String?, _ cell: Cell) -> Applies {
        let written = forward.written
        switch target {
        case .bytes(let text), .segments(let text), .exact(let text):
            if written.hasPrefix(text) { return .always }
            guard text.hasPrefix(written), let prefix else { return .never }
            let path = prefix + text.dropFirst(written.count)
            if cell.isExact { return cell.text.hasPrefix(path) ? .always : .never }
            return .found(Pattern(source: "^" + quotedForPattern(path)))
        case .glob(let glob):
            return Pattern(source: globSource(glob)).matches(written) ? .always : .when(Self.unknownTarget)
        case .pattern(let pattern, _):
            if pattern.matches(written) { return .always }
            if cell.isExact, prefix == cell.text { return .never }
            return pattern.source.hasPrefix("^") ? .when(Self.unknownTarget) : .found(pattern)
        }
    }

    private static let unknownTarget = Condition.undecidable("nginx cannot ask where a request is forwarded to")

    /// What is served for the paths of a cell.
    private enum Served {
        /// No file.
        case none
        /// This file or folder, and what is below.
        case known(String)
        /// Files whose paths begin so.
        case computed(String)
    }

    private func file(_ cell: Cell, _ route: Route?) -> Served {
        guard let route else {
            guard let root = documentRoot else { return .computed("") }
            return .known(withoutSlash(withoutSlash(root) + cell.text))
        }
        guard case .place(let place) = route.yields else { return .none }
        if let base = place.base.literal, case .segments(let path) = route.match {
            return .known(withoutSlash(base + cell.text.dropFirst(path.utf8.count)))
        }
        guard case .literal(let text)? = place.base.pieces.first else { return .computed("") }
        return .computed(text)
    }

    /// Whether a file whose path is known in part lies in a folder.
    private func isIn(_ matcher: PathMatcher, below beginning: String) -> Applies {
        let pattern: Pattern
        switch matcher {
        case .segments(let folder), .exact(let folder), .bytes(let folder):
            let inside = folder == "/" ? "/" : withoutSlash(folder) + "/"
            if beginning.hasPrefix(inside) { return .always }
            guard inside.hasPrefix(beginning) else { return .never }
            pattern = Pattern(source: "^" + quotedForPattern(withoutSlash(folder)) + "(?:/|$)", dollarOnlyAtEnd: true)
        case .glob(let glob): pattern = Pattern(source: globSource(glob))
        case .pattern(var own, _):
            if own.source.hasSuffix("$") { own.source.removeLast() }
            pattern = own
        }
        return .when(.matches(Template(.filePath), pattern, into: nil))
    }

    private func isIn(_ matcher: PathMatcher, _ file: String, _ cell: Cell) -> Applies {
        switch matcher {
        case .segments(let folder):
            return folder == "/" || file == folder || file.hasPrefix(withoutSlash(folder) + "/") ? .always : .never
        case .exact(let folder): return file == folder ? .always : .never
        case .bytes(let text): return file.hasPrefix(text) ? .always : .never
        case .glob(let glob):
            let pattern = Pattern(source: globSource(glob))
            if pattern.matches(file) { return .always }
            return cell.isExact ? .never : .when(.matches(Template(.filePath), pattern, into: nil))
        case .pattern(let pattern, _):
            if pattern.matches(file + "/") { return .always }
            if cell.isExact { return .never }
            if pattern.source.hasPrefix("^") {
                var below = pattern
                if below.source.hasSuffix("$") { below.source.removeLast() }
                return .when(.matches(Template(.filePath), below, into: nil))
            }
            // Below the document root paths and folders end alike.
            return .found(pattern)
        }
    }

    /// Paths whose last segment has a name.
    private func namePattern(_ matcher: PathMatcher) -> Pattern {
        switch matcher {
        case .exact(let name), .segments(let name):
            Pattern(source: "/" + quotedForPattern(name) + "$", dollarOnlyAtEnd: true)
        case .bytes(let text): Pattern(source: "/" + quotedForPattern(text) + "[^/]*$", dollarOnlyAtEnd: true)
        case .glob(let glob): Pattern(source: "/" + globSource(glob, end: "$").dropFirst(), dollarOnlyAtEnd: true)
        case .pattern(let own, _): onLastSegment(own)
        }
    }

    /// A pattern about a file's name as one about the whole path.
    private func onLastSegment(_ pattern: Pattern) -> Pattern {
        var result = pattern
        let body = pattern.source.hasPrefix("^") ? String(pattern.source.dropFirst()) : pattern.source
        let isSimple = !body.contains("|") || body.contains("(")
        guard isSimple, !body.contains("^") else {
            result.source = "/(?=[^/]*$)(?:\(pattern.source.replacing("^", with: "")))"
            return result
        }
        if pattern.source.hasPrefix("^") {
            result.source = "/" + body + (body.hasSuffix("$") ? "" : "[^/]*$")
        } else if !body.hasSuffix("$") {
            result.source = "(?=[^/]*$)" + body
        }
        return result
    }
}
