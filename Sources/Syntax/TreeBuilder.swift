import Source

/// Collects the tokens and nodes of a tree from left to right, so that no byte can be left out.
///
/// A token ends where the next one begins. A node takes the tokens from a mark to the last one added.
struct TreeBuilder {
    /// More blocks than this around a block: it is kept as broken text, so that no reader has to go deeper.
    static let depthLimit = 100

    /// A file with more errors than this is no configuration; the rest of them is not shown.
    static let diagnosticLimit = 1000

    let grammar: Grammar
    let file: FileID
    let bytes: [UInt8]
    private(set) var tokens: [Token] = []
    private(set) var nodes: [Node] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// The open blocks, the outermost first.
    private(set) var open: [Int32] = []
    /// The end of the last token.
    private(set) var position = 0
    private var words: [Int32] = []
    /// The blocks that are open beyond the limit, and the token with which the first of them begins.
    private var buried = 0
    private var burialMark: Int32 = 0

    init(_ bytes: [UInt8], file: FileID, grammar: Grammar) {
        self.bytes = bytes
        self.file = file
        self.grammar = grammar
        tokens.reserveCapacity(bytes.count / 6)
        nodes.reserveCapacity(bytes.count / 40)
    }

    /// The place of the next token.
    var mark: Int32 { Int32(truncatingIfNeeded: tokens.count) }

    /// The number of open blocks, those beyond the limit included.
    var depth: Int { open.count + buried }

    /// Whether the text at hand is nested too deep to become nodes.
    var isBuried: Bool { buried > 0 }

    /// Adds the token that ends before `end`; an empty one is left out.
    mutating func add(_ kind: TokenKind, upTo end: Int) {
        guard end > position else { return }
        tokens.append(Token(start: UInt32(truncatingIfNeeded: position), kind: kind))
        position = end
    }

    /// Adds a node without content from the tokens behind a mark.
    mutating func leaf(_ kind: Node.Kind, from mark: Int32, words nodeWords: [Int32] = []) {
        guard buried == 0, mark < self.mark else { return }
        append(kind, from: mark, words: nodeWords)
    }

    /// Opens a block with the tokens behind a mark as its head; everything is inside it until `close` or `abandon`.
    mutating func openBlock(from mark: Int32, words nodeWords: [Int32]) {
        if buried == 0, open.count < Self.depthLimit {
            append(.block, from: mark, words: nodeWords)
            open.append(Int32(truncatingIfNeeded: nodes.count - 1))
        } else {
            if buried == 0 {
                burialMark = mark
                report(
                    .nestedTooDeep, .error, "more than \(Self.depthLimit) blocks are nested in each other",
                    at: Int(tokens[Int(mark)].start)..<position,
                    help: "a closing is probably missing further up; what is nested deeper is not read")
            }
            buried += 1
        }
    }

    /// Closes the innermost block; the tokens behind a mark are its closing.
    mutating func closeBlock(from mark: Int32) {
        if buried > 0 {
            buried -= 1
            if buried == 0 { leaf(.broken, from: burialMark) }
            return
        }
        guard let block = open.popLast() else { return }
        nodes[Int(block)].tail = mark..<self.mark
        nodes[Int(block)].end = Int32(truncatingIfNeeded: nodes.count)
    }

    /// Ends the innermost block before a mark, without a closing.
    mutating func abandonBlock(before mark: Int32) {
        if buried > 0 {
            buried -= 1
            if buried == 0, burialMark < mark { appendBroken(burialMark..<mark) }
            return
        }
        guard let block = open.popLast() else { return }
        nodes[Int(block)].tail = mark..<mark
        nodes[Int(block)].end = Int32(truncatingIfNeeded: nodes.count)
    }

    /// Says what is wrong with some bytes.
    mutating func report(
        _ rule: SyntaxRule, _ severity: Severity, _ message: String, at range: Range<Int>, why: String? = nil,
        help: String? = nil, related: [Note] = [], fix: Fix? = nil
    ) {
        guard diagnostics.count < Self.diagnosticLimit else { return }
        if diagnostics.count == Self.diagnosticLimit - 1 {
            return diagnostics.append(
                Diagnostic(
                    .tooManyErrors, .error, "too much is wrong: what follows is not shown",
                    at: SourceRange(file: file, range), help: "is this a configuration file of \(grammar.rawValue)?"))
        }
        diagnostics.append(
            Diagnostic(
                rule, severity, message, at: SourceRange(file: file, range), why: why, help: help,
                related: related, fix: fix))
    }

    /// A range of the file.
    func range(_ bytes: Range<Int>) -> SourceRange { SourceRange(file: file, bytes) }

    /// A fix with one edit.
    func fix(_ title: String, replace bytes: Range<Int>, with text: String, isSafe: Bool = true) -> Fix {
        Fix(isSafe: isSafe, title: title, edits: [TextEdit(range(bytes), text: text)])
    }

    /// The tree, once every byte is in a token and every block is closed or abandoned.
    consuming func finish() -> SyntaxTree {
        let ordered = diagnostics.enumerated().sorted {
            let a = $0.element.range?.start ?? 0
            let b = $1.element.range?.start ?? 0
            return (a, $0.offset) < (b, $1.offset)
        }
        return SyntaxTree(
            grammar: grammar, file: file, bytes: bytes, tokens: tokens, words: words, nodes: nodes,
            diagnostics: ordered.map(\.element))
    }

    private mutating func append(_ kind: Node.Kind, from mark: Int32, words nodeWords: [Int32]) {
        let firstWord = Int32(truncatingIfNeeded: words.count)
        words.append(contentsOf: nodeWords)
        nodes.append(
            Node(
                kind: kind, head: mark..<self.mark, tail: self.mark..<self.mark,
                words: firstWord..<Int32(truncatingIfNeeded: words.count),
                end: Int32(truncatingIfNeeded: nodes.count + 1), parent: open.last ?? -1,
                depth: Int16(truncatingIfNeeded: open.count)))
    }

    private mutating func appendBroken(_ range: Range<Int32>) {
        let noWords = Int32(truncatingIfNeeded: words.count)
        nodes.append(
            Node(
                kind: .broken, head: range, tail: range.upperBound..<range.upperBound, words: noWords..<noWords,
                end: Int32(truncatingIfNeeded: nodes.count + 1), parent: open.last ?? -1,
                depth: Int16(truncatingIfNeeded: open.count)))
    }
}
