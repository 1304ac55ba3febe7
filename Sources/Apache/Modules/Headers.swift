import IR
import Language
import Source

/// mod_headers: fields of requests and answers.
enum Headers {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_headers",
        [
            Entry("Header", in: .anywhere, .twoOrMore, summary: "Changes the fields of answers.") {
                $1.lowerHeader($0, isRequest: false)
            },
            Entry("RequestHeader", in: .anywhere, .twoOrMore, summary: "Changes the fields of requests.") {
                $1.lowerHeader($0, isRequest: true)
            },
        ])

    /// The actions by name, with the least and the most arguments behind the field's name.
    fileprivate static let actions: [String: ClosedRange<Int>] = [
        "set": 1...1, "setifempty": 1...1, "append": 1...1, "merge": 1...1, "add": 1...1, "unset": 0...0, "echo": 0...0,
        "note": 1...1, "edit": 2...2, "edit*": 2...2,
    ]
}

extension ApacheLowering {
    /// `Header [always|onsuccess] action field [value [replacement]] [early|env=…|expr=…]` (`header_inout_cmd`).
    fileprivate mutating func lowerHeader(_ directive: Directive, isRequest: Bool) {
        var arguments = directive.arguments
        var table: HeaderTable = isRequest ? .request : .success
        if !isRequest, let first = arguments.first, ["always", "onsuccess"].contains(first.text.lowercased()) {
            if first.text.lowercased() == "always" { table = .always }
            arguments.removeFirst()
        }
        guard let action = arguments.first, let values = Headers.actions[action.text.lowercased()] else {
            let names = Headers.actions.keys.sorted()
            guard let word = arguments.first else { return reportMissing(directive) }
            return invalid(
                "`\(word.text)` is no action of `\(directive.name)`", at: word, why: "the server refuses to start",
                help: closest(to: word.text, in: names).map { "did you mean `\($0)`?" }
                    ?? "write one of \(names.joined(separator: ", "))")
        }
        arguments.removeFirst()
        guard let field = arguments.first else { return reportMissing(directive) }
        arguments.removeFirst()
        let origin = origin(directive)
        var edit = HeaderEdit(table: table, name: fieldName(field, directive), operation: .set, origin: origin)
        guard arguments.count >= values.lowerBound else { return reportMissing(directive) }
        let operands = Array(arguments.prefix(values.upperBound))
        guard read(Array(arguments.dropFirst(values.upperBound)), into: &edit, directive) else { return }
        if action.text.lowercased() == "echo", !nameEchoed(&edit, field) { return }
        guard let operation = operation(action, operands, into: &edit) else { return }
        edit.operation = operation
        add(edit, isRequest: isRequest)
    }

    private mutating func reportMissing(_ directive: Directive) {
        fail(
            "wrong-arguments", "`\(directive.name)` needs an action, a field and mostly a value", at: directive.head,
            why: "the server refuses to start", help: "write it as in `\(directive.name) set X-Name value`")
    }

    /// The field's name as it is written; a colon behind it is left out, as httpd does.
    private mutating func fieldName(_ argument: Argument, _ directive: Directive) -> String {
        var name = argument.text
        if name.hasSuffix(":") { name.removeLast() }
        return name
    }

    /// The condition behind the operands.
    private mutating func read(_ rest: [Argument], into edit: inout HeaderEdit, _ directive: Directive) -> Bool {
        guard let last = rest.first else { return true }
        if rest.count > 1 {
            invalid(
                "there is too much behind the value", at: rest[1], why: "the server refuses to start",
                help: "put a value that holds blanks into quotes")
            return false
        }
        let text = last.text
        if text.lowercased() == "early" {
            edit.early = true
        } else if text.lowercased().hasPrefix("env=") {
            let name = String(text.dropFirst(4))
            edit.when =
                name.hasPrefix("!")
                ? .not(.isSet(Template(environmentValue(String(name.dropFirst())))))
                : .isSet(Template(environmentValue(name)))
        } else if text.lowercased().hasPrefix("expr=") {
            switch expression(String(text.dropFirst(5)), at: last.range) {
            case .condition(let condition): edit.when = condition
            case .unsupported, .invalid: return false
            }
        } else {
            invalid(
                "`\(text)` is no condition", at: last, why: "behind the value only early, env=… or expr=… may stand",
                help: "put a value that holds blanks into quotes")
            return false
        }
        return true
    }

    /// `echo` takes a pattern of names; one that names a single field is run.
    private mutating func nameEchoed(_ edit: inout HeaderEdit, _ field: Argument) -> Bool {
        var name = edit.name
        if name.hasPrefix("^") { name.removeFirst() }
        if name.hasSuffix("$") { name.removeLast() }
        guard name.utf8.allSatisfy({ ExpressionScanner.isName($0) || $0 == UInt8(ascii: "-") }) else {
            notRun(
                "a pattern of header names is not run", at: field.range, why: "these fields are not sent back",
                help: "name the header field")
            return false
        }
        edit.name = name
        return true
    }

    private mutating func operation(
        _ action: Argument, _ operands: [Argument], into edit: inout HeaderEdit
    ) -> HeaderOperation? {
        switch action.text.lowercased() {
        case "set": edit.value = headerValue(operands[0]); return .set
        case "setifempty": edit.value = headerValue(operands[0]); return .setIfMissing
        case "append": edit.value = headerValue(operands[0]); return .append
        case "merge": edit.value = headerValue(operands[0]); return .merge
        case "add": edit.value = headerValue(operands[0]); return .add
        case "unset": return .remove
        case "echo": return .echo
        case "note": edit.value = Template(operands[0].text); return .note
        default:
            guard let pattern = pattern(operands[0].text, at: operands[0].range) else { return nil }
            // Groups stand in the replacement as they were written: only the match knows them.
            edit.value = headerValue(operands[1])
            return .edit(pattern, all: action.text == "edit*")
        }
    }

    /// A value: with `expr=` an expression that makes text, else a format with `%` in it.
    private mutating func headerValue(_ argument: Argument) -> Template {
        if argument.text.hasPrefix("expr=") {
            return string(String(argument.text.dropFirst(5)), at: argument.range)
        }
        var format = HeaderFormat(argument.text)
        let template = format.template { environmentValue($0) }
        if let wrong = format.unknown {
            invalid(
                "`%\(wrong)` is no format of a header's value", at: argument, why: "the server refuses to start",
                help: "write `%%` for a percent sign")
        }
        return template
    }

    private mutating func add(_ edit: HeaderEdit, isRequest: Bool) {
        if isRequest {
            let before = settings.request.headers
            settings.request.headers = Edit(
                merge: .after, value: (before?.value ?? []) + [edit], origin: before?.origin ?? edit.origin)
        } else {
            let before = settings.answer.headers
            settings.answer.headers = Edit(
                merge: .after, value: (before?.value ?? []) + [edit], origin: before?.origin ?? edit.origin)
        }
    }
}
