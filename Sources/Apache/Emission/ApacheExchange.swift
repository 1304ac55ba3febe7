import IR
import Language

/// What concerns upstreams, fields and error pages.
extension ApacheWriter {
    mutating func forwardFields(_ settings: Settings, _ place: ApachePlace) -> [ApacheField] {
        var fields: [ApacheField] = []
        let forward = settings.forward
        if place.forwards, let mappings = forward.locations {
            var lines: [String] = []
            for mapping in mappings.value where mapping.pattern == nil {
                guard let to = text(mapping.to), let from = text(mapping.from), to.hasPrefix("/") else { continue }
                if place.isSection {
                    // In a section only its own path can be mapped to; all else is said for the host.
                    let whole = "ProxyPassReverse \(ApacheQuoting.word(to)) \(ApacheQuoting.word(from))"
                    if to == place.path {
                        lines.append("ProxyPassReverse \(ApacheQuoting.word(from))")
                    } else if !hostMappings.contains(whole) {
                        hostMappings.append(whole)
                    }
                    continue
                }
                lines.append("ProxyPassReverse \(ApacheQuoting.word(to)) \(ApacheQuoting.word(from))")
            }
            fields.append(ApacheField("reverse", lines, mappings.value.map(\.origin) + [mappings.origin]))
        }
        if place.forwards, let cookies = forward.cookies {
            var lines: [String] = []
            var losses: [Loss] = []
            for mapping in cookies.value {
                guard mapping.pattern == nil, let from = text(mapping.from), let to = text(mapping.to) else {
                    losses.append(Loss(.dropped("httpd maps cookies by texts only"), at: mapping.origin))
                    continue
                }
                lines.append("ProxyPassReverseCookie\(mapping.attribute == "path" ? "Path" : "Domain") \(from) \(to)")
            }
            fields.append(ApacheField("cookies", lines, cookies.value.map(\.origin), losses: losses))
        }
        if let hides = forward.hides, place.forwards {
            let names = hides.value.subtracting([
                "x-pad", "x-accel-redirect", "x-accel-expires", "x-accel-limit-rate", "x-accel-buffering",
                "x-accel-charset",
            ])
            fields.append(ApacheField("hides", names.sorted().map { "Header unset \(shown($0))" }, [hides.origin]))
        }
        return fields
    }

    // MARK: - Fields of requests

    mutating func requestHeaders(_ settings: Settings, _ place: ApachePlace) -> [ApacheField] {
        guard place.forwards else { return [] }
        var lines: [TextLine] = []
        var origins: [ID<Origin>] = []
        var losses: [Loss] = []
        var host = settings.forward.host?.value ?? Template(.upstreamAuthority)
        for edit in settings.request.headers?.value ?? [] {
            origins.append(edit.origin)
            let name = edit.name.lowercased()
            if name == "connection" || name == "upgrade" { continue }
            if name == "host" {
                if edit.value != Template(.upstreamAuthority) { host = edit.value }
                lines += comment(of: edit.origin).map { TextLine("", comment: [$0]) }
                continue
            }
            guard let line = requestHeader(edit) else {
                // What a client sends under that name must not be taken for it.
                losses.append(Loss(.dropped("httpd cannot make this value, so the field is left out"), at: edit.origin))
                lines.append(TextLine("RequestHeader unset \(edit.name)", comment: comment(of: edit.origin)))
                continue
            }
            lines.append(TextLine(line, comment: comment(of: edit.origin)))
        }
        let named = Set((settings.request.headers?.value ?? []).map { $0.name.lowercased() })
        for edit in place.outer?.request.headers?.value ?? [] where remainder.isWritten(edit.origin) {
            // Sections add up: what a location does not have is taken away again.
            let name = edit.name.lowercased()
            if !named.contains(name), name != "host", name != "connection" {
                lines.insert(TextLine("RequestHeader unset \(edit.name)"), at: 0)
            }
        }
        if let line = preserving(host, settings, &losses) { lines.insert(contentsOf: line.map { TextLine($0) }, at: 0) }
        if settings.request.forwardedFor?.value == .untouched { lines.append(TextLine("ProxyAddHeaders Off")) }
        var field = ApacheField("request headers", lines.map(\.head), origins, losses: losses)
        field.lines = lines
        return [field]
    }

    private mutating func requestHeader(_ edit: HeaderEdit) -> String? {
        let name = edit.name
        if edit.operation == .remove || edit.value == Template() { return "RequestHeader unset \(name)" }
        if edit.value == Template(.forwardedFor) { return "RequestHeader append \(name) expr=%{REMOTE_ADDR}" }
        if edit.value == Template(.requestHeader(name.lowercased())) { return "# \(name) goes on as it came" }
        guard let value = headerValue(edit.value) else { return nil }
        switch edit.operation {
        case .set: return "RequestHeader set \(name) \(value)"
        case .append: return "RequestHeader append \(name) \(value)"
        case .add: return "RequestHeader add \(name) \(value)"
        case .merge: return "RequestHeader merge \(name) \(value)"
        case .setIfMissing: return "RequestHeader setifempty \(name) \(value)"
        case .remove, .note, .echo, .edit: return nil
        }
    }

    /// What is said about the Host field.
    private mutating func preserving(_ host: Template, _ settings: Settings, _ losses: inout [Loss]) -> [String]? {
        if host == Template(.upstreamAuthority) { return nil }
        if host == Template(.requestHeader("host")) || host == Template(.hostHeader) { return ["ProxyPreserveHost On"] }
        guard let value = headerValue(host) else { return nil }
        return ["ProxyPreserveHost On", "RequestHeader set Host \(value)"]
    }

    // MARK: - Fields of answers

    mutating func answerHeaders(_ settings: Settings, _ place: ApachePlace) -> ApacheField {
        let own = settings.answer.headers?.value ?? []
        let outer = place.outer?.answer.headers?.value ?? []
        var lines: [String] = []
        var losses: [Loss] = []
        let keeps = own.count >= outer.count && zip(own, outer).allSatisfy { same($0, $1) }
        if !keeps {
            // Sections add up: what a location does not have is taken away again.
            for edit in outer { lines.append("Header \(edit.table == .success ? "" : "always ")unset \(edit.name)") }
        }
        for edit in keeps ? Array(own.dropFirst(outer.count)) : own {
            guard let line = answerHeader(edit, place) else {
                losses.append(Loss(.dropped("httpd cannot make this value"), at: edit.origin))
                continue
            }
            lines.append(line)
        }
        return ApacheField("headers", lines, own.map(\.origin), losses: losses)
    }

    private func same(_ left: HeaderEdit, _ right: HeaderEdit) -> Bool {
        left.name == right.name && left.value == right.value && left.table == right.table
            && left.operation == right.operation
    }

    private mutating func answerHeader(_ edit: HeaderEdit, _ place: ApachePlace) -> String? {
        guard edit.when == nil else { return nil }
        var table = edit.table == .always ? "always " : ""
        var condition = ""
        if edit.table == .final {
            table = "always "
            // nginx adds it to successes and redirects only.
            if edit.statuses != nil { condition = " \"expr=%{REQUEST_STATUS} =~ /^(20[0146]|30[123478])$/\"" }
        }
        if edit.operation == .remove { return "Header \(table)unset \(edit.name)" }
        guard let value = headerValue(edit.value) else { return nil }
        switch edit.operation {
        case .set: return "Header \(table)set \(edit.name) \(value)\(condition)"
        case .add: return "Header \(table)add \(edit.name) \(value)\(condition)"
        case .append: return "Header \(table)append \(edit.name) \(value)\(condition)"
        case .merge: return "Header \(table)merge \(edit.name) \(value)\(condition)"
        case .setIfMissing: return "Header \(table)setifempty \(edit.name) \(value)\(condition)"
        case .remove, .note, .echo, .edit: return nil
        }
    }

    mutating func expires(_ answer: AnswerSettings) -> ApacheField {
        guard let expires = answer.expires else { return ApacheField("expires") }
        var lines: [String] = []
        var losses: [Loss] = []
        for entry in expires.value {
            guard let text = entry.value.literal, text != "off" else { continue }
            let seconds = text == "max" ? 315_360_000 : text == "epoch" ? nil : Int(text)
            guard let seconds else {
                losses.append(Loss(.dropped("httpd cannot say this time"), at: entry.origin))
                continue
            }
            guard seconds >= 0 else {
                losses.append(Loss(.dropped("httpd has no times that are over already"), at: entry.origin))
                continue
            }
            let base = entry.fromModification ? "modification" : "access"
            lines.append(
                entry.mediaType.map { "ExpiresByType \($0) \"\(base) plus \(seconds) seconds\"" }
                    ?? "ExpiresDefault \"\(base) plus \(seconds) seconds\"")
        }
        if !lines.isEmpty { lines.insert("ExpiresActive On", at: 0) }
        return ApacheField("expires", lines, expires.value.map(\.origin), losses: losses)
    }

    // MARK: - Error pages

    mutating func errorFields(_ settings: Settings, _ place: ApachePlace) -> [ApacheField] {
        let errors = settings.errors
        let rules = errors.rules?.value ?? []
        var lines: [String] = []
        var losses: [Loss] = []
        var told: Set<Int> = []
        for rule in rules {
            guard told.insert(rule.status).inserted else { continue }
            guard CoreErrors.known.contains(rule.status) else {
                losses.append(Loss(.dropped("httpd does not know the status \(rule.status)"), at: rule.origin))
                continue
            }
            guard let page = shown(rule, &losses) else { continue }
            lines.append("ErrorDocument \(rule.status) \(page)")
            if case .set(let status) = rule.result, status != rule.status, case .request = rule.page {
                losses.append(
                    Loss(
                        .approximate("the status stays \(rule.status) instead of becoming \(status)"), at: rule.origin,
                        witness: "a request that ends with \(rule.status)"))
            }
        }
        // httpd answers 503 where nginx answers 502: when nothing listens.
        if let page = rules.first(where: { $0.status == 502 }), !told.contains(503), let text = shown(page, &losses) {
            lines.append("ErrorDocument 503 \(text)")
            losses.append(
                Loss(
                    .approximate("a refused connection is answered 503 instead of 502"), at: page.origin,
                    witness: "a request while nothing listens"))
        }
        var fields = [ApacheField("errors", lines, rules.map(\.origin), losses: losses)]
        if let replaces = errors.replacesUpstreams {
            let codes = rules.map(\.status).filter { $0 >= 400 }.sorted().map(String.init).joined(separator: " ")
            let isOn = replaces.value != .never
            fields.append(
                ApacheField(
                    "override",
                    isOn
                        ? ["ProxyErrorOverride On\(codes.isEmpty ? "" : " " + codes)"]
                        : place.isSection ? ["ProxyErrorOverride Off"] : [], [replaces.origin]))
            if !isOn, !place.isSection { fields[fields.count - 1].signature = "ProxyErrorOverride Off" }
        }
        return fields
    }

    private mutating func shown(_ rule: ErrorRule, _ losses: inout [Loss]) -> String? {
        switch rule.page {
        case .request(let path, _): return text(path).map { ApacheQuoting.word($0) }
        case .redirect(let url, _): return text(url).map { ApacheQuoting.word($0) }
        case .text(let body, _): return text(body).map { "\"\($0.replacing("\"", with: "\\\""))\"" }
        case .builtIn: return "default"
        case .enter(let scope):
            let node = configuration.scopes[scope.at]
            remainder.take(node.origin)
            if let program = node.rules, let answer = answer(of: program), let body = answer.body, let text = text(body)
            {
                losses.append(
                    Loss(
                        .approximate("the status stays \(rule.status)"), at: rule.origin,
                        witness: "a request that ends with \(rule.status)"))
                return "\"\(text.replacing("\n", with: "%{unescape:%0A}").replacing("\"", with: "\\\""))\""
            }
            losses.append(Loss(.dropped("httpd cannot go to a named location after an error"), at: rule.origin))
            return nil
        }
    }

    private mutating func answer(of program: ID<Program>) -> Answer? {
        guard case .rule(let rule)? = configuration.programs[program.at].statements.first, rule.when == .always,
            case .exit(.answer(let answer)) = rule.then
        else { return nil }
        remainder.take(rule.origin)
        return answer
    }

    // MARK: - The server

    mutating func serverFields(_ settings: Settings) -> [ApacheField] {
        var fields: [ApacheField] = []
        if let name = settings.answer.serverName, remainder.isWritten(name.origin) {
            remainder.take(name.origin)
            if !shared.contains(where: { $0.key == "ServerTokens" }) {
                let comments = comment(of: name.origin)
                shared.append(("ServerTokens", TextLine("ServerTokens Prod", comment: comments)))
            }
        }
        if let alive = settings.limits.keepAlive, remainder.isWritten(alive.origin) {
            fields.append(
                ApacheField(
                    "keepalive",
                    alive.value.seconds == 0 ? ["KeepAlive Off"] : ["KeepAliveTimeout \(Int(alive.value.seconds))"],
                    [alive.origin]))
        }
        if let logs = settings.log.access, remainder.isWritten(logs.origin) {
            var lines: [String] = []
            var losses: [Loss] = []
            for log in logs.value {
                guard let path = text(log.to), let format = logFormat(log.line) else {
                    losses.append(Loss(.dropped("httpd has no format for a part of the line"), at: log.origin))
                    continue
                }
                let combined = "%a - %u %t \"%r\" %>s %B \"%{Referer}i\" \"%{User-Agent}i\""
                let name = format == combined ? "combined" : ApacheQuoting.word(format)
                lines.append("CustomLog \(ApacheQuoting.word(path)) \(name)")
                if log.when != nil {
                    losses.append(
                        Loss(.approximate("every request is logged, whatever the condition says"), at: log.origin))
                }
            }
            fields.append(ApacheField("logs", lines, logs.value.map(\.origin) + [logs.origin], losses: losses))
        }
        if let error = settings.log.error, remainder.isWritten(error.origin) {
            var lines: [String] = []
            if let file = error.value.file { lines.append("ErrorLog \(ApacheQuoting.word(file))") }
            if error.value.level != "warn" { lines.append("LogLevel \(error.value.level)") }
            fields.append(ApacheField("error log", lines, [error.origin]))
        }
        return fields
    }
}
