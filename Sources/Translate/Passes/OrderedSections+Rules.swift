import IR
import Language

/// What locations answer and rewrite, as rules of the server.
extension OrderedSections {
    /// Adds a location's rules; those of later locations must not act in its region.
    mutating func addRules(_ place: Place, _ scope: Scope, later: [Place], to rules: inout [Statement]) {
        var own: [Statement] = []
        if let program = scope.rules { own += configuration.programs[program.at].statements }
        if case .answer(let answer)? = scope.content, own.isEmpty {
            own.append(.rule(Rule(then: .exit(.answer(answer)), origin: answer.origin)))
        }
        if let probe = scope.probe { own += statements(of: probe) }
        if own.isEmpty {
            let wouldAct = later.contains { other in
                mayMeet(place.match, other.match) && hasRules(configuration.scopes[other.scope.at])
            }
            guard wouldAct else { return }
            rules.append(.rule(Rule(when: condition(place.match), then: .leaveAsIs, origin: place.origin)))
            return
        }
        let isImplied = if case .implied = configuration.origins[place.origin.at] { true } else { false }
        for statement in own { rules.append(guarded(statement, by: place.match, isWhole: isImplied)) }
        let ends = own.contains { statement in
            guard case .rule(let rule) = statement, rule.when == .always else { return false }
            if case .exit(.answer) = rule.then { return true }
            return false
        }
        if !ends,
            later.contains(where: { mayMeet(place.match, $0.match) && hasRules(configuration.scopes[$0.scope.at]) })
        {
            rules.append(.rule(Rule(when: condition(place.match), then: .leaveAsIs, origin: place.origin)))
        }
    }

    private func hasRules(_ scope: Scope) -> Bool {
        if scope.rules != nil || scope.probe != nil { return true }
        if case .answer? = scope.content { return true }
        return false
    }

    /// A path that is matched as a condition of a rule.
    private func condition(_ match: PathMatcher) -> Condition {
        let pattern: Pattern
        switch match {
        case .exact(let path):
            pattern = Pattern(source: "^\(quotedForPattern(path))$", dotAll: true, dollarOnlyAtEnd: true)
        case .bytes(let text), .segments(let text):
            pattern = Pattern(source: "^" + quotedForPattern(text), dotAll: true, dollarOnlyAtEnd: true)
        case .glob(let glob): pattern = Pattern(source: globSource(glob))
        case .pattern(let own, _): pattern = own
        }
        return .matches(Template(.path), pattern, into: 0)
    }

    /// A statement that acts only in a location's region.
    private func guarded(_ statement: Statement, by match: PathMatcher, isWhole: Bool) -> Statement {
        switch statement {
        case .rule(var rule):
            rule.when = both(rule.when, match)
            return .rule(rule)
        case .block(var block):
            block.when = both(block.when, match)
            return .block(block)
        }
    }

    private func both(_ condition: Condition, _ match: PathMatcher) -> Condition {
        if condition == .always { return self.condition(match) }
        // A pattern that begins with the location's own text needs no second look.
        if case .matches(Template(.path), let pattern, _) = condition, case .bytes(let text) = match,
            pattern.source.hasPrefix("^" + quotedForPattern(text))
        {
            return condition
        }
        return .all([plain(self.condition(match)), condition])
    }

    /// The same test without groups.
    private func plain(_ condition: Condition) -> Condition {
        if case .matches(let subject, let pattern, _) = condition { return .matches(subject, pattern, into: nil) }
        return condition
    }

    /// A probe as rules: what exists stays, all else goes on.
    private mutating func statements(of probe: Probe) -> [Statement] {
        var tests: [Condition] = []
        for candidate in probe.tries {
            guard candidate.path == Template(.path) else {
                losses.append(Loss(.dropped("only the path itself can be looked for"), at: probe.origin))
                continue
            }
            var file = Template(.rootPath)
            file.append(.path)
            tests.append(.not(.file(candidate.directory ? .directory : .file, file)))
        }
        let when: Condition = tests.isEmpty ? .always : tests.count == 1 ? tests[0] : .all(tests)
        switch probe.otherwise {
        case .answer(let answer):
            return answer.status == 404
                ? [] : [.rule(Rule(when: when, then: .exit(.answer(answer)), origin: probe.origin))]
        case .redirect(let target, _):
            var path = target
            var query = QueryEdit.drop
            if path.pieces.suffix(2) == [.value(.queryMark), .value(.query)] {
                path.pieces.removeLast(2)
                query = .keep
            } else if case .literal(let text)? = path.pieces.last, let mark = text.firstIndex(of: "?") {
                path.pieces.removeLast()
                path.append(String(text[..<mark]))
                query = .replace(Template(String(text[text.index(after: mark)...])))
            }
            return [
                .rule(
                    Rule(
                        when: when, edits: [.path(path), .query(query)], then: .exit(.go(.siteRules)),
                        origin: probe.origin))
            ]
        case .go(.scope(let scope)):
            guard case .forward(let forward)? = configuration.scopes[scope.at].content else { break }
            settled.insert(configuration.scopes[scope.at].origin)
            settled.insert(forward.origin)
            return [.rule(Rule(when: when, then: .exit(.content(.forward(forward))), origin: probe.origin))]
        default: break
        }
        losses.append(Loss(.dropped("what follows when no file is found cannot be said"), at: probe.origin))
        return []
    }
}
