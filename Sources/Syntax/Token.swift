/// What a stretch of bytes is to the grammar.
package enum TokenKind: UInt8, Hashable, Sendable {
    /// Spaces, tabs, line continuations, and line ends inside a statement.
    case blank
    /// The line end behind a statement, comment or empty line: LF or CR LF.
    case newline
    /// From `#` to the end of the line, without the line end.
    case comment
    /// A word without quotes around it.
    case bare
    /// A word in `"`; the closing quote may be missing.
    case doubleQuoted
    /// A word in `'`; the closing quote may be missing.
    case singleQuoted
    /// nginx: `;`.
    case semicolon
    /// nginx: `{`.
    case openBrace
    /// nginx: `}`.
    case closeBrace
    /// Apache: `<`, which begins a section.
    case tagOpen
    /// Apache: `</`, which ends a section.
    case endTagOpen
    /// Apache: `>`.
    case tagClose
    /// Text in another language: Lua, Perl.
    case raw
    /// Text that the server does not look at.
    case ignored
    /// The bytes EF BB BF before the text.
    case byteOrderMark

    /// Whether it is a word: a name or an argument.
    package var isWord: Bool {
        switch self {
        case .bare, .doubleQuoted, .singleQuoted: true
        default: false
        }
    }
}

/// A stretch of bytes; it ends where the next one begins, so the tokens of a tree hold every byte once.
package struct Token: Hashable, Sendable {
    /// The offset of its first byte.
    package let start: UInt32
    /// What it is.
    package let kind: TokenKind
}
