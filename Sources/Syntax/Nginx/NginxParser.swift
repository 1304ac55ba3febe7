import Source

extension SyntaxTree {
    /// Reads an nginx file, again when quotes or braces turn out not to balance.
    static func parseNginx(_ bytes: [UInt8], file: FileID) -> SyntaxTree {
        var parser = NginxParser(bytes, file: file)
        parser.parse()
        if parser.hasQuoteTrouble {
            var again = NginxParser(bytes, file: file, endsQuotesWithLines: true)
            again.parse()
            if again.hasEndedQuote { parser = again }
        }
        if parser.hasBraceTrouble {
            var again = NginxParser(
                bytes, file: file, endsQuotesWithLines: parser.lexer.endsQuotesWithLines, trustsIndentation: true)
            again.parse()
            // Where the indentation means nothing, trusting it finds more errors than there are.
            if again.braceErrors <= parser.braceErrors + 1 { parser = again }
        }
        return parser.builder.finish()
    }
}

/// Reads the statements and blocks of an nginx configuration.
struct NginxParser {
    var builder: TreeBuilder
    let lexer: NginxLexer
    /// Whether indentation and names tell which closing brace is missing or too many.
    let trustsIndentation: Bool
    /// The open blocks, the outermost first, with those that are nested too deep.
    var blocks: [OpenBlock] = []
    /// Whether a quote was not closed, or seems to be closed by the beginning of another one.
    var hasQuoteTrouble = false
    /// Whether a quote was ended with its line.
    var hasEndedQuote = false
    /// The number of braces that miss their other half.
    var braceErrors = 0

    /// Whether braces do not balance.
    var hasBraceTrouble: Bool { braceErrors > 0 }

    /// A block that was opened and not yet closed.
    struct OpenBlock {
        /// From the name to the `{`.
        let head: Range<Int>
        /// The name and the number of arguments.
        let name: String
        let argumentCount: Int
        /// The blanks before it on its line.
        let indentation: Int
        /// Whether it became a node; what is nested too deep does not.
        let isNode: Bool
    }

    /// The statement that is being read: its words so far.
    struct Statement {
        let mark: Int32
        var words: [Int32] = []
        var name = ""
        var start = 0
        var end = 0

        /// It has taken a line that looks like a statement of its own.
        var isRunningOn = false

        var argumentCount: Int { max(0, words.count - 1) }
    }

    init(_ bytes: [UInt8], file: FileID, endsQuotesWithLines: Bool = false, trustsIndentation: Bool = false) {
        builder = TreeBuilder(bytes, file: file, grammar: .nginx)
        lexer = NginxLexer(bytes, endsQuotesWithLines: endsQuotesWithLines)
        self.trustsIndentation = trustsIndentation
    }

    mutating func parse() {
        builder.addByteOrderMark(server: "nginx")
        var mark: Int32 = 0
        while builder.position < builder.bytes.count {
            parseItem(from: mark)
            mark = builder.mark
        }
        builder.leaf(.broken, from: mark)
        closeAtEnd()
    }

    /// Reads one comment, group of empty lines, statement or brace.
    private mutating func parseItem(from mark: Int32) {
        let first = lexer.afterSpaces(builder.position)
        guard let byte = lexer.byte(first), byte != UInt8(ascii: "\n") else { return parseEmptyLines(from: mark) }
        builder.add(.blank, upTo: first)
        switch byte {
        case UInt8(ascii: "#"):
            addComment(upTo: builder.bytes.count)
            addLineEnd()
            builder.leaf(.comment, from: mark)
        case UInt8(ascii: "}"):
            builder.add(.closeBrace, upTo: first + 1)
            addLineEnd()
            close(from: mark, brace: first)
        case UInt8(ascii: ";"):
            builder.add(.semicolon, upTo: first + 1)
            addLineEnd()
            reportSemicolon(first)
            builder.leaf(.broken, from: mark)
        case UInt8(ascii: "{"):
            reportNamelessBlock(first)
            open(Statement(mark: mark, start: first, end: first))
        default:
            parseStatement(from: mark)
        }
    }

    private mutating func parseEmptyLines(from mark: Int32) {
        var next = builder.position
        repeat {
            addLineEnd()
            next = lexer.afterSpaces(builder.position)
        } while builder.position < builder.bytes.count && (lexer.byte(next) ?? 0x0A) == UInt8(ascii: "\n")
        builder.leaf(.blank, from: mark)
    }

    /// Reads words up to the `;` or `{` that ends them, or to the place where one of these is missing.
    private mutating func parseStatement(from mark: Int32) {
        var statement = Statement(mark: mark, start: builder.position)
        while true {
            addWord(to: &statement)
            let next = nextSignificant()
            guard let byte = lexer.byte(next), byte != UInt8(ascii: "}") else {
                return finishWithoutSemicolon(statement, next: next)
            }
            if byte == UInt8(ascii: ";") {
                addBlanks(upTo: next)
                builder.add(.semicolon, upTo: next + 1)
                addLineEnd()
                return builder.leaf(.directive, from: mark, words: statement.words)
            }
            if byte == UInt8(ascii: "{"), lexer.wordBraceEnd(next, isInside: false) == nil {
                addBlanks(upTo: next)
                return open(statement)
            }
            if let missing = missingPunctuation(in: statement, before: next) {
                switch missing {
                case .semicolon where statement.isRunningOn: break
                case .semicolon where runsOn(statement, from: next):
                    statement.isRunningOn = true
                    reportSwallowedLine(statement, next: next)
                case .semicolon: return finishWithoutSemicolon(statement, next: next)
                case .openBrace: return openWithoutBrace(statement)
                }
            }
            if next == builder.position { checkGluedWord(next, statement: statement) }
            addBlanks(upTo: next)
        }
    }

    private mutating func addWord(to statement: inout Statement) {
        let start = builder.position
        let word = lexer.word(start)
        if statement.words.isEmpty, word.end - start < 100 { statement.name = text(start..<word.end) }
        builder.checkLookalikes(in: start..<word.end, isName: statement.words.isEmpty, isQuoted: word.kind != .bare)
        if !word.isClosed {
            hasQuoteTrouble = true
            hasEndedQuote = hasEndedQuote || lexer.endsQuotesWithLines
            reportUnclosedQuote(start..<word.end)
        } else if word.end - start - (word.kind == .bare ? 0 : 2) >= 4096 {
            reportTooLong(start..<word.end)
        }
        if let brace = word.braces.first { reportBrace(brace, in: start..<word.end) }
        statement.words.append(builder.mark)
        builder.add(word.kind, upTo: word.end)
        statement.end = word.end
    }

    /// The offset of the next byte that is neither blank nor in a comment.
    private func nextSignificant() -> Int {
        var offset = lexer.afterBlanks(builder.position)
        // Directly behind a word `#` is no comment: behind a bare one it belongs to it, behind a quote it is an error.
        while offset > builder.position, lexer.byte(offset) == UInt8(ascii: "#") {
            offset = lexer.afterBlanks(lexer.lineEnd(offset))
        }
        return offset
    }

    /// Adds blanks and comments inside a statement.
    private mutating func addBlanks(upTo end: Int) {
        while builder.position < end {
            let blank = lexer.afterBlanks(builder.position)
            builder.add(.blank, upTo: min(blank, end))
            if builder.position < end { addComment(upTo: end) }
        }
    }

    /// Adds a comment without the blanks and the line end behind it.
    private mutating func addComment(upTo limit: Int) {
        let start = builder.position
        var end = min(lexer.lineEnd(start), limit)
        if end - start >= 4096 { reportTooLong(start..<end) }
        while end > start, isNginxSpace(builder.bytes[end - 1]) { end -= 1 }
        builder.add(.comment, upTo: end)
    }

    /// Takes the rest of the line if there is nothing but blanks in it.
    mutating func addLineEnd() {
        let end = lexer.afterSpaces(builder.position)
        guard end < builder.bytes.count else { return builder.add(.blank, upTo: end) }
        guard builder.bytes[end] == UInt8(ascii: "\n") else { return }
        let hasReturn = end > builder.position && builder.bytes[end - 1] == UInt8(ascii: "\r")
        builder.add(.blank, upTo: hasReturn ? end - 1 : end)
        builder.add(.newline, upTo: end + 1)
    }

    private mutating func finishWithoutSemicolon(_ statement: Statement, next: Int) {
        reportMissingSemicolon(statement, next: next)
        addLineEnd()
        builder.leaf(.directive, from: statement.mark, words: statement.words)
    }

    func text(_ range: Range<Int>) -> String {
        let shown = String(configuration: builder.bytes[range].prefix(240))
        return shown.count > 60 ? String(shown.prefix(57)) + "..." : shown
    }
}
