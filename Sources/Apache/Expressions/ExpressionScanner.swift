import Source

/// Why an expression cannot be used.
struct ExpressionError: Error {
    /// What is wrong, in words.
    var message: String
    /// It is right, only not run here.
    var isUnsupported = false
}

/// Walks over the text of an expression (`ap_expr`), byte by byte.
struct ExpressionScanner {
    /// The text.
    let bytes: [UInt8]
    /// Where it goes on.
    var position = 0

    init(_ text: String) { bytes = text.configurationBytes }

    /// The next byte, 0 at the end.
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// Whether nothing is left.
    var isAtEnd: Bool { position >= bytes.count }

    /// Passes blanks.
    mutating func skipBlanks() {
        while next == 32 || next == 9 || next == 10 || next == 13 { position += 1 }
    }

    /// Takes a text if it comes next.
    mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard position + wanted.count <= bytes.count, Array(bytes[position..<position + wanted.count]) == wanted else {
            return false
        }
        position += wanted.count
        return true
    }

    /// Takes a word if it comes next and no letter follows it; case does not matter.
    mutating func take(word: String) -> Bool {
        let end = position + word.utf8.count
        guard end <= bytes.count,
            String(decoding: bytes[position..<end], as: UTF8.self).lowercased() == word.lowercased(),
            end == bytes.count || !Self.isName(bytes[end])
        else { return false }
        position = end
        return true
    }

    /// Takes letters, digits, `_`.
    mutating func takeName() -> String {
        let start = position
        while !isAtEnd, Self.isName(next) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes everything up to an unescaped byte, which is taken too; nil if it does not come.
    mutating func takeText(upTo end: UInt8) -> [UInt8]? {
        var text: [UInt8] = []
        while !isAtEnd {
            let byte = next
            position += 1
            if byte == end { return text }
            if byte == UInt8(ascii: "\\"), !isAtEnd {
                // Only the delimiter loses its backslash: all else is for the regular expression to read.
                if next != end { text.append(byte) }
                text.append(next)
                position += 1
                continue
            }
            text.append(byte)
        }
        return nil
    }

    /// Whether a byte may be in a name.
    static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
