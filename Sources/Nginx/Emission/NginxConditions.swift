import IR
import Language

/// Conditions: one at a time in `if`, more by way of maps.
extension NginxWriter {
    /// What stands in the parentheses of an `if`; nil: it cannot be said by one.
    mutating func condition(_ condition: Condition, bank: Bank = 0) -> String? {
        switch condition {
        case .not(let inner): return negated(inner, bank: bank)
        case .matches(let subject, let pattern, _):
            if let scheme = schemeTest(subject, pattern) { return "$scheme = \(scheme ? "https" : "http")" }
            guard let text = text(subject), let subject = single(text, subject) else { return nil }
            return
                "\(subject) ~\(pattern.ignoresCase ? "*" : "") \(NginxQuoting.word(source(of: pattern, banks: bank)))"
        case .compare(let subject, .equal, let other):
            if isHTTPS(subject), let word = other.literal { return "$scheme = \(word == "on" ? "https" : "http")" }
            guard let left = text(subject).flatMap({ single($0, subject) }), let right = word(other) else { return nil }
            return "\(left) = \(right)"
        case .compare(let subject, .equalIgnoringCase, let other):
            guard let left = text(subject).flatMap({ single($0, subject) }), let right = other.literal else {
                return nil
            }
            return "\(left) ~* \(NginxQuoting.word("^" + Self.quoted(right) + "$"))"
        case .isTrue(let subject):
            return text(subject).flatMap { single($0, subject) }
        case .isSet(let subject) where mayBeEmpty(subject): return nil
        case .isPresent(let subject), .isSet(let subject):
            if isHTTPS(subject) { return "$scheme = https" }
            return text(subject).flatMap { single($0, subject) }.map { "\($0) != \"\"" }
        case .file(let test, let path):
            return letter(of: test).flatMap { letter in word(path).map { "-\(letter) \($0)" } }
        case .among(let subject, let values):
            let words = values.compactMap(\.literal)
            guard words.count == values.count, let left = text(subject).flatMap({ single($0, subject) }) else {
                return nil
            }
            if words.count == 1 { return "\(left) = \(NginxQuoting.word(words[0]))" }
            return
                "\(left) ~ \(NginxQuoting.word("^(?:" + words.map { Self.quoted($0) }.joined(separator: "|") + ")$"))"
        case .all(let parts) where parts.count == 1: return self.condition(parts[0], bank: bank)
        case .any(let parts) where parts.count == 1: return self.condition(parts[0], bank: bank)
        case .any(let parts): return either(parts)
        case .glob(let subject, let glob):
            guard let left = text(subject).flatMap({ single($0, subject) }) else { return nil }
            return "\(left) ~ \(NginxQuoting.word(Self.pattern(glob)))"
        default: return nil
        }
    }

    /// Whether a variable is set to nothing somewhere, which nginx cannot tell from one that is not set.
    func mayBeEmpty(_ subject: Template) -> Bool {
        guard case .value(.environment(let name))? = subject.pieces.first else { return false }
        return configuration.programs.contains { program in
            program.statements.contains { statement in
                guard case .rule(let rule) = statement else { return false }
                return rule.edits.contains { edit in
                    guard case .set(let id, let value) = edit, !value.pieces.isEmpty, value.literal == "" else {
                        return false
                    }
                    return isNamed(id.at, name)
                }
            }
        }
    }

    private mutating func negated(_ inner: Condition, bank: Bank) -> String? {
        switch inner {
        case .not(let twice): return condition(twice, bank: bank)
        case .isTrue, .all, .any: return nil
        case .isPresent(let subject) where isHTTPS(subject), .isSet(let subject) where isHTTPS(subject):
            return "$scheme = http"
        default: break
        }
        guard let text = condition(inner, bank: bank) else { return nil }
        if text.hasPrefix("-") { return "!" + text }
        if text.hasPrefix("$scheme = ") { return text.hasSuffix("https") ? "$scheme = http" : "$scheme = https" }
        for (sign, opposite) in [(" != ", " = "), (" = ", " != "), (" ~* ", " !~* "), (" ~ ", " !~ ")] {
            guard let range = text.firstRange(of: sign) else { continue }
            return text[..<range.lowerBound] + opposite + text[range.upperBound...]
        }
        return nil
    }

    /// Several patterns about one subject are one pattern.
    private mutating func either(_ parts: [Condition]) -> String? {
        var sources: [String] = []
        var subject: Template?
        var ignoresCase: Bool?
        for part in parts {
            guard case .matches(let own, let pattern, _) = part, subject == nil || subject == own,
                ignoresCase == nil || ignoresCase == pattern.ignoresCase
            else { return nil }
            subject = own
            ignoresCase = pattern.ignoresCase
            sources.append(source(of: pattern))
        }
        guard let subject, let left = text(subject).flatMap({ single($0, subject) }) else { return nil }
        return "\(left) ~\(ignoresCase == true ? "*" : "") \(NginxQuoting.word(sources.joined(separator: "|")))"
    }

    /// `if` compares a variable; a longer text needs a variable of its own.
    private mutating func single(_ text: String, _ template: Template) -> String? {
        if template.pieces.count == 1, case .value = template.pieces[0] { return text }
        guard template.literal == nil else { return nil }
        let name = "text\(madeVariables.count + 1)"
        madeVariables.insert(name)
        shareMap(name, of: NginxQuoting.word(text), "default \(NginxQuoting.word(text))")
        return "$" + name
    }

    func isHTTPS(_ subject: Template) -> Bool {
        if subject.pieces.count == 1, case .apply(.replace, let inner) = subject.pieces[0], inner.count == 2 {
            return isHTTPS(inner[0])
        }
        if subject.pieces.count == 1, case .value(.tls(let name)) = subject.pieces[0] {
            return name.lowercased() == "https"
        }
        return false
    }

    /// mod_rewrite's `%{HTTPS}` is `on` or `off`.
    private func schemeTest(_ subject: Template, _ pattern: Pattern) -> Bool? {
        guard isHTTPS(subject) else { return nil }
        let word = pattern.source.filter { $0.isLetter }.lowercased()
        return word == "on" ? true : word == "off" ? false : nil
    }

    private func letter(of test: FileTest) -> String? {
        switch test {
        case .file: "f"
        case .directory: "d"
        case .exists: "e"
        case .executable: "x"
        case .link, .nonEmpty: nil
        }
    }

    /// A glob as an expression about the whole text.
    static func pattern(_ glob: String) -> String {
        var result = "^"
        for character in glob {
            switch character {
            case "*": result += "[^/]*"
            case "?": result += "[^/]"
            case "[", "]": result.append(character)
            default: result += quoted(String(character))
            }
        }
        return result + "\\z"
    }
}
