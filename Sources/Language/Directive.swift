package import Source

/// A directive as a server would see it: conditionals, includes, macros and parse-time variables are worked in.
package struct Directive: Hashable, Sendable {
    /// The name as it was written, without `<`.
    package var name: String
    /// The name as the registry knows it: lower case in Apache, where a section has a leading `<`.
    package var key: String
    /// The arguments, unquoted.
    package var arguments: [Argument]
    /// Everything behind the name as it was written, for directives that read the raw line.
    package var raw: String
    /// Whether it has a body.
    package var isBlock: Bool
    /// What stands in its body.
    package var children: [Directive]
    /// The whole statement, body included.
    package var range: SourceRange
    /// Name and arguments.
    package var head: SourceRange
    /// The name alone.
    package var nameRange: SourceRange
    /// The comment lines that stand right before it, without `#`.
    package var comment: String?

    package init(
        name: String, key: String, arguments: [Argument], raw: String, isBlock: Bool, children: [Directive],
        range: SourceRange, head: SourceRange, nameRange: SourceRange, comment: String? = nil
    ) {
        self.name = name
        self.key = key
        self.arguments = arguments
        self.raw = raw
        self.isBlock = isBlock
        self.children = children
        self.range = range
        self.head = head
        self.nameRange = nameRange
        self.comment = comment
    }
}

/// One argument of a directive.
package struct Argument: Hashable, Sendable {
    /// Its text, unquoted, variables of parse time replaced.
    package var text: String
    /// Where it stands, quotes included.
    package var range: SourceRange
    /// It was written in quotes.
    package var isQuoted: Bool

    package init(text: String, range: SourceRange, isQuoted: Bool = false) {
        self.text = text
        self.range = range
        self.isQuoted = isQuoted
    }
}
