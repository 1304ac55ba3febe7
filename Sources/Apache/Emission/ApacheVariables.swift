import IR
import Language

/// Variables that are computed from a request, as SetEnvIf lines: of those that fit, the last one counts.
extension ApacheWriter {
    /// Whether a variable has its value where rules run; what nothing sets would always be empty.
    mutating func hasValue(_ slot: ID<Variable>) -> Bool {
        guard configuration.variables.indices.contains(slot.at) else { return false }
        if assigned.contains(slot) || needed.contains(slot) { return true }
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
        needed = []
        if asksForResumption {
            let tests = [
                TextLine("SetEnvIf Request_URI ^ TLS_REUSED=.", isApart: true),
                TextLine("SetEnvIfExpr \"%{SSL:SSL_SESSION_RESUMED} == 'Resumed'\" TLS_REUSED=r"),
            ]
            lines += tests
            asksForResumption = false
        }
        return lines
    }

    /// The lines that set a variable; nil: httpd cannot compute it.
    private func setting(_ variable: Variable) -> [String]? {
        switch variable.definition {
        case .map(let input, let cases, let standard, _, _): map(variable.name, input, cases, standard)
        case .ranges(let input, let cases): ranges(variable.name, input, cases)
        case .assigned, .split, .named: nil
        }
    }

    private func map(_ name: String, _ input: Template, _ cases: [MapCase], _ standard: Template) -> [String]? {
        guard input.pieces.count == 1, case .value(let value) = input.pieces[0], let attribute = attribute(value),
            cases.count <= Self.mostCases
        else { return nil }
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
                let bare = ApacheQuoting.quoted(text.hasPrefix("*.") ? String(text.dropFirst(1)) : text)
                hosts.append((text.utf8.count, "SetEnvIfNoCase \(attribute) \(quoted("\(bare)\(end)")) \(value)"))
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
