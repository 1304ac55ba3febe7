import Source

extension NginxParser {
    /// Opens a block at its `{`; the inside of a Lua block is taken as it is, up to its `}`.
    mutating func open(_ statement: Statement) {
        if trustsIndentation { closeWhatCannotHold(statement) }
        builder.add(.openBrace, upTo: builder.position + 1)
        if statement.name.hasSuffix("_by_lua_block") { return takeLua(statement) }
        addLineEnd()
        push(statement)
    }

    /// Opens a block of which the `{` is missing.
    mutating func openWithoutBrace(_ statement: Statement) {
        if trustsIndentation { closeWhatCannotHold(statement) }
        reportMissingBrace(statement)
        addLineEnd()
        push(statement)
    }

    private mutating func push(_ statement: Statement) {
        let before = builder.open.count
        builder.openBlock(from: statement.mark, words: statement.words)
        blocks.append(
            OpenBlock(
                head: statement.start..<max(statement.end, statement.start + 1), name: statement.name,
                argumentCount: statement.argumentCount, indentation: lexer.indentation(statement.start),
                isNode: builder.open.count > before))
    }

    private mutating func takeLua(_ statement: Statement) {
        builder.openBlock(from: statement.mark, words: statement.words)
        let inside = builder.mark
        guard let end = luaBlockEnd(builder.bytes, from: builder.position) else {
            reportUnclosed(head: statement.start..<statement.end, name: statement.name)
            builder.add(.raw, upTo: builder.bytes.count)
            builder.leaf(.raw, from: inside)
            return builder.abandonBlock(before: builder.mark)
        }
        builder.add(.raw, upTo: end)
        builder.leaf(.raw, from: inside)
        let closing = builder.mark
        builder.add(.closeBrace, upTo: end + 1)
        addLineEnd()
        builder.closeBlock(from: closing)
    }

    /// Closes the block that a `}` belongs to.
    mutating func close(from mark: Int32, brace: Int) {
        if trustsIndentation, lexer.isFirstOnLine(brace) {
            let indentation = lexer.indentation(brace)
            if isSurplus(indentation) {
                reportSurplusBrace(brace)
                return builder.leaf(.broken, from: mark)
            }
            abandonDeeper(than: indentation, before: mark, brace: brace)
        }
        guard !blocks.isEmpty else {
            reportSurplusBrace(brace)
            return builder.leaf(.broken, from: mark)
        }
        builder.closeBlock(from: mark)
        blocks.removeLast()
    }

    /// Ends the blocks that are open at the end of the file.
    mutating func closeAtEnd() {
        for block in blocks where block.isNode { reportUnclosed(head: block.head, name: block.name) }
        while !blocks.isEmpty { abandonInnermost(before: builder.mark) }
    }

    private mutating func abandonInnermost(before mark: Int32) {
        builder.abandonBlock(before: mark)
        blocks.removeLast()
    }

    /// Whether a `}` stands deeper than the block that it would close, and lines up with no open block.
    private func isSurplus(_ indentation: Int) -> Bool {
        guard let innermost = blocks.last, indentation > innermost.indentation else { return false }
        return !blocks.suffix(TreeBuilder.depthLimit).contains { $0.indentation == indentation }
    }

    /// Ends the inner blocks of which the `}` is missing, when this one lines up with a block further out.
    private mutating func abandonDeeper(than indentation: Int, before mark: Int32, brace: Int) {
        guard let innermost = blocks.last, innermost.indentation > indentation,
            let meant = blocks.suffix(TreeBuilder.depthLimit).lastIndex(where: { $0.indentation == indentation })
        else { return }
        while blocks.count > meant + 1, let block = blocks.last {
            if block.isNode { reportUnclosed(head: block.head, name: block.name, closing: brace) }
            abandonInnermost(before: mark)
        }
    }

    /// Ends the blocks in which a new one cannot be: no server is inside a server, and of two locations with the same
    /// indentation none is inside the other.
    private mutating func closeWhatCannotHold(_ statement: Statement) {
        guard let first = firstThatCannotHold(statement) else { return }
        while blocks.count > first, let block = blocks.last {
            if block.isNode {
                reportUnclosed(head: block.head, name: block.name, next: statement.start..<statement.end)
            }
            abandonInnermost(before: statement.mark)
        }
    }

    private func firstThatCannotHold(_ statement: Statement) -> Int? {
        if statement.name == "location" {
            guard let last = blocks.last, last.name == "location", lexer.isFirstOnLine(statement.start),
                last.indentation == lexer.indentation(statement.start)
            else { return nil }
            return blocks.count - 1
        }
        guard statement.argumentCount == 0, statement.name == "server" else { return nil }
        return blocks.prefix(TreeBuilder.depthLimit).firstIndex { $0.name == "server" && $0.argumentCount == 0 }
    }
}
