/// One statement of a text that is being written, with the block behind it if it has one.
package struct TextLine: Hashable, Sendable {
    /// Name and arguments, quoted as the language wants it.
    package var head: String
    /// What stands in its block; nil: it has none.
    package var block: [TextLine]?
    /// The comment before it, one line each, without `#`.
    package var comment: [String] = []
    /// An empty line goes before it.
    package var isApart = false

    package init(_ head: String, block: [TextLine]? = nil, comment: [String] = [], isApart: Bool = false) {
        self.head = head
        self.block = block
        self.comment = comment
        self.isApart = isApart
    }
}

/// How a language writes statements and blocks.
package protocol TextStyle {
    /// A statement without a block.
    func statement(_ head: String) -> String
    /// The first and the last line of a block; with an empty block one line may stand for both.
    func block(_ head: String, isEmpty: Bool) -> (first: String, last: String?)
}

extension TextStyle {
    /// The text of some statements: four blanks for each block, empty lines where they are asked for.
    package func text(of lines: [TextLine]) -> String {
        var text = ""
        write(lines, depth: 0, to: &text)
        return text
    }

    private func write(_ lines: [TextLine], depth: Int, to text: inout String) {
        let indent = String(repeating: "    ", count: depth)
        for (index, line) in lines.enumerated() {
            if line.isApart, index > 0 { text += "\n" }
            for comment in line.comment { text += comment.isEmpty ? indent + "#\n" : "\(indent)# \(comment)\n" }
            guard let block = line.block else {
                if !line.head.isEmpty { text += indent + statement(line.head) + "\n" }
                continue
            }
            let ends = self.block(line.head, isEmpty: block.isEmpty)
            text += indent + ends.first + "\n"
            write(block, depth: depth + 1, to: &text)
            if let last = ends.last { text += indent + last + "\n" }
        }
    }
}
