import IR
import Language

/// What a rule does: its target and flags.
struct RuleAction {
    var target: String
    var flags: [String]
    /// Conditions that fetch what stands in the target.
    var conditions: [TextLine] = []
}

extension ApacheWriter {
    /// What a rule does; nil: it cannot be said.
    mutating func action(_ rule: Rule, _ around: RuleList, keepsQuery: Bool) -> RuleAction? {
        var path: Template?
        var query = QueryEdit.keep
        var exit: Exit?
        var flags: [String] = []
        for edit in rule.edits {
            switch edit {
            case .path(let template): path = template
            case .query(let change): query = change
            case .leaveWith(let later):
                if case .answer = later { exit = later }
            case .set(let slot, let value):
                guard let text = text(value, captures: groupSign), !text.contains(where: { ",]\n".contains($0) })
                else { return nil }
                flags.append("E=\(configuration.variables[slot.at].name):\(text)")
            case .method, .header, .cookie, .content, .mediaType: return nil
            }
        }
        if case .exit(let direct) = rule.then { exit = direct }
        switch exit {
        case .answer(let answer)?: return self.answer(answer, path, query, keepsQuery, flags)
        case .content(.forward(let forward))?: return forwarding(forward, query, flags)
        case .place(let place)?:
            guard let text = text(place.base, captures: groupSign), let target = target(text, query, &flags) else {
                return nil
            }
            return RuleAction(target: target, flags: flags + ["L"])
        default: break
        }
        let ending = self.ending(rule.then, around, changes: path != nil)
        guard let path else {
            if case .replace(let own) = query {
                // Only the query is new.
                var own = own
                own.pieces.insert(.literal("?"), at: 0)
                guard let text = text(own, captures: groupSign) else { return nil }
                return RuleAction(target: "%{REQUEST_URI}" + text, flags: flags + ending)
            }
            return RuleAction(target: "-", flags: flags + ending)
        }
        guard let text = text(path, captures: groupSign), let target = target(text, query, &flags) else { return nil }
        return RuleAction(target: target, flags: flags + ending)
    }

    /// The flags with which a rule ends.
    private func ending(_ flow: Flow, _ around: RuleList, changes: Bool) -> [String] {
        switch flow {
        case .next, .skip, .again: return []
        case .leave: return changes || around.changesPath ? ["PT"] : ["L"]
        case .leaveAsIs, .leaveForGood:
            if around.isServers { return around.after > 0 ? ["S=\(around.after)"] : [] }
            return [around.changesPath ? "PT" : "L"]
        case .exit(.go(.locate)):
            if around.isServers { return around.after > 0 ? ["S=\(around.after)"] : [] }
            return remembersPlace ? ["E=LOCATED:1", "N=10"] : ["N=10"]
        case .exit(.go): return ["N=10"]
        case .exit: return ["L"]
        }
    }

    /// A rule that forwards.
    private mutating func forwarding(_ forward: Forward, _ query: QueryEdit, _ before: [String]) -> RuleAction? {
        var flags = before
        remainder.take(forward.origin)
        let pool: ID<Pool>
        switch forward.to {
        case .computed(let target): return computed(target, forward, flags)
        case .pool(let own): pool = own
        }
        var path = Template(.path)
        if case .whole(let template, _) = forward.path { path = template }
        guard let text = text(path, captures: groupSign), let target = target(authority(pool) + text, query, &flags)
        else { return nil }
        return RuleAction(target: target, flags: flags + ["P"])
    }

    /// A rule that forwards to what it computes.
    private mutating func computed(_ target: Template, _ forward: Forward, _ before: [String]) -> RuleAction? {
        var target = target
        var flags = before
        var conditions: [TextLine] = []
        let ending: [Piece] = [.value(.queryMark), .value(.query)]
        if forward.query != .inTemplate { target.append(.targetAsReceived) }
        if target.pieces.contains(.value(.targetAsReceived)) {
            guard groupSign == "$" else { return nil }
            conditions = [asReceived]
            target.pieces = target.pieces.map { $0 == .value(.targetAsReceived) ? .value(.capture(1, 1)) : $0 }
            flags.append("NE")
        } else if target.pieces.suffix(2) == ending[...] {
            target.pieces.removeLast(2)
        } else {
            flags.append("QSD")
        }
        let group = configuration.group(in: target)
        if let group { target.pieces.replaceSubrange(0..<2, with: [.literal(authority(group))]) }
        guard let text = text(target, captures: groupSign) else { return nil }
        if group != nil { return RuleAction(target: text, flags: flags + ["P"], conditions: conditions) }
        remainder.lose(
            Loss(
                .helper("mod_proxy without a worker of its own for each target: no connections are kept"),
                at: forward.origin))
        return RuleAction(target: text, flags: flags + ["P"], conditions: conditions)
    }

    /// Fetches the path as it came in, as `%1`.
    private var asReceived: TextLine {
        TextLine("RewriteCond %{THE_REQUEST} \" (?:\\w+://[^/ ]+)?(/[^ ?]*)\"")
    }

    private mutating func target(_ text: String, _ query: QueryEdit, _ flags: inout [String]) -> String? {
        switch query {
        case .keep: return text
        case .drop:
            flags.append("QSD")
            return text
        case .replace(let template):
            guard let own = self.text(template, captures: groupSign) else { return nil }
            // A query that is nothing but the request's own stays as it is.
            return template == Template(.query) ? text : text + "?" + own
        case .prepend(let template), .append(let template):
            guard let own = self.text(template, captures: groupSign) else { return nil }
            flags.append("QSA")
            return text + "?" + own
        }
    }

    // MARK: - Answers

    private mutating func answer(
        _ answer: Answer, _ path: Template?, _ query: QueryEdit, _ keepsQuery: Bool, _ before: [String]
    ) -> RuleAction? {
        if answer.closes {
            remainder.lose(
                Loss(.approximate("httpd answers 403 instead of closing without a word"), at: answer.origin))
            return RuleAction(target: "-", flags: before + ["F"])
        }
        if answer.location != nil { return redirect(answer, path, query, keepsQuery, before) }
        let status = known(answer)
        guard let body = answer.body, body != Template() || status < 300 else { return bare(status, before) }
        // The text goes through a variable, whose place is a flag.
        guard let said = text(body, captures: groupSign) else {
            return status < 300 ? nil : bare(status, before)
        }
        let plain = said.hasSuffix("\n") ? String(said.dropLast()) : said
        guard status < 300, !plain.contains(where: { "\"]\n,".contains($0) }) else {
            remainder.lose(Loss(.approximate("the text is not shown, only the status"), at: answer.origin))
            return bare(status, before)
        }
        textPages.append((status, said, answer.origin))
        return RuleAction(target: "-", flags: before + ["E=TEXT:" + plain, "R=\(status)"])
    }

    private func bare(_ status: Int, _ before: [String]) -> RuleAction {
        RuleAction(target: "-", flags: before + [status == 403 ? "F" : status == 410 ? "G" : "R=\(status)"])
    }

    /// A status that httpd can answer with: of one that it does not know, the first of its hundred.
    private mutating func known(_ answer: Answer) -> Int {
        if Self.statuses.contains(answer.status) { return answer.status }
        let near = min(max(answer.status / 100, 2), 5) * 100
        remainder.lose(
            Loss(
                .approximate("httpd does not know the status \(answer.status) and answers \(near)"),
                at: answer.origin))
        return near
    }

    private mutating func redirect(
        _ answer: Answer, _ path: Template?, _ query: QueryEdit, _ keepsQuery: Bool, _ before: [String]
    ) -> RuleAction? {
        var flags = before
        guard var location = answer.location else { return nil }
        if location == Template(.path), let path { location = path }
        var query = query
        var conditions: [TextLine] = []
        if location.pieces.contains(.value(.targetAsReceived)) {
            if groupSign == "$" {
                // The path as it came in; the rule itself puts the query behind.
                conditions = [asReceived]
                location.pieces = location.pieces.map { $0 == .value(.targetAsReceived) ? .value(.capture(1, 1)) : $0 }
                flags.append("NE")
            } else {
                remainder.lose(
                    Loss(.approximate("the target goes on with other escapes than it came with"), at: answer.origin))
            }
        } else if !answer.keepsQuery {
            let ending: [Piece] = [.value(.queryMark), .value(.query)]
            if location.pieces.suffix(2) == ending[...] {
                location.pieces.removeLast(2)
            } else if keepsQuery {
                flags.append("QSA")
            } else {
                query = .drop
            }
        }
        let hasQuery = location.pieces.contains {
            if case .literal(let text) = $0 { text.contains("?") } else { false }
        }
        if hasQuery, query == .drop { query = .keep }
        guard let text = text(location, captures: groupSign), let target = target(text, query, &flags) else {
            return nil
        }
        // Alone, this would be a rule that changes nothing.
        if target == "-" { return nil }
        let escapes = target.contains("%") && !target.contains("%{") && conditions.isEmpty
        if escapes || target.contains("#"), !flags.contains("NE") { flags.append("NE") }
        if target.hasPrefix("/"), absolute == .relative {
            remainder.lose(
                Loss(
                    .approximate("httpd makes the location absolute"), at: answer.origin, witness: "the Location field")
            )
        }
        let status = answer.status
        return RuleAction(
            target: target, flags: flags + [status == 302 ? "R" : "R=\(status)", "L"], conditions: conditions)
    }

    /// How the site completes relative locations.
    private var absolute: AbsoluteLocation? {
        fold(configuration.sites[site.at].base, configuration).url.absolute?.value
    }

    /// Statuses that a rule may answer with (`ap_is_HTTP_VALID_RESPONSE` and a known reason).
    private static let statuses: Set<Int> = CoreErrors.known.subtracting([418])
}
