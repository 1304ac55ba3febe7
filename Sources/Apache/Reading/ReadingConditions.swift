import Language
import Source

/// Sections that decide which lines count: `<IfModule>` and its kin.
extension ApacheReading {
    /// Whether the inside of a section is read; nil if the section decides nothing.
    mutating func condition(_ key: String, _ arguments: [Argument]) -> Bool? {
        switch key {
        case "<ifmodule": negatable(arguments) { reading, name in reading.isLoaded(name) }
        case "<ifdefine": negatable(arguments) { reading, name in reading.defines[name] != nil }
        case "<ifdirective": negatable(arguments) { reading, name in reading.isKnown(name.lowercased()) }
        case "<ifsection": negatable(arguments) { reading, name in reading.isKnown("<" + name.lowercased()) }
        case "<iffile":
            negatable(arguments) { reading, name in reading.result.request.files.kind(reading.located(name)) != nil }
        case "<ifversion": version(arguments)
        default: nil
        }
    }

    private func negatable(_ arguments: [Argument], _ holds: (ApacheReading, String) -> Bool) -> Bool {
        guard var name = arguments.first?.text else { return false }
        let isNegated = name.hasPrefix("!")
        if isNegated { name.removeFirst() }
        // `<IfModule ! mod_x.c>` is written by some; httpd takes an empty name, which is never loaded.
        return holds(self, name) != isNegated
    }

    private func isLoaded(_ name: String) -> Bool {
        let module = ModuleNames.canonical(name)
        return loaded.contains(module) || (isWholeList ? ModuleNames.builtIn : ModuleNames.run).contains(module)
    }

    private func isKnown(_ key: String) -> Bool {
        guard let row = ApacheDialect.rows[key] else { return false }
        return !isWholeList || loaded.contains(row.module) || ModuleNames.builtIn.contains(row.module)
    }

    /// `<IfVersion [!][op] version>` (mod_version).
    private mutating func version(_ arguments: [Argument]) -> Bool {
        guard let first = arguments.first else { return false }
        var sign = "="
        var wanted = first
        if arguments.count > 1 {
            sign = first.text
            wanted = arguments[1]
        }
        let isNegated = sign.hasPrefix("!")
        if isNegated { sign.removeFirst() }
        let isPattern = sign == "~" || wanted.text.hasPrefix("/")
        guard isPattern || wanted.text.split(separator: ".").allSatisfy({ Int($0) != nil }) else {
            report(
                "invalid-value", .error, "`\(wanted.text)` is no version", at: wanted.range,
                why: "the server refuses to start", help: "write it as in `<IfVersion >= 2.4.10>`, with a blank between"
            )
            return false
        }
        let holds: Bool
        switch sign {
        case "=", "==": holds = wanted.text.hasPrefix("/") ? matchesVersion(wanted.text) : compare(wanted.text) == 0
        case "<": holds = compare(wanted.text) < 0
        case "<=": holds = compare(wanted.text) <= 0
        case ">": holds = compare(wanted.text) > 0
        case ">=": holds = compare(wanted.text) >= 0
        case "~": holds = matchesVersion(wanted.text)
        default:
            report(
                "invalid-value", .error, "`\(sign)` is no comparison of versions", at: first.range,
                why: "the server refuses to start", help: "write =, <, <=, >, >= or ~")
            return false
        }
        return holds != isNegated
    }

    /// How the version that is run compares with a text: below, at, or above it.
    private func compare(_ text: String) -> Int {
        let wanted = text.split(separator: ".").map { Int($0) ?? 0 }
        for (index, part) in Self.version.enumerated() {
            let other = index < wanted.count ? wanted[index] : 0
            if part != other { return part < other ? -1 : 1 }
        }
        return 0
    }

    private static let version = [2, 4, 71]

    private func matchesVersion(_ text: String) -> Bool {
        var source = text
        if source.hasPrefix("/"), source.hasSuffix("/"), source.utf8.count > 1 {
            source = String(source.dropFirst().dropLast())
        }
        return VersionPattern.matches("2.4.71", source)
    }
}
