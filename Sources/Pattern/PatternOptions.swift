internal import CPCRE2

/// How a pattern reads its text and its subject.
///
/// The two servers differ: Apache (2.4.30 and later, `ap_regcomp` in server/util_pcre.c) sets `dotAll`, `dollarEndOnly`
/// and `duplicateNames`; nginx (`ngx_regex_compile`) sets none of them and only `ignoresCase` for `~*`.
package struct PatternOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Letters match in either case; only ASCII letters, unless the pattern asks for UTF.
    package static let ignoresCase = PatternOptions(rawValue: 1 << 0)

    /// `.` matches a newline too.
    package static let dotAll = PatternOptions(rawValue: 1 << 1)

    /// `$` matches only at the very end, not also before a newline that ends the subject.
    package static let dollarEndOnly = PatternOptions(rawValue: 1 << 2)

    /// `^` and `$` match at every line of the subject.
    package static let multiline = PatternOptions(rawValue: 1 << 3)

    /// White space and `#` comments in the pattern are ignored.
    package static let extended = PatternOptions(rawValue: 1 << 4)

    /// Two groups may bear the same name.
    package static let duplicateNames = PatternOptions(rawValue: 1 << 5)

    /// The options of a regular expression in Apache's configuration.
    package static let apache: PatternOptions = [.dotAll, .dollarEndOnly, .duplicateNames]

    /// The options of a regular expression in nginx's configuration.
    package static let nginx: PatternOptions = []

    /// The same options as PCRE2 spells them.
    var bits: UInt32 {
        var bits: UInt32 = 0
        if contains(.ignoresCase) { bits |= PCRE2_CASELESS }
        if contains(.dotAll) { bits |= PCRE2_DOTALL }
        if contains(.dollarEndOnly) { bits |= PCRE2_DOLLAR_ENDONLY }
        if contains(.multiline) { bits |= PCRE2_MULTILINE }
        if contains(.extended) { bits |= PCRE2_EXTENDED }
        if contains(.duplicateNames) { bits |= PCRE2_DUPNAMES }
        return bits
    }
}
