import Language
import Source
import Syntax

/// Tells configuration files from what else lies in folders.
enum Plausibility {
    /// Whether a file of this name may be a configuration.
    static func mayBeConfiguration(name: String) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return true }
        return !otherEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Endings of files that are never read as configuration when a folder is named.
    private static let otherEndings = pageEndings.union(programEndings)

    private static let pageEndings: Set<String> = [
        "md", "rst", "adoc", "html", "htm", "css", "js", "mjs", "ts", "json", "jsonl", "yaml", "yml", "toml", "xml",
        "csv", "tsv", "svg", "png", "jpg", "jpeg", "gif", "ico", "webp", "pdf", "woff", "woff2", "ttf", "py", "rb",
    ]

    private static let programEndings: Set<String> = [
        "pl", "php", "sh", "bash", "go", "rs", "c", "h", "java", "swift", "lua", "sql", "log", "pid", "pem", "crt",
        "key", "csr", "der", "p12", "gz", "bz2", "xz", "zip", "tar", "tgz", "so", "o", "a", "lock", "bak~", "swp",
    ]

    /// Whether a file in a folder is a configuration: by its ending, else by the names that its lines begin with.
    static func looksLikeConfiguration(_ bytes: [UInt8], name: String, of dialect: any Dialect) -> Bool {
        if bytes.prefix(4096).contains(0), !name.hasSuffix(".conf") { return false }
        if name.hasSuffix(".conf") || name.hasSuffix(".vhost") || name.hasPrefix(".htaccess") { return true }
        let names = knownNames[dialect.name] ?? []
        var lines = 0
        var known = 0
        for line in bytes.prefix(100_000).split(separator: UInt8(ascii: "\n")).prefix(400) {
            guard let word = firstWord(of: line) else { continue }
            lines += 1
            if names.contains(word) { known += 1 }
        }
        return lines > 0 && known * 2 > lines
    }

    /// Whether a lone file is a whole configuration rather than a part that a main file includes.
    static func isMain(_ bytes: [UInt8], path: String, grammar: Grammar) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let tree = SyntaxTree.parse(bytes, file: FileID(index: 0), grammar: grammar)
        let top = tree.roots.lazy.map { tree.name(of: $0) }
        switch grammar {
        case .nginx:
            let blocks: Set<String> = ["http", "events", "stream", "mail"]
            return top.contains { blocks.contains($0) }
        case .apache:
            if name.hasPrefix(".htaccess") { return false }
            return ["apache2.conf", "httpd.conf"].contains(name) || top.contains { $0.lowercased() == "serverroot" }
        }
    }

    /// The names of every dialect's directives, without `<` and in lower case.
    private static let knownNames: [String: Set<String>] = Dictionary(
        uniqueKeysWithValues: Dialects.all.map { dialect in
            (
                dialect.name,
                Set(dialect.directives.map { String($0.name.drop { $0 == "<" }).lowercased() })
            )
        })

    /// The first word of a line in lower case, without `<`; nil for empty lines, comments and closings.
    private static func firstWord(of line: ArraySlice<UInt8>) -> String? {
        var text = line.drop { $0 <= 0x20 }
        if text.starts(with: [UInt8(ascii: "<")]) { text = text.dropFirst() }
        guard let first = text.first, ![UInt8(ascii: "#"), UInt8(ascii: "/"), UInt8(ascii: "}")].contains(first) else {
            return nil
        }
        let word = text.prefix { $0 > 0x20 && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ">") }
        return String(decoding: word, as: UTF8.self).lowercased()
    }
}
