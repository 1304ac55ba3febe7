import IR
import Language

/// Rules behind the access check, and sections under conditions.
extension ExclusiveScopes {
    /// Writes a scope's late rules as its own: a probe for files where they are one, else rules in order.
    mutating func lateRules(_ scope: inout Scope, _ cell: Cell) {
        let layers = node.base + scope.layers
        let settings = layers.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
        let early: [Statement] = scope.rules.map { configuration.programs[$0.at].statements } ?? []
        var statements: [Statement] = []
        for program in settings.programs.lateRules?.value ?? [] {
            let node = configuration.programs[program.at]
            settings.programs.lateRules.map { _ = settled.insert($0.origin) }
            if let probe = probe(node) {
                if scope.content == .files { scope.probe = probe }
                for case .rule(let rule) in node.statements { settled.insert(rule.origin) }
                continue
            }
            statements += node.statements.map { rebased($0, layers, base: node.base) }
        }
        for program in settings.programs.lateAnswers?.value ?? [] {
            let node = configuration.programs[program.at]
            settings.programs.lateAnswers.map { _ = settled.insert($0.origin) }
            guard let probe = fallback(node) else {
                statements += node.statements
                continue
            }
            if scope.content == .files { scope.probe = probe }
        }
        if cell.isExact {
            statements.removeAll { !mayMatch($0, cell.text) }
        }
        guard !statements.isEmpty else { return }
        scope.rules = configuration.add(
            Program(statements: early + behindGuard(statements, settings.access), origin: scope.origin))
    }

    /// Whether a rule may be about this very path.
    private func mayMatch(_ statement: Statement, _ path: String) -> Bool {
        guard case .rule(let rule) = statement else { return true }
        let parts: [Condition] = if case .all(let parts) = rule.when { parts } else { [rule.when] }
        for case .matches(Template(.path), let pattern, .some) in parts where !pattern.matches(path) { return false }
        return true
    }

    /// The other server runs rules before it asks who may pass: a guard goes before them, or they go.
    private mutating func behindGuard(_ statements: [Statement], _ access: AccessSettings) -> [Statement] {
        let guarded = Access.of(
            access.required?.value ?? .granted, access.addresses?.value ?? .granted,
            isEither: access.combine?.value == .either)
        guard guarded != .granted, let origin = access.required?.origin ?? access.addresses?.origin else {
            return statements
        }
        if let condition = guarded.condition?.simplified {
            if condition == .always { return statements }
            let refusal = Answer(status: 403, origin: origin)
            return [.rule(Rule(when: .not(condition), then: .exit(.answer(refusal)), origin: origin))] + statements
        }
        return statements.filter { statement in
            guard case .rule(let rule) = statement else { return false }
            if case .exit(.answer(let answer)) = rule.then, answer.location != nil {
                losses.append(
                    Loss(.approximate("it redirects before a password is asked for, not behind it"), at: rule.origin))
                return true
            }
            losses.append(
                Loss(.dropped("it would act before a password is asked for, and so pass the guard by"), at: rule.origin)
            )
            return false
        }
    }

    /// "What is neither a file nor a directory is answered by X" as a probe; nil: it is something else.
    private func probe(_ program: Program) -> Probe? {
        var rules: [Rule] = []
        for statement in program.statements {
            guard case .rule(let rule) = statement else { return nil }
            rules.append(rule)
        }
        // "index.php itself is left alone" goes without saying: it is a file.
        if rules.count == 2, rules[0].edits.isEmpty, rules[0].then == .leave || rules[0].then == .leaveForGood {
            rules.removeFirst()
        }
        guard rules.count == 1, case .path(let target)? = rules[0].edits.first else { return nil }
        var parts: [Condition] = []
        guard case .all(let all) = rules[0].when else { return nil }
        parts = all
        let file = Condition.not(.file(.file, Template(.filePath)))
        let directory = Condition.not(.file(.directory, Template(.filePath)))
        let rest = parts.filter { part in
            if part == file || part == directory { return false }
            if case .matches(Template(.pathBelowLayer), let pattern, _) = part {
                return ![".", "^", ".*", "^(.*)$", "(.*)", "^.*$", "^(.+)$", "^"].contains(pattern.source)
            }
            return true
        }
        guard rest.isEmpty, parts.contains(file) else { return nil }
        var path = target
        if let literal = path.literal, !literal.hasPrefix("/") {
            path = Template((program.base?.literal ?? "/") + literal)
        } else if case .literal(let first)? = path.pieces.first, !first.hasPrefix("/") {
            return nil
        }
        if path.pieces.contains(where: { if case .value(.capture) = $0 { true } else { false } }) { return nil }
        var query = Template()
        for edit in rules[0].edits.dropFirst() {
            guard case .query(let change) = edit else { continue }
            switch change {
            case .keep: break
            case .drop: return made(path, parts.contains(directory), rules[0].origin)
            case .replace(let template): query = template
            case .prepend(let template), .append(let template):
                query = template
                query.append("&")
                query.append(.query)
            }
        }
        if query == Template() {
            path.append(.queryMark)
            path.append(.query)
        } else {
            path.append("?")
            path.append(query)
        }
        return made(path, parts.contains(directory), rules[0].origin)
    }

    private func made(_ target: Template, _ triesDirectory: Bool, _ origin: ID<Origin>) -> Probe {
        var tries = [Candidate(path: Template(.path), directory: false)]
        if triesDirectory { tries.append(Candidate(path: Template(.path), directory: true)) }
        return Probe(tries: tries, otherwise: .redirect(target, .siteRules), origin: origin)
    }

    /// FallbackResource as a probe.
    private func fallback(_ program: Program) -> Probe? {
        guard case .rule(let rule)? = program.statements.first, case .exit(.redirect(let target, _)) = rule.then else {
            return nil
        }
        var path = target
        path.append(.queryMark)
        path.append(.query)
        return made(path, true, rule.origin)
    }

    /// A rule about what is below a folder as one about the whole path.
    private func rebased(_ statement: Statement, _ layers: [ID<Layer>], base: Template?) -> Statement {
        guard case .rule(var rule) = statement else { return statement }
        let folder = layers.compactMap { configuration.layers[$0.at].directory?.literal }.last
        var prefix = "/"
        if let folder, let root = documentRoot, folder.hasPrefix(withoutSlash(root) + "/") {
            prefix = String(folder.dropFirst(withoutSlash(root).count)) + "/"
        }
        rule.when = rebased(rule.when, prefix)
        rule.edits = rule.edits.map { edit in
            guard case .path(let template) = edit, case .literal(let text)? = template.pieces.first,
                !text.hasPrefix("/")
            else { return edit }
            var path = Template(base?.literal ?? prefix)
            path.append(template)
            return .path(path)
        }
        if rule.then == .leave || rule.then == .next,
            rule.edits.contains(where: { if case .path = $0 { true } else { false } })
        {
            rule.then = .exit(.go(.locate))
        }
        return .rule(rule)
    }

    private func rebased(_ condition: Condition, _ prefix: String) -> Condition {
        switch condition {
        case .all(let parts): return .all(parts.map { rebased($0, prefix) })
        case .any(let parts): return .any(parts.map { rebased($0, prefix) })
        case .not(let inner): return .not(rebased(inner, prefix))
        case .matches(Template(.pathBelowLayer), var pattern, let bank):
            let source = pattern.source
            if source.hasPrefix("^"), !source.dropFirst().contains("^"), !source.contains("|") {
                pattern.source = "^" + quotedForPattern(prefix) + source.dropFirst()
            } else {
                pattern.source = "(?<=^" + quotedForPattern(prefix) + ")(?:" + source.replacing("^", with: "\\G") + ")"
                if !source.contains("^") { pattern.source = source }
            }
            return .matches(Template(.path), pattern, into: bank)
        default: return condition
        }
    }
}
