import IR
import Language
import Source

/// `log_format`.
struct LogFormat: Sendable {
    var line: Template
    var escaping: LogEscaping
}

/// `ngx_http_log_module`.
enum Logs {
    static let module = Module<NginxLowering>(
        "ngx_http_log_module",
        [
            Entry(
                "access_log", in: .anyLevelOrIf.union(.limitExcept), .oneOrMore, summary: "Where requests are logged."
            ) {
                directive, state in
                state.lowerAccessLog(directive)
            },
            Entry("log_format", in: .http, .twoOrMore, summary: "What is logged of a request.") { directive, state in
                state.lowerLogFormat(directive)
            },
            .ignored("open_log_file_cache", in: .anyLevel, .between(1, 4), summary: "Keeps log files open."),
        ])

    /// The format that needs no definition.
    static let combined =
        #"$remote_addr - $remote_user [$time_local] "$request" "#
        + #"$status $body_bytes_sent "$http_referer" "$http_user_agent""#
}

extension NginxLowering {
    /// `log_format NAME [escape=default|json|none] TEXT…`.
    fileprivate mutating func lowerLogFormat(_ directive: Directive) {
        let name = directive.arguments[0].text
        var rest = directive.arguments.dropFirst()
        var escaping = LogEscaping.hexadecimal
        if let first = rest.first, first.text.hasPrefix("escape=") {
            rest.removeFirst()
            let words: [String: LogEscaping] = [
                "escape=default": .hexadecimal, "escape=json": .json, "escape=none": .none,
            ]
            guard let chosen = word(first, of: "log_format", words) else { return }
            escaping = chosen
        }
        if name == "combined" || logFormats[name] != nil {
            report(
                "duplicate-log-format", .error, "log format `\(name)` is defined already", at: directive.head,
                why: "nginx refuses to start: duplicate \"log_format\" name", help: "give it another name")
            return
        }
        var line = Template()
        for part in rest { line.append(template(part)) }
        logFormats[name] = LogFormat(line: line, escaping: escaping)
    }

    /// `access_log PATH [FORMAT [PARAMETER…]] | off`.
    fileprivate mutating func lowerAccessLog(_ directive: Directive) {
        let path = directive.arguments[0]
        let place = origin(directive)
        let before = settings.log.access
        if path.text == "off", directive.arguments.count == 1 {
            settings.log.access = Edit(merge: .replace, value: [], origin: place)
            return
        }
        guard let format = logFormat(directive) else { return }
        var when: Condition?
        for parameter in directive.arguments.dropFirst(2) {
            let text = parameter.text
            if text.hasPrefix("if=") {
                when = .isTrue(template(String(text.dropFirst(3)), at: parameter.range))
            } else if !["buffer=", "flush=", "gzip="].contains(where: text.hasPrefix), text != "gzip" {
                refuse(
                    parameter, "`access_log` has no parameter \"\(text)\"",
                    help: "there are `buffer=`, `gzip`, `flush=` and `if=`")
            }
        }
        if path.text.hasPrefix("syslog:") {
            report(
                Coverage.unsupported, .warning, "an access log on syslog is not written by Sluice", at: path.range,
                why: "requests are served without it")
            settings.log.access = before ?? Edit(merge: .replace, value: [], origin: place)
            return
        }
        var file = template(path)
        if !path.text.hasPrefix("/"), !path.text.hasPrefix("$") { file = Template(prefix + "/").appending(file) }
        let log = Log(to: file, line: format.line, escaping: format.escaping, when: when, origin: place)
        settings.log.access = Edit(
            merge: .replace, value: (before?.value ?? []) + [log], origin: before?.origin ?? place)
    }

    /// The format that an access log names.
    private mutating func logFormat(_ directive: Directive) -> LogFormat? {
        guard directive.arguments.count > 1, directive.arguments[1].text != "combined" else {
            return combinedFormat(at: directive.head)
        }
        let argument = directive.arguments[1]
        if let format = logFormats[argument.text] { return format }
        let near = closest(to: argument.text, in: logFormats.keys.sorted() + ["combined"])
        report(
            "unknown-log-format", isFragment ? .warning : .error, "unknown log format `\(argument.text)`",
            at: argument.range,
            why: isFragment
                ? "unless what lies around this fragment defines it, nginx refuses to start"
                : "nginx refuses to start; a format has to be defined above its use",
            help: near.map { "did you mean `\($0)`?" } ?? "define it with `log_format \(argument.text) …;` in `http`")
        return isFragment ? combinedFormat(at: directive.head) : nil
    }

    /// The predefined format.
    mutating func combinedFormat(at range: SourceRange) -> LogFormat {
        LogFormat(line: template(Logs.combined, at: range), escaping: .hexadecimal)
    }
}
