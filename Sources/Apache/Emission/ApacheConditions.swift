import IR
import Language

/// Conditions of rules.
extension ApacheWriter {
    /// `RewriteCond` lines; nil: it cannot be said.
    mutating func condition(_ condition: Condition, negated: Bool = false) -> [TextLine]? {
        let not = negated ? "!" : ""
        switch condition {
        case .always: return negated ? nil : []
        case .not(let inner): return self.condition(inner, negated: !negated)
        case .all(let parts): return negated ? any(parts, negated: true) : all(parts, negated: false)
        case .any(let parts): return negated ? all(parts, negated: true) : any(parts, negated: false)
        case .matches(let subject, let pattern, _):
            guard let text = subjectText(subject) else { return nil }
            let flags = pattern.ignoresCase ? " [NC]" : ""
            let source = ApacheQuoting.rewriteWord(not + ApacheQuoting.source(of: pattern))
            return [TextLine("RewriteCond \(text) \(source)\(flags)")]
        case .compare(let subject, .equal, let other): return compare(subject, other, negated)
        case .isTrue(let subject), .isPresent(let subject), .isSet(let subject):
            let isTruth = if case .isTrue = condition { true } else { false }
            if let (text, start, end) = part(subject) {
                let source = isTruth ? "\(start)(?!0?\(end))" : "\(start)(?!\(end))"
                return [TextLine("RewriteCond \(text) \(ApacheQuoting.rewriteWord(not + source))")]
            }
            guard let text = subjectText(subject) else { return nil }
            let nothing = isTruth ? "^0?$" : "^$"
            return [TextLine("RewriteCond \(text) \(negated ? nothing : "!" + nothing)")]
        case .file(.exists, let path):
            guard let text = text(path), !text.contains("'") else { return nil }
            return [TextLine("RewriteCond expr \"\(not)-e '\(text)'\"")]
        case .file(let test, let path):
            let letters: [FileTest: String] = [
                .file: "-f", .directory: "-d", .link: "-l", .nonEmpty: "-s", .executable: "-x",
            ]
            guard let letter = letters[test], let text = text(path) else { return nil }
            return [TextLine("RewriteCond \(ApacheQuoting.rewriteWord(text)) \(not)\(letter)")]
        case .among(let subject, let values):
            guard let text = subjectText(subject) else { return nil }
            let words = values.compactMap(\.literal).map { ApacheQuoting.quoted($0) }
            guard words.count == values.count else { return nil }
            return [
                TextLine(
                    "RewriteCond \(text) \(ApacheQuoting.rewriteWord("\(not)^(?:\(words.joined(separator: "|")))$"))")
            ]
        case .address(_, let networks):
            guard !networks.contains("unix:") else { return nil }
            let tests = networks.map { "%{REMOTE_ADDR} -ipmatch '\($0)'" }.joined(separator: " || ")
            return [TextLine("RewriteCond expr \"\(negated ? "!(\(tests))" : tests)\"")]
        default: return nil
        }
    }

    private mutating func all(_ parts: [Condition], negated: Bool) -> [TextLine]? {
        var lines: [TextLine] = []
        for part in parts {
            guard let own = condition(part, negated: negated) else { return nil }
            lines += own
        }
        return lines
    }

    private mutating func any(_ parts: [Condition], negated: Bool) -> [TextLine]? {
        var lines: [TextLine] = []
        for (index, part) in parts.enumerated() {
            guard var own = condition(part, negated: negated), own.count == 1 else { return nil }
            if index + 1 < parts.count {
                let head = own[0].head
                own[0].head = head.hasSuffix(" [NC]") ? head.dropLast(1) + ",OR]" : head + " [OR]"
            }
            lines += own
        }
        return lines
    }

    private mutating func compare(_ subject: Template, _ other: Template, _ negated: Bool) -> [TextLine]? {
        let not = negated ? "!" : ""
        guard let value = text(other) else { return nil }
        if subject == Template(.scheme) {
            let isOn = (value == "https") != negated
            return [TextLine("RewriteCond %{HTTPS} \(isOn ? "=on" : "!=on")")]
        }
        if let (text, start, end) = part(subject) {
            guard other.literal != nil else { return nil }
            // What is not there at all is empty.
            let source =
                value.isEmpty ? "\(start)(?!\(end))" : start + ApacheQuoting.quoted(value) + end
            let isNegated = value.isEmpty != negated
            return [TextLine("RewriteCond \(text) \(ApacheQuoting.rewriteWord((isNegated ? "!" : "") + source))")]
        }
        guard let text = subjectText(subject) else { return nil }
        return [
            TextLine(
                "RewriteCond \(text) \(value.isEmpty ? "\(not)=\"\"" : ApacheQuoting.rewriteWord("\(not)=\(value)"))")
        ]
    }

    /// An argument of the query or a cookie: where it stands, and what goes before and behind its value.
    private func part(_ subject: Template) -> (text: String, start: String, end: String)? {
        guard subject.pieces.count == 1, case .value(let value) = subject.pieces[0] else { return nil }
        switch value {
        case .argument(let name): return ("%{QUERY_STRING}", "(?:^|&)\(ApacheQuoting.quoted(name))=", "(?:&|$)")
        case .cookie(let name): return ("%{HTTP:Cookie}", "(?:^|;\\s*)\(ApacheQuoting.quoted(name))=", "(?:;|$)")
        default: return nil
        }
    }

    private mutating func subjectText(_ subject: Template) -> String? {
        text(subject).map { ApacheQuoting.rewriteWord($0) }
    }
}
