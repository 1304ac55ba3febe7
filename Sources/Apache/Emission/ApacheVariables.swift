import IR
import Language

/// Variables that are computed from a request, as SetEnvIf lines: of those that fit, the last one counts.
extension ApacheWriter {
    /// Whether a variable has its value where rules run; what nothing sets would always be empty.
    mutating func hasValue(_ slot: ID<Variable>) -> Bool {
        guard configuration.variables.indices.contains(slot.at) else { return false }
        if assigned.contains(slot) || needed.contains(slot) || computed.contains(slot) { return true }
        guard setting(configuration.variables[slot.at]) != nil else { return false }
        needed.append(slot)
        return true
    }

    /// The lines that set the variables which were asked for since the last time.
    mutating func settings() -> [TextLine] {
        var lines: [TextLine] = []
        for slot in needed {
            let variable = configuration.variables[slot.at]
            remainder.take(variable.origin)
            let own = (setting(variable) ?? []).map { TextLine($0) }
            guard !own.isEmpty else { continue }
            lines += own
            lines[lines.count - own.count].isApart = true
            lines[lines.count - own.count].comment = comment(of: variable.origin)
        }
        computed.formUnion(needed)
        needed = []
        // What they are computed of comes before them.
        var parts = fetches.dropFirst(fetchesWritten).map { TextLine($0) }
        fetchesWritten = fetches.count
        if !parts.isEmpty { parts[0].isApart = true }
        return parts + lines
    }

    /// Forgets what the lines of another virtual host have set.
    mutating func forgetSettings() {
        (needed, computed, fetches, fetchesWritten) = ([], [], [], 0)
    }

    /// The variable that lines before the rules set to a part of the request, by the first group of a pattern.
    mutating func fetched(_ kind: String, _ name: String, from source: String, _ pattern: String) -> String? {
        let isPlain = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || Character(Unicode.Scalar(byte)).isLetter
                || Character(Unicode.Scalar(byte)).isNumber
        }
        guard isPlain else { return nil }
        let variable = "\(kind)_\(name.replacing("-", with: "_"))"
        fetch("SetEnvIfExpr \(quoted("\(source) =~ m#\(pattern)#")) \(variable)=$1")
        return "%{ENV:\(variable)}"
    }

    /// A line that sets something before the rules, once.
    mutating func fetch(_ line: String) {
        if !fetches.contains(line) { fetches.append(line) }
    }

    /// The lines that set a variable; nil: httpd cannot compute it.
    private mutating func setting(_ variable: Variable) -> [String]? {
        switch variable.definition {
        case .map(let input, let cases, let standard, _, _): map(variable.name, input, cases, standard)
        case .ranges(let input, let cases): ranges(variable.name, input, cases)
        case .assigned, .split, .named: nil
        }
    }

    private mutating func map(
        _ name: String, _ input: Template, _ cases: [MapCase], _ standard: Template
    ) -> [String]? {
        guard cases.count <= Self.mostCases else { return nil }
        if input.pieces.count == 1, case .value(let value) = input.pieces[0], let attribute = attribute(value) {
            return map(name, attribute, cases, standard)
        }
        guard let subject = text(input), !subject.contains(where: { "'$\\".contains($0) }) else { return nil }
        var texts: [String] = []
        var patterns: [String] = []
        for row in cases {
            guard let value = assignment(name, row.value) else { return nil }
            let source: String
            switch row.key {
            case .text(let text): source = "(?i)^\(ApacheQuoting.quoted(text))$"
            case .pattern(let pattern):
                source = (pattern.ignoresCase ? "(?i)" : "") + ApacheQuoting.wideSource(of: pattern)
            case .hostSuffix, .hostPrefix: return nil
            }
            guard !source.contains("#") else { return nil }
            let line = "SetEnvIfExpr \(quoted("'\(subject)' =~ m#\(source)#")) \(value)"
            if case .text = row.key { texts.append(line) } else { patterns.append(line) }
        }
        guard let first = standard == Template() ? "" : assignment(name, standard) else { return nil }
        let start = first.isEmpty ? [] : ["SetEnvIf Request_URI ^ \(first)"]
        return start + patterns.reversed() + texts
    }

    private func map(
        _ name: String, _ attribute: String, _ cases: [MapCase], _ standard: Template
    ) -> [String]? {
        let end = attribute == "Host" ? "(?::\\d+)?$" : "$"
        var texts: [String] = []
        var hosts: [(length: Int, line: String)] = []
        var patterns: [String] = []
        for row in cases {
            guard let value = assignment(name, row.value) else { return nil }
            switch row.key {
            case .text(let text):
                texts.append("SetEnvIfNoCase \(attribute) \(quoted("^\(ApacheQuoting.quoted(text))\(end)")) \(value)")
            case .hostSuffix(let text):
                // With a leading dot alone it is the host itself too.
                let start = text.hasPrefix("*.") ? "\\." : "(?:^|\\.)"
                let bare = ApacheQuoting.quoted(String(text.drop { $0 == "*" }.drop { $0 == "." }))
                let line = "SetEnvIfNoCase \(attribute) \(quoted("\(start)\(bare)\(end)")) \(value)"
                hosts.append((text.utf8.count, line))
            case .hostPrefix(let text):
                let bare = ApacheQuoting.quoted(text.hasSuffix("*") ? String(text.dropLast()) : text)
                hosts.append((text.utf8.count - 1000, "SetEnvIfNoCase \(attribute) \(quoted("^\(bare)")) \(value)"))
            case .pattern(let pattern):
                let verb = pattern.ignoresCase ? "SetEnvIfNoCase" : "SetEnvIf"
                patterns.append("\(verb) \(attribute) \(quoted(ApacheQuoting.wideSource(of: pattern))) \(value)")
            }
        }
        guard let first = standard == Template() ? "" : assignment(name, standard) else { return nil }
        let start = first.isEmpty ? [] : ["SetEnvIf \(attribute) ^ \(first)"]
        return start + patterns.reversed() + hosts.sorted { $0.length < $1.length }.map(\.line) + texts
    }

    private func ranges(_ name: String, _ input: Template, _ cases: [RangeCase]) -> [String]? {
        guard input == Template(.clientAddress), cases.count <= Self.mostCases else { return nil }
        var start: [String] = []
        var rows: [(length: Int, line: String)] = []
        for row in cases {
            guard let value = assignment(name, row.value) else { return nil }
            if row.network == "default" {
                start = ["SetEnvIf Remote_Addr ^ \(value)"]
                continue
            }
            guard !row.network.contains("-") else { return nil }
            let length = row.network.split(separator: "/").dropFirst().first.flatMap { Int($0) } ?? 128
            rows.append((length, "SetEnvIfExpr \"-R '\(row.network)'\" \(value)"))
        }
        // The narrowest network counts, so it comes last.
        return start + rows.sorted { $0.length < $1.length }.map(\.line)
    }

    /// The most rows of a table that are written out.
    private static var mostCases: Int { 200 }

    private func assignment(_ name: String, _ value: Template) -> String? {
        guard let text = value.literal, !text.contains("$") else { return nil }
        return quoted("\(name)=\(text)")
    }

    private func quoted(_ text: String) -> String { ApacheQuoting.word(text) }

    /// What SetEnvIf calls a value.
    private func attribute(_ value: Value) -> String? {
        switch value {
        case .requestHeader(let name): shown(name)
        case .hostHeader, .host, .hostOrSiteName: "Host"
        case .clientAddress: "Remote_Addr"
        case .method: "Request_Method"
        case .path: "Request_URI"
        case .version: "Request_Protocol"
        default: nil
        }
    }
}
