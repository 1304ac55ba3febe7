import Source

/// Words of nginx's language.
///
/// Source: `ngx_conf_read_token` in src/core/ngx_conf_file.c.
enum NginxQuoting {
    /// A word as it has to be written: in quotes where it holds blanks, `;`, braces or quotes.
    static func word(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty
            || text.utf8.contains { byte in
                byte <= 0x20 || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
                    || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            } || text.hasPrefix("#")
        let body = escaped(text)
        // Variables in braces would end an unquoted word as little as a quoted one; quotes are only for the reader.
        return needsQuotes ? "\"\(body)\"" : body
    }

    /// Text that may stand in double quotes: quotes, and backslashes that would make an escape, get a backslash.
    private static func escaped(_ text: String) -> String {
        let bytes = text.configurationBytes
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\""): result += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\\"):
                let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\\")
                let makesEscape = "\"'\\trn".utf8.contains(next)
                result += makesEscape ? [byte, byte] : [byte]
            case 0x0A: result += Array("\\n".utf8)
            case 0x0D: result += Array("\\r".utf8)
            case 0x09: result += Array("\\t".utf8)
            default: result.append(byte)
            }
        }
        return String(configuration: result)
    }

    /// A name that may follow `$`.
    static func variableName(_ text: String) -> String {
        String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }).lowercased()
    }
}
