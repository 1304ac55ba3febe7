import Source

extension SyntaxTree {
    /// Reads an Apache file, a second time when sections do not balance.
    static func parseApache(_ bytes: [UInt8], file: FileID) -> SyntaxTree {
        var parser = ApacheParser(bytes, file: file, knowsWhatNests: false)
        parser.parse()
        guard parser.hasUnclosedAtEnd else { return parser.builder.finish() }
        var second = ApacheParser(bytes, file: file, knowsWhatNests: true)
        second.parse()
        return second.closedByNext ? second.builder.finish() : parser.builder.finish()
    }
}

/// Reads the lines of an Apache configuration as `ap_build_config` of httpd's server/config.c does.
struct ApacheParser {
    var builder: TreeBuilder
    let lexer: ApacheLineLexer
    /// The open sections, the outermost first, with those that are nested too deep.
    var sections: [OpenSection] = []
    /// How many sections of a name are open; names in lower case.
    var openCount: [String: Int] = [:]
    /// Whether sections were still open at the end.
    var hasUnclosedAtEnd = false
    /// Whether a section was closed because one began that cannot be inside it.
    var closedByNext = false
    /// How often the rest of the text may still be searched to understand a wrong closing tag.
    var searchesLeft = 16
    /// Whether a section ends where one begins that is never inside it: for texts in which closings are missing.
    let knowsWhatNests: Bool

    init(_ bytes: [UInt8], file: FileID, knowsWhatNests: Bool) {
        builder = TreeBuilder(bytes, file: file, grammar: .apache)
        lexer = ApacheLineLexer(bytes)
        self.knowsWhatNests = knowsWhatNests
    }

    mutating func parse() {
        builder.addByteOrderMark(server: "Apache")
        var mark: Int32 = 0
        while builder.position < builder.bytes.count {
            parseLine(from: mark)
            mark = builder.mark
        }
        builder.leaf(.broken, from: mark)
        closeAtEnd()
    }

    /// Reads one logical line.
    private mutating func parseLine(from mark: Int32) {
        let first = lexer.afterBlanks(builder.position, limit: builder.bytes.count)
        if sections.last?.name == "perl", !isPerlEnd(first) { return parsePerlLine(from: mark) }
        guard let byte = lexer.byte(first) else { return parseEmptyLine(from: mark, first: first) }
        builder.add(.blank, upTo: first)
        switch byte {
        case UInt8(ascii: "#"):
            parseComment(from: mark, first: first)
        case UInt8(ascii: "<"):
            let next = lexer.skip(first + 1)
            if lexer.byte(next) == UInt8(ascii: "/") {
                parseClosingTag(from: mark, at: first, slash: next)
            } else {
                parseOpeningTag(from: mark, at: first)
            }
        default:
            if isSectionWithoutBracket(first) { return parseOpeningTag(from: mark, at: first, hasBracket: false) }
            let words = addWords(limit: builder.bytes.count, name: nil)
            addLineEnd()
            builder.leaf(.directive, from: mark, words: words)
        }
    }

    /// Takes an empty line and all empty ones that follow it.
    private mutating func parseEmptyLine(from mark: Int32, first: Int) {
        if first < builder.bytes.count, builder.bytes[first] == 0 {
            addLineEnd()
            return builder.leaf(.broken, from: mark)
        }
        var next = first
        repeat {
            addLineEnd()
            next = lexer.afterBlanks(builder.position, limit: builder.bytes.count)
        } while builder.position < builder.bytes.count
            && (next >= builder.bytes.count || builder.bytes[next] == UInt8(ascii: "\n"))
        builder.leaf(.blank, from: mark)
    }

    private mutating func parseComment(from mark: Int32, first: Int) {
        let end = lexer.lineEnd(first)
        let content = lexer.contentEnd(from: first, lineEnd: end)
        if let lineEnd = builder.bytes[first..<content].firstIndex(of: UInt8(ascii: "\n")) {
            reportContinuedComment(first..<lineEnd, swallowed: lineEnd + 1..<content)
        }
        builder.add(.comment, upTo: content)
        addLineEnd()
        builder.leaf(.comment, from: mark)
    }

    private mutating func parsePerlLine(from mark: Int32) {
        let end = lexer.lineEnd(builder.position)
        builder.add(.raw, upTo: end)
        addLineEnd()
        builder.leaf(.raw, from: mark)
    }

    private func isPerlEnd(_ offset: Int) -> Bool {
        builder.bytes[min(offset, builder.bytes.count)...].prefix(6).map { $0 | 0x20 } == Array("</perl".utf8)
    }

    /// Adds the words from here to the end of the line or to a limit; the first one is the name unless one is given.
    mutating func addWords(limit: Int, name: String?) -> [Int32] {
        var words: [Int32] = []
        var name = name
        var previousEnd = -1
        var previousWasQuoted = false
        while true {
            let start = lexer.afterBlanks(builder.position, limit: limit)
            guard start < limit, lexer.byte(start) != nil else { break }
            let (kind, end, isClosed) = lexer.word(start, limit: limit)
            let isFirst = words.isEmpty && name == nil
            builder.add(.blank, upTo: start)
            words.append(builder.mark)
            builder.add(kind, upTo: end)
            builder.checkLookalikes(in: start..<end, isName: isFirst, isQuoted: kind != .bare)
            if isFirst { name = lowercasedName(start..<end) }
            if !isClosed { reportUnclosedQuote(start..<end, name: name ?? "") }
            if previousWasQuoted, start == previousEnd { checkGluedWord(start..<end, name: name ?? "") }
            if kind == .bare, !isFirst {
                checkBareWord(start..<end, limit: limit, isSection: limit < builder.bytes.count)
            }
            previousEnd = end
            previousWasQuoted = kind != .bare
        }
        return words
    }

    /// Adds what is left of the line: blanks, text behind a NUL byte, and the line end.
    mutating func addLineEnd() {
        let end = lexer.lineEnd(builder.position)
        let next = lexer.afterBlanks(builder.position, limit: end)
        if next < end {
            builder.add(.blank, upTo: next)
            builder.checkLookalikes(in: next..<next + 1, isName: true, isQuoted: false)
            builder.add(.ignored, upTo: lexer.contentEnd(from: next, lineEnd: end))
        }
        guard end < builder.bytes.count else { return builder.add(.blank, upTo: end) }
        let hasReturn = end > builder.position && builder.bytes[end - 1] == UInt8(ascii: "\r")
        builder.add(.blank, upTo: hasReturn ? end - 1 : end)
        builder.add(.newline, upTo: end + 1)
    }

    /// A name as it is compared: ASCII letters in lower case.
    func lowercasedName(_ range: Range<Int>) -> String {
        let name = withoutContinuations(lexer.bytes[range])
        return String(configuration: name.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 })
    }
}
