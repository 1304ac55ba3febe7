/// Writes diagnostics for people: place, message, the source line with a caret, and what to do.
package struct TextRendering: Sendable {
    private let sources: SourceMap
    private let paint: Paint
    private let width: Int

    /// Makes a rendering; `isColoured` adds ANSI colours, `width` is the longest source excerpt in characters.
    package init(sources: SourceMap, isColoured: Bool = false, width: Int = 100) {
        self.sources = sources
        self.width = max(width, 20)
        paint = Paint(isOn: isColoured)
    }

    /// All diagnostics one below the other, an empty line between them, with a line end behind the last.
    package func text(_ diagnostics: some Sequence<Diagnostic>) -> String {
        diagnostics.map(text(of:)).joined(separator: "\n")
    }

    /// One diagnostic with a line end behind each of its lines.
    package func text(of diagnostic: Diagnostic) -> String {
        var lines: [String] = []
        let head = "\(paint.severity(diagnostic.severity)) \(paint.bold(printable(diagnostic.message)))"
        let prefix = diagnostic.range.map { paint.bold(place(of: $0)) + " " } ?? ""
        lines.append("\(prefix)\(head) [\(diagnostic.rule)]")
        if let range = diagnostic.range { lines += excerpt(of: range, colour: diagnostic.severity) }
        lines += labelled("why", diagnostic.why)
        lines += labelled("help", diagnostic.help)
        lines += labelled("witness", diagnostic.witness)
        for note in diagnostic.related {
            lines += labelled("note", (note.range.map { place(of: $0) + " " } ?? "") + note.message)
        }
        if let range = diagnostic.range {
            for include in sources.includeChain(of: range.file) {
                lines += labelled("note", "\(place(of: include)) included from here")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// `path:line:column:` of the begin of a range.
    private func place(of range: SourceRange) -> String {
        let position = sources.position(of: range)
        return "\(printable(sources[range.file].path)):\(position.line):\(position.column):"
    }

    /// `  label: text`, with further lines of the text below its first.
    private func labelled(_ label: String, _ text: String?) -> [String] {
        guard let text, !text.isEmpty else { return [] }
        let indent = String(repeating: " ", count: label.count + 4)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            index == 0 ? "  \(paint.bold(label + ":")) \(printable(line))" : indent + printable(line)
        }
    }

    /// The source line, cut around the range when it is long, and below it the caret.
    private func excerpt(of range: SourceRange, colour: Severity) -> [String] {
        let file = sources[range.file]
        let position = sources.position(of: range)
        let line = file.lines.bytes(ofLine: position.line)
        let start = min(max(range.start, line.lowerBound), line.upperBound)
        // Only the bytes that can be seen are decoded: a line may be megabytes long. A byte is at most four columns.
        let before = cells(file.bytes[max(line.lowerBound, start - width * 4)..<start])
        let marked = cells(file.bytes[start..<min(range.end, line.upperBound, start + width * 4)])
        let shownEnd = start + min(range.end - start, width * 4)
        let after = cells(
            file.bytes[min(max(shownEnd, start), line.upperBound)..<min(line.upperBound, shownEnd + width * 4)])

        var left = before
        var middle = marked
        var right = after
        var cutLeft = start - line.lowerBound > width * 4
        var cutRight = line.upperBound - shownEnd > width * 4
        if left.count + middle.count + right.count > width {
            if middle.count > width * 2 / 3 {
                middle = Array(middle.prefix(width * 2 / 3))
                right = []
                cutRight = true
            }
            let room = width - middle.count
            let leftRoom = max(room / 2, room - right.count)
            if left.count > leftRoom {
                left = Array(left.suffix(leftRoom))
                cutLeft = true
            }
            if right.count > width - middle.count - left.count {
                right = Array(right.prefix(width - middle.count - left.count))
                cutRight = true
            }
        }
        let lead = cutLeft ? "..." : ""
        let number = String(position.line)
        let gutter = String(repeating: " ", count: number.count)
        let text = lead + String(left + middle + right) + (cutRight ? "..." : "")
        let caret = "^" + String(repeating: "~", count: max(0, middle.count - 1))
        let indent = String(repeating: " ", count: lead.count + left.count)
        return [
            "  \(paint.dim(number + " |")) \(trimmedRight(text))",
            "  \(paint.dim(gutter + " |")) \(indent)\(paint.mark(caret, colour))",
        ]
    }
}

/// The characters that stand for some bytes of a line on a terminal, each one column wide.
private func cells(_ bytes: ArraySlice<UInt8>) -> [Character] {
    var bytes = bytes
    while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
    return Array(printable(String(configuration: bytes)))
}

/// The text without anything that would move a terminal's cursor: a tab is four spaces, a control character its
/// picture, a byte that is not UTF-8 is U+FFFD.
private func printable(_ text: some StringProtocol) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x09: result.append(contentsOf: "    ".unicodeScalars)
        case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? "?")
        case 0x7F: result.append("\u{2421}")
        case 0x80..<0xA0, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: result.append("\u{FFFD}")
        default: result.append(scalar.configurationByte == nil ? scalar : "\u{FFFD}")
        }
    }
    return String(result)
}

private func trimmedRight(_ text: String) -> String {
    var text = text[...]
    while text.last == " " { text = text.dropLast() }
    return String(text)
}
