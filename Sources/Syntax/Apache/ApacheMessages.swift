import Source

extension ApacheParser {
    private func text(_ range: Range<Int>) -> String {
        let shown = String(configuration: withoutContinuations(lexer.bytes[range].prefix(240)))
        return shown.count > 60 ? String(shown.prefix(57)) + "..." : shown
    }

    mutating func reportUnclosed(_ section: OpenSection, because closing: Range<Int>?, next: Range<Int>? = nil) {
        guard section.isNode, !section.name.isEmpty else { return }
        let spelled = spelledName(section.tag)
        // Apache runs the inside of a true condition as it reads it, and does not miss its end at the end of the file.
        let isForgiven = closing == nil && next == nil && conditionNames.contains(section.name)
        var related: [Note] = []
        if let closing { related.append(Note("this closes a section around it", at: builder.range(closing))) }
        if let next { related.append(Note("this section cannot be inside it", at: builder.range(next))) }
        builder.report(
            .unclosedSection, isForgiven ? .warning : .error, "<\(spelled)> is never closed", at: section.tag,
            why: isForgiven
                ? "Apache accepts this at the end of a file while the condition holds, and refuses it once it does not"
                : "Apache refuses the configuration",
            help: "add </\(spelled)> where the section is to end", related: related)
    }

    mutating func reportUnexpectedClosing(_ tag: Range<Int>, innermost: OpenSection?) {
        let related = innermost.map { Note("this section is open here", at: builder.range($0.tag)) }
        builder.report(
            .unexpectedClosingTag, .error, "\(text(tag)) closes nothing", at: tag,
            why: "no section of this name is open here; Apache refuses the configuration",
            help: "remove the line, or add the opening tag that it belongs to", related: related.map { [$0] } ?? [])
    }

    mutating func reportMismatch(_ nameRange: Range<Int>, section: OpenSection) {
        let spelled = spelledName(section.tag)
        builder.report(
            .mismatchedClosingTag, .error, "</\(text(nameRange))> does not close <\(spelled)>", at: nameRange,
            why: "a section ends with its own name; Apache refuses the configuration",
            help: "write </\(spelled)>", related: [Note("the section begins here", at: builder.range(section.tag))],
            fix: builder.fix("write </\(spelled)>", replace: nameRange, with: spelled))
    }

    mutating func reportBlankInTag(_ blank: Range<Int>, before what: String) {
        builder.report(
            .malformedSectionTag, .error, "a blank before \(what)", at: blank,
            why: "Apache takes the tag's name up to the blank and does not find such a section",
            help: "remove the blank", fix: builder.fix("remove the blank", replace: blank, with: ""))
    }

    mutating func reportMissingName(_ tag: Range<Int>) {
        builder.report(
            .malformedSectionTag, .error, "\(text(tag)) has no section name", at: tag,
            help: "write the section's name directly behind \"<\"")
    }

    mutating func reportMissingBlank(after name: Range<Int>) {
        builder.report(
            .malformedSectionTag, .error, "a blank is missing behind <\(text(name))", at: name,
            why: "Apache takes everything up to the first blank as the section's name",
            help: "put a blank between the name and its argument",
            fix: builder.fix("put a blank behind the name", replace: name.upperBound..<name.upperBound, with: " "))
    }

    mutating func reportMissingOpeningBracket(_ tag: Range<Int>) {
        builder.report(
            .malformedSectionTag, .error, "\(text(tag)) has no opening \"<\"", at: tag,
            why: "without it Apache takes the line for a directive that does not exist", help: "write \"<\" before it",
            fix: builder.fix("add \"<\"", replace: tag.lowerBound..<tag.lowerBound, with: "<"))
    }

    mutating func reportMissingBracket(_ tag: Range<Int>) {
        builder.report(
            .malformedSectionTag, .error, "\(text(tag)) has no closing \">\"", at: tag,
            why: "Apache refuses the configuration", help: "write \">\" behind it",
            fix: builder.fix("add \">\"", replace: tag.upperBound..<tag.upperBound, with: ">"))
    }

    mutating func reportGluedText(_ glued: Range<Int>, behind tag: Range<Int>) {
        builder.report(
            .malformedSectionTag, .error, "\(text(glued)) is glued to \(text(tag))", at: glued,
            why: "Apache takes both for one name", help: "put what follows on a line of its own",
            fix: builder.fix(
                "begin a new line", replace: glued.lowerBound..<glued.lowerBound, with: "\n",
                isSafe: builder.bytes[glued.lowerBound] == UInt8(ascii: "<")))
    }

    mutating func reportIgnoredText(_ ignored: Range<Int>, behind tag: Range<Int>) {
        let isComment = builder.bytes[ignored.lowerBound] == UInt8(ascii: "#")
        builder.report(
            .textAfterSectionTag, isComment ? .style : .warning, "\(text(ignored)) behind \(text(tag)) is ignored",
            at: ignored, why: "Apache does not look at what follows a section's tag on its line",
            help: "put it on a line of its own")
    }

    mutating func reportContinuedComment(_ comment: Range<Int>, swallowed: Range<Int>) {
        let next = text(swallowed).trimmingBlanks()
        // A commented-out directive of several lines is meant to be one comment.
        guard !next.isEmpty, !next.hasPrefix("#"), isLikelyDirective(next) else { return }
        builder.report(
            .continuedComment, .warning, "the comment goes on in the next line: \(next)", at: comment,
            why: "a backslash at the end of a line continues comments too, so the next line is no directive",
            help: "remove the backslash, or put a # before the next line as well",
            related: [Note("this line is part of the comment", at: builder.range(swallowed))])
    }

    mutating func reportUnclosedQuote(_ word: Range<Int>, name: String) {
        // ErrorDocument's old form begins its text with a lone quote.
        guard name != "errordocument" else { return }
        builder.report(
            .unclosedQuote, .warning, "the quote is not closed", at: word,
            why: "Apache takes everything up to the end of the line as one argument", help: "close the quote")
    }

    /// Reports text glued to a closing quote, where it can only be a slip.
    mutating func checkGluedWord(_ word: Range<Int>, name: String) {
        guard word.count > 1, !expressionNames.contains(name) else { return }
        builder.report(
            .textAfterQuote, .warning, "\(text(word)) is an argument of its own", at: word,
            why: "Apache ends an argument at its closing quote also when no blank follows",
            help: "put a blank before it, or take it into the quotes")
    }

    /// Reports what in a bare argument looks like something that it is not.
    mutating func checkBareWord(_ word: Range<Int>, limit: Int, isSection: Bool) {
        if builder.bytes[word.lowerBound] == UInt8(ascii: "#"), !isSection { reportTrailingComment(word) }
        if builder.bytes[word].starts(with: [UInt8(ascii: "<"), UInt8(ascii: "/")]) { return checkStrayTag(word) }
        guard word.count == 1, builder.bytes[word.lowerBound] == UInt8(ascii: "\\") else { return }
        let next = lexer.afterBlanks(word.upperBound, limit: limit)
        guard next < builder.bytes.count, builder.bytes[next] == UInt8(ascii: "\n") else { return }
        let blanks = word.upperBound..<next
        builder.report(
            .blankAfterBackslash, .warning, "the line is not continued: a blank follows the backslash", at: word,
            why: "the backslash must be the last byte of the line; here it is an argument",
            help: "remove the blanks behind it",
            fix: builder.fix("remove the blanks behind the backslash", replace: blanks, with: "", isSafe: false))
    }

    private mutating func reportTrailingComment(_ word: Range<Int>) {
        // Later words of the same comment are not reported again.
        if let last = builder.diagnostics.last, last.rule == SyntaxRule.trailingComment.rawValue,
            let end = last.range?.end, end >= word.upperBound
        {
            return
        }
        let end = lexer.contentEnd(from: word.upperBound, lineEnd: lexer.lineEnd(word.upperBound))
        // A colour or an anchor is one word; a comment begins with a lone # or has more words behind it.
        guard word.count == 1 || end > word.upperBound else { return }
        builder.report(
            .trailingComment, .warning, "\(text(word.lowerBound..<end)) is no comment", at: word.lowerBound..<end,
            why: "to Apache a comment is a line of its own; here each word is one more argument",
            help: "put the comment on the line before")
    }

    /// Reports the closing tag of an open section that stands behind a directive.
    private mutating func checkStrayTag(_ word: Range<Int>) {
        let name = lowercasedName(word.lowerBound + 2..<lexer.nameEnd(word.lowerBound + 2))
        guard openCount[name, default: 0] > 0 else { return }
        builder.report(
            .malformedSectionTag, .error, "\(text(word)) is an argument here", at: word,
            why: "Apache reads a tag only at the beginning of a line", help: "put the tag on a line of its own",
            fix: builder.fix("begin a new line", replace: word.lowerBound..<word.lowerBound, with: "\n"))
    }

    /// A section's name as its opening tag spells it.
    private func spelledName(_ tag: Range<Int>) -> String {
        let hasBracket = builder.bytes[tag.lowerBound] == UInt8(ascii: "<")
        let start = lexer.afterBlanks(tag.lowerBound + (hasBracket ? 1 : 0), limit: tag.upperBound)
        return text(start..<min(lexer.nameEnd(start), tag.upperBound))
    }

    private func isLikelyDirective(_ line: String) -> Bool {
        guard let first = line.utf8.first else { return false }
        return first == UInt8(ascii: "<") || (first >= UInt8(ascii: "A") && first <= UInt8(ascii: "Z"))
    }
}

/// The directives that take their line as an expression, in which quotes may touch operators.
private let expressionNames: Set<String> = [
    "if", "elseif", "require", "setenvifexpr", "rewritecond", "errordocument", "sslrequire",
]

/// The sections whose inside Apache reads as part of what is around them.
private let conditionNames: Set<String> = [
    "ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection",
]

extension String {
    fileprivate func trimmingBlanks() -> String {
        String(drop { $0 == " " || $0 == "\t" })
    }
}
