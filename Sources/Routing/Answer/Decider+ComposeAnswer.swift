package import HTTP
import IR
import System

/// How the head of an answer is written.
extension Decider {
    /// Puts the answer's head, with its empty line, behind `out`.
    ///
    /// After `.respond` the body's length is `journey.bodyCount`; after `.relay` the framing is the runtime's choice.
    /// `closes`: the client's connection is closed behind this answer.
    package mutating func composeAnswer(
        _ journey: inout Journey, framing: AnswerFraming, closes: Bool, into out: inout ByteWriter
    ) {
        let index = Int(journey.effective)
        writeStatusLine(&journey, &out)
        if journey.isRelayed, relaysUnchanged(journey) {
            relayLines(&journey, &out)
        } else {
            collectFields(&journey)
            journey.isComposing = true
            // nginx says how long an answer is fresh before it adds fields; Apache does so behind all edits.
            let expires = !tables.effectives[index].expires.isEmpty
            let expiresLast = tables.effectives[index].indexIsLookup
            if expires, !expiresLast { addExpiry(&journey) }
            let hasEdits = !tables.effectives[index].answerEdits.isEmpty || !journey.headerEdits.isEmpty
            if hasEdits, !journey.isUnedited { editFields(&journey) }
            if expires, expiresLast { addExpiry(&journey) }
            writeOwnFields(journey, hasServer: hasField(.server), hasDate: hasField(.date), &out)
            fields.write(to: &out)
            journey.isComposing = false
            if !tables.sentNames.isEmpty { keepSentFields(&journey) }
        }
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            out.append("Content-Length: ")
            out.appendDecimal(count)
            out.append("\r\n")
        case .chunked: out.append("Transfer-Encoding: chunked\r\n")
        }
        if journey.status == 101 {
            writeUpgrade(journey, &out)
        } else {
            writeConnection(journey, closes: closes || framing == .untilClose, &out)
        }
        out.append("\r\n")
    }

    @inline(__always)
    private mutating func writeStatusLine(_ journey: inout Journey, _ out: inout ByteWriter) {
        out.append("HTTP/1.1 ")
        let status = journey.status
        if journey.isRelayed, !journey.upstream.speaksFastCGI, Int32(journey.answer.status) == status,
            let words = journey.answer.statusWords
        {
            out.append(words, of: journey.answer.bytes)
            return
        }
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: status / 100 % 10))
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: status / 10 % 10))
        out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: status % 10))
        out.append(UInt8(ascii: " "))
        if journey.isRelayed, Int32(journey.answer.status) == status,
            !journey.answer.reason.isEmpty
                || (journey.upstream.speaksFastCGI && !journey.upstream.isCommonGateway)
        {
            out.append(journey.answer.reason, of: journey.answer.bytes)
        } else {
            let start = journey.arena.count
            appendReason(status, &journey)
            out.append(start..<journey.arena.count, of: journey.arena)
        }
        out.append("\r\n")
    }

    /// Server and Date, unless the upstream's are passed on.
    @inline(__always)
    private mutating func writeOwnFields(
        _ journey: borrowing Journey, hasServer: Bool, hasDate: Bool, _ out: inout ByteWriter
    ) {
        // A server that passes the client's wish on by itself also passes the answer on as it came.
        if journey.status == 101, journey.upstream.passesUpgrade { return }
        let name = tables.effectives[journey.effective].serverName
        if !hasServer, !name.isAbsent {
            out.append("Server: ")
            out.append(name.range, of: tables.bytes)
            out.append("\r\n")
        }
        if !hasDate {
            date.update(to: journey.now.seconds)
            out.append("Date: ")
            out.append(0..<date.bytes.count, of: date.bytes)
            out.append("\r\n")
        }
    }

    // MARK: Unchanged fields

    /// Whether no field of the upstream's answer is changed or added, so that runs of lines can be copied.
    @inline(__always)
    private func relaysUnchanged(_ journey: borrowing Journey) -> Bool {
        let index = Int(journey.effective)
        guard tables.effectives[index].answerEdits.isEmpty, tables.effectives[index].expires.isEmpty,
            journey.headerEdits.isEmpty, journey.keptFields.isEmpty, journey.cookies.isEmpty
        else { return false }
        if !tables.effectives[index].locations.isEmpty,
            journey.answer.has(.location) || journey.answer.has(.refresh) || journey.answer.has(.contentLocation)
                || journey.answer.has(.uri)
        {
            return false
        }
        return tables.effectives[index].cookies.isEmpty || !journey.answer.has(.setCookie)
    }

    @inline(always)
    private mutating func relayLines(_ journey: inout Journey, _ out: inout ByteWriter) {
        let index = Int(journey.effective)
        let dropped = tables.effectives[index].droppedFields
        writeOwnFields(
            journey, hasServer: journey.answer.has(.server) && !dropped.contains(.server),
            hasDate: journey.answer.has(.date) && !dropped.contains(.date), &out)
        let left = Self.neverRelayed.union(dropped).union(ofGateway(journey))
        let dropsNamed = tables.effectives[index].dropsConnectionNamed
        if tables.effectives[index].dropsOtherFields {
            journey.answer.write(to: &out) { field in
                if left.contains(field.id) || (dropsNamed && field.isNamedByConnection) { return false }
                return field.id != .other || !isDropped(field.name, journey)
            }
        } else {
            journey.answer.write(to: &out, leavingOut: left, andThoseNamedByConnection: dropsNamed)
        }
    }

    /// Fields of an upstream's answer that are never passed on as they are.
    private static var neverRelayed: FieldNames { .hopByHop.with(.contentLength) }

    /// Whether a field that is not well known is dropped.
    private func isDropped(_ name: Range<Int>, _ journey: borrowing Journey) -> Bool {
        let index = Int(journey.effective)
        if isAmong(tables.effectives[index].passes, name, journey) { return false }
        return isAmong(tables.effectives[index].hides, name, journey)
            || isAmong(tables.effectives[index].controlHeaders, name, journey)
            || isAmong(tables.effectives[index].replaces, name, journey)
    }

    /// The protocol that the upstream has changed to.
    private func writeUpgrade(_ journey: borrowing Journey, _ out: inout ByteWriter) {
        if let chosen = journey.answer.value(of: .upgrade) {
            out.append("Upgrade: ")
            out.append(chosen, of: journey.answer.bytes)
            out.append("\r\n")
        }
        out.append("Connection: upgrade\r\n")
    }

    @inline(__always)
    private func writeConnection(_ journey: borrowing Journey, closes: Bool, _ out: inout ByteWriter) {
        let index = Int(journey.effective)
        let field = tables.effectives[index].keepAliveField
        if closes {
            out.append("Connection: close\r\n")
            return
        }
        if tables.effectives[index].countsDown, !journey.asksKeepAlive { return }
        if !field.isAbsent {
            out.append("Keep-Alive: ")
            out.append(field.range, of: tables.bytes)
            if tables.effectives[index].countsDown {
                out.append(", max=")
                out.appendDecimal(
                    max(0, Int64(tables.effectives[index].keepAliveRequests) - Int64(journey.requestNumber - 1)))
            }
            out.append("\r\nConnection: Keep-Alive\r\n")
        } else {
            out.append("Connection: keep-alive\r\n")
        }
    }

    private func hasField(_ name: FieldName) -> Bool {
        fields.firstIndex(of: name) != nil
    }

    // MARK: Fields before they are edited

    private mutating func collectFields(_ journey: inout Journey) {
        fields.removeAll()
        if journey.isRelayed {
            relayFields(&journey)
        } else {
            generatedFields(&journey)
        }
        for kept in journey.keptFields {
            let id = FieldName(journey.arena.span, from: Int(kept.name.start), to: Int(kept.name.end))
            // A page made here has a type of its own.
            if id == .contentType, journey.isBuiltIn { continue }
            if id == .contentType, hasField(.contentType) {
                replaceField(id, kept.value, journey)
            } else {
                fields.add(journey.arena[kept.name.range], journey.arena[kept.value.range], id: id, always: true)
            }
        }
        for cookie in journey.cookies {
            fields.add("Set-Cookie", journey.arena[cookie.range], id: .setCookie, always: true)
        }
    }

    private mutating func replaceField(_ id: FieldName, _ value: Slice, _ journey: borrowing Journey) {
        for index in fields.entries.indices where fields.entries[index].id == id {
            fields.set(index, journey.arena[value.range])
        }
    }

    /// What of the upstream's fields goes to the client.
    private mutating func relayFields(_ journey: inout Journey) {
        let effective = Int(journey.effective)
        let left = Self.neverRelayed.union(tables.effectives[effective].droppedFields).union(ofGateway(journey))
        for index in journey.answer.fields.indices {
            let field = journey.answer.fields[index]
            if left.contains(field.id) { continue }
            if field.isNamedByConnection, tables.effectives[effective].dropsConnectionNamed { continue }
            if field.id == .other, tables.effectives[effective].dropsOtherFields, isDropped(field.name, journey) {
                continue
            }
            if let mapped = mappedLocation(field, &journey, tables.effectives[effective].locations) {
                fields.add(journey.answer.bytes[field.name], journey.arena[mapped.range], id: field.id)
            } else if field.id == .setCookie, !tables.effectives[effective].cookies.isEmpty {
                let mapped = mappedCookie(field.value, &journey, tables.effectives[effective].cookies)
                fields.add(journey.answer.bytes[field.name], journey.arena[mapped.range], id: field.id)
            } else {
                fields.add(journey.answer.bytes[field.name], journey.answer.bytes[field.value], id: field.id)
            }
        }
    }

    /// Whether an upstream field is one of these names.
    private func isAmong(_ names: Span32, _ name: Range<Int>, _ journey: borrowing Journey) -> Bool {
        for index in names.range {
            let candidate = tables.names[index]
            if Int(candidate.count) == name.count,
                journey.answer.matches(name, tables.bytes[candidate.range])
            {
                return true
            }
        }
        return false
    }

    /// The fields of an answer made here.
    private mutating func generatedFields(_ journey: inout Journey) {
        if !journey.location.isAbsent {
            escapeLineEnds(&journey)
            fields.add("Location", journey.arena[journey.location.range], id: .location)
        }
        // nginx says nothing of the type of what is not there (ngx_http_header_filter).
        let isTyped =
            journey.status != 304
            && (journey.status != 204 || tables.effectives[journey.effective].indexIsLookup)
        if !journey.contentType.isAbsent, isTyped {
            fields.add("Content-Type", journey.arena[journey.contentType.range], id: .contentType)
        }
        if !journey.allow.isAbsent {
            fields.add("Allow", journey.arena[journey.allow.range], id: .allow, always: true)
        }
        if journey.challenge {
            let start = journey.arena.count
            journey.arena.append("Basic realm=\"")
            journey.repeatText(journey.realm)
            journey.arena.append(UInt8(ascii: "\""))
            let value = journey.since(start)
            fields.add("WWW-Authenticate", journey.arena[value.range], id: .wwwAuthenticate, always: true)
        }
        fileFields(&journey)
    }

    /// A location that a template made from a decoded path must not end its line.
    func escapeLineEnds(_ journey: inout Journey) {
        let location = journey.location
        guard location.range.contains(where: { endsLine(journey.arena[$0]) }) else { return }
        let start = journey.arena.count
        for index in location.range {
            let byte = journey.arena[index]
            if endsLine(byte) { journey.appendEscaped(byte) } else { journey.arena.append(byte) }
        }
        journey.location = journey.since(start)
    }

    /// nginx's range filter only speaks of ranges when it sends a whole file; httpd's says so with whatever it sends.
    ///
    /// Source: ngx_http_range_header_filter; httpd's server/core.c, default_handler.
    private func announcesRanges(_ journey: borrowing Journey) -> Bool {
        let effective = tables.effectives[journey.effective]
        return effective.maximumRanges != 0 && (effective.coalesces || journey.status == 200)
    }

    /// nginx does not date a file that stands for an error (ngx_http_header_filter); httpd dates whatever it sends.
    private func saysWhenModified(_ journey: borrowing Journey) -> Bool {
        tables.effectives[journey.effective].indexIsLookup || [200, 206, 304].contains(journey.status)
    }

    private mutating func fileFields(_ journey: inout Journey) {
        if journey.rangeStart == -2 {
            let start = journey.arena.count
            journey.arena.append("bytes */")
            journey.arena.appendDecimal(journey.file.size)
            fields.add("Content-Range", journey.arena[start..<journey.arena.count], id: .contentRange)
            return
        }
        guard journey.file.kind == .file else { return }
        if saysWhenModified(journey) {
            modified.update(to: journey.file.seconds)
            let date = modified.bytes
            fields.add("Last-Modified", date.span, id: .lastModified)
        }
        if !journey.tag.isAbsent { fields.add("ETag", journey.arena[journey.tag.range], id: .eTag) }
        if announcesRanges(journey) {
            let unit = journey.put("bytes")
            fields.add("Accept-Ranges", journey.arena[unit.range], id: .acceptRanges)
        }
        if journey.rangeStart >= 0 {
            let start = journey.arena.count
            journey.arena.append("bytes ")
            appendContentRange(journey.rangeStart..<journey.rangeEnd, journey.file.size, &journey)
            fields.add("Content-Range", journey.arena[start..<journey.arena.count], id: .contentRange)
        }
    }
}

extension Journey {
    /// How many bytes the body of an answer made here has.
    package var bodyCount: Int64 {
        switch body {
        case .none: 0
        case .text(let text): Int64(text.count)
        case .file(_, let length): length
        case .parts(let length): length
        }
    }

    /// The request only wants the head.
    package var wantsHeadOnly: Bool { isHead }
}
