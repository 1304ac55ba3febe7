import Language
import Source
import Syntax

extension LintRule {
    /// What reading a text can find, before any directive is understood.
    static let syntaxRules: [LintRule] = SyntaxRule.allCases.map { rule in
        LintRule(
            rule.rawValue, rule.usualSeverity, summary: rule.summary, why: rule.reason, examples: rule.examples)
    }
}

extension SyntaxRule {
    /// The severity of most of its findings.
    fileprivate var usualSeverity: Severity {
        switch self {
        case .textAfterSectionTag, .trailingComment, .continuedComment, .blankAfterBackslash, .curlyQuote,
            .textAfterQuote, .tooManyErrors:
            .warning
        default: .error
        }
    }

    /// What the servers make of it.
    fileprivate var reason: String {
        switch self {
        case .missingSemicolon:
            "nginx takes the next line for more arguments of the same statement, and reports a line further down."
        case .unexpectedSemicolon: "nginx refuses an empty statement."
        case .missingOpeningBrace: "nginx takes what follows for arguments of the block's name."
        case .unexpectedOpeningBrace: "nginx refuses a block without a name."
        case .unexpectedClosingBrace: "nginx stops reading there; the brace closes a block that was never opened."
        case .unclosedBlock: "nginx reaches the end of the file and refuses it; indentation tells which block it is."
        case .unclosedQuote: "Everything up to the next quote, often many lines further down, becomes one argument."
        case .textAfterQuote: "nginx wants a blank, `;` or `{` behind a closing quote; Apache begins another argument."
        case .unquotedBrace: "nginx takes a bare `{` or `}` in a pattern for the begin or end of a block."
        case .tooLongParameter: "nginx reads at most 4096 bytes at a time and refuses a longer word."
        case .unclosedSection: "Apache refuses the file; what follows belongs to the section until then."
        case .unexpectedClosingTag: "Apache refuses a closing tag without its section."
        case .mismatchedClosingTag: "Apache wants the innermost open section to be closed first."
        case .malformedSectionTag: "Apache wants `<Name argument>` on a line of its own."
        case .textAfterSectionTag: "Apache drops the text behind `>` without a word."
        case .trailingComment: "Apache knows comments on lines of their own only; elsewhere `#` begins an argument."
        case .continuedComment: "Apache joins lines before it looks for comments, so the next line is lost."
        case .blankAfterBackslash: "The backslash escapes the blank instead of continuing the line."
        case .nestedTooDeep: "What lies deeper than anything sensible is not read."
        case .nulByte: "No name, path or address can hold one; the file is probably damaged or not UTF-8."
        case .byteOrderMark: "Both servers take the three bytes for the beginning of the first name."
        case .nonBreakingSpace: "It looks like a space, yet to the servers it is a letter."
        case .curlyQuote: "The servers take a typographic quote for a letter and split the text at its blanks."
        case .tooManyErrors: "So much is wrong that not all of it is shown; mend the first ones and look again."
        }
    }

    /// Examples for what people really get wrong.
    fileprivate var examples: [LintExample] {
        switch self {
        case .missingSemicolon:
            [
                LintExample(
                    "nginx", bad: "server {\n    listen 80\n    root /srv/www;\n}\n", line: 2,
                    good: "server {\n    listen 80;\n    root /srv/www;\n}\n")
            ]
        case .unclosedBlock:
            [
                LintExample(
                    "nginx", bad: "server {\n    location / {\n        root /srv/www;\n}\n", line: 2,
                    good: "server {\n    location / {\n        root /srv/www;\n    }\n}\n")
            ]
        case .unclosedSection:
            [
                LintExample(
                    "apache", bad: "<VirtualHost *:80>\nServerName a.test\nDocumentRoot /srv/www\n", line: 1,
                    good: "<VirtualHost *:80>\nServerName a.test\nDocumentRoot /srv/www\n</VirtualHost>\n")
            ]
        default: []
        }
    }
}
