import IR
import Language

/// Calls through FastCGI.
extension NginxWriter {
    /// `fastcgi_pass` and what the application is told, in a location.
    ///
    /// `isProbed`: only files that are there come so far.
    mutating func gateway(
        _ call: GatewayCall, _ settings: Settings, _ place: FieldPlace, isProbed: Bool
    ) -> [TextLine] {
        let comments = comment(of: call.origin)
        remainder.take(call.origin)
        guard call.wire == "fastcgi", case .pool(let pool) = call.socket else {
            remainder.lose(Loss(.dropped("nginx cannot say where it leads"), at: call.origin))
            return [TextLine("return 503")]
        }
        guard let common = call.common else {
            var lines = call.parameters.compactMap { parameter -> TextLine? in
                word(parameter.value).map { TextLine("fastcgi_param \(parameter.name) \($0)") }
            }
            lines.append(TextLine("fastcgi_pass \(socket(of: pool))", comment: comments))
            return lines
        }
        guard let script = scriptLines(common, settings, place, isProbed: isProbed) else {
            remainder.lose(Loss(.dropped("nginx cannot make the script's name"), at: call.origin))
            return [TextLine("return 503")]
        }
        noteCommon(common, call, place)
        var told = parameters(settings, place)
        told += script.told
        for parameter in call.parameters {
            guard let value = word(parameter.value) else { continue }
            told.removeAll { $0.name == parameter.name }
            told.append((parameter.name, value))
        }
        edit(&told, by: settings)
        var lines = script.front
        lines += told.map { name, value in TextLine("fastcgi_param \(name) \(value)") }
        lines += exchange(settings, pool)
        lines.append(TextLine("fastcgi_pass \(socket(of: pool))", comment: comments))
        return lines
    }

    /// `host:port`, `unix:/path` or the name of an `upstream`.
    private func socket(of pool: ID<Pool>) -> String {
        if isNamed(pool) {
            let url = authority(pool)
            return url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
        }
        guard let member = configuration.pools[pool.at].members.first else { return "127.0.0.1:9" }
        if member.scheme == "unix" { return "unix:\(member.host)" }
        return "\(member.host.contains(":") ? "[\(member.host)]" : member.host):\(member.port)"
    }

    private typealias Told = (name: String, value: String)

    /// The script's name, and what has to stand before it is told; nil: it cannot be said.
    private mutating func scriptLines(
        _ common: CommonVariables, _ settings: Settings, _ place: FieldPlace, isProbed: Bool
    ) -> (front: [TextLine], told: [Told])? {
        switch common.script {
        case .file:
            guard let split = settings.forward.script?.value.split else {
                let isOpen = place.pattern == nil || isProbed
                return (
                    isOpen ? [] : [existing("$request_filename")],
                    [("SCRIPT_FILENAME", "$request_filename"), ("SCRIPT_NAME", "$fastcgi_script_name")]
                )
            }
            var (file, name) = ("$document_root$fastcgi_script_name", "$fastcgi_script_name")
            if let own = settings.files.place?.value, own.drops != .nothing {
                guard let base = own.base.literal, let prefix = place.prefix else { return nil }
                file = NginxQuoting.word((base.hasSuffix("/") ? String(base.dropLast()) : base) + name)
                name = NginxQuoting.word((prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix) + name)
            }
            return (
                [
                    TextLine("fastcgi_split_path_info \(NginxQuoting.word(source(of: split)))"),
                    existing(file),
                ],
                [
                    ("SCRIPT_FILENAME", file), ("SCRIPT_NAME", name),
                    ("PATH_INFO", "$fastcgi_path_info if_not_empty"),
                ]
            )
        case .sent(.suffix(let onto, _, _)), .sent(.suffixAsReceived(let onto)):
            guard let text = text(onto), let prefix = place.prefix else { return nil }
            let rest = NginxQuoting.word("(?s)^" + Self.quoted(prefix) + "(.*)()$")
            let file = NginxQuoting.word(text + "$fastcgi_script_name")
            return (
                [TextLine("fastcgi_split_path_info \(rest)")], [("SCRIPT_FILENAME", file), ("SCRIPT_NAME", "$uri")]
            )
        case .sent(.whole(let template, _)):
            guard let file = word(template) else { return nil }
            return ([], [("SCRIPT_FILENAME", file), ("SCRIPT_NAME", "$uri")])
        case .sent: return nil
        }
    }

    /// Applications may run whatever part of a path is a file, and not only scripts: the script has to be there.
    private func existing(_ file: String) -> TextLine {
        TextLine("if (!-f \(file))", block: [TextLine("return 404")])
    }

    /// What httpd tells applications, in nginx's words.
    private mutating func parameters(_ settings: Settings, _ place: FieldPlace) -> [Told] {
        var name = "$host"
        if case .completed(let host, _)? = settings.url.absolute?.value, let text = word(host) { name = text }
        let base = configuration.fold(configuration.sites[site.at].base)
        // Applications are told the folder as it was written.
        let written = base.forward.gateway.root.flatMap { $0.value.isEmpty ? nil : $0.value }
        if let root = base.forward.gateway.root { remainder.take(root.origin) }
        let root = written ?? base.files.place?.value.base.literal
        var told: [Told] = [
            ("GATEWAY_INTERFACE", "CGI/1.1"), ("SERVER_SOFTWARE", "nginx/$nginx_version"), ("SERVER_NAME", name),
            ("SERVER_ADDR", "$server_addr"), ("SERVER_PORT", "$server_port"),
            ("SERVER_PROTOCOL", "$server_protocol"), ("REMOTE_ADDR", "$remote_addr"),
            ("REMOTE_PORT", "$remote_port"), ("DOCUMENT_ROOT", root.map { NginxQuoting.word($0) } ?? "$document_root"),
            ("REQUEST_SCHEME", isNamedSecure ? "https" : "$scheme"), ("HTTPS", "$https if_not_empty"),
            ("REQUEST_METHOD", "$request_method"),
            ("REQUEST_URI", "$request_uri"), ("QUERY_STRING", "$query_string"),
            ("CONTENT_TYPE", "$content_type if_not_empty"), ("CONTENT_LENGTH", "$content_length if_not_empty"),
        ]
        // nginx knows a name as soon as the client says one, httpd once it was asked for.
        if settings.access.login?.value == .basic { told.append(("REMOTE_USER", "$remote_user if_not_empty")) }
        // Passwords go along only where somebody allows it; a field named Proxy never does.
        var kept = ["HTTP_PROXY", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"]
        if let passes = settings.forward.gateway.passesLogin { remainder.take(passes.origin) }
        if settings.forward.gateway.passesLogin?.value != true {
            kept += ["HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION"]
        }
        told += kept.map { ($0, "\"\"") }
        if let admin = settings.forward.gateway.admin {
            remainder.take(admin.origin)
            told.append(("SERVER_ADMIN", NginxQuoting.word(admin.value)))
        }
        addVariables(settings, to: &told)
        addFields(settings, to: &told)
        return told
    }

    /// The variables that the site's first rules set, and those that are set for all requests here.
    private mutating func addVariables(_ settings: Settings, to told: inout [Told]) {
        let early = configuration.sites[site.at].early.map { configuration.programs[$0.at].statements } ?? []
        for case .rule(let rule) in early {
            for case .set(let slot, let value) in rule.edits where value != Template() {
                set(
                    &told, configuration.variables[slot.at].name,
                    word(Template(.variable(slot))).map { $0 + " if_not_empty" })
            }
        }
        for program in settings.programs.lateVariables?.value ?? [] {
            for case .rule(let rule) in configuration.programs[program.at].statements where rule.when == .always {
                for case .set(let slot, let value) in rule.edits {
                    guard let literal = value.literal, !literal.isEmpty else { continue }
                    remainder.take(rule.origin)
                    set(&told, configuration.variables[slot.at].name, word(value))
                }
            }
        }
    }

    /// Fields of requests as edits leave them, which applications are told as `HTTP_NAME`.
    private mutating func addFields(_ settings: Settings, to told: inout [Told]) {
        var values: [String: String] = [:]
        for edit in settings.request.headers?.value ?? [] where remainder.isWritten(edit.origin) {
            let name = "HTTP_" + edit.name.uppercased().replacing("-", with: "_")
            remainder.take(edit.origin)
            // Some are kept from applications, whatever their value.
            if values[name] == nil, told.contains(where: { $0.name == name }) { continue }
            guard let value = requestHeader(edit, before: values[name]) else {
                // What should have been changed is not told at all.
                remainder.lose(
                    Loss(
                        .approximate("nginx cannot change a request's field that way: it is not told"), at: edit.origin)
                )
                values[name] = ""
                continue
            }
            values[name] = value
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) { set(&told, name, NginxQuoting.word(value)) }
    }

    private func set(_ told: inout [Told], _ name: String, _ value: String?) {
        guard let value, name.utf8.allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "{") })
        else { return }
        // What a server tells by itself comes after, and in place of, what variables say.
        if let known = told.firstIndex(where: { $0.name == name }) {
            if name == "HTTP_AUTHORIZATION" { told[known].value = value }
            return
        }
        told.append((name, value))
    }

    /// `ProxyFCGISetEnvIf`, as far as it holds for all requests.
    private mutating func edit(_ told: inout [Told], by settings: Settings) {
        for edit in settings.forward.gateway.edits?.value ?? [] {
            remainder.take(edit.origin)
            let text = edit.value.flatMap { word($0) }
            guard edit.when == .always, text != nil || edit.value == nil else {
                remainder.lose(
                    Loss(.dropped("nginx tells applications the same whatever they are asked"), at: edit.origin))
                continue
            }
            told.removeAll { $0.name == edit.name }
            if let text { told.append((edit.name, text)) }
        }
    }

    /// Timeouts and pages for errors, where they differ from nginx's own.
    private mutating func exchange(_ settings: Settings, _ pool: ID<Pool>) -> [TextLine] {
        var times = settings.forward.timeouts?.value ?? Timeouts()
        if let own = configuration.pools[pool.at].members.first?.timeouts {
            times.connect = own.connect ?? times.connect
            times.send = own.exchange ?? times.send
            times.read = own.exchange ?? times.read
        }
        var lines: [TextLine] = []
        for (name, value) in [("connect", times.connect), ("send", times.send), ("read", times.read)] where value != 60
        {
            lines.append(TextLine("fastcgi_\(name)_timeout \(time(value))"))
        }
        if let replaces = settings.errors.replacesUpstreams, replaces.value != .never {
            remainder.take(replaces.origin)
            lines.append(TextLine("fastcgi_intercept_errors on"))
        }
        return lines
    }

    private mutating func noteCommon(_ common: CommonVariables, _ call: GatewayCall, _ place: FieldPlace) {
        note("httpd tells applications more than nginx can: CONTEXT_PREFIX, PATH_TRANSLATED, REDIRECT_… and the like")
        switch common.script {
        case .file:
            guard place.pattern == nil, place.prefix?.hasSuffix("/") == true else { return }
            remainder.lose(
                Loss(
                    .approximate("the whole path is the script's: what follows a script in it is not told apart"),
                    at: call.origin, witness: "GET \(place.prefix ?? "/")a.php/more"))
        case .sent:
            note("httpd escapes the script's name, nginx does not", witness: "GET \(place.prefix ?? "/")a%20b.php")
        }
    }
}
