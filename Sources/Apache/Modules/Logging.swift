import IR
import Language
import Source

/// Logs: mod_log_config, mod_logio, and the error log of the core.
enum Logging {
    /// mod_log_config.
    static let module = Module<ApacheLowering>(
        "mod_log_config",
        [
            Entry("LogFormat", in: .server, .oneOrTwo, summary: "Names a format of access logs, or sets the default.") {
                directive, state in
                guard let format = directive.arguments.first else { return }
                state.checkFormat(format.text, at: format.range)
                if directive.arguments.count > 1 {
                    state.servers[state.server].formats[directive.arguments[1].text] = format.text
                } else {
                    state.servers[state.server].defaultFormat = format.text
                }
            },
            Entry("CustomLog", in: .server, .twoOrThree, summary: "Writes an access log.") { $1.lowerCustomLog($0) },
            Entry("GlobalLog", in: .main, .twoOrThree, summary: "Writes an access log for all virtual hosts.") {
                $1.lowerCustomLog($0)
            },
            Entry("TransferLog", in: .server, .one, summary: "Writes an access log in the default format.") {
                directive, state in
                guard let target = directive.arguments.first else { return }
                let origin = state.origin(directive)
                state.servers[state.server].logs.append(
                    LogDraft(target: target.text, range: target.range, origin: origin))
            },
            .ignored("BufferedLogs", in: .main, .flag, summary: "Writes access logs in larger pieces."),
        ])

    /// mod_logio.
    static let io = Module<ApacheLowering>(
        "mod_logio", [.known("LogIOTrackTTFB", in: .anywhere, .flag, summary: "Measures the time to the first byte.")])

    /// The error log.
    static let errors: [Entry<ApacheLowering>] = [
        Entry("ErrorLog", in: .server, .one, summary: "Names the file that errors are written to.") {
            directive, state in
            guard let target = directive.arguments.first else { return }
            state.servers[state.server].errorLog.target = Stated(target.text, state.origin(directive))
        },
        Entry("LogLevel", in: .files, .oneOrMore, summary: "Says from which level on errors are written.") {
            $1.lowerLogLevel($0)
        },
        .known("ErrorLogFormat", in: .server, .oneOrTwo, summary: "Sets the form of lines in the error log."),
    ]

    fileprivate static let levels: [String: String] = [
        "emerg": "emerg", "alert": "alert", "crit": "crit", "error": "error", "warn": "warn", "notice": "notice",
        "info": "info", "debug": "debug", "trace1": "debug", "trace2": "debug", "trace3": "debug", "trace4": "debug",
        "trace5": "debug", "trace6": "debug", "trace7": "debug", "trace8": "debug",
    ]
}

extension ApacheLowering {
    /// `CustomLog target format [env=[!]name|expr=expression]`.
    fileprivate mutating func lowerCustomLog(_ directive: Directive) {
        let target = directive.arguments[0]
        var draft = LogDraft(
            target: target.text, format: directive.arguments[1].text, range: target.range, origin: origin(directive))
        if directive.arguments.count > 2 {
            let argument = directive.arguments[2]
            if argument.text.hasPrefix("env=!") {
                draft.condition = .not(.isSet(Template(environmentValue(String(argument.text.dropFirst(5))))))
            } else if argument.text.hasPrefix("env=") {
                draft.condition = .isSet(Template(environmentValue(String(argument.text.dropFirst(4)))))
            } else if argument.text.hasPrefix("expr=") {
                guard let condition = condition(String(argument.text.dropFirst(5)), at: argument.range) else { return }
                draft.condition = condition
            } else {
                return invalid(
                    "`\(argument.text)` is no condition of a log", at: argument, why: "the server refuses to start",
                    help: "write env=name, env=!name or expr=expression; put a format that holds blanks into quotes")
            }
        }
        servers[server].logs.append(draft)
    }

    /// Says which parts of a format are not known.
    fileprivate mutating func checkFormat(_ text: String, at range: SourceRange) {
        var format = LogFormat(text)
        _ = format.template { .environment($0) }
        guard let part = format.unknown.first else { return }
        invalid(
            "`\(part)` is no part of a log format", at: Argument(text: text, range: range),
            why: "the server refuses to start", help: "write `%%` for a percent sign")
    }

    /// `LogLevel [module:]level …`.
    fileprivate mutating func lowerLogLevel(_ directive: Directive) {
        for argument in directive.arguments {
            let parts = argument.text.split(separator: ":", maxSplits: 1)
            guard let word = parts.last, let level = Logging.levels[word.lowercased()] else {
                return invalid(
                    "`\(argument.text)` is no level", at: argument, why: "the server refuses to start",
                    help: closest(to: argument.text, in: Logging.levels.keys.sorted()).map { "did you mean `\($0)`?" }
                        ?? "write error, warn, notice, info or debug")
            }
            // Levels of single modules, and those inside sections, would only add lines.
            guard parts.count == 1, !isInside else { continue }
            servers[server].errorLog.level = Stated(level, origin(directive))
        }
    }

    /// The access logs of a server; nil: it has none of its own.
    mutating func accessLogs(_ index: Int) -> Edit<[Log]>? {
        guard let first = servers[index].logs.first else { return nil }
        var logs: [Log] = []
        for draft in servers[index].logs {
            if draft.target.hasPrefix("|") || draft.target.hasPrefix("syslog") {
                notRun(
                    "logs are not written to `\(draft.target)`", at: draft.range,
                    why: "Sluice writes access logs to files only; these lines are left out", help: "name a file")
                continue
            }
            var format = LogFormat(formatText(draft, index))
            let line = format.template { environmentValue($0) }
            if let part = format.unknown.first {
                invalid(
                    "`\(part)` is no part of a log format", at: Argument(text: part, range: draft.range),
                    why: "the server refuses to start", help: "write `%%` for a percent sign")
            }
            logs.append(
                Log(
                    to: Template(filePath(draft.target)), line: line, escaping: .backslash, when: draft.condition,
                    origin: draft.origin))
        }
        return Edit(merge: .replace, value: logs, origin: first.origin)
    }

    /// The format of a log: what a nickname stands for, else the text itself (`config_log_transaction`).
    private func formatText(_ draft: LogDraft, _ index: Int) -> String {
        guard let name = draft.format else {
            return servers[index].defaultFormat ?? servers[0].defaultFormat ?? LogFormat.common
        }
        if let known = servers[index].formats[name] ?? servers[0].formats[name] { return known }
        return name == "common" || name == "CLF" ? LogFormat.common : name
    }

    /// Where a server's errors go; nil: it says nothing.
    func errorLog(_ index: Int) -> Stated<ErrorLog>? {
        let own = servers[index].errorLog
        guard let origin = own.target?.origin ?? own.level?.origin else { return nil }
        let target = own.target?.value ?? servers[0].errorLog.target?.value
        let level = own.level?.value ?? servers[0].errorLog.level?.value ?? "warn"
        guard let target else { return Stated(ErrorLog(level: level), origin) }
        if target.hasPrefix("|") || target.hasPrefix("syslog") {
            return Stated(ErrorLog(other: target, level: level), origin)
        }
        return Stated(ErrorLog(file: filePath(target), level: level), origin)
    }
}
