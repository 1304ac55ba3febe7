import IR
import Language
import Source

/// `ngx_http_headers_module`.
enum Headers {
    /// Statuses with which `add_header` acts unless it says `always`.
    static let usualStatuses: Set<Int> = [200, 201, 204, 206, 301, 302, 303, 304, 307, 308]

    static let module = Module<NginxLowering>(
        "ngx_http_headers_module",
        [
            Entry("add_header", in: .anyLevelOrIf, .between(2, 3), summary: "Adds a header field to answers.") {
                directive, state in
                state.lowerAddHeader(directive)
            },
            Entry("expires", in: .anyLevelOrIf, .oneOrTwo, summary: "Says how long answers stay fresh.") {
                directive, state in
                state.lowerExpires(directive)
            },
            .known("add_header_inherit", in: .anyLevelOrIf, .one, summary: "Whether fields from outside are kept."),
            .known("add_trailer", in: .anyLevelOrIf, .between(2, 3), summary: "Adds a trailer to answers."),
            .known("add_trailer_inherit", in: .anyLevelOrIf, .one, summary: "Whether trailers from outside are kept."),
        ])
}

extension NginxLowering {
    /// `add_header NAME VALUE [always]`.
    fileprivate mutating func lowerAddHeader(_ directive: Directive) {
        let arguments = directive.arguments
        if arguments.count == 3, arguments[2].text != "always" {
            refuse(
                arguments[2], "`add_header` does not know \"\(arguments[2].text)\"",
                help: "a value with blanks has to stand in quotes; else there is only `always`")
            return
        }
        let name = arguments[0].text
        // nginx keeps one of these two in an answer and replaces it.
        let replaces = ["last-modified", "etag"].contains(name.lowercased())
        let edit = HeaderEdit(
            table: .final, name: name, operation: replaces ? .set : .add, value: template(arguments[1]),
            statuses: arguments.count == 3 ? nil : Headers.usualStatuses, skipsEmpty: true, origin: origin(directive))
        let before = settings.answer.headers
        settings.answer.headers = Edit(
            merge: .replace, value: (before?.value ?? []) + [edit], origin: before?.origin ?? edit.origin)
    }

    /// `expires [modified] TIME | epoch | max | off`: lengths of time become seconds; `@` marks a time of day.
    fileprivate mutating func lowerExpires(_ directive: Directive) {
        var arguments = directive.arguments[...]
        let fromModification = arguments.count == 2
        if fromModification, arguments.removeFirst().text != "modified" {
            refuse(directive.arguments[0], "`expires` takes one value, or `modified` and a time")
            return
        }
        guard let argument = arguments.first, let value = expiry(argument) else { return }
        let place = origin(directive)
        settings.answer.expires = Edit(
            merge: .replace, value: [Expiry(value: value, fromModification: fromModification, origin: place)],
            origin: place)
    }

    private mutating func expiry(_ argument: Argument) -> Template? {
        let text = argument.text
        if ["epoch", "max", "off"].contains(text) { return Template(text) }
        if text.contains("$") { return template(argument) }
        let sign = text.first.flatMap { "+-@".contains($0) ? String($0) : nil } ?? ""
        guard let time = parseTime(String(text.dropFirst(sign.count))) else {
            refuse(
                argument, "\"\(text)\" is no time for `expires`",
                help: "write a time such as `30d` or `-1`, or `epoch`, `max`, `off`")
            return nil
        }
        return Template((sign == "+" ? "" : sign) + String(Int(time)))
    }
}
