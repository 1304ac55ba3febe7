import IR
import Language

/// Rules: `rewrite`, `return`, `set`, `if`.
extension NginxWriter {
    /// The statements of a program.
    mutating func lines(of program: ID<Program>?) -> [TextLine] {
        guard let program else { return [] }
        return lines(of: configuration.programs[program.at].statements)
    }

    private mutating func lines(of statements: [Statement]) -> [TextLine] {
        var lines: [TextLine] = []
        for (index, statement) in statements.enumerated() {
            switch statement {
            case .block(let block):
                guard let condition = condition(block.when) else {
                    remainder.lose(Loss(.dropped("nginx cannot say the condition"), at: block.origin))
                    continue
                }
                // What a named group of the condition assigns, it assigns by itself.
                let own = block.statements.filter { !isRule($0, of: block.origin) }
                var inside = self.lines(of: own)
                if let scope = block.enters { inside += body(of: scope) }
                lines.append(line("if (\(condition))", block.origin, block: inside))
            case .rule(let rule):
                // A redirect that keeps the query is two rules of one statement; nginx does both in one.
                if index + 1 < statements.count, case .rule(let next) = statements[index + 1],
                    next.origin == rule.origin
                {
                    continue
                }
                let isDouble = index > 0 && isRule(statements[index - 1], of: rule.origin)
                lines += self.lines(of: rule, keepsQuery: isDouble)
            }
        }
        return lines
    }

    private func isRule(_ statement: Statement, of origin: ID<Origin>) -> Bool {
        if case .rule(let rule) = statement { return rule.origin == origin }
        return false
    }

    /// One rule with its conditions around it.
    private mutating func lines(of rule: Rule, keepsQuery: Bool) -> [TextLine] {
        var conditions: [Condition] = []
        if case .all(let parts) = rule.when {
            conditions = parts
        } else if rule.when != .always {
            conditions = [rule.when]
        }
        var pattern: Pattern?
        if let index = conditions.firstIndex(where: { Self.pathPattern($0) != nil }) {
            pattern = Self.pathPattern(conditions.remove(at: index))
        }
        if case .skip = rule.otherwise { return lost(rule, pattern, "nginx has no chains of rules") }
        switch rule.then {
        case .skip, .again: return lost(rule, pattern, "nginx cannot skip or repeat rules")
        default: break
        }
        namedBanks = Set(
            conditions.compactMap { part in if case .matches(_, _, let bank?) = part { bank } else { nil } })
        let comments = comment(of: rule.origin)
        guard var lines = action(rule, pattern, keepsQuery: keepsQuery) else {
            return lost(rule, pattern, "nginx cannot say what it does")
        }
        remainder.take(rule.origin)
        var texts: [String] = []
        if let simple = refusing(rule, conditions) {
            if simple == .never { return [] }
            guard simple != .always else { return lines }
            if let name = conditionVariable(simple) {
                texts.append(name)
                conditions = []
            }
        }
        for (index, part) in conditions.enumerated() {
            guard let text = condition(part, bank: conditionBank(part, index)) else {
                return lost(rule, pattern, "nginx cannot say its condition")
            }
            texts.append(text)
        }
        if !texts.isEmpty { lines = joined(lines, to: &texts) }
        if texts.count == 1 {
            lines = [TextLine("if (\(texts[0]))", block: lines)]
        } else if texts.count > 1 {
            lines = chained(texts, lines)
        }
        if !lines.isEmpty, !comments.isEmpty { lines[0].comment = comments + lines[0].comment }
        return lines
    }

    /// One `if` cannot stand in another: what the statements of a rule ask joins its conditions, behind them all, so
    /// that its groups are those that are seen.
    ///
    /// All of it is about the one path that the rule's pattern names.
    private func joined(_ lines: [TextLine], to texts: inout [String]) -> [TextLine] {
        var result: [TextLine] = []
        for line in lines {
            guard line.head.hasPrefix("if ("), let inside = line.block else {
                result.append(line)
                continue
            }
            let text = String(line.head.dropFirst(4).dropLast())
            if texts.last != text { texts.append(text) }
            result += inside
        }
        return result
    }

    /// What a rule that only answers asks, where that is more than one `if` can say.
    private mutating func refusing(_ rule: Rule, _ conditions: [Condition]) -> Condition? {
        guard rule.edits.isEmpty, case .exit(.answer(let answer)) = rule.then, answer.location == nil,
            !conditions.isEmpty
        else { return nil }
        let simple = Condition.all(conditions).simplified
        if simple == .never || simple == .always { return simple }
        return condition(simple) == nil ? simple : nil
    }

    private func conditionBank(_ condition: Condition, _ index: Int) -> Bank {
        if case .matches(_, _, let bank) = condition { return bank ?? 0 }
        return 0
    }

    /// The pattern of a condition about the path.
    private static func pathPattern(_ condition: Condition) -> Pattern? {
        guard case .matches(let subject, let pattern, .some) = condition else { return nil }
        if subject == Template(.path) { return pattern }
        guard subject == Template(.pathBelowLayer) else { return nil }
        var rebased = pattern
        rebased.source = rebasedSource(pattern.source)
        return rebased
    }

    private static func rebasedSource(_ source: String) -> String { rebased(source) }

    /// nginx has no "and": a variable collects what holds.
    private mutating func chained(_ conditions: [String], _ lines: [TextLine]) -> [TextLine] {
        let name = "all\(madeVariables.filter { $0.hasPrefix("all") }.count + 1)"
        madeVariables.insert(name)
        var result = [TextLine("set $\(name) \"\"")]
        for condition in conditions {
            result.append(TextLine("if (\(condition))", block: [TextLine("set $\(name) \"${\(name)}x\"")]))
        }
        let all = String(repeating: "x", count: conditions.count)
        return result + [TextLine("if ($\(name) = \(all))", block: lines)]
    }

    /// A rule that cannot be said: one that refuses closes at least what its pattern names.
    private mutating func lost(_ rule: Rule, _ pattern: Pattern?, _ why: String) -> [TextLine] {
        if case .exit(.answer(let answer)) = rule.then, [401, 403].contains(answer.status) {
            guard let pattern else {
                remainder.lose(Loss(.approximate("\(why), so it refuses everything here"), at: rule.origin))
                return [TextLine("return 403")]
            }
            remainder.lose(Loss(.approximate("\(why), so it refuses whatever its pattern matches"), at: rule.origin))
            return [
                TextLine(
                    "if ($uri \(sign(pattern)) \(NginxQuoting.word(source(of: pattern))))",
                    block: [TextLine("return 403")])
            ]
        }
        remainder.lose(Loss(.dropped(why), at: rule.origin))
        return []
    }

    private func sign(_ pattern: Pattern) -> String { pattern.ignoresCase ? "~*" : "~" }

    /// What a rule does, without its conditions; nil: nginx cannot say it.
    private mutating func action(_ rule: Rule, _ pattern: Pattern?, keepsQuery: Bool) -> [TextLine]? {
        var lines: [TextLine] = []
        var path: Template?
        var query = QueryEdit.keep
        var leaves: Exit?
        for edit in rule.edits {
            switch edit {
            case .path(let template): path = template
            case .query(let change): query = change
            case .set(let slot, let template):
                // A named group assigns itself.
                if case .named = configuration.variables[slot.at].definition { continue }
                guard let name = variable(for: .variable(slot)), let text = word(template) else { return nil }
                lines.append(TextLine("set $\(name) \(text)"))
            case .leaveWith(let exit): leaves = exit
            case .method, .header, .cookie, .content, .mediaType: return nil
            }
        }
        var exit = leaves
        if case .exit(let direct) = rule.then { exit = direct }
        if case .answer(let answer)? = exit {
            if leaves != nil, rule.then == .next {
                remainder.lose(
                    Loss(
                        .approximate("it redirects at once; without L, rules behind it may still change where to"),
                        at: rule.origin))
            }
            guard let text = self.answer(answer, pattern, path, query, keepsQuery) else { return nil }
            return lines + text
        }
        if let path {
            guard let text = target(path, query) else { return nil }
            // What is set is set only where the path is changed too.
            let rewrite = TextLine("rewrite \(expression(pattern)) \(text)\(flag(rule, exit))")
            return (lines.isEmpty ? [] : when(pattern, lines)) + [rewrite]
        }
        if case .replace(let template) = query, let text = escapedWord(template) {
            lines.append(TextLine("set $args \(text)"))
        }
        switch rule.then {
        case .leaveAsIs, .leave, .leaveForGood: lines.append(TextLine("break"))
        case .exit(.redirect(let target, _)):
            guard let text = word(target) else { return nil }
            return lines + [TextLine("rewrite \(expression(pattern)) \(text) last")]
        case .exit: return nil
        default: break
        }
        return lines.isEmpty ? [] : when(pattern, lines)
    }

    private func flag(_ rule: Rule, _ exit: Exit?) -> String {
        switch rule.then {
        case .leaveAsIs:
            // mod_rewrite's PT goes on to the tables, nginx's break does not; who says what is in the exit.
            return exit == nil && !isPassedThrough(rule) ? " break" : " last"
        case .leave, .leaveForGood, .exit: return " last"
        case .next, .skip, .again: return ""
        }
    }

    /// In a server's rules there is no content that a break could keep.
    private func isPassedThrough(_ rule: Rule) -> Bool { isServerLevel }

    /// An expression as a word of `rewrite`.
    func expression(_ pattern: Pattern?) -> String {
        guard let pattern else { return "^" }
        return NginxQuoting.word((pattern.ignoresCase ? "(?i)" : "") + source(of: pattern))
    }

    /// Statements that hold only where the path matches.
    private func when(_ pattern: Pattern?, _ lines: [TextLine]) -> [TextLine] {
        guard let pattern else { return lines }
        return [TextLine("if ($uri \(sign(pattern)) \(NginxQuoting.word(source(of: pattern))))", block: lines)]
    }

    /// A path with the query that nginx is to make; it puts the request's own behind unless a `?` ends it.
    private mutating func target(_ path: Template, _ query: QueryEdit, redirects: Bool = false) -> String? {
        guard var text = redirects ? escapedText(path) : text(path) else { return nil }
        switch query {
        case .keep: break
        case .drop: text += "?"
        case .replace(let template):
            guard let own = escapedText(template) else { return nil }
            text += "?\(own)?"
        case .prepend(let template), .append(let template):
            guard let own = escapedText(template) else { return nil }
            text += "?\(own)"
        }
        return NginxQuoting.word(text)
    }

    /// The query of a redirect behind its path.
    private func query(_ edit: QueryEdit) -> Template {
        let own: Piece = .value(.query)
        switch edit {
        case .keep: return Template(pieces: [.value(.queryMark), own])
        case .drop: return Template()
        case .replace(let text): return Template(pieces: [.literal("?")] + text.pieces)
        case .prepend(let text): return Template(pieces: [.literal("?")] + text.pieces + [.literal("&"), own])
        case .append(let text): return Template(pieces: [.literal("?"), own, .literal("&")] + text.pieces)
        }
    }

    /// Takes the query from the end of a location, and escaping from around its path: `rewrite` does both.
    private static func dropQuery(from location: inout Template) -> Bool {
        let last = location.pieces.last.map { piece -> Piece in
            if case .apply(.escape, let inner) = piece, inner.count == 1, inner[0].pieces.count == 1 {
                return inner[0].pieces[0]
            }
            return piece
        }
        let carries = last == .value(.query) && location.pieces.dropLast().last == .value(.queryMark)
        if carries { location.pieces.removeLast(2) }
        if location.pieces.count == 1, case .apply(.escape, let inner) = location.pieces[0], inner.count == 1 {
            location = inner[0]
        }
        return carries
    }

    private func hasCapture(_ template: Template) -> Bool {
        template.pieces.contains { piece in
            switch piece {
            case .value(.capture), .value(.namedCapture): true
            case .apply(_, let inner): inner.contains { hasCapture($0) }
            default: false
            }
        }
    }

    /// A redirect that `rewrite` has no flag for.
    ///
    /// `return` does not escape groups, so they are taken from the target as it came: a decoded line end in them
    /// would split the answer.
    private mutating func captured(_ answer: Answer, _ location: Template, _ pattern: Pattern?) -> [TextLine]? {
        if let pattern, pattern.source.hasSuffix("(.*)"), pattern.source.hasPrefix("^") {
            var raw = pattern
            raw.source = String(pattern.source.dropLast(4)) + "([^?]*)"
            var moved = answer
            moved.location = location
            let lines = self.answer(moved)
            return [TextLine("if ($request_uri ~ \(NginxQuoting.word(source(of: raw))))", block: lines)]
        }
        let status = [307, 303].contains(answer.status) ? 302 : 301
        remainder.lose(
            Loss(.approximate("redirects with groups are 301 or 302 in nginx: here \(status)"), at: answer.origin))
        guard let text = target(absolute(location, answer), .keep, redirects: true) else { return nil }
        return [TextLine("rewrite \(expression(pattern)) \(text) \(status == 301 ? "permanent" : "redirect")")]
    }

    /// An answer of a rule.
    private mutating func answer(
        _ answer: Answer, _ pattern: Pattern?, _ path: Template?, _ query: QueryEdit, _ keepsQuery: Bool
    ) -> [TextLine]? {
        guard var location = answer.location else { return when(pattern, self.answer(answer)) }
        let carriesQuery = Self.dropQuery(from: &location)
        if location == Template(.path), let path { location = path }
        let isRewrite = pattern != nil && (answer.status == 301 || answer.status == 302)
        if !isRewrite, carriesQuery { location.append(self.query(query)) }
        if pattern != nil, !isRewrite, hasCapture(location) { return captured(answer, location, pattern) }
        guard isRewrite else {
            var plain = answer
            plain.location = location
            return when(pattern, self.answer(plain))
        }
        var query = query
        // A location with a query of its own keeps that one only.
        let hasOwn = location.pieces.contains { if case .literal(let text) = $0 { text.contains("?") } else { false } }
        if hasOwn || (!answer.keepsQuery && !keepsQuery && !carriesQuery) { query = .drop }
        guard let text = target(absolute(location, answer), query, redirects: true) else { return nil }
        return [TextLine("rewrite \(expression(pattern)) \(text) \(answer.status == 301 ? "permanent" : "redirect")")]
    }

    /// Apache names the host that the client named, with its port; nginx would name its own port.
    private mutating func absolute(_ location: Template, _ answer: Answer) -> Template {
        let settings = configuration.fold(configuration.sites[site.at].base)
        if let url = canonicalURL(location, settings) { return url }
        guard case .completed(_, .asHostHeader)? = settings.url.absolute?.value,
            case .literal(let text)? = location.pieces.first, text.hasPrefix("/"), !isStandardPort
        else { return location }
        return clientURL(location)
    }

    /// A path behind what the site says that it is called; nil: nginx would say the same by itself.
    private func canonicalURL(_ path: Template, _ settings: Settings) -> Template? {
        let node = configuration.sites[site.at]
        guard case .completed(Template(.siteName), .fixed(let port))? = settings.url.absolute?.value,
            case .literal(let text)? = path.pieces.first, text.hasPrefix("/"), let name = node.name
        else { return nil }
        var url = isNamedSecure ? Template("https") : Template(.scheme)
        url.append("://" + name + (port == (isNamedSecure ? 443 : 80) ? "" : ":\(port)"))
        url.append(path)
        return url
    }

    /// `return` for an answer.
    mutating func answer(_ answer: Answer) -> [TextLine] {
        if answer.closes { return [TextLine("return 444")] }
        if let location = answer.location {
            var target = absolute(location, answer)
            if answer.keepsQuery {
                target.append(.queryMark)
                target.append(.query)
            }
            guard let text = escapedWord(target) else {
                remainder.lose(Loss(.dropped("nginx cannot say where it leads"), at: answer.origin))
                return [TextLine("return \(answer.status)")]
            }
            return [TextLine("return \(answer.status) \(text)")]
        }
        if let body = answer.body, body != Template() || answer.status >= 400, let text = word(body) {
            return [TextLine("return \(answer.status) \(text)")]
        }
        return [TextLine("return \(answer.status)")]
    }
}
