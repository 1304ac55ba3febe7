import Source

extension NginxParser {
    mutating func reportMissingSemicolon(_ statement: Statement, next: Int) {
        let what = lexer.byte(next).map { $0 == UInt8(ascii: "}") ? "the next \"}\"" : "the next line" }
        let why =
            switch lexer.byte(next) {
            case nil: "the file ends in the middle of the statement"
            case UInt8(ascii: "}"): "nginx does not expect \"}\" inside a statement and refuses the configuration"
            default: "nginx takes the next line as more arguments"
            }
        let place = statement.end..<statement.end
        builder.report(
            .missingSemicolon, .error, "\";\" is missing after \(text(statement.start..<statement.end))",
            at: max(statement.end - 1, statement.start)..<statement.end, why: why,
            help: "end the statement with \";\" before \(what ?? "the end of the file")",
            fix: builder.fix("add the missing \";\"", replace: place, with: ";"))
    }

    /// A statement that takes any number of words goes on over a line that begins like a statement of its own.
    mutating func reportSwallowedLine(_ statement: Statement, next: Int) {
        let place = statement.end..<statement.end
        builder.report(
            .missingSemicolon, .warning, "\";\" is missing after \(text(statement.start..<statement.end))",
            at: max(statement.end - 1, statement.start)..<statement.end,
            why: "nginx takes the next line as further words of \(statement.name), which may have any number",
            help: "end the statement with \";\" before the next line",
            fix: builder.fix("add the missing \";\"", replace: place, with: ";", isSafe: false))
    }

    mutating func reportMissingBrace(_ statement: Statement) {
        braceErrors += 1
        let place = statement.end..<statement.end
        builder.report(
            .missingOpeningBrace, .error, "\"{\" is missing after \(text(statement.start..<statement.end))",
            at: statement.start..<statement.end, why: "nginx takes the next line as more arguments",
            help: "open the block with \"{\"", fix: builder.fix("add the missing \"{\"", replace: place, with: " {"))
    }

    mutating func reportSemicolon(_ offset: Int) {
        builder.report(
            .unexpectedSemicolon, .error, "this \";\" ends nothing", at: offset..<offset + 1,
            why: "nginx knows no empty statement; neither \";;\" nor \"};\" is accepted", help: "remove it",
            fix: builder.fix("remove the \";\"", replace: offset..<offset + 1, with: ""))
    }

    mutating func reportNamelessBlock(_ offset: Int) {
        builder.report(
            .unexpectedOpeningBrace, .error, "this \"{\" has no name before it", at: offset..<offset + 1,
            why: "nginx refuses a block without a name",
            help: "write the block's name before it; a \"{\" in a pattern must be in quotes")
    }

    mutating func reportSurplusBrace(_ offset: Int) {
        braceErrors += 1
        builder.report(
            .unexpectedClosingBrace, .error, "this \"}\" closes nothing", at: offset..<offset + 1,
            why: "as many blocks were closed as were opened before it",
            help: "remove it, or look for a \"{\" that is missing further up")
    }

    mutating func reportUnclosed(head: Range<Int>, name: String, closing: Int? = nil, next: Range<Int>? = nil) {
        braceErrors += 1
        var related: [Note] = []
        if let closing {
            related.append(Note("this lines up with a block further out", at: builder.range(closing..<closing + 1)))
        }
        if let next { related.append(Note("this block is not meant to be inside it", at: builder.range(next))) }
        builder.report(
            .unclosedBlock, .error, "the block of \(text(head)) is never closed", at: head,
            why: "nginx reads to the end of the file and does not find its \"}\"",
            help: "add \"}\" where the block is to end", related: related)
    }

    mutating func reportUnclosedQuote(_ word: Range<Int>) {
        let line = word.lowerBound..<min(word.upperBound, lexer.lineEnd(word.lowerBound))
        let quote = builder.bytes[word.lowerBound] == UInt8(ascii: "'") ? "'" : "\""
        let place = word.upperBound..<word.upperBound
        builder.report(
            .unclosedQuote, .error, "the quote is not closed", at: line,
            why: "nginx takes everything up to the next quote, further down in the file, as one argument",
            help: "close the quote with \(quote)",
            fix: lexer.endsQuotesWithLines
                ? builder.fix("close the quote", replace: place, with: quote, isSafe: false) : nil)
    }

    mutating func reportTooLong(_ word: Range<Int>) {
        builder.report(
            .tooLongParameter, .error, "\(word.count) bytes without an end", at: word.lowerBound..<word.lowerBound + 40,
            why: "nginx reads words and comments of up to 4095 bytes (NGX_CONF_BUFFER)",
            help: "make it shorter, or break it into several")
    }

    /// Reports a brace in a word that is not in quotes, once for the word.
    mutating func reportBrace(_ brace: Range<Int>, in word: Range<Int>) {
        let isRepetition = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(builder.bytes[brace.lowerBound + 1])
        let needsCare = builder.bytes[word].contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
        builder.report(
            .unquotedBrace, .error, "\(text(brace)) is not in quotes", at: brace,
            why: "nginx takes the \"{\" for the beginning of a block",
            help: isRepetition
                ? "put the whole pattern in quotes"
                : "put the whole argument in quotes; replace it if it is a placeholder",
            fix: Fix(
                isSafe: isRepetition && !needsCare, title: "put it in quotes",
                edits: [
                    TextEdit(builder.range(word.lowerBound..<word.lowerBound), text: "\""),
                    TextEdit(builder.range(word.upperBound..<word.upperBound), text: "\""),
                ]))
    }
}
