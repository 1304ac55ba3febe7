/// What a Range field asks for (RFC 9110, section 14.2), as the two servers read it.
enum RangeSet: Equatable {
    /// The field says nothing that counts: everything is sent.
    case whole
    /// Nothing of what is asked for is there.
    case notSatisfiable
    /// These parts, ends cut to the size.
    case parts([Range<Int64>])

    /// More ranges than any client has a use for.
    private static var limit: Int { 1000 }

    /// Reads the value of a field for a file of a size.
    ///
    /// Both servers know bytes only, and ignore ranges that say more than the whole file. With `dropsWhatIsWrong` what
    /// cannot be read ends the list and ranges that touch become one (httpd's modules/http/byterange_filter.c,
    /// ap_set_byterange); without it, what cannot be read is not satisfiable (ngx_http_range_parse).
    init(_ field: [UInt8], of size: Int64, dropsWhatIsWrong: Bool) {
        guard field.prefix(6).map({ asciiLower($0) }) == Array("bytes=".utf8) else {
            self = .whole
            return
        }
        var found: [Range<Int64>] = []
        var isBeyond = false
        for part in field.dropFirst(6).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            switch Self.read(part.filter { $0 != UInt8(ascii: " ") }, of: size) {
            case nil where dropsWhatIsWrong: self = Self.judge(Self.joined(found), isBeyond, size)
            case nil: self = .notSatisfiable
            case let range?:
                // What begins where it ends: at the start of the file nginx ignores the field, elsewhere the range.
                if range.isEmpty {
                    let endsList = dropsWhatIsWrong ? range.lowerBound < size : range.lowerBound == 0
                    if endsList {
                        self = dropsWhatIsWrong ? Self.judge(Self.joined(found), isBeyond, size) : .whole
                        return
                    }
                    isBeyond = true
                } else {
                    found.append(range)
                }
                if found.count > Self.limit {
                    self = .whole
                    return
                }
                continue
            }
            return
        }
        self = Self.judge(dropsWhatIsWrong ? Self.joined(found) : found, isBeyond || !dropsWhatIsWrong, size)
    }

    private static func judge(_ ranges: [Range<Int64>], _ isBeyond: Bool, _ size: Int64) -> RangeSet {
        if ranges.isEmpty { return isBeyond ? .notSatisfiable : .whole }
        return ranges.reduce(0) { $0 + Int64($1.count) } > size ? .whole : .parts(ranges)
    }

    /// One `first-last`, `first-` or `-count`; empty if nothing of it lies in the file, nil if it is none.
    private static func read(_ part: [UInt8], of size: Int64) -> Range<Int64>? {
        guard let dash = part.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let (first, last) = (part[..<dash], part[(dash + 1)...])
        if first.isEmpty {
            guard let count = number(last), count > 0 else { return nil }
            return max(0, size - count)..<size
        }
        guard let start = number(first) else { return nil }
        if last.isEmpty { return min(start, size)..<size }
        guard let end = number(last) else { return nil }
        if start >= size { return size..<size }
        return start..<max(start, min(end + 1, size))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard digit &- UInt8(ascii: "0") <= 9 else { return nil }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    private static func joined(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
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
}
