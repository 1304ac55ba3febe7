import IR
import Language

/// Sections that hold only under a condition: what of them can be said elsewhere goes there.
extension ExclusiveScopes {
    /// A section's layer as one that holds everywhere, each of its fields under the condition; nil: it says more than
    /// what can stand under one.
    ///
    /// A guard comes through only where no single pattern of the path would do: then whoever the condition is about has
    /// to pass it too.
    mutating func conditional(_ layer: ID<Layer>, _ condition: Condition) -> ID<Layer>? {
        let key = ConditionalLayer(layer: layer, condition: condition)
        if let known = conditionalLayers[key] { return known }
        let node = configuration.layers[layer.at]
        let said = Set(node.settings.statements.map(\.field))
        if condition.pathPattern != nil, !isCrowded {
            guard said.isSubset(of: Self.fields), !said.isEmpty else { return nil }
        } else if !said.isSubset(of: Self.fields.union(Self.guards)) {
            let why =
                isCrowded
                ? "too many sections overlap: of this one only guards and fields are said"
                : "nginx cannot say when this section applies: only its guards and fields are said"
            losses.append(Loss(.dropped(why), at: node.origin))
        }
        let made = configuration.add(Layer(settings: under(condition, node.settings), origin: node.origin))
        conditionalLayers[key] = made
        return made
    }

    private static let fields: Set<String> = ["answer.headers", "request.headers"]
    private static let guards: Set<String> = [
        "access.required", "access.addresses", "access.combine", "access.login", "access.realm", "access.userFile",
        "access.groupFile",
    ]

    /// What of some settings can stand under a condition.
    mutating func under(_ condition: Condition, _ settings: Settings) -> Settings {
        var result = Settings()
        if let content = settings.files.content, content.value != nil {
            // Whatever a handler would have answered must not be sent as a file.
            losses.append(
                Loss(
                    .approximate("nginx cannot say when this handler answers: nothing is answered at its place"),
                    at: content.origin))
            result.files.content = Stated(
                .unavailable("a handler answers only under a condition", guards: true), content.origin)
        }
        result.answer.headers = under(condition, settings.answer.headers)
        result.request.headers = under(condition, settings.request.headers)
        let access = Access.of(
            settings.access.required?.value ?? .granted, settings.access.addresses?.value ?? .granted,
            isEither: settings.access.combine?.value == .either)
        result.access.login = settings.access.login
        result.access.realm = settings.access.realm
        result.access.userFile = settings.access.userFile
        result.access.groupFile = settings.access.groupFile
        if access != .granted, let origin = settings.access.required?.origin ?? settings.access.addresses?.origin {
            result.access.required = Edit(
                merge: .bothMustPass, value: .any([.test(.not(condition)), access]), origin: origin)
        }
        return result
    }

    private func under(_ condition: Condition, _ edits: Edit<[HeaderEdit]>?) -> Edit<[HeaderEdit]>? {
        guard var edits else { return nil }
        edits.value = edits.value.map { edit in
            var edit = edit
            edit.when = edit.when.map { .all([condition, $0]) } ?? condition
            return edit
        }
        return edits
    }

    /// Sections under `<If>`: what of them can stand under a condition does so wherever the section applies.
    mutating func conditionalOverlays() {
        var kept: [Overlay] = []
        var rules: [Statement] = []
        var refusals: [Statement] = []
        for overlay in node.overlays {
            let (selector, condition) = split(overlay.selector)
            guard let condition else {
                kept.append(overlay)
                continue
            }
            var layer = configuration.layers[overlay.layer.at]
            if case .process? = layer.settings.files.content?.value, condition.asksForFile {
                // Scripts that are not there are found missing before the application is asked.
                kept.append(
                    Overlay(selector: selector ?? .when(.always), layer: overlay.layer, rank: overlay.rank))
                continue
            }
            var settings = under(condition, layer.settings)
            if let required = layer.settings.access.required {
                if required.value == .denied, selector == nil {
                    // Once for the whole server.
                    settings.access.required = nil
                    let refusal = Answer(status: 403, origin: required.origin)
                    refusals.append(
                        .rule(Rule(when: condition, then: .exit(.answer(refusal)), origin: required.origin)))
                } else if required.value == .granted {
                    losses.append(
                        Loss(.approximate("who is let in under a condition is not let in"), at: required.origin))
                }
            }
            for program in layer.settings.programs.lateAnswers?.value ?? [] {
                for case .rule(var rule) in configuration.programs[program.at].statements {
                    guard let place = place(selector) else {
                        losses.append(Loss(.dropped("nginx cannot say when this section applies"), at: rule.origin))
                        continue
                    }
                    rule.when = .all(place + [condition, rule.when])
                    rules.append(.rule(rule))
                }
            }
            layer.settings = settings
            kept.append(
                Overlay(selector: selector ?? .when(.always), layer: configuration.add(layer), rank: overlay.rank))
        }
        configuration.sites[site.at].overlays = kept
        let own = node.rules.map { configuration.programs[$0.at].statements } ?? []
        // What refuses goes before what may lead elsewhere.
        let statements = refusals + guardedByPath(own) + rules
        guard statements != own else { return }
        configuration.sites[site.at].rules = configuration.add(Program(statements: statements, origin: node.origin))
    }

    /// The server's rules, left before they lead away from a path that has a guard.
    ///
    /// Apache asks the guards of the path that was requested also when a rule has led to another file (`r->uri` stays
    /// as it was in hook_uri2file of mod_rewrite.c), nginx only those of the new path.
    private mutating func guardedByPath(_ statements: [Statement]) -> [Statement] {
        let guarded = node.overlays.compactMap { overlay -> (Pattern, ID<Origin>)? in
            let access = configuration.layers[overlay.layer.at].settings.access
            let isGuard = [access.required, access.addresses].contains { $0.map { $0.value != .granted } ?? false }
            guard isGuard, case .url(let matcher) = overlay.selector, let pattern = matcher.wholePattern else {
                return nil
            }
            return (pattern, configuration.layers[overlay.layer.at].origin)
        }
        guard !guarded.isEmpty else { return statements }
        var result: [Statement] = []
        var kept: Set<Pattern> = []
        for statement in statements {
            if case .rule(let rule) = statement, rule.rewrites {
                for (pattern, origin) in guarded
                where rule.mayTake(pattern) && kept.insert(pattern).inserted {
                    result.append(
                        .rule(Rule(when: .matches(Template(.path), pattern, into: 0), then: .leave, origin: origin)))
                    losses.append(
                        Loss(
                            .approximate("it leaves out paths that have a guard, which would not be asked any more"),
                            at: rule.origin))
                }
            }
            result.append(statement)
        }
        return result
    }

    /// A selector without its conditions, and those.
    private func split(_ selector: Selector) -> (Selector?, Condition?) {
        switch selector {
        case .when(.always): return (selector, nil)
        case .when(let condition): return (nil, condition)
        case .within(let outer, let inner):
            let (outer, inner) = (split(outer), split(inner))
            let conditions = [outer.1, inner.1].compactMap { $0 }
            let condition: Condition? = conditions.count > 1 ? .all(conditions) : conditions.first
            guard let first = outer.0 else { return (inner.0, condition) }
            return (inner.0.map { .within(first, $0) } ?? first, condition)
        case .url, .directory, .fileName, .target: return (selector, nil)
        }
    }

    /// The paths that a selector takes, as conditions; nil: they are not known here.
    private func place(_ selector: Selector?) -> [Condition]? {
        switch selector {
        case nil, .when(.always): return []
        case .url(.segments(let path)):
            let pattern = Pattern(source: "^" + quotedForPattern(withoutSlash(path)) + "(?:/|$)", dollarOnlyAtEnd: true)
            return [.matches(Template(.path), pattern, into: nil)]
        case .url(.pattern(let pattern, _)): return [.matches(Template(.path), pattern, into: nil)]
        default: return nil
        }
    }
}

extension PathMatcher {
    /// The paths that it takes as a pattern; nil: all.
    fileprivate var wholePattern: Pattern? {
        switch self {
        case .segments("/"), .segments(""), .bytes("/"), .bytes(""): nil
        case .exact(let path): Pattern(source: "^" + quotedForPattern(path) + "$", dollarOnlyAtEnd: true)
        case .segments(let path) where !path.hasSuffix("/"):
            Pattern(source: "^" + quotedForPattern(path) + "(?:/|$)", dollarOnlyAtEnd: true)
        case .segments(let path), .bytes(let path): Pattern(source: "^" + quotedForPattern(path))
        case .glob(let glob): Pattern(source: globSource(glob, end: "$"), dollarOnlyAtEnd: true)
        case .pattern(let pattern, _): pattern
        }
    }
}

extension Rule {
    /// It leads to another path or an upstream.
    fileprivate var rewrites: Bool {
        if case .exit(.answer) = then { return false }
        if case .exit(.content) = then { return true }
        return edits.contains { if case .path = $0 { true } else { false } }
    }

    /// Whether some path that the pattern takes may be one that this rule takes; unknown is yes.
    fileprivate func mayTake(_ pattern: Pattern) -> Bool {
        let parts: [Condition] = if case .all(let parts) = when { parts } else { [when] }
        for case .matches(Template(.path), let own, _) in parts {
            guard let mine = own.literalPrefix, let other = pattern.literalPrefix else { return true }
            return mine.hasPrefix(other) || other.hasPrefix(mine)
        }
        return true
    }
}

extension Condition {
    /// It asks only whether the request's file is there.
    fileprivate var asksForFile: Bool { self == .file(.file, Template(.filePath)) }
}

/// A section's layer under a condition.
struct ConditionalLayer: Hashable {
    var layer: ID<Layer>
    var condition: Condition
}
