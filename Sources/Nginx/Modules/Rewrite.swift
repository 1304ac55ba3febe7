import IR
import Language
import Source

/// `ngx_http_rewrite_module`.
enum Rewrite {
    private static let everywhere: ContextSet = [.server, .location, .serverIf, .locationIf]

    static let module = Module<NginxLowering>(
        "ngx_http_rewrite_module",
        [
            Entry(
                "rewrite", in: everywhere, .between(2, 3),
                summary: "Changes the path, or redirects, where a pattern matches."
            ) {
                directive, state in
                state.lowerRewrite(directive)
            },
            Entry("return", in: everywhere, .oneOrTwo, summary: "Answers at once.") { directive, state in
                state.lowerReturn(directive)
            },
            Entry("break", in: everywhere, .none, summary: "Ends rewriting here.") { directive, state in
                state.level.statements.append(.rule(Rule(then: .leaveAsIs, origin: state.origin(directive))))
            },
            Entry("set", in: everywhere, .two, summary: "Gives a variable a value.") { directive, state in
                state.lowerSet(directive)
            },
            Entry("if", in: [.server, .location], .oneOrMore, block: true, summary: "Acts only under a condition.") {
                directive, state in
                state.lowerIf(directive)
            },
            .ignored("rewrite_log", in: .anyLevelOrIf.union(.serverIf), .flag, summary: "Logs rewriting."),
            .ignored(
                "uninitialized_variable_warn", in: .anyLevelOrIf.union(.serverIf), .flag,
                summary: "Logs the use of variables without a value."),
        ])
}

extension NginxLowering {
    /// `rewrite PATTERN REPLACEMENT [FLAG]`.
    ///
    /// Source: `ngx_http_rewrite` in src/http/modules/ngx_http_rewrite_module.c.
    fileprivate mutating func lowerRewrite(_ directive: Directive) {
        let arguments = directive.arguments
        guard let pattern = pattern(arguments[0].text, at: arguments[0].range) else { return }
        var redirect = isAbsoluteURL(arguments[1].text) ? 302 : nil
        var ending = Flow.next
        if arguments.count == 3 {
            switch arguments[2].text {
            case "last": ending = .exit(.go(.locate))
            case "break": ending = .leaveAsIs
            case "redirect": redirect = 302
            case "permanent": redirect = 301
            default:
                let near = closest(to: arguments[2].text, in: ["last", "break", "redirect", "permanent"])
                refuse(
                    arguments[2], "`rewrite` does not know the flag \"\(arguments[2].text)\"",
                    help: near.map { "did you mean `\($0)`?" } ?? "there are `last`, `break`, `redirect`, `permanent`")
                return
            }
        }
        let when = Condition.matches(Template(Value.path), pattern, into: 0)
        if let redirect {
            addRedirect(redirect, to: arguments[1], when: when, captureEdits(of: pattern), directive)
            return
        }
        var parts = splitReplacement(arguments[1], captures: .none)
        // The texts of a rule's changes are made before any of them is: what the match names is read from the match.
        parts.path = readingGroups(of: pattern, in: parts.path)
        parts.query = parts.query.map { readingGroups(of: pattern, in: $0) }
        var edits = captureEdits(of: pattern) + [.path(parts.path)]
        switch (parts.query, parts.keepsQuery) {
        case (nil, true): break
        case (nil, false): edits.append(.query(.drop))
        case (let query?, true): edits.append(.query(.prepend(query)))
        case (let query?, false): edits.append(.query(.replace(query)))
        }
        if case .next = ending { edits.append(.leaveWith(.go(.locate))) }
        level.statements.append(.rule(Rule(when: when, edits: edits, then: ending, origin: origin(directive))))
    }

    /// A `rewrite` that redirects: the query is put behind, with `&` where the replacement has one.
    private mutating func addRedirect(
        _ status: Int, to argument: Argument, when: Condition, _ edits: [RequestEdit], _ directive: Directive
    ) {
        let parts = splitReplacement(argument, captures: .redirectPath)
        let place = origin(directive)
        func rule(_ location: Template, _ when: Condition) -> Level.Draft {
            .rule(
                Rule(
                    when: when, edits: edits,
                    then: .exit(.answer(Answer(status: status, location: location, origin: place))), origin: place))
        }
        guard let query = parts.query else {
            var location = parts.path
            if parts.keepsQuery {
                location.append(Value.queryMark)
                location.append(Value.query)
            }
            level.statements.append(rule(location, when))
            return
        }
        let location = parts.path.appending("?").appending(query)
        if parts.keepsQuery {
            let both = location.appending("&").appending(Template(Value.query))
            level.statements.append(rule(both, .all([when, .isPresent(Template(Value.query))])))
        }
        level.statements.append(rule(location, when))
    }

    /// A replacement's path and query; a `?` at its end drops the request's own query.
    private mutating func splitReplacement(
        _ argument: Argument, captures: CaptureEscaping
    ) -> (path: Template, query: Template?, keepsQuery: Bool) {
        var text = argument.text
        let keepsQuery = !text.hasSuffix("?")
        if !keepsQuery { text.removeLast() }
        guard let mark = text.firstIndex(of: "?") else {
            return (path(text, argument, captures), nil, keepsQuery)
        }
        let query = template(String(text[text.index(after: mark)...]), at: argument.range, captures: .query)
        return (path(String(text[..<mark]), argument, captures), query, keepsQuery)
    }

    private mutating func path(_ text: String, _ argument: Argument, _ captures: CaptureEscaping) -> Template {
        template(
            captures == .redirectPath ? withoutNeedlessEscapes(text) : text, at: argument.range, captures: captures)
    }

    /// `return CODE [TEXT]`, `return CODE URL`, `return URL`.
    ///
    /// Source: `ngx_http_rewrite_return` and `ngx_http_script_return_code`.
    fileprivate mutating func lowerReturn(_ directive: Directive) {
        let arguments = directive.arguments
        let place = origin(directive)
        var answer: Answer
        if let status = Int(arguments[0].text), (0...999).contains(status), arguments[0].text.utf8.count <= 3 {
            answer = Answer(status: status, origin: place)
            if arguments.count > 1 {
                let text = template(arguments[1])
                if [301, 302, 303, 307, 308].contains(status) {
                    answer.location = text
                } else {
                    answer.body = text
                }
            }
            // 444 is nginx's word for it; 499 means that the client has left.
            answer.closes = status == 444 || status == 499
            answer.usesErrorPages = answer.body == nil && status >= 300
        } else if arguments.count == 1, isAbsoluteURL(arguments[0].text) {
            answer = Answer(status: 302, location: template(arguments[0]), origin: place)
        } else {
            refuse(
                arguments[0], "\"\(arguments[0].text)\" is no status",
                why: "nginx refuses to start: invalid return code",
                help: "write `return 200 \"text\";`, `return 301 URL;`, or a URL with its scheme alone")
            return
        }
        level.statements.append(.rule(Rule(then: .exit(.answer(answer)), origin: place)))
    }

    /// `set $NAME VALUE`.
    fileprivate mutating func lowerSet(_ directive: Directive) {
        let value = template(directive.arguments[1])
        let place = origin(directive)
        switch variableName(directive.arguments[0].text) {
        case "args":
            level.statements.append(.rule(Rule(edits: [.query(.replace(value))], origin: place)))
        case "limit_rate":
            return
        default:
            guard let slot = slot(of: directive.arguments[0]) else { return }
            level.statements.append(.rule(Rule(edits: [.set(slot, value)], origin: place)))
        }
    }

    /// `if (CONDITION) { … }`.
    fileprivate mutating func lowerIf(_ directive: Directive) {
        let condition = condition(directive)
        let isServer = level.kind == .server
        let when = condition ?? .undecidable("the condition cannot be read")
        var block = read(directive, as: isServer ? .serverIf(when) : .locationIf(when))
        if case .matches(_, let pattern, _)? = condition {
            let edits = captureEdits(of: pattern)
            if !edits.isEmpty { block.statements.insert(.rule(Rule(edits: edits, origin: block.origin)), at: 0) }
        }
        level.statements.append(.block(child: level.children.count))
        level.children.append(block)
    }

    /// The condition of an `if`, word by word as nginx reads it.
    ///
    /// Source: `ngx_http_rewrite_if_condition`.
    private mutating func condition(_ directive: Directive) -> Condition? {
        var words = directive.arguments
        guard words[0].text.hasPrefix("("), words[words.count - 1].text.hasSuffix(")") else {
            report(
                "wrong-arguments", .error, "the condition of `if` has to stand in parentheses", at: directive.head,
                why: "nginx refuses to start: invalid condition", help: "write `if ($variable = value) { … }`")
            return nil
        }
        words[0].text.removeFirst()
        if words[0].text.isEmpty { words.removeFirst() }
        if let last = words.indices.last, words[last].text.hasSuffix(")") {
            words[last].text.removeLast()
            if words[last].text.isEmpty { words.removeLast() }
        }
        guard let first = words.first else { return badCondition(directive, "it is empty") }
        if first.text.hasPrefix("$"), first.text.count > 1 { return comparison(words, directive) }
        if let test = fileTest(first.text) {
            guard words.count == 2 else { return badCondition(directive, "a file test takes one path") }
            let found = Condition.file(test, template(words[1]))
            return first.text.hasPrefix("!") ? .not(found) : found
        }
        return badCondition(directive, "\"\(first.text)\" is neither a variable nor a file test")
    }

    private mutating func comparison(_ words: [Argument], _ directive: Directive) -> Condition? {
        let subject = template(words[0])
        if words.count == 1 { return .isTrue(subject) }
        guard words.count == 3 else {
            return badCondition(directive, "a variable is followed by nothing, or by an operator and one word")
        }
        switch words[1].text {
        case "=": return .compare(subject, .equal, template(words[2]))
        case "!=": return .not(.compare(subject, .equal, template(words[2])))
        case "~", "~*", "!~", "!~*":
            let sign = words[1].text
            let ignoresCase = sign.hasSuffix("*")
            guard let pattern = pattern(words[2].text, ignoresCase: ignoresCase, at: words[2].range) else { return nil }
            let matches = Condition.matches(subject, pattern, into: 0)
            return sign.hasPrefix("!") ? .not(matches) : matches
        default:
            let help = words[1].text == "==" ? "nginx writes one `=`" : "there are `=`, `!=`, `~`, `~*`, `!~`, `!~*`"
            return badCondition(directive, "\"\(words[1].text)\" is no operator", help: help)
        }
    }

    private func fileTest(_ text: String) -> FileTest? {
        switch text {
        case "-f", "!-f": .file
        case "-d", "!-d": .directory
        case "-e", "!-e": .exists
        case "-x", "!-x": .executable
        default: nil
        }
    }

    private mutating func badCondition(_ directive: Directive, _ what: String, help: String? = nil) -> Condition? {
        report(
            "wrong-arguments", .error, "the condition of `if` cannot be read: \(what)", at: directive.head,
            why: "nginx refuses to start: invalid condition",
            help: help
                ?? "write `if ($variable)`, `if ($variable = text)`, `if ($variable ~ pattern)` or `if (-f path)`")
        return nil
    }

    /// Whether a replacement makes `rewrite` redirect.
    private func isAbsoluteURL(_ text: String) -> Bool {
        text.hasPrefix("http://") || text.hasPrefix("https://") || text.hasPrefix("$scheme")
    }
}

/// A redirect's text with the escapes taken out that nginx takes out: those of `&` to `~`, up to a `?`.
///
/// Source: `NGX_UNESCAPE_REDIRECT` of `ngx_unescape_uri`.
private func withoutNeedlessEscapes(_ text: String) -> String {
    guard text.contains("%") else { return text }
    var result: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "%"), rest.count >= 2,
            let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), (0x26...0x7E).contains(value)
        else {
            result.append(byte)
            continue
        }
        result.append(value)
        rest = rest.dropFirst(2)
    }
    return String(decoding: result, as: UTF8.self)
}
