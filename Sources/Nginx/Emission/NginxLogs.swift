import IR
import Language

/// Logs.
extension NginxWriter {
    mutating func logFields(_ log: LogSettings) -> [FieldText] {
        var fields: [FieldText] = []
        if let access = log.access, remainder.isWritten(access.origin) {
            var field = FieldText("access_log", reset: ["access_log off"])
            for entry in access.value { add(entry, to: &field) }
            if access.value.isEmpty { field.lines = [TextLine("access_log off")] }
            if field.origins.isEmpty { field.origins = [access.origin] }
            field.signature = field.lines.map(\.head).joined(separator: ";")
            fields.append(field)
        }
        if let error = log.error, remainder.isWritten(error.origin) {
            fields.append(self.error(error))
        }
        return fields
    }

    private mutating func add(_ log: Log, to field: inout FieldText) {
        guard let path = word(logPath(log.to)) else { return }
        guard let format = format(log) else {
            field.losses.append(Loss(.dropped("nginx has no variable for a part of the line"), at: log.origin))
            return
        }
        var line = "access_log \(path)"
        if format != "combined" { line += " \(format)" }
        if let when = log.when {
            guard let name = conditionVariable(when) else {
                field.losses.append(
                    Loss(.approximate("its condition cannot be said: every request is logged"), at: log.origin))
                field.lines.append(TextLine(line))
                field.origins.append(log.origin)
                return
            }
            line += (format == "combined" ? " combined" : "") + " if=\(name)"
        }
        field.lines.append(TextLine(line))
        field.origins.append(log.origin)
    }

    /// A path that names a folder by a variable nobody defined would keep nginx from starting.
    mutating func logPath(_ path: Template) -> Template {
        guard case .literal(let text)? = path.pieces.first, let end = text.firstIndex(of: "}"), text.contains("${")
        else { return path }
        note("the folder of the logs is a variable that is not defined here; they go to /var/log/nginx")
        var result = Template("/var/log/nginx" + text[text.index(after: end)...])
        result.append(Template(pieces: Array(path.pieces.dropFirst())))
        return result
    }

    /// The name of a log line's format; a format of its own goes to `http`.
    private mutating func format(_ log: Log) -> String? {
        // A nickname that nobody defined is one of those that every distribution's main file has.
        if log.line.literal == "combined" { return "combined" }
        var line = Template()
        for piece in log.line.pieces {
            if case .value(.time("[%d/%b/%Y:%H:%M:%S %z]")) = piece {
                line.append("[")
                line.append(.time("%d/%b/%Y:%H:%M:%S %z"))
                line.append("]")
            } else {
                line.append(Template(pieces: [piece]))
            }
        }
        guard let text = text(line) else { return nil }
        if text.lowercased() == Self.combined, log.escaping != .json, log.escaping != .none { return "combined" }
        if text == Self.common { share("log_format common", TextLine("log_format common '\(text)'", isApart: true)) }
        if text == Self.common { return "common" }
        let escape = log.escaping == .json ? " escape=json" : log.escaping == .none ? " escape=none" : ""
        let others = shared.filter { $0.key.hasPrefix("log_format ") }
        let body = "\(escape) '\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
        if let known = others.first(where: { $0.line.head.hasSuffix(body) }) {
            return String(known.key.dropFirst("log_format ".count))
        }
        let name = configuration.presentation.names[log.origin] ?? "line\(others.count + 1)"
        share("log_format \(name)", TextLine("log_format \(name)\(body)", isApart: true))
        return name
    }

    private static let common =
        #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#
    private static let combined =
        #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#

    private mutating func error(_ stated: Stated<ErrorLog>) -> FieldText {
        let log = stated.value
        if let other = log.other {
            guard other.hasPrefix("syslog:server=") else {
                var field = field("error_log", nil, stated.origin)
                field.signature = other
                field.losses = [Loss(.dropped("nginx cannot write errors to `\(other)`"), at: stated.origin)]
                return field
            }
            return field("error_log", "error_log \(other) \(log.level)", stated.origin)
        }
        guard let file = log.file, let path = word(logPath(Template(file))) else {
            return field("error_log", nil, stated.origin)
        }
        return field("error_log", "error_log \(path)" + (log.level == "error" ? "" : " \(log.level)"), stated.origin)
    }
}
