import HTTP
import IR

/// How the fields of a request are edited where each edit finds what the one before it left (Apache's RequestHeader).
extension Decider {
    /// Writes the client's fields with all edits carried out, and the X-Forwarded fields that follow from them.
    ///
    /// Source: httpd's modules/metadata/mod_headers.c, do_headers_fixup, and modules/proxy/proxy_util.c,
    /// ap_proxy_create_hdrbrgd, which works on what the edits made.
    mutating func writeEditedFields(_ journey: inout Journey, _ out: inout ByteWriter) {
        let index = Int(journey.effective)
        collectRequestFields(&journey)
        for position in tables.effectives[index].requestEdits.range {
            var edit = tables.headerEdits[position]
            // A request has one table only.
            edit.table = .final
            carryOut(edit, &journey, noting: .requestEdited)
        }
        let host = editedHost(journey)
        let named = fields.firstIndex(of: .host).map { fields.bytes.array(fields.value($0)) }
        for entry in fields.entries.indices where Self.neverCopied.contains(fields.entries[entry].id) {
            fields.entries[entry].isRemoved = true
        }
        if let host {
            fields.entries[host].isRemoved = false
        } else {
            writeField("Host: ", tables.effectives[index].host, &journey, &out)
        }
        if tables.effectives[index].appendsForwarded { appendForwarded(journey, host: named) }
        fields.write(to: &out)
    }

    /// The client's fields, with those edits carried out that are made before anything else.
    mutating func editEarlyFields(_ journey: inout Journey) {
        fields.removeAll()
        for index in journey.request.fields.indices {
            let field = journey.request.fields[index]
            fields.add(journey.request.bytes[field.name], journey.request.bytes[field.value], id: field.id)
        }
        for position in tables.effectives[journey.effective].requestEdits.range
        where tables.headerEdits[position].early {
            var edit = tables.headerEdits[position]
            edit.table = .final
            carryOut(edit, &journey, noting: .requestEdited)
        }
    }

    /// The client's fields, each name once, with all edits carried out: what an application is told of them.
    mutating func collectToldFields(_ journey: inout Journey) {
        collectRequestFields(&journey, leavingOut: [.transferEncoding], dropsNamed: false)
        for position in tables.effectives[journey.effective].requestEdits.range {
            var edit = tables.headerEdits[position]
            edit.table = .final
            carryOut(edit, &journey, noting: .requestEdited)
        }
    }

    /// The client's fields, each name once.
    private mutating func collectRequestFields(_ journey: inout Journey) {
        let index = Int(journey.effective)
        let dropsNamed = tables.effectives[index].dropsConnectionNamed
        var left = Self.neverCopied.subtracting([.host])
        if journey.request.has(.expect), !forwardsExpect(journey) { left.insert(.expect) }
        if tables.effectives[index].via != .untouched { left.insert(.via) }
        collectRequestFields(&journey, leavingOut: left, dropsNamed: dropsNamed)
    }

    private mutating func collectRequestFields(
        _ journey: inout Journey, leavingOut left: FieldNames, dropsNamed: Bool
    ) {
        fields.removeAll()
        guard tables.effectives[journey.effective].passesHeaders else { return }
        for position in journey.request.fields.indices {
            let field = journey.request.fields[position]
            if left.contains(field.id) || (dropsNamed && field.isNamedByConnection) { continue }
            let name = journey.request.bytes[field.name]
            if let known = fields.firstIndex(named: name) {
                let joined =
                    fields.bytes.array(fields.value(known)) + separator(field.id, journey)
                    + journey.request.bytes.array(field.value)
                fields.set(known, joined.span)
            } else {
                fields.add(name, journey.request.bytes[field.value], id: field.id)
            }
        }
    }

    /// The Host field that goes upstream as the edits left it; nil where another is sent in its place.
    private func editedHost(_ journey: borrowing Journey) -> Int? {
        let template = tables.effectives[journey.effective].host
        guard !template.isNoTemplate, template.end - template.start == 1 else { return nil }
        let op = tables.ops[template.start]
        let isHost =
            op.code == .hostHeader
            || (op.code == .requestHeader
                && isText(tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)], "host"))
        guard isHost else { return nil }
        return fields.firstIndex(of: .host)
    }

    /// `host` is the Host field as the edits left it, whether it is sent or not.
    private mutating func appendForwarded(_ journey: borrowing Journey, host: [UInt8]?) {
        append(to: .xForwardedFor, journey.connection.clientText)
        if let host {
            append(
                to: .xForwardedHost, journey.authority.isAbsent ? host : journey.arena.array(journey.authority.range))
        }
        append(to: .xForwardedServer, forwardedServer(journey))
    }

    private mutating func append(to name: FieldName, _ value: [UInt8]) {
        if let known = fields.firstIndex(of: name) {
            fields.set(known, (fields.bytes.array(fields.value(known)) + Array(", ".utf8) + value).span)
        } else {
            fields.add(Array(name.spelling.utf8).span, value.span, id: name)
        }
    }
}
