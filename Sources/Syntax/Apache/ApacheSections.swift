import Source

/// A section that was opened and not yet closed.
struct OpenSection {
    /// Its name in lower case.
    let name: String
    /// Its opening tag.
    let tag: Range<Int>
    /// Whether it became a node; what is nested too deep does not.
    let isNode: Bool
}

extension ApacheParser {
    /// Reads `<Name arguments>`: the arguments go up to the line's last `>`, what follows it is ignored.
    mutating func parseOpeningTag(from mark: Int32, at first: Int, hasBracket: Bool = true) {
        let lineEnd = visibleEnd(from: first)
        var nameStart = first
        if hasBracket {
            builder.add(.tagOpen, upTo: first + 1)
            nameStart = lexer.afterBlanks(first + 1, limit: lineEnd)
            if lexer.skip(first + 1) < nameStart {
                reportBlankInTag(first + 1..<nameStart, before: "the section's name")
            }
        } else {
            reportMissingOpeningBracket(first..<lexer.contentEnd(from: first, lineEnd: lineEnd))
        }
        builder.add(.blank, upTo: nameStart)
        let nameEnd = lexer.nameEnd(nameStart)
        let name = lowercasedName(nameStart..<nameEnd)
        let nameToken = builder.mark
        builder.add(.bare, upTo: nameEnd)

        var tagFollows = false
        let wordEnd = lexer.bareEnd(nameEnd, limit: lineEnd)
        let isBracketNext = lexer.byte(nameEnd) == UInt8(ascii: ">")
        var close = builder.bytes[nameEnd..<lineEnd].lastIndex(of: UInt8(ascii: ">"))
        if nameEnd == nameStart {
            reportMissingName(first..<max(wordEnd, first + 1))
        } else if isBracketNext, wordEnd > nameEnd + 1 {
            reportGluedText(nameEnd + 1..<wordEnd, behind: first..<nameEnd + 1)
            close = nameEnd
            tagFollows = isTagNext(nameEnd + 1, lineEnd: lineEnd)
        } else if !isBracketNext, wordEnd > nameEnd {
            reportMissingBlank(after: nameStart..<nameEnd)
        }
        if !tagFollows, let next = nextTag(nameEnd, limit: close ?? nameEnd) {
            reportGluedText(
                next.tag..<lexer.contentEnd(from: next.tag, lineEnd: lineEnd), behind: first..<next.close + 1)
            close = next.close
            tagFollows = true
        }
        var words = addWords(limit: close ?? lineEnd, name: name)
        if nameEnd > nameStart { words.insert(nameToken, at: 0) }
        if let close {
            builder.add(.blank, upTo: close)
            builder.add(.tagClose, upTo: close + 1)
        } else {
            reportMissingBracket(first..<builder.position)
        }
        let tag = first..<builder.position
        // A second tag on the line is an error already reported; reading goes on with it.
        if !tagFollows { addIgnoredText(behind: tag) }
        if knowsWhatNests { closeWhatCannotHold(name, before: mark, tag: tag) }
        let before = builder.open.count
        builder.openBlock(from: mark, words: words)
        sections.append(OpenSection(name: name, tag: tag, isNode: builder.open.count > before))
        openCount[name, default: 0] += 1
    }

    /// Reads `</Name>`; everything behind it on the line is ignored.
    mutating func parseClosingTag(from mark: Int32, at first: Int, slash: Int) {
        let lineEnd = visibleEnd(from: first)
        builder.add(.endTagOpen, upTo: slash + 1)
        let nameStart = lexer.afterBlanks(slash + 1, limit: lineEnd)
        if lexer.skip(slash + 1) < nameStart { reportBlankInTag(slash + 1..<nameStart, before: "the section's name") }
        builder.add(.blank, upTo: nameStart)
        let nameEnd = lexer.nameEnd(nameStart)
        let name = lowercasedName(nameStart..<nameEnd)
        builder.add(.bare, upTo: nameEnd)
        let bracket = lexer.afterBlanks(nameEnd, limit: lineEnd)
        if lexer.byte(bracket) == UInt8(ascii: ">") {
            if lexer.skip(nameEnd) < bracket { reportBlankInTag(nameEnd..<bracket, before: "the closing \">\"") }
            builder.add(.blank, upTo: bracket)
            builder.add(.tagClose, upTo: bracket + 1)
        } else {
            reportMissingBracket(first..<nameEnd)
        }
        let tag = first..<builder.position
        let wordEnd = lexer.bareEnd(builder.position, limit: lineEnd)
        let isGlued = wordEnd > builder.position
        if isGlued { reportGluedText(builder.position..<wordEnd, behind: tag) }
        if !isGlued || !isTagNext(builder.position, lineEnd: lineEnd) { addIgnoredText(behind: tag) }
        close(name, nameRange: nameStart..<nameEnd, tag: tag, from: mark)
    }

    /// Finds the section that a closing tag means, and closes it.
    private mutating func close(_ name: String, nameRange: Range<Int>, tag: Range<Int>, from mark: Int32) {
        guard let innermost = sections.last else {
            reportUnexpectedClosing(tag, innermost: nil)
            return builder.leaf(.broken, from: mark)
        }
        // A section without a name was reported when it began; whatever is not open elsewhere closes it.
        let isNameless = innermost.name.isEmpty && openCount[name, default: 0] == 0
        if innermost.name == name || isNameless { return closeInnermost(from: mark) }
        if openCount[name, default: 0] > 0 {
            while let section = sections.last, section.name != name {
                reportUnclosed(section, because: tag)
                abandonInnermost(before: mark)
            }
            return closeInnermost(from: mark)
        }
        if isMisspelled(name, of: innermost.name) || !isClosedLater(innermost.name) {
            reportMismatch(nameRange, section: innermost)
            return closeInnermost(from: mark)
        }
        reportUnexpectedClosing(tag, innermost: innermost)
        builder.leaf(.broken, from: mark)
    }

    private mutating func closeInnermost(from mark: Int32) {
        builder.closeBlock(from: mark)
        forgetInnermost()
    }

    private mutating func abandonInnermost(before mark: Int32) {
        builder.abandonBlock(before: mark)
        forgetInnermost()
    }

    private mutating func forgetInnermost() {
        guard let section = sections.popLast() else { return }
        openCount[section.name, default: 1] -= 1
    }

    /// Ends the sections that are open at the end of the file.
    mutating func closeAtEnd() {
        hasUnclosedAtEnd = !sections.isEmpty
        for section in sections where section.isNode { reportUnclosed(section, because: nil) }
        while !sections.isEmpty { abandonInnermost(before: builder.mark) }
    }

    /// Ends the sections in which a section of this name cannot be: their closing tags are missing.
    private mutating func closeWhatCannotHold(_ name: String, before mark: Int32, tag: Range<Int>) {
        guard let rank = sectionRank(name) else { return }
        guard
            let first = sections.prefix(TreeBuilder.depthLimit).firstIndex(where: {
                sectionRank($0.name).map { $0 >= rank } ?? false
            })
        else {
            return
        }
        while sections.count > first, let section = sections.last {
            reportUnclosed(section, because: nil, next: tag)
            abandonInnermost(before: mark)
        }
        closedByNext = true
    }

    /// Whether a name is a slip of the pen for another: one is the begin of the other, or they are nearly the same.
    private func isMisspelled(_ name: String, of meant: String) -> Bool {
        guard !name.isEmpty else { return true }
        return meant.hasPrefix(name) || name.hasPrefix(meant) || closest(to: name, in: [meant]) != nil
    }

    /// Whether the rest of the text holds the closing tag of the innermost section; the search is not made too often.
    private mutating func isClosedLater(_ name: String) -> Bool {
        guard searchesLeft > 0 else { return true }
        searchesLeft -= 1
        var depth = 0
        var offset = builder.position
        while offset < builder.bytes.count {
            let first = lexer.afterBlanks(offset, limit: builder.bytes.count)
            if lexer.byte(first) == UInt8(ascii: "<") {
                let isEnd = lexer.byte(first + 1) == UInt8(ascii: "/")
                let start = first + (isEnd ? 2 : 1)
                if lowercasedName(start..<lexer.nameEnd(start)) == name {
                    if isEnd, depth == 0 { return true }
                    depth += isEnd ? -1 : 1
                }
            }
            offset = lexer.lineEnd(first) + 1
        }
        return false
    }

    /// Adds the text behind a tag, which Apache does not look at.
    private mutating func addIgnoredText(behind tag: Range<Int>) {
        let lineEnd = visibleEnd(from: builder.position)
        let start = lexer.afterBlanks(builder.position, limit: lineEnd)
        let end = lexer.contentEnd(from: start, lineEnd: lineEnd)
        if start < end {
            let isGlued = start == tag.upperBound
            builder.add(.blank, upTo: start)
            builder.add(.ignored, upTo: end)
            if !isGlued { reportIgnoredText(start..<end, behind: tag) }
        }
        addLineEnd()
    }

    /// Whether a line is a section's tag but for its `<`: a section's name, and `>` at the end.
    func isSectionWithoutBracket(_ first: Int) -> Bool {
        let nameEnd = lexer.nameEnd(first)
        guard nameEnd > first, nameEnd - first < 20, sectionRank(lowercasedName(first..<nameEnd)) != nil else {
            return false
        }
        let lineEnd = visibleEnd(from: first)
        let end = lexer.contentEnd(from: nameEnd, lineEnd: lineEnd)
        return end > nameEnd && builder.bytes[end - 1] == UInt8(ascii: ">")
    }

    /// Whether reading goes on with a tag glued to the last one; a very long line is not read so, to stay fast.
    private func isTagNext(_ offset: Int, lineEnd: Int) -> Bool {
        lexer.byte(offset) == UInt8(ascii: "<") && lineEnd - offset < 1000
    }

    /// A `>` inside what would be the arguments, and the tag that follows it: both were meant as tags.
    private func nextTag(_ start: Int, limit: Int) -> (close: Int, tag: Int)? {
        guard limit - start < 1000 else { return nil }
        for offset in start..<limit where builder.bytes[offset] == UInt8(ascii: ">") {
            let next = lexer.afterBlanks(offset + 1, limit: limit)
            guard lexer.byte(next) == UInt8(ascii: "<") else { continue }
            let name = lexer.skip(next + 1)
            let isEnd = lexer.byte(name) == UInt8(ascii: "/")
            let nameStart = isEnd ? lexer.skip(name + 1) : name
            let word = lowercasedName(nameStart..<lexer.nameEnd(nameStart))
            if openCount[word, default: 0] > 0 || sectionRank(word) != nil || word.hasPrefix("if") {
                return (offset, next)
            }
        }
        return nil
    }

    /// The end of the logical line, or the NUL byte behind which the server sees nothing.
    private func visibleEnd(from start: Int) -> Int {
        let end = lexer.lineEnd(start)
        return builder.bytes[start..<end].firstIndex(of: 0) ?? end
    }
}

/// The rank of the sections that never hold one of their own or of a lower rank.
private func sectionRank(_ name: String) -> Int? {
    switch name {
    case "virtualhost": 0
    case "directory", "directorymatch", "location", "locationmatch", "proxy", "proxymatch": 1
    case "files", "filesmatch": 2
    default: nil
    }
}
