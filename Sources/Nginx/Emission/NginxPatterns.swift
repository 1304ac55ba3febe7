import IR
import Source

/// Regular expressions: what other servers say by options, nginx says inside.
extension NginxWriter {
    /// What stands at each place of an expression.
    private struct Scanner {
        enum Place { case plain, escaped, inClass }
        var isEscaped = false
        var isInClass = false

        mutating func place(of byte: UInt8) -> Place {
            if isEscaped {
                isEscaped = false
                return isInClass ? .inClass : .escaped
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                return .escaped
            }
            if isInClass {
                if byte == UInt8(ascii: "]") { isInClass = false }
                return .inClass
            }
            if byte == UInt8(ascii: "[") {
                isInClass = true
                return .inClass
            }
            return .plain
        }
    }

    /// Whether a dot could take a newline: in `.*` and the like anywhere, since paths may hold `%0A`.
    static func hasOpenDot(_ source: String) -> Bool {
        var scanner = Scanner()
        for byte in source.utf8 where scanner.place(of: byte) == .plain && byte == UInt8(ascii: ".") { return true }
        return false
    }

    /// `$` would also match before a newline at the end; `\z` does not.
    static func replacingDollar(in source: String) -> String {
        replacing(UInt8(ascii: "$"), in: source, by: "\\z")
    }

    /// `^` at the beginning of what is below a folder, in an expression about the whole path.
    static func rebased(_ source: String) -> String {
        if source.hasPrefix("^"), !source.dropFirst().contains("^"), !source.contains("|") {
            return "^/" + source.dropFirst()
        }
        return replacing(UInt8(ascii: "^"), in: source, by: "(?<=\\A/)")
    }

    private static func replacing(_ wanted: UInt8, in source: String, by text: String) -> String {
        var scanner = Scanner()
        var result: [UInt8] = []
        for byte in source.configurationBytes {
            if scanner.place(of: byte) == .plain, byte == wanted {
                result += Array(text.utf8)
            } else {
                result.append(byte)
            }
        }
        return String(configuration: result)
    }

    /// Gives the groups of an expression names, so that another expression's groups do not overwrite them.
    static func named(_ source: String, bank: Bank) -> String {
        var scanner = Scanner()
        var result: [UInt8] = []
        var number = 0
        let bytes = source.configurationBytes
        for (index, byte) in bytes.enumerated() {
            result.append(byte)
            guard scanner.place(of: byte) == .plain, byte == UInt8(ascii: "(") else { continue }
            guard index + 1 >= bytes.count || bytes[index + 1] != UInt8(ascii: "?") else { continue }
            number += 1
            result += Array("?<c\(bank)_\(number)>".utf8)
        }
        return String(configuration: result)
    }

    /// A literal text as part of an expression.
    static func quoted(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.configurationBytes {
            if ".^$*+?()[]{}|\\".utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return String(configuration: result)
    }
}
