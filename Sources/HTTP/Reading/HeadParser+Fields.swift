extension HeadParser {
    /// Reads one field line, or the empty line that ends the head, once it is whole.
    @inline(never)
    mutating func readField(
        _ input: Span<UInt8>, _ at: inout Int, run: inout Run, into head: inout Head, rules: borrowing RequestRules
    ) -> Outcome {
        let line = at
        guard let content = wholeLine(input, from: line) else {
            return isTooLong(input, from: line, limit: rules.fieldLimit)
                ? .refused(.fieldTooLong, rules.fieldTooLong) : .partial
        }
        if content.end - line > rules.fieldLimit { return .refused(.fieldTooLong, rules.fieldTooLong) }
        if !content.hasCR, rules.bareLF != .accept { return .refused(.bareLF, status(of: rules.bareLF)) }
        if content.end == line {
            at = content.next
            return .end
        }
        run.flush(input, upTo: line, into: &head)
        defer { run.begin(at: at, head) }
        at = content.next
        if isBlank(input[line]) { return unfold(input, line, content.end, into: &head, rules: rules) }
        if lines >= rules.fieldCount { return .refused(.tooManyFields, rules.tooManyFields) }
        lines += 1
        leavesOutFolds = false
        let colon = firstIndex(of: UInt8(ascii: ":"), in: input, from: line, to: content.end)
        if colon == content.end { return .refused(.fieldWithoutColon, 400) }
        switch judgeName(input, line, colon, rules: rules) {
        case .next: break
        case .partial:
            leavesOutFolds = true
            return .next
        case let other: return other
        }
        let value = trimmed(input, colon + 1, content.end)
        switch judgeValue(input, value.lowerBound, value.upperBound, rules: rules) {
        case .next: head.add(input.extracting(line..<colon), input.extracting(value))
        case .partial: leavesOutFolds = true
        case let other: return other
        }
        return .next
    }

    /// Joins a line that starts with white space to the field before it.
    private func unfold(
        _ input: Span<UInt8>, _ line: Int, _ end: Int, into head: inout Head, rules: borrowing RequestRules
    ) -> Outcome {
        if rules.folding != .accept || lines == 0 { return .refused(.folding, status(of: rules.folding)) }
        if leavesOutFolds { return .next }
        guard let last = head.fields.indices.last else { return .refused(.folding, 400) }
        // A folded length or host could be read differently by whoever comes next.
        switch head.fields[last].id {
        case .contentLength, .transferEncoding, .host, .connection: return .refused(.folding, 400)
        default: break
        }
        let value = trimmed(input, line, end)
        switch judgeValue(input, value.lowerBound, value.upperBound, rules: rules) {
        case .next: break
        case .partial: return .refused(.controlByte, 400)
        case let other: return other
        }
        if value.isEmpty { return .next }
        head.bytes.removeLast(2)
        if head.fields[last].value.isEmpty == false { head.bytes.append(32) }
        head.append(input.extracting(value))
        let valueEnd = head.bytes.count
        head.endLine()
        head.fields[last].valueEnd = UInt32(truncatingIfNeeded: valueEnd)
        return head.fields[last].line.count - 2 > rules.fieldLimit ? .refused(.fieldTooLong, rules.fieldTooLong) : .next
    }

    /// `.next` for a name that is kept, `.partial` for one whose field is left out.
    private func judgeName(_ input: Span<UInt8>, _ start: Int, _ end: Int, rules: borrowing RequestRules) -> Outcome {
        if start == end { return .refused(.badFieldName, 400) }
        var isOdd = false
        var hasUnderscore = false
        for index in start..<end {
            let byte = input[index]
            if byte == UInt8(ascii: "_") {
                hasUnderscore = true
            } else if !isPlain(byte) {
                // White space and controls in a name hide fields from one reader and show them to the next.
                if byte <= 32 || byte == 127 { return .refused(.badFieldName, 400) }
                if !isToken(byte), rules.oddHeaderNames != .drop { return .refused(.badFieldName, 400) }
                isOdd = true
            }
        }
        if isOdd, rules.oddHeaderNames != .accept {
            return rules.oddHeaderNames == .drop ? .partial : .refused(.oddFieldName, status(of: rules.oddHeaderNames))
        }
        if hasUnderscore, rules.underscores != .accept {
            return rules.underscores == .drop ? .partial : .refused(.underscore, status(of: rules.underscores))
        }
        return .next
    }

    /// `.next` for a value that is kept, `.partial` for one whose field is left out.
    private func judgeValue(_ input: Span<UInt8>, _ start: Int, _ end: Int, rules: borrowing RequestRules) -> Outcome {
        var index = start
        while index < end {
            index = firstControl(in: input, from: index, to: end)
            if index == end { break }
            if input[index] == 13 { return .refused(.bareCR, 400) }
            if input[index] == 0 { return .refused(.controlByte, 400) }
            switch rules.controlBytes {
            case .accept: index += 1
            case .drop: return .partial
            case .answer(let status): return .refused(.controlByte, status)
            }
        }
        return .next
    }

    /// A line without its end, or nil when the end has not come yet.
    func wholeLine(_ input: Span<UInt8>, from line: Int) -> (end: Int, next: Int, hasCR: Bool)? {
        let newline = firstIndex(of: 10, in: input, from: line, to: input.count)
        if newline == input.count { return nil }
        let hasCR = newline > line && input[newline - 1] == 13
        return (hasCR ? newline - 1 : newline, newline + 1, hasCR)
    }

    /// Whether an unfinished line is already longer than its limit; a CR at the end may be the start of its end.
    func isTooLong(_ input: Span<UInt8>, from line: Int, limit: Int) -> Bool {
        let length = input.count - line
        return length > limit + 1 || (length == limit + 1 && input[input.count - 1] != 13)
    }

    func status(of leniency: Leniency) -> UInt16 {
        if case .answer(let status) = leniency { return status }
        return 400
    }

    private func trimmed(_ input: Span<UInt8>, _ start: Int, _ end: Int) -> Range<Int> {
        var (start, end) = (start, end)
        while start < end, isBlank(input[start]) { start += 1 }
        while end > start, isBlank(input[end - 1]) { end -= 1 }
        return start..<end
    }
}

/// Whether the byte is a letter, a digit or a hyphen.
@inline(__always)
private func isPlain(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == 45
}
