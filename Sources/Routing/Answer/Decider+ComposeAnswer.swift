import HTTP
import IR
import System

/// How the head of an answer is written.
extension Decider {
    /// Puts the answer's head, with its empty line, behind `out`.
    ///
    /// After `.respond` the body's length is `journey.bodyCount`; after `.relay` the framing is the runtime's choice.
    /// `closes`: the client's connection is closed behind this answer.
    package mutating func composeAnswer(
        _ journey: inout Journey, framing: AnswerFraming, closes: Bool, into out: inout [UInt8]
    ) {
        let effective = tables.effectives[Int(journey.effective)]
        collectFields(&journey, effective)
        // nginx says how long an answer is fresh before it adds fields; Apache does so behind all edits.
        if !effective.expires.isEmpty, !effective.indexIsLookup { addExpiry(&journey, effective) }
        if !effective.answerEdits.isEmpty || !journey.headerEdits.isEmpty { editFields(&journey, effective) }
        if !effective.expires.isEmpty, effective.indexIsLookup { addExpiry(&journey, effective) }
        writeStatusLine(&journey, &out)
        writeOwnFields(&journey, effective, &out)
        fields.write(to: &out)
        switch framing {
        case .none, .untilClose: break
        case .length(let count):
            out.append("Content-Length: ")
            out.appendDecimal(count)
            out.append("\r\n")
        case .chunked: out.append("Transfer-Encoding: chunked\r\n")
        }
        writeConnection(journey, effective, closes: closes || framing == .untilClose, &out)
        out.append("\r\n")
    }

    private func writeStatusLine(_ journey: inout Journey, _ out: inout [UInt8]) {
        out.append("HTTP/1.1 ")
        let status = journey.status
        for divisor in [100, 10, 1] as [Int32] {
            out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: status / divisor % 10))
        }
        out.append(UInt8(ascii: " "))
        if journey.isRelayed, Int32(journey.answer.status) == status, !journey.answer.reason.isEmpty {
            out.append(contentsOf: journey.answer.bytes[journey.answer.reason])
        } else {
            let start = journey.arena.count
            appendReason(status, &journey)
            out.append(contentsOf: journey.arena[start...])
            journey.arena.removeLast(journey.arena.count - start)
        }
        out.append("\r\n")
    }

    /// Server and Date, unless the upstream's are passed on.
    private mutating func writeOwnFields(_ journey: inout Journey, _ effective: Effective, _ out: inout [UInt8]) {
        if !hasField(.server), !effective.serverName.isAbsent {
            out.append("Server: ")
            out.append(contentsOf: tables.bytes[effective.serverName.range])
            out.append("\r\n")
        }
        if !hasField(.date) {
            date.update(to: journey.now.seconds)
            out.append("Date: ")
            out.append(contentsOf: date.bytes)
            out.append("\r\n")
        }
    }

    private func writeConnection(
        _ journey: borrowing Journey, _ effective: Effective, closes: Bool, _ out: inout [UInt8]
    ) {
        if closes {
            out.append("Connection: close\r\n")
            return
        }
        if !effective.keepAliveField.isAbsent {
            out.append("Keep-Alive: ")
            out.append(contentsOf: tables.bytes[effective.keepAliveField.range])
            if effective.keepAliveRequests > 0 {
                out.append(", max=")
                out.appendDecimal(max(0, Int64(effective.keepAliveRequests) - Int64(journey.requestNumber)))
            }
            out.append("\r\nConnection: Keep-Alive\r\n")
        } else {
            out.append("Connection: keep-alive\r\n")
        }
    }

    private func hasField(_ name: FieldName) -> Bool {
        fields.entries.contains { $0.id == name && !$0.isRemoved }
    }

    // MARK: Fields before they are edited

    private mutating func collectFields(_ journey: inout Journey, _ effective: Effective) {
        fields.removeAll()
        if journey.isRelayed {
            relayFields(&journey, effective)
        } else {
            generatedFields(&journey)
        }
        for kept in journey.keptFields {
            let id = FieldName(journey.arena.span, from: Int(kept.name.start), to: Int(kept.name.end))
            if id == .contentType, hasField(.contentType) {
                replaceField(id, kept.value, journey)
            } else {
                fields.add(journey.arena[kept.name.range], journey.arena[kept.value.range], id: id, always: true)
            }
        }
        for cookie in journey.cookies {
            fields.add("Set-Cookie".utf8, journey.arena[cookie.range], id: .setCookie, always: true)
        }
    }

    private mutating func replaceField(_ id: FieldName, _ value: Slice, _ journey: borrowing Journey) {
        for index in fields.entries.indices where fields.entries[index].id == id {
            fields.set(index, journey.arena[value.range])
        }
    }

    /// What of the upstream's fields goes to the client.
    private mutating func relayFields(_ journey: inout Journey, _ effective: Effective) {
        for index in journey.answer.fields.indices {
            let field = journey.answer.fields[index]
            if FieldNames.hopByHop.contains(field.id) || field.id == .contentLength { continue }
            if effective.dropsConnectionNamed, field.isNamedByConnection { continue }
            let name = field.name
            if isAmong(effective.hides, name, journey) || isAmong(effective.controlHeaders, name, journey)
                || isAmong(effective.replaces, name, journey)
            {
                if !isAmong(effective.passes, name, journey) { continue }
            }
            let bytes = journey.answer.bytes
            if !effective.locations.isEmpty, let mapped = mappedLocation(field, &journey, effective.locations) {
                fields.add(bytes[name], journey.arena[mapped.range], id: field.id)
            } else if field.id == .setCookie, !effective.cookies.isEmpty {
                let mapped = mappedCookie(field.value, &journey, effective.cookies)
                fields.add(bytes[name], journey.arena[mapped.range], id: field.id)
            } else {
                fields.add(bytes[name], bytes[field.value], id: field.id)
            }
        }
    }

    /// Whether an upstream field is one of these names.
    private func isAmong(_ names: Span32, _ name: Range<Int>, _ journey: borrowing Journey) -> Bool {
        for index in names.range {
            let candidate = tables.names[index]
            if Int(candidate.count) == name.count,
                journey.answer.matches(name, tables.bytes.span.extracting(candidate.range))
            {
                return true
            }
        }
        return false
    }

    /// The fields of an answer made here.
    private mutating func generatedFields(_ journey: inout Journey) {
        if !journey.location.isAbsent {
            fields.add("Location".utf8, journey.arena[journey.location.range], id: .location)
        }
        if !journey.contentType.isAbsent, journey.status != 304 {
            fields.add("Content-Type".utf8, journey.arena[journey.contentType.range], id: .contentType)
        }
        if !journey.allow.isAbsent {
            fields.add("Allow".utf8, journey.arena[journey.allow.range], id: .allow, always: true)
        }
        if journey.challenge {
            let realm = text(tables.effectives[Int(journey.effective)].realm, &journey)
            let start = journey.arena.count
            journey.arena.append("Basic realm=\"")
            journey.repeatText(realm)
            journey.arena.append(UInt8(ascii: "\""))
            let value = journey.since(start)
            fields.add("WWW-Authenticate".utf8, journey.arena[value.range], id: .wwwAuthenticate, always: true)
        }
        fileFields(&journey)
    }

    /// nginx's range filter only speaks of ranges when it sends a whole file; httpd's says so with whatever it sends.
    ///
    /// Source: ngx_http_range_header_filter; httpd's server/core.c, default_handler.
    private func announcesRanges(_ journey: borrowing Journey) -> Bool {
        let effective = tables.effectives[Int(journey.effective)]
        if journey.status == 304 || effective.maximumRanges == 0 { return false }
        return effective.coalesces || journey.status == 200
    }

    private mutating func fileFields(_ journey: inout Journey) {
        if journey.rangeStart == -2 {
            let start = journey.arena.count
            journey.arena.append("bytes */")
            journey.arena.appendDecimal(journey.file.size)
            fields.add("Content-Range".utf8, journey.arena[start...], id: .contentRange)
            return
        }
        guard journey.file.kind == .file else { return }
        let modified = journey.arena.count
        HTTPDate.append(journey.file.seconds, to: &journey.arena)
        fields.add("Last-Modified".utf8, journey.arena[modified...], id: .lastModified)
        if !journey.tag.isAbsent { fields.add("ETag".utf8, journey.arena[journey.tag.range], id: .eTag) }
        if announcesRanges(journey) {
            fields.add("Accept-Ranges".utf8, "bytes".utf8, id: .acceptRanges)
        }
        if journey.rangeStart >= 0 {
            let start = journey.arena.count
            journey.arena.append("bytes ")
            appendContentRange(journey.rangeStart..<journey.rangeEnd, journey.file.size, &journey)
            fields.add("Content-Range".utf8, journey.arena[start...], id: .contentRange)
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
