import IR
import Language

/// Fields of requests and answers.
extension NginxWriter {
    // MARK: - Towards the upstream

    /// `proxy_set_header`: the whole list, since a block with one of its own has none from outside.
    mutating func requestHeaders(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        var list: [(name: String, text: String, origin: ID<Origin>)] = []
        var losses: [Loss] = []
        var origins: [ID<Origin>] = []
        if let host = settings.forward.host, host.value != Template(.upstreamAuthority), let text = text(host.value) {
            list.append(("Host", text, host.origin))
        } else if let named = namedHost(place, &losses) {
            list.append(named)
        }
        let constants = constants(settings)
        var forwardedHost: String?
        for edit in settings.request.headers?.value ?? [] where edit.table == .request {
            let edit = with(constants, edit)
            origins.append(edit.origin)
            if !remainder.isWritten(edit.origin), ["host", "connection"].contains(edit.name.lowercased()) { continue }
            if edit.name.lowercased() == "host", sendsOwnHost(settings) {
                // What is edited is the client's Host, which goes no further than X-Forwarded-Host.
                if edit.operation == .set, edit.when == nil { forwardedHost = text(edit.value) }
                continue
            }
            let known = list.firstIndex { $0.name.lowercased() == edit.name.lowercased() }
            let before = known.map { list[$0].text } ?? "$" + "http_" + NginxQuoting.variableName(edit.name)
            guard let text = requestHeader(edit, before: known == nil ? nil : before) else {
                losses.append(Loss(.dropped("nginx cannot change a request's field that way"), at: edit.origin))
                continue
            }
            if edit.name.lowercased() == "host" { forwardedHost = text }
            let name = edit.name == edit.name.lowercased() ? shown(edit.name) : edit.name
            if let known { list[known].text = text } else { list.append((name, text, edit.origin)) }
        }
        if let forwarded = settings.request.forwardedFor, forwarded.value == .appended, place.forward != nil {
            list += forwardedFields(forwarded.origin, host: forwardedHost ?? "$http_host")
            origins.append(forwarded.origin)
        }
        list += upgradeFields(place)
        var field = FieldText(
            "proxy_set_header", list.map { TextLine("proxy_set_header \($0.name) \(NginxQuoting.word($0.text))") },
            reset: ["proxy_set_header Host $proxy_host"], relevance: .forwarding)
        for (index, entry) in list.enumerated() { field.lines[index].comment = comment(of: entry.origin) }
        field.losses = losses
        field.origins = list.map(\.origin) + origins
        return [field]
    }

    /// The upstream is told its own name, whatever is done with the client's Host.
    private func sendsOwnHost(_ settings: Settings) -> Bool {
        settings.forward.host?.value == Template(.upstreamAuthority)
    }

    /// Members of a group are told their own name by other servers, the group's by nginx.
    private mutating func namedHost(
        _ place: FieldPlace, _ losses: inout [Loss]
    ) -> (name: String, text: String, origin: ID<Origin>)? {
        guard case .pool(let pool)? = place.forward?.to, let origin = place.forward?.origin else { return nil }
        let node = configuration.pools[pool.at]
        guard node.hidesName, isNamed(pool) else { return nil }
        let names = Set(node.members.map { address(of: $0, hidesPort: false) })
        if names.count == 1, let name = names.first { return ("Host", name, origin) }
        losses.append(
            Loss(
                .approximate("nginx sends the group's name in the Host field, Apache each member's own"), at: origin))
        return nil
    }

    /// The value of a changed field; nil: nginx cannot say it.
    mutating func requestHeader(_ edit: HeaderEdit, before: String?) -> String? {
        let condition = edit.when?.simplified ?? .always
        if condition != .always {
            var always = edit
            always.when = nil
            let otherwise = before ?? "$http_" + NginxQuoting.variableName(edit.name)
            if condition == .never { return otherwise }
            guard let value = requestHeader(always, before: before) else { return nil }
            return chosen(condition, NginxQuoting.word(value), NginxQuoting.word(otherwise))
        }
        if edit.operation == .remove { return "" }
        if case .edit(let pattern, all: false) = edit.operation {
            return edited(edit, pattern, before ?? "$http_" + NginxQuoting.variableName(edit.name))
        }
        guard let value = text(edit.value) else { return nil }
        let variable = "$http_" + NginxQuoting.variableName(edit.name)
        switch edit.operation {
        case .set: return value
        case .append, .add, .merge:
            if let before { return before.isEmpty ? value : "\(before), \(value)" }
            return made(
                "added_" + NginxQuoting.variableName(edit.name), from: variable,
                [(key: "\"\"", value: value), (key: "default", value: "\(variable), \(value)")])
        case .setIfMissing:
            if let before { return before.isEmpty ? value : before }
            return made(
                "own_or_" + NginxQuoting.variableName(edit.name), from: variable,
                [(key: "\"\"", value: value), (key: "default", value: variable)])
        case .remove, .note, .echo, .edit: return nil
        }
    }

    /// A value in which what a pattern finds first is another text; nil: the pattern looks back at what it found.
    ///
    /// A field that is not there is not edited.
    private mutating func edited(_ edit: HeaderEdit, _ pattern: Pattern, _ before: String) -> String? {
        let bank: Bank = 9
        let source = source(of: pattern, banks: bank)
        let looksBack = source.contains("\\k") || (1...9).contains { source.contains("\\\($0)") }
        guard !looksBack, let literal = edit.value.literal, !literal.contains("\\") else { return nil }
        // `$` and a digit is what a group has found (`ap_pregsub`).
        let parts = literal.split(separator: "$", omittingEmptySubsequences: false)
        var replacement = Template(String(parts.first ?? ""))
        for part in parts.dropFirst() {
            if let digit = part.first, digit.isASCII, digit.isNumber {
                replacement.append(.namedCapture("c\(bank)_\(digit)"))
                replacement.append(String(part.dropFirst()))
            } else {
                replacement.append("$" + part)
            }
        }
        guard let text = text(replacement) else { return nil }
        let name = NginxQuoting.variableName(edit.name)
        let found = "(?s)^(?<before_\(name)>.*?)(?<c\(bank)_0>\(source))(?<behind_\(name)>.*)"
        let key = NginxQuoting.word((pattern.ignoresCase ? "~*" : "~") + found)
        return made(
            "edited_" + name, from: before,
            [
                (key: "\"\"", value: ""), (key: "default", value: before),
                (key: key, value: "${before_\(name)}\(text)${behind_\(name)}"),
            ])
    }

    private mutating func forwardedFields(
        _ origin: ID<Origin>, host: String
    ) -> [(name: String, text: String, origin: ID<Origin>)] {
        note("X-Forwarded-Host and X-Forwarded-Server are written anew where Apache appends to what the client sent")
        let name = configuration.sites[site.at].name ?? "$hostname"
        return [
            ("X-Forwarded-For", "$proxy_add_x_forwarded_for", origin), ("X-Forwarded-Host", host, origin),
            ("X-Forwarded-Server", name, origin),
        ]
    }

    private mutating func upgradeFields(_ place: FieldPlace) -> [(name: String, text: String, origin: ID<Origin>)] {
        guard case .pool(let pool)? = place.forward?.to, let origin = place.forward?.origin,
            !configuration.pools[pool.at].connections.upgrade.isEmpty
        else { return [] }
        let connection = made(
            "connection_upgrade", from: "$http_upgrade", [(key: "\"\"", value: ""), (key: "default", value: "upgrade")])
        return [("Upgrade", "$http_upgrade", origin), ("Connection", connection, origin)]
    }

    /// Variables with fixed values, which only fields and logs can see.
    private mutating func constants(_ settings: Settings) -> [String: Template] {
        var result: [String: Template] = [:]
        for program in settings.programs.lateVariables?.value ?? [] {
            for case .rule(let rule) in configuration.programs[program.at].statements where rule.when == .always {
                for case .set(let slot, let value) in rule.edits where value.literal != nil {
                    result[configuration.variables[slot.at].name] = value
                    remainder.take(rule.origin)
                }
            }
        }
        if !result.isEmpty, let origin = settings.programs.lateVariables?.origin { remainder.take(origin) }
        return result
    }

    private func with(_ constants: [String: Template], _ edit: HeaderEdit) -> HeaderEdit {
        if constants.isEmpty { return edit }
        var edit = edit
        let change: (Value) -> Template? = { value in
            if case .environment(let name) = value { constants[name] } else { nil }
        }
        edit.value = edit.value.replacing(change)
        edit.when = edit.when?.replacing(change)
        return edit
    }

    // MARK: - Towards the client

    /// One field that is added to answers.
    private struct Added {
        var name: String
        var table: HeaderTable
        /// nil: nothing is added, the upstream's field is only hidden.
        var text: String?
        var always: Bool
        var hides: Bool
        var origin: ID<Origin>
    }

    /// `add_header` and `expires`.
    mutating func headerFields(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        var added: [Added] = []
        let guarded = Access.of(
            settings.access.required?.value ?? .granted, settings.access.addresses?.value ?? .granted,
            isEither: settings.access.combine?.value == .either)
        let mayRefuse = guarded != .granted || failureCodes(settings) == nil
        var losses: [Loss] = []
        var origins: [ID<Origin>] = []
        let constants = constants(settings)
        for edit in settings.answer.headers?.value ?? [] {
            origins.append(edit.origin)
            apply(with(constants, edit), place, mayRefuse: mayRefuse, &added, &losses)
        }
        let allowed = allowField(settings, place)
        var field = FieldText("add_header", reset: ["add_header X-None \"\""])
        for entry in added {
            guard let text = entry.text else { continue }
            field.lines.append(
                TextLine(
                    "add_header \(entry.name) \(NginxQuoting.word(text))\(entry.always ? " always" : "")",
                    comment: comment(of: entry.origin)))
        }
        field.lines += allowed
        field.signature = field.lines.map(\.head).joined(separator: ";")
        field.losses = losses
        field.origins = origins
        var fields = [field]
        if place.forward != nil {
            let hidden = added.filter(\.hides).map { TextLine("proxy_hide_header \($0.name)") }
            fields.append(FieldText("hidden for add_header", hidden, relevance: .forwarding))
        }
        return fields + [expires(settings.answer)] + filters(settings.answer)
    }

    /// The methods that a file takes, told by a 405 of nginx's own.
    private mutating func allowField(_ settings: Settings, _ place: FieldPlace) -> [TextLine] {
        guard let methods = settings.files.otherMethods?.value, !methods.allow.isEmpty, servesFiles else { return [] }
        if settings.files.post?.value == .accept, defaults.files.post?.value != .accept {
            note(
                "nginx answers POST, OPTIONS and TRACE for a file with 405, Apache with 200",
                witness: "POST /index.html")
        }
        shareMap(
            "allow", of: "\"$status$upstream_status $request_method\"",
            "\"~^405 (?!POST|OPTIONS|TRACE)\" \(NginxQuoting.word(methods.allow))",
            "The methods that a file takes, for answers that refuse another one.")
        return [TextLine("add_header Allow $allow always")]
    }

    private mutating func apply(
        _ edit: HeaderEdit, _ place: FieldPlace, mayRefuse: Bool, _ added: inout [Added], _ losses: inout [Loss]
    ) {
        let name = edit.name == edit.name.lowercased() ? shown(edit.name) : edit.name
        let forwards = place.forward != nil
        if edit.table == .final {
            guard let text = text(edit.value) else { return }
            added.append(
                Added(
                    name: name, table: .final, text: text, always: edit.statuses == nil, hides: false,
                    origin: edit.origin))
            return
        }
        // Redirects and other answers made here never have the fields of the success table.
        if edit.table == .success, place.answers { return }
        let same = added.lastIndex {
            $0.table == edit.table && $0.name.lowercased() == name.lowercased() && $0.text != nil
        }
        let always = edit.table == .always || forwards
        var entry = Added(name: name, table: edit.table, text: nil, always: always, hides: false, origin: edit.origin)
        guard let value = value(of: edit, same.flatMap { added[$0].text }, forwards) else {
            losses.append(Loss(.dropped("nginx cannot change an answer's field that way"), at: edit.origin))
            return
        }
        switch edit.operation {
        case .remove where edit.when == nil:
            added.removeAll { $0.table == edit.table && $0.name.lowercased() == name.lowercased() }
            if name.lowercased() == "etag", !forwards {
                losses.append(Loss(.approximate("write `etag off` to be rid of it"), at: edit.origin))
            }
            entry.hides = edit.table == .success && forwards
            added.append(entry)
            return
        case .set:
            added.removeAll { $0.table == edit.table && $0.name.lowercased() == name.lowercased() }
            entry.hides = edit.table == .success && forwards
        case .append, .merge, .setIfMissing, .remove:
            if let same {
                added[same].text = value
                return
            }
            entry.hides = edit.table == .success && forwards
        default: break
        }
        entry.text = value
        // Where the upstream fails, another location answers, which adds nothing to errors.
        if edit.table == .success, forwards, mayRefuse {
            losses.append(
                Loss(
                    .approximate(
                        "nginx adds `\(name)` to its own error pages too, Apache only to what the upstream answers"),
                    at: edit.origin, witness: "a request while the upstream is down"))
        }
        added.append(entry)
    }

    /// The text of an edit, given what the configuration said before about the field; nil: nginx cannot say it.
    private mutating func value(of edit: HeaderEdit, _ before: String?, _ forwards: Bool) -> String? {
        let name = NginxQuoting.variableName(edit.name)
        let upstream = forwards && edit.table == .success ? "$upstream_http_" + name : nil
        let condition = edit.when?.simplified ?? .always
        if condition == .never { return before ?? "" }
        guard condition == .always else {
            guard let value = changed(edit, before, upstream) else { return nil }
            let otherwise = edit.operation == .add ? "" : before ?? upstream ?? ""
            return chosen(condition, NginxQuoting.word(value), NginxQuoting.word(otherwise))
        }
        return changed(edit, before, upstream)
    }

    /// The text that an edit makes, wherever it is made.
    private mutating func changed(_ edit: HeaderEdit, _ before: String?, _ upstream: String?) -> String? {
        if case .remove = edit.operation { return "" }
        let name = NginxQuoting.variableName(edit.name)
        if case .echo = edit.operation { return "$http_" + name }
        guard let value = text(edit.value) else { return nil }
        switch edit.operation {
        case .set, .add: return value
        case .append, .merge:
            if let before, !before.isEmpty {
                return edit.operation == .merge && before == value ? before : "\(before), \(value)"
            }
            guard let upstream, before == nil else { return value }
            return made(
                "appended_" + name, from: upstream,
                [(key: "\"\"", value: value), (key: "default", value: "\(upstream), \(value)")])
        case .setIfMissing:
            if let before, !before.isEmpty { return before }
            guard let upstream, before == nil else { return value }
            return made(
                "own_or_" + name, from: upstream, [(key: "\"\"", value: value), (key: "default", value: upstream)])
        case .remove, .echo, .note, .edit: return nil
        }
    }

    // MARK: - Freshness and filters

    private mutating func expires(_ answer: AnswerSettings) -> FieldText {
        guard let expires = answer.expires else { return FieldText("expires") }
        var field = FieldText("expires", reset: ["expires off"])
        field.origins = expires.value.map(\.origin) + [expires.origin]
        let general = expires.value.first { $0.mediaType == nil }
        let typed = expires.value.filter { $0.mediaType != nil }
        let standard = general.flatMap { expiry($0) } ?? "off"
        if typed.isEmpty {
            guard general != nil else { return field }
            field.lines = [TextLine("expires \(standard)")]
        } else {
            let number = shared.filter { $0.key.hasPrefix("$expires") }.count + 1
            var rows = [TextLine("default \(standard)")]
            for entry in typed {
                guard let type = entry.mediaType, let text = expiry(entry) else { continue }
                rows.append(TextLine("~*^\(NginxWriter.quoted(type)) \(text)", comment: comment(of: entry.origin)))
            }
            let known = shared.first { $0.key.hasPrefix("$expires") && $0.line.block == rows }
            let name = known?.key ?? "$expires\(number == 1 ? "" : String(number))"
            share(name, TextLine("map $sent_http_content_type \(name)", block: rows, isApart: true))
            field.lines = [TextLine("expires \(name)")]
        }
        for entry in expires.value where entry.fromModification && !typed.isEmpty {
            field.losses.append(Loss(.approximate("counted from now, not from the file's time"), at: entry.origin))
        }
        field.signature = field.lines.map(\.head).joined()
        return field
    }

    private mutating func expiry(_ entry: Expiry) -> String? {
        guard let literal = entry.value.literal else { return text(entry.value) }
        guard let seconds = Int(literal) else { return literal }
        let length = days(seconds)
        return entry.fromModification && entry.mediaType == nil ? "modified +\(length)" : length
    }

    private func days(_ seconds: Int) -> String {
        if seconds > 0, seconds % 86400 == 0 { return "\(seconds / 86400)d" }
        return seconds < 0 ? String(seconds) : time(Double(seconds))
    }

    private mutating func filters(_ answer: AnswerSettings) -> [FieldText] {
        guard let filters = answer.filters else { return [] }
        var field = FieldText("gzip", reset: ["gzip off"])
        field.origins = [filters.origin]
        for filter in filters.value {
            guard case .compress(let kind, let types, let minimum, let afterVia) = filter,
                kind == "gzip" || kind == "deflate"
            else {
                field.losses.append(Loss(.dropped("nginx has no such filter"), at: filters.origin))
                continue
            }
            field.lines.append(TextLine("gzip on"))
            let others = types.subtracting(["text/html"]).sorted()
            if !others.isEmpty { field.lines.append(TextLine("gzip_types \(others.joined(separator: " "))")) }
            if minimum != 20 { field.lines.append(TextLine("gzip_min_length \(minimum)")) }
            if afterVia { field.lines.append(TextLine("gzip_proxied any")) }
        }
        field.signature = field.lines.map(\.head).joined(separator: ";")
        return [field]
    }
}
