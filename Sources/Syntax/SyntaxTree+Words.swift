package import Source

/// A name or an argument as the server takes it.
package struct Word: Hashable, Sendable {
    /// The text without quotes and escapes; variables stand in it as they were written.
    package let text: String
    /// How it was written: bare, or in one of the quotes.
    package let kind: TokenKind
    /// Where it was written, quotes included.
    package let range: SourceRange

    /// Whether it was written in quotes.
    package var isQuoted: Bool { kind != .bare }
}

extension SyntaxTree {
    /// The name of a directive or block without quotes, empty when there is none; for `<Section>` without brackets.
    package func name(of node: Int) -> String {
        nodes[node].words.isEmpty ? "" : text(ofWord: Int(words[Int(nodes[node].words.lowerBound)]))
    }

    /// The arguments of a directive or block, as the grammar splits and unquotes them.
    package func arguments(of node: Int) -> [Word] {
        nodes[node].words.dropFirst().map { word(Int(words[Int($0)])) }
    }

    /// The number of arguments.
    package func argumentCount(of node: Int) -> Int {
        max(0, nodes[node].words.count - 1)
    }

    /// A word token, unquoted.
    package func word(_ token: Int) -> Word {
        Word(
            text: text(ofWord: token), kind: tokens[token].kind,
            range: SourceRange(file: file, bounds(ofToken: token)))
    }

    /// A word token's text without quotes and escapes.
    package func text(ofWord token: Int) -> String {
        let range = bounds(ofToken: token)
        return switch grammar {
        case .apache: apacheWord(bytes[range], kind: tokens[token].kind)
        case .nginx: nginxWord(bytes[range], kind: tokens[token].kind)
        }
    }

    /// Where the name stands.
    package func nameRange(of node: Int) -> SourceRange {
        guard let first = nodes[node].words.first else { return range(of: node) }
        return SourceRange(file: file, bounds(ofToken: Int(words[Int(first)])))
    }

    /// The directive itself: from the name (the `<` of a section) to the last argument (its `>`).
    ///
    /// Blanks around it, the `;` or `{` behind it and a block's content do not belong to it.
    package func range(of node: Int) -> SourceRange {
        nodes[node].kind == .blank ? fullRange(of: node) : significantRange(of: nodes[node].head)
    }

    /// Where a block is closed, nil when its closing is missing.
    package func closingRange(of node: Int) -> SourceRange? {
        nodes[node].tail.isEmpty ? nil : significantRange(of: nodes[node].tail)
    }

    /// The node with its content, closing, and the blanks and line end around it.
    package func fullRange(of node: Int) -> SourceRange {
        SourceRange(file: file, bounds(of: tokens(of: node)))
    }

    /// Everything behind the name as it was written, nil when there is nothing; Apache takes some of it unsplit.
    package func rawArgumentsRange(of node: Int) -> SourceRange? {
        let own = nodes[node].words
        guard own.count > 1 else { return nil }
        let first = bounds(ofToken: Int(words[Int(own.lowerBound) + 1]))
        let last = bounds(ofToken: Int(words[Int(own.upperBound) - 1]))
        return SourceRange(file: file, start: first.lowerBound, end: last.upperBound)
    }

    /// Everything behind the name as the server sees it before splitting: line continuations are taken out.
    package func rawArguments(of node: Int) -> String {
        guard let range = rawArgumentsRange(of: node) else { return "" }
        return switch grammar {
        case .apache: String(configuration: withoutContinuations(bytes[range.bytes]))
        case .nginx: String(configuration: bytes[range.bytes])
        }
    }

    /// A comment's text without `#` and the blank behind it.
    package func commentText(of node: Int) -> String {
        let range = significantRange(of: nodes[node].head)
        var text = bytes[range.bytes].drop { $0 == UInt8(ascii: "#") }
        if text.first == UInt8(ascii: " ") { text = text.dropFirst() }
        return String(configuration: text)
    }

    /// Whether a node follows another on the same line, as a comment behind a directive does.
    package func followsOnLine(_ node: Int) -> Bool {
        let start = bounds(of: nodes[node].head).lowerBound
        return start > 0 && bytes[start - 1] != UInt8(ascii: "\n")
    }

    /// The bytes of some tokens without what stands for nothing at their ends.
    private func significantRange(of range: Range<Int32>) -> SourceRange {
        var range = range
        while range.count > 1, let first = range.first, tokens[Int(first)].kind.isSpace { range.removeFirst() }
        while range.count > 1, let last = range.last, tokens[Int(last)].kind.standsBehind { range.removeLast() }
        return SourceRange(file: file, bounds(of: range))
    }
}

extension TokenKind {
    /// Whether it only separates.
    fileprivate var isSpace: Bool { self == .blank || self == .newline || self == .byteOrderMark }

    /// Whether it follows what a directive says.
    fileprivate var standsBehind: Bool {
        switch self {
        case .blank, .newline, .semicolon, .openBrace, .ignored: true
        default: false
        }
    }
}
