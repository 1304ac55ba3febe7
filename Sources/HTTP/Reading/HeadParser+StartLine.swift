extension HeadParser {
    /// Reads the first line.
    mutating func readStart(
        _ input: Span<UInt8>, _ at: inout Int, run: inout Run, into head: inout Head, rules: borrowing RequestRules
    ) -> Outcome {
        let start = at
        if kind == .request {
            // Empty lines before a request are left over from a body of long ago (RFC 9112, section 2.2).
            while at < input.count, input[at] == 10 || input[at] == 13 {
                if input[at] == 13 {
                    if at + 1 == input.count { return .partial }
                    if input[at + 1] != 10 { return .refused(.badStartLine, 400) }
                    at += 1
                } else if rules.bareLF != .accept {
                    return .refused(.bareLF, status(of: rules.bareLF))
                }
                at += 1
                if taken + at - start > rules.totalLimit { return .refused(.headTooLarge, rules.headTooLarge) }
            }
        }
        guard let line = wholeLine(input, from: at) else {
            return isTooLong(input, from: at, limit: rules.lineLimit)
                ? .refused(.lineTooLong, rules.lineTooLong) : .partial
        }
        if line.end - at > rules.lineLimit { return .refused(.lineTooLong, rules.lineTooLong) }
        if !line.hasCR, rules.bareLF != .accept { return .refused(.bareLF, status(of: rules.bareLF)) }
        let outcome =
            kind == .request
            ? readRequestLine(input, at, line.end, into: &head, rules: rules)
            : readStatusLine(input, at, line.end, into: &head)
        head.startEnd = UInt32(truncatingIfNeeded: line.end - at)
        if line.hasCR {
            // The line is as the arena wants it, so it is the beginning of the first run.
            run.begin(at: at, head)
        } else {
            head.append(input.extracting(at..<line.end))
            head.endLine()
            run.begin(at: line.next, head)
        }
        at = line.next
        isInFields = true
        return outcome
    }

    private func readRequestLine(
        _ input: Span<UInt8>, _ start: Int, _ end: Int, into head: inout Head, rules: borrowing RequestRules
    ) -> Outcome {
        var index = start
        var hasSmallLetter = false
        while index < end, isToken(input[index]) {
            if input[index] &- 97 < 26 { hasSmallLetter = true }
            index += 1
        }
        if index == start || index == end || input[index] != 32 { return .refused(.badStartLine, 400) }
        head.method = Method(input, from: start, to: index)
        head.methodEnd = UInt32(truncatingIfNeeded: index - start)
        index += 1
        let target = index
        index = firstIndex(of: 32, in: input, from: target, to: end)
        head.targetEnd = UInt32(truncatingIfNeeded: index - start)
        if index == target || hasControl(input, target, index) { return .refused(.badStartLine, 400) }
        if hasSmallLetter, rules.lowerCaseMethod != .accept {
            return .refused(.lowerCaseMethod, status(of: rules.lowerCaseMethod))
        }
        if head.method == .other, rules.unknownMethod != .accept {
            return .refused(.unknownMethod, status(of: rules.unknownMethod))
        }
        if index == end {
            // HTTP/0.9 knows nothing but GET, and its head ends here.
            head.version = .v09
            if head.method != .get { return .refused(.badStartLine, 400) }
            return rules.missingVersion == .accept ? .end : .refused(.missingVersion, status(of: rules.missingVersion))
        }
        guard let version = version(input, index + 1, end) else { return .refused(.badStartLine, 400) }
        head.version = version.major == 1 && version.minor == 0 ? .v10 : .v11
        if version.major > 1, rules.laterVersion != .accept {
            return .refused(.laterVersion, status(of: rules.laterVersion))
        }
        return .next
    }

    private func readStatusLine(_ input: Span<UInt8>, _ start: Int, _ end: Int, into head: inout Head) -> Outcome {
        // `HTTP/1.1 200` and, unless that is all, a space and any words.
        guard end - start >= 12, let version = version(input, start, start + 8), version.major == 1,
            input[start + 8] == 32, end == start + 12 || input[start + 12] == 32
        else { return .refused(.badStartLine, 502) }
        var status: UInt16 = 0
        for index in start + 9..<start + 12 {
            guard input[index] &- 48 < 10 else { return .refused(.badStartLine, 502) }
            status = status * 10 + UInt16(input[index] - 48)
        }
        guard status >= 100, !hasControl(input, start, end) else { return .refused(.badStartLine, 502) }
        head.status = status
        head.version = version.minor == 0 ? .v10 : .v11
        head.methodEnd = 12
        return .next
    }

    /// `HTTP/` with a digit, a point and one to three digits.
    private func version(_ input: Span<UInt8>, _ start: Int, _ end: Int) -> (major: Int, minor: Int)? {
        guard end - start >= 8, end - start <= 10 else { return nil }
        let eight = word(input, at: start)
        // The first six bytes are `HTTP/` and, below, the digits and the point.
        guard eight & 0xff_ffff_ffff == 0x2f_5054_5448, eight >> 48 & 255 == 46 else { return nil }
        let major = UInt8(truncatingIfNeeded: eight >> 40) &- 48
        guard major >= 1, major < 10 else { return nil }
        var minor = 0
        for index in start + 7..<end {
            guard input[index] &- 48 < 10 else { return nil }
            minor = minor * 10 + Int(input[index] - 48)
        }
        return (Int(major), minor)
    }

    private func hasControl(_ input: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        if firstControl(in: input, from: start, to: end) < end { return true }
        // A status line may hold a HTAB in its words; a target may not.
        return kind == .request && firstIndex(of: 9, in: input, from: start, to: end) < end
    }
}
