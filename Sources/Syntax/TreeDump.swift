import Source

extension SyntaxTree {
    /// The tree as text, one node a line: its line number, what it is, its words.
    ///
    /// Words stand in brackets, in the quotes they were written in, unquoted and with bytes that cannot be shown
    /// escaped. `(unclosed)` marks a block without closing.
    package func dump() -> String {
        let lines = LineIndex(bytes)
        let width = String(lines.count).count
        return nodes.indices.map { node in
            let number = String(lines.position(of: range(of: node).start).line)
            let lead = String(repeating: " ", count: width - number.count) + number + "  "
            return lead + String(repeating: "  ", count: Int(nodes[node].depth)) + description(of: node) + "\n"
        }.joined()
    }

    private func description(of node: Int) -> String {
        let range = bytes[self.range(of: node).bytes]
        switch nodes[node].kind {
        case .blank:
            let count = nodes[node].head.count { tokens[Int($0)].kind == .newline }
            return count == 1 ? "blank" : "blank (\(count) lines)"
        case .comment: return "comment \(shown(range))"
        case .raw: return "raw \(shown(range))"
        case .broken: return "broken \(shown(range))"
        case .directive: return "directive\(wordList(of: node))"
        case .block: return "block\(wordList(of: node))\(nodes[node].isUnclosed ? " (unclosed)" : "")"
        }
    }

    private func wordList(of node: Int) -> String {
        nodes[node].words.map { index in
            let token = Int(words[Int(index)])
            let text = shown(self.text(ofWord: token).configurationBytes[...])
            return switch tokens[token].kind {
            case .doubleQuoted: " \"\(text)\""
            case .singleQuoted: " '\(text)'"
            default: " [\(text)]"
            }
        }.joined()
    }

    /// Bytes as ASCII, with escapes for all others; a long text is cut.
    private func shown(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in bytes.prefix(200) {
            switch byte {
            case UInt8(ascii: "\n"): text += "\\n"
            case UInt8(ascii: "\r"): text += "\\r"
            case UInt8(ascii: "\t"): text += "\\t"
            case UInt8(ascii: "\\"): text += "\\\\"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return bytes.count > 200 ? text + "... (\(bytes.count) bytes)" : text
    }
}
