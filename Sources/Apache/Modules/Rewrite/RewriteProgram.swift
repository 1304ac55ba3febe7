import IR
import Language
import Source

/// Rules on their way into a program (`apply_rewrite_list`).
extension ApacheLowering {
    /// Where rules stand and what names in them mean.
    struct RewritePlace {
        /// In a server's context the path is matched, in a section's what is below its directory.
        var isServer: Bool
        /// RewriteBase.
        var base: String?
        /// The index of the server.
        var server: Int
        /// What names mean.
        var words: RewriteTemplate.Words
    }

    /// The program of some rules; each rule is one statement.
    mutating func program(_ rules: [RewriteRule], _ place: RewritePlace, origin: ID<Origin>) -> ID<Program> {
        var program = Program(origin: origin)
        for (index, rule) in rules.enumerated() {
            let rest = rules[index...].prefix { $0.flags.isChained }.count
            program.statements.append(.rule(self.rule(rule, place, chained: rest)))
        }
        if !place.isServer {
            program.base = place.base.map { Template($0) }
            program.ends = .recheck(ifPathChanged: .early)
        }
        return configuration.add(program)
    }

    private mutating func rule(_ rule: RewriteRule, _ place: RewritePlace, chained: Int) -> Rule {
        var words = place.words
        let tests = [pathCondition(rule, place)].compactMap { $0 } + conditions(rule.conditions, words)
        var result = Rule(
            when: tests.isEmpty ? .always : tests.count == 1 ? tests[0] : .all(tests),
            otherwise: chained == 0 ? .next : .skip(chained), onlyInMainRequest: rule.flags.onlyInMainRequest,
            origin: rule.origin)
        if case .some(let only) = rule.flags.escapes {
            words.plusForBlank = !rule.flags.escapesBlanks && (only == nil || only?.contains(" ") == true)
            words.escaping = Escapings.backReference(
                except: rule.flags.escapesNot + (words.plusForBlank ? " " : ""), only: only)
        }
        var plain = words
        plain.escaping = nil
        result.edits = sideEffects(rule, plain)
        if let status = rule.flags.refuses ?? rule.flags.redirects.flatMap({ (300...399).contains($0) ? nil : $0 }) {
            result.then = .exit(.answer(Answer(status: status, origin: rule.origin)))
            return result
        }
        result.then = flow(rule.flags)
        guard rule.substitution != "-" else { return result }
        substitute(rule, place, words, &result)
        return result
    }

    /// What the path must match; nil: anything.
    private mutating func pathCondition(_ rule: RewriteRule, _ place: RewritePlace) -> Condition? {
        var source = rule.pattern
        let isNegated = source.hasPrefix("!") && source.utf8.count > 1
        if isNegated { source.removeFirst() }
        guard let pattern = pattern(source, ignoresCase: rule.flags.ignoresCase, at: rule.patternRange) else {
            return .not(.always)
        }
        let subject = Template(place.isServer ? .path : .pathBelowLayer)
        let found = Condition.matches(subject, pattern, into: isNegated ? nil : 0)
        return isNegated ? .not(found) : found
    }

    private func flow(_ flags: RewriteFlags) -> Flow {
        if let rounds = flags.rounds { return .again(limit: rounds) }
        if flags.isEnd { return .leaveForGood }
        if flags.passesThrough { return .leaveAsIs }
        if flags.isLast { return .leave }
        return flags.skips > 0 ? .skip(flags.skips) : .next
    }

    /// Variables, cookies, the media type, the handler.
    private mutating func sideEffects(_ rule: RewriteRule, _ words: RewriteTemplate.Words) -> [RequestEdit] {
        var edits: [RequestEdit] = []
        for (name, value) in rule.flags.variables {
            let variable = variable(name, origin: rule.origin)
            edits.append(.set(variable, value.map { template($0, words, at: rule.range) } ?? Template()))
        }
        for cookie in rule.flags.cookies { edits.append(.cookie(self.cookie(cookie, words, rule))) }
        if let type = rule.flags.mediaType { edits.append(.mediaType(template(type, words, at: rule.range))) }
        if let handler = rule.flags.handler {
            if let content = content(ofHandler: Argument(text: handler, range: rule.range), rule.origin) {
                return edits + [.content(content)]
            }
            notRun(
                "the handler `\(handler)` is not run", at: rule.range,
                why: "requests that this rule takes are answered 503")
            edits.append(.content(unavailable(handler)))
        }
        return edits
    }

    /// `name:value:domain[:minutes[:path[:secure[:httponly[:samesite]]]]]` (`add_cookie`).
    private mutating func cookie(_ text: String, _ words: RewriteTemplate.Words, _ rule: RewriteRule) -> Template {
        let separator: Character = text.hasPrefix(";") ? ";" : ":"
        let body = text.hasPrefix(";") ? String(text.dropFirst()) : text
        let parts = body.split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
        func part(_ index: Int) -> String? { index < parts.count && !parts[index].isEmpty ? parts[index] : nil }
        var cookie = template(parts.first ?? "", words, at: rule.range)
        cookie.append("=")
        cookie.append(template(part(1) ?? "", words, at: rule.range))
        cookie.append("; path=")
        cookie.append(template(part(4) ?? "/", words, at: rule.range))
        if let domain = part(2) {
            cookie.append("; domain=")
            cookie.append(template(domain, words, at: rule.range))
        }
        if let minutes = part(3).flatMap({ Int($0) }), minutes != 0 {
            // Negative minutes take a cookie away; so do those that no calendar reaches.
            let seconds = min(max(minutes, -(1 << 32)), 1 << 32) * 60
            cookie.append("; expires=")
            cookie.append(.time("utc+\(seconds):%a, %d-%b-%Y %H:%M:%S GMT"))
        }
        if let secure = part(5), ["secure", "true", "1"].contains(secure.lowercased()) { cookie.append("; secure") }
        if let only = part(6), ["httponly", "true", "1"].contains(only.lowercased()) { cookie.append("; HttpOnly") }
        if let site = part(7), site.lowercased() != "false", site != "0" { cookie.append("; SameSite=\(site)") }
        return cookie
    }
}
