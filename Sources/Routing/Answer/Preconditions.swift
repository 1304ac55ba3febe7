import HTTP
import IR
import System

/// Conditional requests and ranges (RFC 9110, sections 13 and 14).
extension Decider {
    /// The status that a precondition leads to; nil: all hold.
    mutating func precondition(_ journey: inout Journey) -> Int32? {
        let modified = tables.effectives[journey.effective].modified
        if let value = journey.request.value(of: .ifMatch) {
            if !tagIsAmong(value, weak: false, journey) { return 412 }
        } else if let value = journey.request.value(of: .ifUnmodifiedSince),
            let date = HTTPDate.parse(journey.request.bytes.span.extracting(value), now: journey.now.seconds),
            journey.file.seconds > date
        {
            return 412
        }
        if let value = journey.request.value(of: .ifNoneMatch) {
            if tagIsAmong(value, weak: true, journey) { return journey.isGet || journey.isHead ? 304 : 412 }
            return nil
        }
        guard journey.isGet || journey.isHead, modified != .off,
            let value = journey.request.value(of: .ifModifiedSince),
            let date = HTTPDate.parse(journey.request.bytes.span.extracting(value), now: journey.now.seconds)
        else { return nil }
        if modified == .exact { return journey.file.seconds == date ? 304 : nil }
        // A date that is still to come says nothing; one of the last minute is too coarse for a part of a file.
        // Source: httpd's modules/http/http_protocol.c, ap_condition_if_modified_since.
        guard journey.file.seconds <= date, date <= journey.now.seconds else { return nil }
        return journey.now.seconds < journey.file.seconds + 60 && journey.request.has(.range) ? nil : 304
    }

    /// The status that a precondition leads to for an answer without date and tag; nil: all hold.
    func preconditionWithoutFile(_ journey: borrowing Journey) -> Int32? {
        func isAnything(_ name: FieldName) -> Bool? {
            journey.request.value(of: name).map {
                $0.count == 1 && journey.request.bytes[$0.lowerBound] == UInt8(ascii: "*")
            }
        }
        if journey.request.has(.ifUnmodifiedSince) { return 412 }
        if isAnything(.ifMatch) == false { return 412 }
        return isAnything(.ifNoneMatch) == true && !journey.request.has(.ifModifiedSince) ? 304 : nil
    }

    /// Whether the file's tag is in a list, or the list is `*`.
    private func tagIsAmong(_ value: Range<Int>, weak: Bool, _ journey: borrowing Journey) -> Bool {
        if value.count == 1, journey.request.bytes[value.lowerBound] == UInt8(ascii: "*") { return true }
        if journey.tag.isAbsent { return false }
        var tag = journey.tag.range
        if journey.begins(journey.tag, with: UInt8(ascii: "W")) {
            if !weak { return false }
            tag = tag.dropFirst(2)
        }
        var found = false
        journey.request.forEachElement(of: value) { element in
            var start = element.lowerBound
            if weak, element.count > 2, journey.request.bytes[start] == UInt8(ascii: "W"),
                journey.request.bytes[start + 1] == UInt8(ascii: "/")
            {
                start += 2
            }
            if same(journey.request.bytes[start..<element.upperBound], journey.arena[tag]) { found = true }
        }
        return found
    }

    /// Answers with the ranges that are asked for; nil: with the whole file, or the ranges are set.
    mutating func ranges(_ journey: inout Journey) -> Step? {
        guard let value = journey.request.value(of: .range), rangeStillHolds(&journey) else { return nil }
        let effective = tables.effectives[journey.effective]
        let text = journey.request.bytes.array(value)
        let asked = RangeSet(text, of: journey.file.size, dropsWhatIsWrong: effective.coalesces)
        let wanted: [Range<Int64>]
        switch asked {
        case .whole: return nil
        case .notSatisfiable: return notSatisfiable(&journey)
        case .parts(let parts): wanted = parts
        }
        if effective.maximumRanges >= 0, wanted.count > Int(effective.maximumRanges) { return nil }
        journey.status = 206
        if wanted.count == 1 {
            journey.rangeStart = wanted[0].lowerBound
            journey.rangeEnd = wanted[0].upperBound
            journey.body = .file(offset: wanted[0].lowerBound, length: Int64(wanted[0].count))
        } else {
            multipart(wanted, &journey)
        }
        return nil
    }

    private mutating func notSatisfiable(_ journey: inout Journey) -> Step {
        let size = journey.file.size
        let step = fail(&journey, 416)
        if journey.status == 416 {
            // httpd's page says nothing of the size (the byte range filter's field is lost with the first answer).
            journey.rangeStart = tables.effectives[journey.effective].indexIsLookup ? -1 : -2
            journey.file.size = size
        }
        return step
    }

    /// If-Range: the ranges are of the file as the client knows it.
    private func rangeStillHolds(_ journey: inout Journey) -> Bool {
        guard let value = journey.request.value(of: .ifRange) else { return true }
        if journey.request.bytes[value.lowerBound] == UInt8(ascii: "\"") {
            return tagIsAmong(value, weak: false, journey)
        }
        guard let date = HTTPDate.parse(journey.request.bytes[value], now: journey.now.seconds) else { return false }
        return journey.file.seconds == date
    }

    private mutating func multipart(_ ranges: [Range<Int64>], _ journey: inout Journey) {
        let boundary = "sluice-\(journey.now.seconds)-\(journey.connection.number)"
        var total: Int64 = 0
        journey.parts.removeAll(keepingCapacity: true)
        for range in ranges {
            let start = journey.arena.count
            journey.arena.append("\r\n--")
            journey.arena.append(contentsOf: boundary.utf8)
            if !journey.contentType.isAbsent {
                journey.arena.append("\r\nContent-Type: ")
                journey.repeatText(journey.contentType)
            }
            journey.arena.append("\r\nContent-Range: bytes ")
            appendContentRange(range, journey.file.size, &journey)
            journey.arena.append("\r\n\r\n")
            let part = BodyPart(text: journey.since(start), offset: range.lowerBound, length: Int64(range.count))
            journey.parts.append(part)
            total += Int64(part.text.count) + part.length
        }
        let start = journey.arena.count
        journey.arena.append("\r\n--")
        journey.arena.append(contentsOf: boundary.utf8)
        journey.arena.append("--\r\n")
        let end = BodyPart(text: journey.since(start), offset: 0, length: 0)
        journey.parts.append(end)
        total += Int64(end.text.count)
        journey.contentType = journey.put("multipart/byteranges; boundary=\(boundary)".utf8)
        journey.body = .parts(length: total)
    }

    /// Puts `first-last/size` behind the arena's end.
    func appendContentRange(_ range: Range<Int64>, _ size: Int64, _ journey: inout Journey) {
        journey.arena.appendDecimal(range.lowerBound)
        journey.arena.append(UInt8(ascii: "-"))
        journey.arena.appendDecimal(range.upperBound - 1)
        journey.arena.append(UInt8(ascii: "/"))
        journey.arena.appendDecimal(size)
    }
}
