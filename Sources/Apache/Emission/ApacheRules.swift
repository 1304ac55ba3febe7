import IR
import Language

/// Rules as RewriteCond and RewriteRule.
///
/// The server's own rules come first and then those of its places. A rule that changes the path ends with `PT`, so that
/// ProxyPass, Alias and sections see the new one, or with `N` where rules have to look at it again.
extension ApacheWriter {
    /// Where a list of rules stands.
    struct RuleList {
        /// Rules of the server; else of its places.
        var isServers: Bool
        /// Some rule of the site goes on with another path than the one that was asked for.
        var changesPath: Bool
        /// So many rules of the server follow.
        var after = 0
    }

    /// The rules of a site and its places.
    mutating func rules(of node: Site) -> [TextLine] {
        let own = node.rules.map { configuration.programs[$0.at].statements } ?? []
        let places = configuration.scopes[node.scope.at].rules.map { configuration.programs[$0.at].statements } ?? []
        guard !own.isEmpty || !places.isEmpty else { return [] }
        let changes = changesPath(own) || changesPath(places)
        changesPath = changes
        isInRules = true
        defer { (changesPath, isInRules) = (false, false) }
        var lines = list(own, RuleList(isServers: true, changesPath: changes), [])
        let count = ruleCount(lines)
        remembersPlace = count > 0
        if count > 0, returns(places) {
            // Who was sent to another place has passed the server's rules already.
            lines =
                [
                    TextLine("RewriteCond %{ENV:LOCATED} =1"), TextLine("RewriteRule ^ - [S=\(count)]"),
                ] + lines
        }
        let located = list(places, RuleList(isServers: false, changesPath: changes), [])
        lines += located
        if changes,
            located.last?.head.hasSuffix("PT]") != true || located.last?.head.hasPrefix("RewriteRule ^ ") != true
        {
            lines.append(TextLine("RewriteRule ^ - [PT]"))
        }
        guard !lines.isEmpty else { return [] }
        modules.insert("rewrite")
        return [TextLine("RewriteEngine On", isApart: true)] + lines
    }

    private func ruleCount(_ lines: [TextLine]) -> Int { lines.count { $0.head.hasPrefix("RewriteRule ") } }

    /// Whether some rule goes on with a new path.
    private func changesPath(_ statements: [Statement]) -> Bool {
        statements.contains { statement in
            switch statement {
            case .block(let block): return changesPath(block.statements)
            case .rule(let rule):
                guard rule.edits.contains(where: { if case .path = $0 { true } else { false } }) else { return false }
                // One that is looked up by routes at once ends rewriting by itself.
                switch rule.then {
                case .leave: return false
                case .exit(.answer), .exit(.content), .exit(.place): return false
                default: return true
                }
            }
        }
    }

    /// Whether some rule sends requests back to the first place.
    private func returns(_ statements: [Statement]) -> Bool {
        statements.contains { statement in
            switch statement {
            case .block(let block): return returns(block.statements)
            case .rule(let rule): return rule.then == .exit(.go(.locate))
            }
        }
    }

    /// Some statements, from the last to the first, so that each knows how many rules follow it.
    private mutating func list(_ statements: [Statement], _ around: RuleList, _ outer: [Condition]) -> [TextLine] {
        var lines: [TextLine] = []
        for (index, statement) in statements.enumerated().reversed() {
            var own = around
            own.after += ruleCount(lines)
            // A redirect that keeps the query is two rules of one statement; httpd does both in one.
            if isTwin(statements, index + 1) {
                guard case .rule(let next) = statements[index + 1] else { continue }
                lines.removeSubrange(0..<min(lines.count, twinLength(lines)))
                lines = rewriting(next, outer, own, keepsQuery: true) + lines
                continue
            }
            lines = rewriting(statement, own, outer) + lines
        }
        return lines
    }

    /// Whether the rule at a place is the second one of a redirect.
    private func isTwin(_ statements: [Statement], _ index: Int) -> Bool {
        guard index > 0, index < statements.count, case .rule(let before) = statements[index - 1],
            case .rule(let rule) = statements[index], rule.origin == before.origin,
            case .exit(.answer(let answer)) = before.then
        else { return false }
        return answer.location != nil
    }

    /// The lines of the first rule.
    private func twinLength(_ lines: [TextLine]) -> Int {
        (lines.firstIndex { $0.head.hasPrefix("RewriteRule ") } ?? -1) + 1
    }

    private mutating func rewriting(_ statement: Statement, _ around: RuleList, _ outer: [Condition]) -> [TextLine] {
        switch statement {
        case .rule(let rule): return rewriting(rule, outer, around, keepsQuery: false)
        case .block(let block):
            remainder.take(block.origin)
            guard block.enters == nil || !entersSettings(block) else {
                remainder.lose(Loss(.dropped("settings under a condition cannot be said"), at: block.origin))
                return []
            }
            if skips(block), let not = negated(block.when) {
                // What is inside may change the path, so the condition is asked once, before it.
                let inside = list(block.statements, around, outer)
                guard !inside.isEmpty else { return [] }
                return not + [
                    TextLine("RewriteRule \(not.isEmpty ? skipPattern(block.when) : "^") - [S=\(ruleCount(inside))]")
                ]
                    + inside
            }
            return list(block.statements, around, outer + [block.when])
        }
    }

    /// Whether a statement in a block changes what the block's condition looks at, and another one follows.
    private func skips(_ block: Block) -> Bool {
        block.statements.dropLast().contains { statement in
            switch statement {
            case .block(let inner): return changesPath(inner.statements)
            case .rule(let rule):
                guard rule.edits.contains(where: { if case .path = $0 { true } else { false } }) else { return false }
                if case .next = rule.then { return true }
                return false
            }
        }
    }

    /// Conditions under which a block is skipped; empty: its pattern says it; nil: it cannot be said.
    private mutating func negated(_ condition: Condition) -> [TextLine]? {
        if case .matches(Template(.path), _, _) = condition { return [] }
        return self.condition(.not(condition))
    }

    private func skipPattern(_ condition: Condition) -> String {
        guard case .matches(_, let pattern, _) = condition else { return "^" }
        return ApacheQuoting.rewriteWord("!" + (pattern.ignoresCase ? "(?i)" : "") + ApacheQuoting.source(of: pattern))
    }

    private func entersSettings(_ block: Block) -> Bool {
        guard let scope = block.enters, let layer = configuration.scopes[scope.at].layers.last else { return false }
        return !configuration.layers[layer.at].settings.statements.isEmpty
            || configuration.scopes[scope.at].content != nil
    }

    // MARK: - One rule

    private mutating func rewriting(
        _ rule: Rule, _ outer: [Condition], _ around: RuleList, keepsQuery: Bool
    ) -> [TextLine] {
        var parts = RuleParts((outer + [rule.when]).flatMap { $0.conjuncts })
        groupSign = parts.captures
        defer { groupSign = "$" }
        var lines: [TextLine] = []
        var unsaid = false
        for condition in parts.conditions {
            guard let own = self.condition(condition) else {
                unsaid = true
                continue
            }
            lines += own
        }
        if unsaid { return lost(rule, parts.pattern, lines, "httpd cannot say its condition") }
        guard let action = action(rule, around, keepsQuery: keepsQuery) else {
            return lost(rule, parts.pattern, lines, "httpd cannot say what it does", isWhole: true)
        }
        remainder.take(rule.origin)
        lines += action.conditions
        if action.target == "-", action.flags.isEmpty, action.conditions.isEmpty { return [] }
        if parts.pattern.ignoresCase { parts.flags = ["NC"] }
        lines.append(line(parts.pattern, action.target, parts.flags + action.flags))
        lines[0].comment = comment(of: rule.origin) + lines[0].comment
        return lines
    }

    private func line(_ pattern: Pattern, _ target: String, _ flags: [String]) -> TextLine {
        let source = ApacheQuoting.rewriteWord(ApacheQuoting.source(of: pattern))
        let joined = flags.joined(separator: ",")
        let shown =
            flags.isEmpty ? "" : " " + (joined.contains(" ") ? ApacheQuoting.rewriteWord("[\(joined)]") : "[\(joined)]")
        return TextLine("RewriteRule \(source) \(ApacheQuoting.rewriteWord(target))\(shown)")
    }

    /// A rule that cannot be said: one that refuses does so wherever its other conditions hold.
    ///
    /// One that answers, and of which only the answer cannot be said, refuses too: what stands behind it is meant for
    /// others.
    private mutating func lost(
        _ rule: Rule, _ pattern: Pattern, _ lines: [TextLine], _ why: String, isWhole: Bool = false
    ) -> [TextLine] {
        guard case .exit(.answer(let answer)) = rule.then, isWhole || answer.status >= 400 || answer.closes else {
            remainder.lose(Loss(.dropped(why), at: rule.origin))
            return []
        }
        remainder.lose(Loss(.approximate("\(why), so it refuses whatever its pattern matches"), at: rule.origin))
        let flags = (pattern.ignoresCase ? ["NC"] : []) + ["F"]
        var wide = pattern
        wide.source = ApacheQuoting.wideSource(of: pattern)
        return lines + [line(wide, "-", flags)]
    }
}

/// The conditions of a rule, with the one that becomes its pattern set apart.
struct RuleParts {
    var conditions: [Condition]
    var pattern = Pattern(source: "^", dotAll: true, dollarOnlyAtEnd: true)
    var flags: [String] = []
    /// What groups are called: those of the pattern, or of the last condition.
    var captures = "$"

    init(_ given: [Condition]) {
        // A pattern that fits every path says nothing.
        let all = given.filter { Self.path($0).map { $0.source != "^" && $0.source != "" } ?? true }
        conditions = all
        let ofPath = all.indices.filter { Self.path(all[$0]) != nil }
        let withGroups = all.indices.last { Self.hasGroups(all[$0]) }
        if let withGroups, Self.path(all[withGroups]) == nil {
            // The groups are those of a condition that is none of the path's.
            captures = "%"
            if let index = ofPath.first { take(index) }
        } else if let index = withGroups ?? ofPath.last {
            take(index)
        }
        // A shorter pattern of the path says nothing that the longer one does not.
        conditions.removeAll { condition in
            guard let other = Self.path(condition), !other.ignoresCase else { return false }
            let text = other.source
            return text.hasPrefix("^") && pattern.source.hasPrefix(text)
                && !text.contains { "$|(".contains($0) } && !pattern.source.contains("|")
                && !"*+?{".contains(pattern.source.dropFirst(text.count).first ?? " ")
        }
    }

    private mutating func take(_ index: Int) {
        guard let found = Self.path(conditions[index]) else { return }
        pattern = found
        conditions.remove(at: index)
    }

    private static func path(_ condition: Condition) -> Pattern? {
        guard case .matches(Template(.path), let pattern, _) = condition else { return nil }
        return pattern
    }

    private static func hasGroups(_ condition: Condition) -> Bool {
        guard case .matches(_, let pattern, let bank) = condition, bank != nil else { return false }
        return pattern.source.replacing("\\(", with: "").replacing("(?:", with: "").contains("(")
    }
}

extension Condition {
    /// The conditions of which all must hold.
    var conjuncts: [Condition] {
        switch self {
        case .always: []
        case .all(let parts): parts.flatMap(\.conjuncts)
        default: [self]
        }
    }
}
