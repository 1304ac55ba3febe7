package import Source

/// A configuration file as it was written: every byte of it, also of broken ones, and what was found wrong on the way.
///
/// The nodes are flat, in the order of the text. A node's content goes from the index behind it up to its `end`, so a
/// walk needs no recursion and depth costs no stack.
package struct SyntaxTree: Sendable {
    /// The grammar it was read with.
    package let grammar: Grammar
    /// The file that all ranges are in.
    package let file: FileID
    /// The text.
    package let bytes: [UInt8]
    /// All stretches of the text.
    package let tokens: [Token]
    /// The tokens that are words, as indices of `tokens`, grouped by node.
    package let words: [Int32]
    /// All nodes, each before its content.
    package let nodes: [Node]
    /// What is wrong with the text, in its order.
    package let diagnostics: [Diagnostic]

    /// The indices of the nodes at the top.
    package var roots: Children { Children(tree: self, position: 0, end: nodes.count) }

    /// The indices of the nodes directly inside a node.
    package func children(of node: Int) -> Children {
        Children(tree: self, position: node + 1, end: Int(nodes[node].end))
    }

    /// The block around a node.
    package func parent(of node: Int) -> Int? {
        nodes[node].parent < 0 ? nil : Int(nodes[node].parent)
    }

    /// The text put together again from the tokens; always equal to `bytes`.
    package func print() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for token in tokens.indices { text.append(contentsOf: bytes[bounds(ofToken: token)]) }
        return text
    }

    /// The bytes of a token.
    package func bounds(ofToken token: Int) -> Range<Int> {
        let end = token + 1 < tokens.count ? Int(tokens[token + 1].start) : bytes.count
        return Int(tokens[token].start)..<end
    }

    /// The bytes of some neighbouring tokens.
    package func bounds(of tokens: Range<Int32>) -> Range<Int> {
        let start =
            Int(tokens.lowerBound) < self.tokens.count ? Int(self.tokens[Int(tokens.lowerBound)].start) : bytes.count
        guard !tokens.isEmpty else { return start..<start }
        return start..<bounds(ofToken: Int(tokens.upperBound) - 1).upperBound
    }

    /// All tokens of a node, with its content and closing.
    package func tokens(of node: Int) -> Range<Int32> {
        nodes[node].head.lowerBound..<nodes[node].tail.upperBound
    }

    /// Indices of nodes that are beside each other.
    package struct Children: Sequence, IteratorProtocol, Sendable {
        fileprivate let tree: SyntaxTree
        fileprivate var position: Int
        fileprivate let end: Int

        /// The index of the next node.
        package mutating func next() -> Int? {
            guard position < end else { return nil }
            defer { position = Int(tree.nodes[position].end) }
            return position
        }
    }
}
