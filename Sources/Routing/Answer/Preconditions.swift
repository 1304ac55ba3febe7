import HTTP
import IR
import System

/// Conditional requests and ranges (RFC 9110, sections 13 and 14).
extension Decider {
    /// The status that a precondition leads to; nil: all hold.
    mutating func precondition(_ journey: inout Journey) -> Int32? {
        let modified = tables.effectives[Int(journey.effective)].modified
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
        return (modified == .exact ? journey.file.seconds == date : journey.file.seconds <= date) ? 304 : nil
    }

    /// Whether the file's tag is in a list, or the list is `*`.
    private func tagIsAmong(_ value: Range<Int>, weak: Bool, _ journey: borrowing Journey) -> Bool {
        let bytes = journey.request.bytes
        if value.count == 1, bytes[value.lowerBound] == UInt8(ascii: "*") { return true }
        if journey.tag.isAbsent { return false }
        let tag = journey.tag.range
        var found = false
        journey.request.forEachElement(of: value) { element in
            var start = element.lowerBound
            if weak, element.count > 2, bytes[start] == UInt8(ascii: "W"), bytes[start + 1] == UInt8(ascii: "/") {
                start += 2
            }
            if element.upperBound - start == tag.count,
                bytes[start..<element.upperBound].elementsEqual(journey.arena[tag])
            {
                found = true
            }
        }
        return found
    }

    /// Answers with the ranges that are asked for; nil: with the whole file.
    mutating func ranges(_ journey: inout Journey) -> Step? {
        guard journey.isGet, let value = journey.request.value(of: .range), rangeStillHolds(&journey) else {
            return nil
        }
        let effective = tables.effectives[Int(journey.effective)]
        guard var wanted = readRanges(value, journey) else { return nil }
        if effective.maximumRanges >= 0, wanted.count > Int(effective.maximumRanges) { return nil }
        wanted = wanted.filter { $0.lowerBound < journey.file.size }
        if wanted.isEmpty {
            journey.rangeStart = -2
            return notSatisfiable(&journey)
        }
        if effective.coalesces { wanted = coalesced(wanted) }
        // Ranges that say the file many times over are an attack: the whole file is cheaper.
        if wanted.reduce(0, { $0 + Int64($1.count) }) > journey.file.size * 2, wanted.count > 1 { return nil }
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
            journey.rangeStart = -2
            journey.file.size = size
        }
        return step
    }

    /// If-Range: the ranges are of the file as the client knows it.
    private func rangeStillHolds(_ journey: inout Journey) -> Bool {
        guard let value = journey.request.value(of: .ifRange) else { return true }
        let bytes = journey.request.bytes
        if bytes[value.lowerBound] == UInt8(ascii: "\"") { return tagIsAmong(value, weak: false, journey) }
        guard let date = HTTPDate.parse(bytes.span.extracting(value), now: journey.now.seconds) else { return false }
        return journey.file.seconds == date
    }

    /// The ranges of a Range field, ends cut to the file; nil: the field is none that is understood.
    private func readRanges(_ value: Range<Int>, _ journey: borrowing Journey) -> [Range<Int64>]? {
        let text = Array(journey.request.bytes[value])
        guard text.starts(with: "bytes=".utf8) else { return nil }
        let size = journey.file.size
        var ranges: [Range<Int64>] = []
        for part in text.dropFirst(6).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: true) {
            let trimmed = part.filter { $0 != UInt8(ascii: " ") && $0 != 9 }
            guard let dash = trimmed.firstIndex(of: UInt8(ascii: "-")) else { return nil }
            let (first, last) = (number(trimmed[..<dash]), number(trimmed[(dash + 1)...]))
            switch (first, last, dash == 0, dash == trimmed.count - 1) {
            case (let first?, let last?, false, false):
                guard first <= last else { return nil }
                ranges.append(first..<max(first, min(last + 1, max(size, first))))
            case (let first?, _, false, true): ranges.append(first..<max(first, size))
            case (_, let last?, true, false):
                if last == 0 { continue }
                ranges.append(max(0, size - last)..<size)
            default: return nil
            }
            if ranges.count > 1000 { return nil }
        }
        return ranges
    }

    private func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit &- UInt8(ascii: "0") <= 9 else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private func coalesced(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
        var result: [Range<Int64>] = []
        for range in ranges {
            if let last = result.last, range.lowerBound <= last.upperBound, range.upperBound >= last.lowerBound {
                result[result.count - 1] =
                    min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
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
