import Source

extension NginxParser {
    /// What a reader sees missing where nginx would just go on reading arguments.
    enum Missing {
        case semicolon
        case openBrace
    }

    /// Whether a statement should have ended before the word at an offset.
    ///
    /// The word must begin a line and be the name of a directive. A name that could be an argument counts only where
    /// it is not indented further than the statement, as a continuation would be.
    func missingPunctuation(in statement: Statement, before next: Int) -> Missing? {
        guard statement.end < next, lexer.isFirstOnLine(next), lexer.lineStart(next) > statement.end else { return nil }
        let word = lexer.word(next)
        guard word.kind == .bare, word.end - next < 40 else { return nil }
        let name = String(configuration: builder.bytes[next..<word.end])
        let isDistinct = NginxVocabulary.isDistinct(name)
        guard isDistinct || NginxVocabulary.isCommon(name) else { return nil }
        if NginxVocabulary.isBlock(statement.name, argumentCount: statement.argumentCount) { return .openBrace }
        guard isDistinct || lexer.indentation(next) <= lexer.indentation(statement.start) else { return nil }
        return .semicolon
    }

    /// Whether nginx reads on from a word up to a `;` without finding anything wrong.
    func runsOn(_ statement: Statement, from next: Int) -> Bool {
        guard NginxVocabulary.takesAnyNumber(statement.name) else { return false }
        var offset = next
        while let byte = lexer.byte(offset) {
            switch byte {
            case UInt8(ascii: ";"): return true
            case UInt8(ascii: "{"), UInt8(ascii: "}"): return false
            case UInt8(ascii: "#"): offset = lexer.afterBlanks(lexer.lineEnd(offset))
            default:
                let word = lexer.word(offset)
                guard word.isClosed, word.end > offset else { return false }
                offset = lexer.afterBlanks(word.end)
            }
        }
        return false
    }

    /// Reports a word that is glued to the closing quote of the one before; nginx allows only `)` there.
    mutating func checkGluedWord(_ start: Int, statement: Statement) {
        guard let byte = lexer.byte(start), byte != UInt8(ascii: ")") else { return }
        let last = statement.words.last.map { Int($0) } ?? 0
        let quoteStart = Int(builder.tokens[last].start)
        // A quote over several lines was probably opened by what was meant to close one.
        if builder.bytes[quoteStart..<start].contains(UInt8(ascii: "\n")) { hasQuoteTrouble = true }
        let end = lexer.word(start).end
        builder.report(
            .textAfterQuote, .error, "\(text(start..<end)) is glued to a closing quote", at: start..<end,
            why: "nginx wants a blank, \";\" or \"{\" behind a closing quote",
            help: "put a blank before it, or take it into the quotes; a quote inside quotes is written \\\"",
            related: [Note("the quote begins here", at: builder.range(quoteStart..<start))])
    }
}
