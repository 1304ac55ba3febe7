internal import CScan

// Nearly every first line is one of a few forms, which are recognised by a word or two, and nearly every field line is
// already as the arena wants it. What is not exactly so is left to the rules in `HeadParser+StartLine` and
// `HeadParser+Fields`, which alone decide what is refused.

extension HeadParser {
    /// Reads field lines that are as the arena wants them, and whole; stops at the first that is not.
    ///
    /// Lines that end behind `limit` are left to the rules too. All indices lie within the input, so that sums of them
    /// and small numbers cannot overflow.
    @inline(always)
    mutating func readPlainFields(
        _ input: Span<UInt8>, _ at: inout Int, limit: Int, shift: Int, into head: inout Head,
        rules: borrowing RequestRules
    ) {
        let known = KnownNames.shared
        let (fieldLimit, fieldCount) = (rules.fieldLimit, rules.fieldCount)
        let end = min(limit, input.count)
        precondition(at >= 0)
        var line = at
        var number = lines
        while line &+ 16 <= end, number < fieldCount {
            // So many bytes are there: it was compared with `end`.
            let start = unsafe knownSixteen(input, at: line)
            if start[0] == 13 { break }
            var colon = line
            let key: NameKey
            let colons = sl_find(start, UInt8(ascii: ":"))
            if colons != 0 {
                let length = colons.trailingZeroBitCount
                colon &+= length
                key = NameKey(start, length: length)
            } else {
                // Names of up to 64 bytes are looked for; a longer one is judged slowly.
                let nameLimit = min(line &+ 64, end)
                colon = firstIndex(of: UInt8(ascii: ":"), in: input, from: line &+ 16, to: nameLimit)
                if colon == nameLimit { break }
                key = NameKey(input, line, colon)
            }
            let value = colon &+ 2
            // A colon, a blank, and the first byte of a value.
            guard colon > line, value &+ 2 <= end else { break }
            let four = unsafe knownFour(input, at: colon)
            guard four & 0xffff == 0x203a, UInt8(truncatingIfNeeded: four >> 16) > 0x20 else { break }
            let id = known.find(key)
            if id == .other, firstOdd(in: input, from: line, to: colon) < colon { break }
            let stop = firstControl(in: input, from: value, to: end)
            // No blank in front of CR and LF, behind which at least one byte more is there: the head goes on.
            guard stop &+ 2 < end, stop &- line <= fieldLimit else { break }
            let last = unsafe knownFour(input, at: stop &- 1)
            guard last >> 8 & 0xffff == 0x0a0d, UInt8(truncatingIfNeeded: last) > 0x20 else { break }
            head.note(Head.Field(start: line &+ shift, nameEnd: colon &+ shift, valueEnd: stop &+ shift, id: id))
            number &+= 1
            line = stop &+ 2
        }
        if number == lines { return }
        lines = number
        leavesOutFolds = false
        at = line
    }

    /// Reads a first line that is nothing out of the ordinary and whole; false, and the head is as it was: it is looked
    /// at closely instead.
    @inline(always)
    mutating func readPlainStart(
        _ input: Span<UInt8>, _ at: inout Int, into head: inout Head, rules: borrowing RequestRules
    ) -> Bool {
        let end =
            kind == .request
            ? plainRequestLine(input, at, limit: rules.lineLimit, into: &head)
            : plainStatusLine(input, at, limit: rules.lineLimit, into: &head)
        if end < 0 { return false }
        head.startEnd = UInt32(truncatingIfNeeded: end - at)
        at = end + 2
        isInFields = true
        return true
    }

    /// `GET`, `POST` or `HEAD`, a target without blanks and control bytes, and HTTP/1.1 or 1.0; where it ends, or -1.
    @inline(always)
    private func plainRequestLine(_ input: Span<UInt8>, _ start: Int, limit: Int, into head: inout Head) -> Int {
        guard start + 16 <= input.count else { return -1 }
        let first = word(input, at: start)
        let method: Method
        let target: Int
        if first & 0xffff_ffff == 0x2054_4547 {
            (method, target) = (.get, start + 4)
        } else if first & 0xff_ffff_ffff == 0x20_5453_4f50 {
            (method, target) = (.post, start + 5)
        } else if first & 0xff_ffff_ffff == 0x20_4441_4548 {
            (method, target) = (.head, start + 5)
        } else {
            return -1
        }
        let blank = firstBlankOrControl(in: input, from: target, to: input.count)
        // ` HTTP/1.1` and the line's end.
        guard blank > target, blank + 11 <= input.count, input[blank] == 32, input[blank + 9] == 13,
            input[blank + 10] == 10, blank + 9 - start <= limit
        else { return -1 }
        switch word(input, at: blank + 1) {
        case 0x312e_312f_5054_5448: head.version = .v11
        case 0x302e_312f_5054_5448: head.version = .v10
        default: return -1
        }
        head.method = method
        head.methodEnd = UInt32(truncatingIfNeeded: target - 1 - start)
        head.targetEnd = UInt32(truncatingIfNeeded: blank - start)
        return blank + 9
    }

    /// `HTTP/1.1 200 OK` and its like; where the line ends, or -1.
    @inline(always)
    private func plainStatusLine(_ input: Span<UInt8>, _ start: Int, limit: Int, into head: inout Head) -> Int {
        guard start + 16 <= input.count else { return -1 }
        let version: Version
        switch word(input, at: start) {
        case 0x312e_312f_5054_5448: version = .v11
        case 0x302e_312f_5054_5448: version = .v10
        default: return -1
        }
        let rest = word(input, at: start + 8)
        let (status, end) = plainStatus(input, start, rest)
        guard end >= 0, end - start <= limit else { return -1 }
        head.version = version
        head.status = status
        head.methodEnd = 12
        return end
    }

    /// The status that stands in `rest`, the eight bytes behind the version, and where its line ends, or -1.
    @inline(__always)
    private func plainStatus(_ input: Span<UInt8>, _ start: Int, _ rest: UInt64) -> (UInt16, Int) {
        // ` 200 OK` and CR.
        if rest == 0x0d4b_4f20_3030_3220, start + 16 < input.count, input[start + 16] == 10 { return (200, start + 15) }
        // A blank, three digits and a blank.
        guard rest & 0xff_0000_00ff == 0x20_0000_0020 else { return (0, -1) }
        let (hundreds, tens, units) = (rest >> 8 & 255 &- 48, rest >> 16 & 255 &- 48, rest >> 24 & 255 &- 48)
        guard hundreds &- 1 < 9, tens < 10, units < 10 else { return (0, -1) }
        let end = firstControl(in: input, from: start + 13, to: input.count)
        guard end + 1 < input.count, input[end] == 13, input[end + 1] == 10 else { return (0, -1) }
        return (UInt16(truncatingIfNeeded: hundreds * 100 + tens * 10 + units), end)
    }
}
