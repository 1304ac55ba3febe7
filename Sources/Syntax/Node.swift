/// One line, statement or section of a tree.
///
/// A tree's nodes are in the order of the text, a section before its content.
package struct Node: Hashable, Sendable {
    /// What a node is.
    package enum Kind: UInt8, Hashable, Sendable {
        /// A name and its arguments.
        case directive
        /// A name, its arguments and other nodes inside: `<Section>` or braces.
        case block
        /// A comment; it stands for itself also when it follows a directive on its line.
        case comment
        /// Empty lines, however many follow each other.
        case blank
        /// Text in another language: the inside of a Lua block, a line of a `<Perl>` section.
        case raw
        /// What belongs to nothing: a closing brace too many, or what is nested too deep to be read.
        case broken
    }

    /// What the node is.
    package let kind: Kind
    /// The node's own tokens with the blanks before and the line end behind; of a block those up to its opening.
    package internal(set) var head: Range<Int32>
    /// The tokens of a block's closing; empty, behind the node's last token, when there is none.
    package internal(set) var tail: Range<Int32>
    /// The words, as places in the tree's `words`: first the name, then the arguments.
    package let words: Range<Int32>
    /// The index behind the last node inside; the next node beside this one, if there is one.
    package internal(set) var end: Int32
    /// The block around it, -1 at the top.
    package let parent: Int32
    /// The number of blocks around it.
    package let depth: Int16

    /// Whether the node is a block of which the closing was not found.
    package var isUnclosed: Bool { kind == .block && tail.isEmpty }
}
