import Source

/// Finds words and blanks as `ngx_conf_read_token` of nginx's core/ngx_conf_file.c does.
struct NginxLexer {
    let bytes: [UInt8]
    /// Whether a quote ends with its line when the line ends in `;` or `{`: for texts in which a quote is missing.
    let endsQuotesWithLines: Bool
    private let lines: LineIndex

    init(_ bytes: [UInt8], endsQuotesWithLines: Bool) {
        self.bytes = bytes
        self.endsQuotesWithLines = endsQuotesWithLines
        lines = LineIndex(bytes)
    }

    /// A word and what is behind it.
    struct Word {
        let kind: TokenKind
        /// The offset behind the word, its closing quote included.
        let end: Int
        /// Whether the closing quote was found; true for a word without quotes.
        let isClosed: Bool
        /// The repetitions like `{2,3}` and placeholders like `{name}` that a bare word holds.
        ///
        /// nginx begins a block there.
        var braces: [Range<Int>] = []
    }

    /// The byte at an offset, nil at the end.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    /// The offset behind spaces, tabs, CR and LF.
    func afterBlanks(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, isNginxSpace(bytes[offset]) { offset += 1 }
        return offset
    }

    /// The offset behind blanks that are no line end.
    func afterSpaces(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, isNginxSpace(bytes[offset]), bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
        return offset
    }

    /// The offset of the next LF, or the end of the text.
    func lineEnd(_ offset: Int) -> Int {
        bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }

    /// The offset of the first byte of the line that holds an offset.
    func lineStart(_ offset: Int) -> Int {
        offset - lines.position(of: offset).column + 1
    }

    /// The number of blanks that the line of an offset begins with; more than a thousand count as a thousand.
    func indentation(_ offset: Int) -> Int {
        let start = lineStart(offset)
        var end = start
        while end < bytes.count, end - start < 1000, isNginxSpace(bytes[end]), bytes[end] != UInt8(ascii: "\n") {
            end += 1
        }
        return end - start
    }

    /// Whether only blanks, less than a thousand, are before an offset on its line.
    func isFirstOnLine(_ offset: Int) -> Bool {
        indentation(offset) == offset - lineStart(offset)
    }

    /// The word that begins at an offset, where there is neither blank nor `;`, `{`, `}` or `#`.
    func word(_ start: Int) -> Word {
        let first = bytes[start]
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return quoted(start, quote: first) }
        var offset = start
        var isVariable = false
        var braces: [Range<Int>] = []
        while let byte = byte(offset) {
            if byte == UInt8(ascii: "{"), isVariable {
                offset += 1
                continue
            }
            isVariable = byte == UInt8(ascii: "$")
            if byte == UInt8(ascii: "\\") {
                offset = min(offset + 2, bytes.count)
            } else if byte == UInt8(ascii: "{"), let end = wordBraceEnd(offset, isInside: offset > start) {
                braces.append(offset..<end)
                offset = end
            } else if isNginxSpace(byte) || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "{") {
                break
            } else {
                offset += 1
            }
        }
        return Word(kind: .bare, end: offset, isClosed: true, braces: braces)
    }

    private func quoted(_ start: Int, quote: UInt8) -> Word {
        let kind: TokenKind = quote == UInt8(ascii: "\"") ? .doubleQuoted : .singleQuoted
        var offset = start + 1
        var isFirstLine = true
        while let byte = byte(offset) {
            if byte == quote { return Word(kind: kind, end: offset + 1, isClosed: true) }
            if byte == UInt8(ascii: "\n"), isFirstLine {
                isFirstLine = false
                if endsQuotesWithLines, let end = statementEnd(from: start, before: offset) {
                    return Word(kind: kind, end: end, isClosed: false)
                }
            }
            offset += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        if endsQuotesWithLines, let end = statementEnd(from: start, before: bytes.count) {
            return Word(kind: kind, end: end, isClosed: false)
        }
        return Word(kind: kind, end: bytes.count, isClosed: false)
    }

    /// The place of the `;` or `{` that a line ends in, nil when it ends in something else.
    private func statementEnd(from start: Int, before lineEnd: Int) -> Int? {
        var end = lineEnd
        while end > start + 1, isNginxSpace(bytes[end - 1]) { end -= 1 }
        guard end > start + 1 else { return nil }
        if bytes[end - 1] == UInt8(ascii: ";") { return end - 1 }
        guard bytes[end - 1] == UInt8(ascii: "{") else { return nil }
        end -= 1
        while end > start + 1, isNginxSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    /// The end of braces that can only be meant as part of a word, nil when they can be a block.
    func wordBraceEnd(_ start: Int, isInside: Bool) -> Int? {
        (isInside ? repetitionEnd(start) : nil) ?? placeholderEnd(start)
    }

    /// The end of `{some text}` that is followed by `;` or glued to more text: no block is closed so.
    private func placeholderEnd(_ start: Int) -> Int? {
        var offset = start + 1
        var isEmpty = true
        while let byte = byte(offset), byte != UInt8(ascii: "}") {
            guard byte != UInt8(ascii: ";"), byte != UInt8(ascii: "{"), byte != UInt8(ascii: "\n"), offset - start < 200
            else { return nil }
            isEmpty = isEmpty && isNginxSpace(byte)
            offset += 1
        }
        guard !isEmpty, let next = byte(offset + 1), !isNginxSpace(next) else { return nil }
        return next == UInt8(ascii: "}") || next == UInt8(ascii: "{") || next == UInt8(ascii: "#") ? nil : offset + 1
    }

    /// The end of `{2}`, `{2,}` or `{2,3}` at an offset, nil when something else is there.
    private func repetitionEnd(_ start: Int) -> Int? {
        var offset = start + 1
        let digits = offset
        while let byte = byte(offset), isDigit(byte) { offset += 1 }
        guard offset > digits else { return nil }
        if byte(offset) == UInt8(ascii: ",") {
            offset += 1
            while let byte = byte(offset), isDigit(byte) { offset += 1 }
        }
        return byte(offset) == UInt8(ascii: "}") ? offset + 1 : nil
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

/// Whether a byte separates words.
@inline(__always)
func isNginxSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
}
