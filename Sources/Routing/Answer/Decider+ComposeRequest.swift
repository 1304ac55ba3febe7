package import HTTP
import IR

/// How the head of a request to an upstream is written.
extension Decider {
    /// Puts the head that is sent upstream, with its empty line, behind `out`; returns whether the connection to the
    /// upstream may be used again, as far as the request says so.
    package mutating func composeRequest(
        _ journey: inout Journey, framing: RequestFraming, into out: inout ByteWriter
    ) -> Bool {
        let index = Int(journey.effective)
        let editing = tables.effectives[index].requestEditing
        writeRequestLine(journey, &out)
        var keepsConnection = journey.upstream.speaks11
        let appendsForwarded = tables.effectives[index].appendsForwarded
        let announcesConnection = appendsForwarded && (editing.buildsOnOthers || !editing.names.contains(.connection))
        if editing.buildsOnOthers {
            writeEditedFields(&journey, &out)
        } else {
            if !editing.names.contains(.host) { writeField("Host: ", tables.effectives[index].host, &journey, &out) }
            if tables.effectives[index].passesHeaders { copyFields(&journey, editing, &out) }
            for edit in tables.effectives[index].requestEdits.range {
                if tables.headerEdits[edit].isDirect, !journey.trace.isOn {
                    writeDirect(edit, &journey, &out)
                } else {
                    write(edit, &journey, &keepsConnection, &out)
                }
            }
            if appendsForwarded { writeForwarded(journey, editing.names, &out) }
        }
        writeVia(journey, tables.effectives[index].via, &out)
        switch framing {
        case .none: break
        case .length(let count):
            out.append("Content-Length: ")
            out.appendDecimal(count)
            out.append("\r\n")
        case .chunked: out.append("Transfer-Encoding: chunked\r\n")
        }
        // A list of edits names Connection wherever the source server sends one of its own (nginx); else it is
        // announced.
        if journey.upstream.passesUpgrade, let wanted = journey.request.value(of: .upgrade) {
            out.append("Upgrade: ")
            out.append(wanted, of: journey.request.bytes)
            out.append("\r\nConnection: Upgrade\r\n")
        } else if keepsConnection, announcesConnection {
            out.append("Connection: Keep-Alive\r\n")
        }
        out.append("\r\n")
        return keepsConnection
    }

    /// Writes the field of an edit that nothing has to be asked about.
    private mutating func writeDirect(_ index: Int, _ journey: inout Journey, _ out: inout ByteWriter) {
        let start = out.count
        out.append(tables.headerEdits[index].line.range, of: tables.bytes)
        let valueStart = out.count
        let op = tables.ops[Int(tables.headerEdits[index].value.start)]
        if !write(op, &journey, &out) {
            out.append(text(op, &journey).range, of: journey.arena)
            out.blankLineEnds(inLast: out.count - valueStart)
        }
        if out.count == valueStart, tables.headerEdits[index].skipsEmpty {
            out.removeLast(out.count - start)
        } else {
            out.append("\r\n")
        }
    }

    /// Writes the field of an edit that sets or adds one.
    @inline(never)
    private mutating func write(
        _ index: Int, _ journey: inout Journey, _ keepsConnection: inout Bool, _ out: inout ByteWriter
    ) {
        let edit = tables.headerEdits[index]
        guard edit.kind == .set || edit.kind == .add || edit.kind == .setIfMissing else { return }
        if edit.when >= 0, holds(edit.when, &journey) != .yes { return }
        if edit.id == .contentLength || edit.id == .transferEncoding { return }
        let start = out.count
        out.append(edit.line.range, of: tables.bytes)
        let valueStart = out.count
        write(edit.value, &journey, &out)
        if edit.skipsEmpty, out.count == valueStart {
            out.removeLast(out.count - start)
            return
        }
        if edit.id == .connection, isClose(out[valueStart..<out.count]) { keepsConnection = false }
        if edit.id == .upgrade { journey.upstream.asksUpgrade = journey.request.has(.upgrade) }
        if edit.kind == .setIfMissing,
            journey.request.firstIndex(of: edit.id, named: tables.bytes[edit.name.range]) != nil
        {
            out.removeLast(out.count - start)
            return
        }
        if journey.trace.isOn {
            journey.remark(.requestEdited, edit.origin, tables.bytes.text(edit.name.range))
        }
        out.append("\r\n")
    }

    /// Writes the text of a template as a field's value: a byte that would end the line becomes a blank (RFC 9110,
    /// section 5.5).
    @inline(__always)
    private mutating func write(_ template: TemplateRef, _ journey: inout Journey, _ out: inout ByteWriter) {
        let start = out.count
        if template.end - template.start == 1 {
            let op = tables.ops[template.start]
            if write(op, &journey, &out) { return }
            out.append(text(op, &journey).range, of: journey.arena)
        } else {
            out.append(text(template, &journey).range, of: journey.arena)
        }
        out.blankLineEnds(inLast: out.count - start)
    }

    @inline(__always)
    private func writeRequestLine(_ journey: borrowing Journey, _ out: inout ByteWriter) {
        // What is sent is what was received, nearly always.
        if journey.method.isAbsent, journey.upstream.target == journey.target, journey.upstream.speaks11,
            let line = journey.request.lineOf11
        {
            out.append(line, of: journey.request.bytes)
            return
        }
        if journey.method.isAbsent {
            out.append(journey.request.methodBytes, of: journey.request.bytes)
        } else {
            out.append(journey.method.range, of: journey.arena)
        }
        out.append(UInt8(ascii: " "))
        out.append(journey.upstream.target.range, of: journey.arena)
        out.append(journey.upstream.speaks11 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n")
    }

    mutating func writeField(
        _ name: StaticString, _ template: TemplateRef, _ journey: inout Journey, _ out: inout ByteWriter
    ) {
        let start = out.count
        out.append(name)
        let valueStart = out.count
        write(template, &journey, &out)
        if out.count == valueStart { out.removeLast(out.count - start) } else { out.append("\r\n") }
    }

    private func isClose(_ value: Span<UInt8>) -> Bool {
        value.count == 5 && asciiLower(value[0]) == UInt8(ascii: "c")
    }

    // MARK: The client's fields

    /// Copies what the client sent, but for what concerns its own connection and what edits replace.
    @inline(always)
    private mutating func copyFields(_ journey: inout Journey, _ editing: RequestEditing, _ out: inout ByteWriter) {
        let index = Int(journey.effective)
        var left = Self.neverCopied.union(editing.names)
        if journey.request.has(.expect), !forwardsExpect(journey) { left.insert(.expect) }
        if tables.effectives[index].appendsForwarded {
            left = left.union(Self.forwarded)
        }
        switch tables.effectives[index].via {
        case .untouched: break
        default: left.insert(.via)
        }
        let joined = joinedNames(journey)
        let joinsOthers = joinsOthers(journey)
        left = left.union(joined)
        let dropsNamed = tables.effectives[index].dropsConnectionNamed
        if editing.hasOthers || joinsOthers {
            let edits = tables.effectives[index].requestEdits
            journey.request.write(to: &out) { field in
                if left.contains(field.id) || (dropsNamed && field.isNamedByConnection) { return false }
                if field.id != .other { return true }
                return !isEdited(field, edits, journey.request) && !(joinsOthers && isRepeated(field, journey.request))
            }
        } else {
            journey.request.write(to: &out, leavingOut: left, andThoseNamedByConnection: dropsNamed)
        }
        if !joined.isEmpty { writeJoined(joined.subtracting(editing.names), journey, &out) }
        if joinsOthers { writeJoinedOthers(tables.effectives[index].requestEdits, journey, &out) }
    }

    private static var forwarded: FieldNames {
        FieldNames(.xForwardedFor).with(.xForwardedHost).with(.xForwardedServer)
    }

    /// Fields of a request that are never copied.
    static var neverCopied: FieldNames { .hopByHop.with(.host).with(.contentLength) }

    private func isEdited(_ field: Head.Field, _ edits: Span32, _ head: borrowing Head) -> Bool {
        for index in edits.range {
            let edit = tables.headerEdits[index]
            guard edit.kind != .add, edit.kind != .setIfMissing, edit.kind != .echo, edit.kind != .note else {
                continue
            }
            if head.matches(field.name, tables.bytes[edit.name.range]) { return true }
        }
        return false
    }

    func forwardsExpect(_ journey: borrowing Journey) -> Bool {
        switch tables.listeners[journey.listener].reading.expect {
        case .forward, .forwardRefusingUnknown: true
        case .answerHere: false
        }
    }

    /// Well-known fields that came more than once and are sent as one.
    @inline(__always)
    private func joinedNames(_ journey: borrowing Journey) -> FieldNames {
        switch tables.listeners[journey.listener].reading.duplicates {
        case .keep: .none
        case .joinCookies: journey.request.repeated.intersection(FieldNames(.cookie))
        case .join: journey.request.repeated.subtracting(FieldNames(.other))
        }
    }

    /// Whether some field without a case of its own came more than once and is sent as one.
    @inline(__always)
    private func joinsOthers(_ journey: borrowing Journey) -> Bool {
        guard journey.request.repeated.contains(.other),
            case .join = tables.listeners[journey.listener].reading.duplicates
        else { return false }
        // Names of one length and with the same first and last byte are compared: hardly ever more than none.
        var seen: UInt64 = 0
        for index in journey.request.fields.indices where journey.request.fields[index].id == .other {
            let name = journey.request.fields[index].name
            let first = asciiLower(journey.request.bytes[name.lowerBound])
            let last = asciiLower(journey.request.bytes[name.upperBound - 1])
            let bit: UInt64 = 1 << UInt64((name.count &* 7 &+ Int(first) &* 3 &+ Int(last)) & 63)
            if seen & bit != 0, isRepeated(journey.request.fields[index], journey.request) { return true }
            seen |= bit
        }
        return false
    }

    private func isRepeated(_ field: Head.Field, _ head: borrowing Head) -> Bool {
        let name = head.bytes.span.extracting(field.name)
        guard let first = head.firstIndex(named: name) else { return false }
        return head.fields[first].start != field.start || head.nextIndex(named: name, behind: first) != nil
    }

    private func writeJoinedOthers(_ edits: Span32, _ journey: borrowing Journey, _ out: inout ByteWriter) {
        for index in journey.request.fields.indices {
            let field = journey.request.fields[index]
            guard field.id == .other, !field.isNamedByConnection, isRepeated(field, journey.request),
                !isEdited(field, edits, journey.request)
            else { continue }
            let name = journey.request.bytes.span.extracting(field.name)
            guard journey.request.firstIndex(named: name) == index else { continue }
            out.append(journey.request.bytes[field.name])
            out.append(": ")
            var next: Int? = index
            while let found = next {
                if found != index { out.append(", ") }
                out.append(journey.request.bytes[journey.request.fields[found].value])
                next = journey.request.nextIndex(named: name, behind: found)
            }
            out.append("\r\n")
        }
    }

    private func writeJoined(_ names: FieldNames, _ journey: borrowing Journey, _ out: inout ByteWriter) {
        for id in FieldName.allCases where id != .other && names.contains(id) {
            guard let first = journey.request.firstIndex(of: id) else { continue }
            out.append(journey.request.fields[first].name, of: journey.request.bytes)
            out.append(": ")
            var index: Int? = first
            while let found = index {
                if found != first { out.append(contentsOf: separator(id, journey)) }
                out.append(journey.request.fields[found].value, of: journey.request.bytes)
                index = journey.request.nextIndex(of: id, behind: found)
            }
            out.append("\r\n")
        }
    }

    /// What parts the values of a field that came more than once and is sent as one.
    func separator(_ id: FieldName, _ journey: borrowing Journey) -> [UInt8] {
        guard id == .cookie else { return [UInt8(ascii: ","), UInt8(ascii: " ")] }
        if case .join(let text) = tables.listeners[journey.listener].reading.duplicates { return Array(text.utf8) }
        return [UInt8(ascii: ";"), UInt8(ascii: " ")]
    }

    // MARK: Forwarded

    /// X-Forwarded-For, -Host and -Server, appended to what the client sent.
    ///
    /// Source: httpd's modules/proxy/proxy_util.c, ap_proxy_create_hdrbrgd.
    private func writeForwarded(_ journey: borrowing Journey, _ edited: FieldNames, _ out: inout ByteWriter) {
        if !edited.contains(.xForwardedFor) {
            writeAppended(.xForwardedFor, journey, journey.connection.clientText, &out)
        }
        if !edited.contains(.xForwardedHost), let host = journey.request.value(of: .host) {
            writeAppended(.xForwardedHost, journey, forwardedHost(journey, host), &out)
        }
        if !edited.contains(.xForwardedServer) {
            writeAppended(.xForwardedServer, journey, forwardedServer(journey), &out)
        }
    }

    /// httpd puts the authority of an absolute-form target in the place of Host.
    func forwardedHost(_ journey: borrowing Journey, _ host: Range<Int>) -> [UInt8] {
        let authority = journey.authority
        return authority.isAbsent ? journey.request.bytes.array(host) : journey.arena.array(authority.range)
    }

    /// The name that X-Forwarded-Server says.
    func forwardedServer(_ journey: borrowing Journey) -> [UInt8] {
        let name = tables.sites[journey.site].name
        return name.isAbsent ? journey.arena.array(journey.host.range) : tables.bytes.array(name.range)
    }

    private func writeAppended(
        _ id: FieldName, _ journey: borrowing Journey, _ value: [UInt8], _ out: inout ByteWriter
    ) {
        out.append(contentsOf: id.spelling.utf8)
        out.append(": ")
        var index = journey.request.firstIndex(of: id)
        while let found = index {
            out.append(journey.request.fields[found].value, of: journey.request.bytes)
            out.append(", ")
            index = journey.request.nextIndex(of: id, behind: found)
        }
        out.append(contentsOf: value)
        out.append("\r\n")
    }

    @inline(__always)
    private func writeVia(_ journey: borrowing Journey, _ via: Via, _ out: inout ByteWriter) {
        switch via {
        case .added, .addedWithVersion: break
        default: return
        }
        out.append("Via: ")
        if let old = journey.request.value(of: .via) {
            out.append(old, of: journey.request.bytes)
            out.append(", ")
        }
        out.append(journey.request.version == .v10 ? "1.0 " : "1.1 ")
        out.append(journey.host.range, of: journey.arena)
        out.append("\r\n")
    }
}
