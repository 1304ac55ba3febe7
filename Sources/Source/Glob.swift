/// Whether a path matches a shell pattern as `glob(3)` has it.
///
/// `*` and `?` stop at slashes and do not match a dot that begins a name; `[a-z]` and `[!a-z]` match one character;
/// a backslash takes the next character as it is.
package func matchesGlob(_ path: String, pattern: String) -> Bool {
    let names = Array(path.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let patterns = Array(pattern.utf8).split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return names.count == patterns.count
        && zip(names, patterns).allSatisfy { name, pattern in
            if name.first == UInt8(ascii: "."), let first = pattern.first, first != UInt8(ascii: "."),
                first != UInt8(ascii: "\\")
            {
                return false
            }
            return matchesName(Array(name), Array(pattern))
        }
}

/// Whether a string holds a character that makes it a shell pattern.
package func isGlob(_ pattern: String) -> Bool {
    pattern.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
}

/// Matches one name; on a mismatch the last star takes one byte more, so the time is at most quadratic.
private func matchesName(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var n = 0
    var p = 0
    var star: (pattern: Int, name: Int)?
    while n < name.count {
        if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
            star = (p, n)
            p += 1
        } else if let length = matchesOne(name[n], pattern, at: p) {
            n += 1
            p += length
        } else if let last = star {
            star = (last.pattern, last.name + 1)
            p = last.pattern + 1
            n = last.name + 1
        } else {
            return false
        }
    }
    while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
    return p == pattern.count
}

/// The length of the pattern's element at `p` when it matches the byte, else nil.
private func matchesOne(_ byte: UInt8, _ pattern: [UInt8], at p: Int) -> Int? {
    guard p < pattern.count else { return nil }
    switch pattern[p] {
    case UInt8(ascii: "?"):
        return 1
    case UInt8(ascii: "\\") where p + 1 < pattern.count:
        return pattern[p + 1] == byte ? 2 : nil
    case UInt8(ascii: "["):
        guard let set = matchesSet(byte, pattern, from: p + 1) else { return byte == pattern[p] ? 1 : nil }
        return set.matches ? set.end - p : nil
    default:
        return pattern[p] == byte ? 1 : nil
    }
}

/// Reads the set behind `[`; nil when its `]` is missing, and the bracket then stands for itself.
private func matchesSet(_ byte: UInt8, _ pattern: [UInt8], from start: Int) -> (matches: Bool, end: Int)? {
    var p = start
    let isNegated = p < pattern.count && (pattern[p] == UInt8(ascii: "!") || pattern[p] == UInt8(ascii: "^"))
    if isNegated { p += 1 }
    let first = p
    var isMember = false
    while p < pattern.count {
        if pattern[p] == UInt8(ascii: "]"), p > first { return (isMember != isNegated, p + 1) }
        if p + 2 < pattern.count, pattern[p + 1] == UInt8(ascii: "-"), pattern[p + 2] != UInt8(ascii: "]") {
            if pattern[p] <= byte, byte <= pattern[p + 2] { isMember = true }
            p += 3
        } else {
            if pattern[p] == byte { isMember = true }
            p += 1
        }
    }
    return nil
}
