/// The offset of the `}` that ends a Lua block, looking over braces in strings and comments; nil when there is none.
///
/// What counts is Lua's lexical structure (Lua 5.1 manual, section 2.1): strings in quotes, long brackets of any
/// level, and comments of both kinds.
func luaBlockEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var offset = start
    var readsLongBrackets = true
    while offset < bytes.count {
        switch bytes[offset] {
        case UInt8(ascii: "{"):
            depth += 1
            offset += 1
        case UInt8(ascii: "}"):
            if depth == 0 { return offset }
            depth -= 1
            offset += 1
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            offset = luaStringEnd(bytes, from: offset)
        case UInt8(ascii: "[") where readsLongBrackets:
            switch luaLongBracket(bytes, from: offset) {
            case .ends(let end): offset = end
            case .absent: offset += 1
            case .unclosed:
                readsLongBrackets = false
                offset += 1
            }
        case UInt8(ascii: "-") where offset + 1 < bytes.count && bytes[offset + 1] == UInt8(ascii: "-"):
            if readsLongBrackets, case .ends(let end) = luaLongBracket(bytes, from: offset + 2) {
                offset = end
            } else {
                offset = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            }
        default:
            offset += 1
        }
    }
    return nil
}

/// The offset behind a string in quotes; a line end ends it too, unless a backslash precedes.
private func luaStringEnd(_ bytes: [UInt8], from start: Int) -> Int {
    var offset = start + 1
    while offset < bytes.count {
        if bytes[offset] == UInt8(ascii: "\\") {
            offset += 2
        } else if bytes[offset] == bytes[start] || bytes[offset] == UInt8(ascii: "\n") {
            return offset + 1
        } else {
            offset += 1
        }
    }
    return bytes.count
}

/// What a `[` begins.
private enum LongBracket {
    case absent
    case ends(Int)
    case unclosed
}

/// Looks for `[[...]]` or `[==[...]==]`; it ends behind its last bracket.
private func luaLongBracket(_ bytes: [UInt8], from start: Int) -> LongBracket {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else { return .absent }
    var offset = start + 1
    while offset < bytes.count, bytes[offset] == UInt8(ascii: "=") { offset += 1 }
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "[") else { return .absent }
    let level = offset - start - 1
    while let bracket = bytes[offset...].dropFirst().firstIndex(of: UInt8(ascii: "]")) {
        var end = bracket + 1
        while end < bytes.count, bytes[end] == UInt8(ascii: "=") { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: "]"), end - bracket - 1 == level { return .ends(end + 1) }
        offset = bracket
    }
    return .unclosed
}
