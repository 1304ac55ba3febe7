import IR
import Language

/// Rules as RewriteCond and RewriteRule.
extension ApacheWriter {
    /// The rules of a server.
    mutating func rules(of program: ID<Program>?) -> [TextLine] {
        guard let program else { return [] }
        var lines: [TextLine] = []
        for (index, statement) in configuration.programs[program.at].statements.enumerated() {
            let all = configuration.programs[program.at].statements
            if case .rule(let rule) = statement, index + 1 < all.count, case .rule(let next) = all[index + 1],
                next.origin == rule.origin,
                case .exit(.answer(let answer)) = rule.then, answer.location != nil
            {
                // A redirect that keeps the query is two rules of one statement; httpd does both in one.
                lines += rewriting(next, [], keepsQuery: true)
                continue
            }
            if case .rule(let rule) = statement, index > 0, case .rule(let before) = all[index - 1],
                before.origin == rule.origin,
                case .exit(.answer(let answer)) = before.then, answer.location != nil
            {
                continue
            }
            lines += rewriting(statement, [])
        }
        guard !lines.isEmpty else { return [] }
        modules.insert("rewrite")
        return [TextLine("RewriteEngine On", isApart: true)] + lines
    }

    private mutating func rewriting(_ statement: Statement, _ outer: [Condition]) -> [TextLine] {
        switch statement {
        case .rule(let rule): return rewriting(rule, outer, keepsQuery: false)
        case .block(let block):
            remainder.take(block.origin)
            guard block.enters == nil || !entersSettings(block) else {
                remainder.lose(Loss(.dropped("settings under a condition cannot be said"), at: block.origin))
                return []
            }
            var lines: [TextLine] = []
            for inner in block.statements { lines += rewriting(inner, outer + [block.when]) }
            return lines
        }
    }

    private func entersSettings(_ block: Block) -> Bool {
        guard let scope = block.enters, let layer = configuration.scopes[scope.at].layers.last else { return false }
        return !configuration.layers[layer.at].settings.statements.isEmpty
            || configuration.scopes[scope.at].content != nil
    }

    private mutating func rewriting(_ rule: Rule, _ outer: [Condition], keepsQuery: Bool) -> [TextLine] {
        var conditions = (outer + [rule.when]).flatMap { condition -> [Condition] in
            if case .all(let parts) = condition { return parts }
            return condition == .always ? [] : [condition]
        }
        var pattern = Pattern(source: "^", dotAll: true)
        if let index = conditions.lastIndex(where: { Self.pathPattern($0, withGroups: true) != nil })
            ?? conditions.lastIndex(where: { Self.pathPattern($0, withGroups: false) != nil })
        {
            pattern = Self.pathPattern(conditions.remove(at: index), withGroups: false) ?? pattern
        }
        var lines: [TextLine] = []
        for condition in conditions {
            guard let own = self.condition(condition) else {
                return lost(rule, pattern, "httpd cannot say its condition")
            }
            lines += own
        }
        guard let action = action(rule, keepsQuery: keepsQuery) else {
            return lost(rule, pattern, "httpd cannot say what it does")
        }
        remainder.take(rule.origin)
        let flags = (pattern.ignoresCase ? ["NC"] : []) + action.flags
        let source = ApacheQuoting.word(ApacheQuoting.source(of: pattern))
        let joined = flags.joined(separator: ",")
        let shown =
            flags.isEmpty
            ? "" : " " + (joined.contains(" ") ? "\"[\(joined)]\"" : "[\(joined)]")
        lines.append(TextLine("RewriteRule \(source) \(ApacheQuoting.word(action.target))\(shown)"))
        lines[0].comment = comment(of: rule.origin) + lines[0].comment
        return lines
    }

    private static func pathPattern(_ condition: Condition, withGroups: Bool) -> Pattern? {
        guard case .matches(Template(.path), let pattern, let bank) = condition else { return nil }
        return withGroups && bank == nil ? nil : pattern
    }

    private mutating func lost(_ rule: Rule, _ pattern: Pattern, _ why: String) -> [TextLine] {
        if case .exit(.answer(let answer)) = rule.then, [401, 403].contains(answer.status) {
            remainder.lose(Loss(.approximate("\(why), so it refuses whatever its pattern matches"), at: rule.origin))
            return [TextLine("RewriteRule \(ApacheQuoting.word(pattern.source)) - [F]")]
        }
        remainder.lose(Loss(.dropped(why), at: rule.origin))
        return []
    }

    /// What a rule does: its target and flags; nil: it cannot be said.
    private mutating func action(_ rule: Rule, keepsQuery: Bool) -> (target: String, flags: [String])? {
        var path: Template?
        var query = QueryEdit.keep
        var exit: Exit?
        var flags: [String] = []
        for edit in rule.edits {
            switch edit {
            case .path(let template): path = template
            case .query(let change): query = change
            case .leaveWith(let later): exit = later
            case .set(let slot, let value):
                guard let text = text(value) else { return nil }
                flags.append("E=\(configuration.variables[slot.at].name):\(text)")
            case .method, .header, .cookie, .content, .mediaType: return nil
            }
        }
        if case .exit(let direct) = rule.then { exit = direct }
        switch exit {
        case .answer(let answer)?: return self.answer(answer, path, query, keepsQuery, flags)
        case .content(.forward(let forward))?:
            guard let url = url(of: forward) else { return nil }
            return (url, flags + ["P"])
        default: break
        }
        guard let path else { return ("-", flags + (rule.then == .next ? [] : ["L"])) }
        guard let target = target(path, query, &flags) else { return nil }
        return (target, flags + (rule.then == .next ? ["PT"] : ["PT"]))
    }

    private mutating func url(of forward: Forward) -> String? {
        guard case .pool(let pool) = forward.to else { return nil }
        return authority(pool) + "%{REQUEST_URI}"
    }

    private mutating func target(_ path: Template, _ query: QueryEdit, _ flags: inout [String]) -> String? {
        guard var text = text(path) else { return nil }
        switch query {
        case .keep: break
        case .drop: flags.append("QSD")
        case .replace(let template):
            guard let own = self.text(template) else { return nil }
            text += "?" + own
        case .prepend(let template), .append(let template):
            guard let own = self.text(template) else { return nil }
            text += "?" + own
            flags.append("QSA")
        }
        return text
    }

    private mutating func answer(
        _ answer: Answer, _ path: Template?, _ query: QueryEdit, _ keepsQuery: Bool, _ before: [String]
    ) -> (target: String, flags: [String])? {
        var flags = before
        guard var location = answer.location else {
            if answer.closes { return nil }
            if let body = answer.body, body != Template() || answer.status < 300 {
                guard Self.statuses.contains(answer.status), let said = text(body) else { return nil }
                let plain = said.hasSuffix("\n") ? String(said.dropLast()) : said
                // The text goes through a variable, whose place is a flag.
                guard answer.status < 300, !plain.contains(where: { "\"]\n,".contains($0) }) else {
                    remainder.lose(Loss(.approximate("the text is not shown, only the status"), at: answer.origin))
                    return ("-", flags + (answer.status == 403 ? ["F"] : ["R=\(answer.status)"]))
                }
                textPages.append((answer.status, said, answer.origin))
                flags.append("E=TEXT:" + plain)
                return ("-", flags + ["R=\(answer.status)"])
            }
            guard Self.statuses.contains(answer.status) else { return nil }
            return ("-", flags + (answer.status == 403 ? ["F"] : answer.status == 410 ? ["G"] : ["R=\(answer.status)"]))
        }
        if location == Template(.path), let path { location = path }
        var query = query
        if !answer.keepsQuery {
            let ending: [Piece] = [.value(.queryMark), .value(.query)]
            if location.pieces.suffix(2) == ending[...] {
                location.pieces.removeLast(2)
            } else if location.pieces.last == .value(.targetAsReceived) {
                // The query is put behind by the rule itself.
            } else if keepsQuery {
                flags.append("QSA")
            } else {
                query = .drop
            }
        }
        if case .literal(let text)? = location.pieces.first(where: {
            if case .literal(let text) = $0 { text.contains("?") } else { false }
        }),
            text.contains("?"), query == .drop
        {
            query = .keep
        }
        guard let target = target(location, query, &flags) else { return nil }
        if target.contains("%") && !target.contains("%{") || target.contains("#") { flags.append("NE") }
        return (target, flags + [answer.status == 302 ? "R" : "R=\(answer.status)", "L"])
    }

    /// Statuses that a rule may answer with (`ap_is_HTTP_VALID_RESPONSE` and a known reason).
    private static let statuses: Set<Int> = CoreErrors.known.subtracting([418])

    // MARK: - Conditions

    /// `RewriteCond` lines; nil: it cannot be said.
    private mutating func condition(_ condition: Condition, negated: Bool = false) -> [TextLine]? {
        let not = negated ? "!" : ""
        switch condition {
        case .always: return []
        case .not(let inner): return self.condition(inner, negated: !negated)
        case .all(let parts) where !negated:
            var lines: [TextLine] = []
            for part in parts {
                guard let own = self.condition(part) else { return nil }
                lines += own
            }
            return lines
        case .any(let parts) where !negated:
            var lines: [TextLine] = []
            for (index, part) in parts.enumerated() {
                guard var own = self.condition(part), own.count == 1 else { return nil }
                if index + 1 < parts.count { own[0].head += own[0].head.hasSuffix("]") ? "" : " [OR]" }
                lines += own
            }
            return lines
        case .matches(let subject, let pattern, _):
            guard let text = subjectText(subject) else { return nil }
            let flags = pattern.ignoresCase ? " [NC]" : ""
            return [
                TextLine("RewriteCond \(text) \(not)\(ApacheQuoting.word(ApacheQuoting.source(of: pattern)))\(flags)")
            ]
        case .compare(let subject, .equal, let other):
            guard let text = subjectText(subject), let value = self.text(other, captures: "$") else { return nil }
            if subject == Template(.scheme) {
                let isOn = (value == "https") != negated
                return [TextLine("RewriteCond %{HTTPS} \(isOn ? "=on" : "!=on")")]
            }
            return [TextLine("RewriteCond \(text) \(not)=\(value.isEmpty ? "\"\"" : value)")]
        case .isTrue(let subject), .isPresent(let subject):
            guard let text = subjectText(subject) else { return nil }
            return [TextLine("RewriteCond \(text) \(negated ? "^0?$" : "!^0?$")")]
        case .file(let test, let path):
            let letters: [FileTest: String] = [
                .file: "-f", .directory: "-d", .link: "-l", .nonEmpty: "-s", .executable: "-x", .exists: "-F",
            ]
            guard let letter = letters[test], let text = subjectText(path) else { return nil }
            return [TextLine("RewriteCond \(text) \(not)\(letter)")]
        case .among(let subject, let values):
            guard let text = subjectText(subject) else { return nil }
            let words = values.compactMap(\.literal).map { ApacheQuoting.quoted($0) }
            return [TextLine("RewriteCond \(text) \(not)^(?:\(words.joined(separator: "|")))$")]
        case .address(_, let networks):
            let tests = networks.map { "%{REMOTE_ADDR} -ipmatch '\($0)'" }.joined(separator: " || ")
            return [TextLine("RewriteCond expr \"\(negated ? "!(\(tests))" : tests)\"")]
        default: return nil
        }
    }

    private mutating func subjectText(_ subject: Template) -> String? {
        if subject == Template(.targetAsReceived) { return "%{THE_REQUEST}" }
        if case .value(.argument(let name))? = subject.pieces.first, subject.pieces.count == 1 {
            _ = name
            return nil
        }
        return text(subject).map { ApacheQuoting.word($0) }
    }
}
