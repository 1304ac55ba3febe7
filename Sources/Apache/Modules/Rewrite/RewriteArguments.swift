import Language
import Source

/// mod_rewrite splits its lines by rules of its own (`parseargline`): a backslash keeps a blank, and nothing else.
enum RewriteArguments {
    /// The arguments of a RewriteCond or RewriteRule, three at most; what stands behind them is not looked at.
    static func split(_ directive: Directive) -> [Argument] {
        let bytes = directive.raw.configurationBytes
        var arguments: [Argument] = []
        var index = 0
        while arguments.count < 3 {
            while index < bytes.count, isBlank(bytes[index]) { index += 1 }
            guard index < bytes.count else { break }
            let isQuoted = bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'")
            let quote = bytes[index]
            if isQuoted { index += 1 }
            let start = index
            while index < bytes.count, isQuoted ? bytes[index] != quote : !isBlank(bytes[index]) {
                let keepsNext =
                    bytes[index] == UInt8(ascii: "\\") && index + 1 < bytes.count && isBlank(bytes[index + 1])
                index += keepsNext ? 2 : 1
            }
            let text = String(configuration: bytes[start..<min(index, bytes.count)])
            arguments.append(Argument(text: text, range: range(of: arguments.count, directive), isQuoted: isQuoted))
            index += 1
        }
        return arguments
    }

    /// Where an argument stands, as far as the usual splitting agrees.
    private static func range(of index: Int, _ directive: Directive) -> SourceRange {
        index < directive.arguments.count && directive.arguments.count <= 3
            ? directive.arguments[index].range : directive.head
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 32 || (9...13).contains(byte)
    }
}
