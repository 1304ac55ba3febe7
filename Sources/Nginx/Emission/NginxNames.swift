import IR
import Language
import Source

/// `server_name`.
extension NginxWriter {
    /// The names, as nginx's order of search wants them.
    mutating func serverNames(_ tables: [NameTable]) -> [String] {
        var result: [String] = []
        for table in tables {
            for (index, name) in table.names.enumerated() {
                let earlier = table.names[..<index]
                guard name.site == site else { continue }
                remainder.take(name.origin)
                if table.search == .firstInOrder,
                    earlier.contains(where: { covers($0.pattern, name.pattern) && $0.site != site })
                {
                    continue
                }
                add(shown(name.pattern), to: &result)
            }
            guard table.search == .firstInOrder else { continue }
            // A name of another site that this one's wildcard takes first has to be named, or nginx would prefer the
            // exact one.
            for (index, name) in table.names.enumerated() where name.site != site {
                let winner = table.names[..<index].first { covers($0.pattern, name.pattern) }
                if winner?.site == site, case .exact = name.pattern { add(shown(name.pattern), to: &result) }
            }
        }
        return result
    }

    private func add(_ name: String, to names: inout [String]) {
        if !name.isEmpty, !names.contains(name) { names.append(name) }
    }

    private func shown(_ pattern: NamePattern) -> String {
        switch pattern {
        case .exact(let name): return name
        case .suffix(let text, let andItself):
            let bare = text.hasPrefix(".") ? text : "." + text
            return andItself ? bare : "*" + bare
        case .prefix(let text): return (text.hasSuffix(".") ? text : text + ".") + "*"
        case .pattern(let pattern, _): return NginxQuoting.word("~" + source(of: pattern))
        case .glob(let glob):
            let inner = glob.dropFirst().dropLast()
            let isPlain = !inner.contains("*") && !glob.contains("?")
            if isPlain, glob.hasPrefix("*."), !glob.hasSuffix("*") { return glob }
            if isPlain, glob.hasSuffix(".*"), !glob.hasPrefix("*") { return glob }
            let source = glob.map { character -> String in
                switch character {
                case "*": ".*"
                case "?": "."
                default: Self.quoted(String(character))
                }
            }
            return NginxQuoting.word("~^" + source.joined() + "$")
        }
    }

    /// Whether one pattern takes every name that another takes.
    private func covers(_ pattern: NamePattern, _ other: NamePattern) -> Bool {
        if pattern == other { return true }
        guard case .glob(let glob) = pattern else { return false }
        switch other {
        case .exact(let name): return matchesGlob(name, pattern: glob)
        case .glob(let inner):
            return glob.hasPrefix("*") && !glob.dropFirst().contains("*") && inner.hasSuffix(glob.dropFirst())
        default: return false
        }
    }
}
