/// The items in parentheses that a pattern may begin with, such as `(*UTF8)` or `(*UCP)`.
///
/// See pcre2pattern(3), "Special start-of-pattern items".
enum StartItems {
    /// Whether one of the items at the beginning of `pattern` turns UTF mode on; PCRE2 knows two spellings of it.
    static func askForUTF(_ pattern: [UInt8]) -> Bool {
        var rest = pattern[...]
        while rest.starts(with: "(*".utf8), let end = rest.firstIndex(of: UInt8(ascii: ")")) {
            let item = rest[...end]
            if item.elementsEqual("(*UTF8)".utf8) || item.elementsEqual("(*UTF)".utf8) { return true }
            rest = rest[(end + 1)...]
        }
        return false
    }
}
