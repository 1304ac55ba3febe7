package import Source

/// What can be wrong with the text of a configuration, before any directive is understood.
package enum SyntaxRule: String, CaseIterable, Sendable {
    case missingSemicolon = "missing-semicolon"
    case unexpectedSemicolon = "unexpected-semicolon"
    case missingOpeningBrace = "missing-opening-brace"
    case unexpectedOpeningBrace = "unexpected-opening-brace"
    case unexpectedClosingBrace = "unexpected-closing-brace"
    case unclosedBlock = "unclosed-block"
    case unclosedQuote = "unclosed-quote"
    case textAfterQuote = "text-after-quote"
    case unquotedBrace = "unquoted-brace"
    case tooLongParameter = "too-long-parameter"
    case unclosedSection = "unclosed-section"
    case unexpectedClosingTag = "unexpected-closing-tag"
    case mismatchedClosingTag = "mismatched-closing-tag"
    case malformedSectionTag = "malformed-section-tag"
    case textAfterSectionTag = "text-after-section-tag"
    case trailingComment = "trailing-comment"
    case continuedComment = "continued-comment"
    case blankAfterBackslash = "blank-after-backslash"
    case nestedTooDeep = "nested-too-deep"
    case nulByte = "nul-byte"
    case byteOrderMark = "byte-order-mark"
    case nonBreakingSpace = "non-breaking-space"
    case curlyQuote = "curly-quote"
    case tooManyErrors = "too-many-errors"

    /// What the rule finds, as a sentence.
    package var summary: String {
        switch self {
        case .missingSemicolon: "A statement has no `;` at its end."
        case .unexpectedSemicolon: "A `;` ends nothing."
        case .missingOpeningBrace: "A block begins without its `{`."
        case .unexpectedOpeningBrace: "A `{` has no name before it."
        case .unexpectedClosingBrace: "A `}` closes nothing."
        case .unclosedBlock: "A block has no `}`."
        case .unclosedQuote: "A quote is opened and not closed."
        case .textAfterQuote: "Text is glued to a closing quote."
        case .unquotedBrace: "A brace in an argument is not in quotes."
        case .tooLongParameter: "A word or comment is longer than nginx reads."
        case .unclosedSection: "A section has no closing tag."
        case .unexpectedClosingTag: "A closing tag closes nothing."
        case .mismatchedClosingTag: "A closing tag has another name than the section."
        case .malformedSectionTag: "A section's tag is not written as Apache reads it."
        case .textAfterSectionTag: "Text behind a section's tag is ignored."
        case .trailingComment: "A comment at the end of a line is no comment to Apache."
        case .continuedComment: "A comment ends in a backslash and swallows the next line."
        case .blankAfterBackslash: "A blank behind a backslash keeps it from continuing the line."
        case .nestedTooDeep: "Blocks are nested deeper than anything sensible."
        case .nulByte: "The text holds a NUL byte."
        case .byteOrderMark: "The file begins with a byte order mark."
        case .nonBreakingSpace: "A non-breaking space stands where a space was meant."
        case .curlyQuote: "A typographic quote stands where a plain one was meant."
        case .tooManyErrors: "So much is wrong that not all of it is shown."
        }
    }
}

extension Diagnostic {
    /// Makes a diagnostic of a syntax rule.
    package init(
        _ rule: SyntaxRule, _ severity: Severity, _ message: String, at range: SourceRange, why: String? = nil,
        help: String? = nil, related: [Note] = [], fix: Fix? = nil
    ) {
        self.init(
            rule.rawValue, severity, message, at: range, why: why, help: help, related: related, fix: fix)
    }
}
