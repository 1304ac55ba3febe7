import IR
import Language

/// Conditions as variables: a map, or several that are put together.
extension NginxWriter {
    /// A variable that is neither empty nor "0" exactly where a condition holds; nil: it cannot be said.
    mutating func conditionVariable(_ condition: Condition) -> String? {
        switch condition.simplified {
        case .isTrue(let subject) where isVariable(subject): text(subject)
        case let simple: flag(simple)
        }
    }

    /// A variable that is one text where a condition holds and another elsewhere, as words; nil: it cannot be said.
    mutating func chosen(_ condition: Condition, _ holds: String, _ otherwise: String) -> String? {
        flag(condition, holds: holds, otherwise: otherwise)
    }

    /// A variable that is "1" exactly where a condition holds and empty elsewhere; nil: it cannot be said.
    private mutating func flag(_ condition: Condition) -> String? {
        switch condition {
        case .not(let inner): return flag(inner, holds: "\"\"", otherwise: "1")
        default: return flag(condition, holds: "1", otherwise: "\"\"")
        }
    }

    private mutating func flag(_ condition: Condition, holds: String, otherwise: String) -> String? {
        switch condition {
        case .all(let parts):
            guard let text = flags(parts) else { return nil }
            let all = String(repeating: "1", count: parts.count)
            return table(text, [(key: all, value: holds)], otherwise: otherwise)
        case .any(let parts):
            guard let text = flags(parts) else { return nil }
            return table(text, [(key: "\"\"", value: otherwise)], otherwise: holds)
        case .not(let inner): return flag(inner, holds: otherwise, otherwise: holds)
        case .address(let who, let networks) where who == Template(.clientAddress):
            return ranges(networks, holds: holds, otherwise: otherwise)
        case .file:
            guard let name = fileTest(condition) else { return nil }
            return table(name, [(key: "1", value: holds)], otherwise: otherwise)
        case .isTrue(let subject):
            guard let input = text(subject) else { return nil }
            return table(
                input, [(key: "\"\"", value: otherwise), (key: "0", value: otherwise)], otherwise: holds)
        default: break
        }
        guard let (subject, keys) = keys(of: condition), let input = text(subject) else { return nil }
        return table(input, keys.map { (key: NginxQuoting.word($0), value: holds) }, otherwise: otherwise)
    }

    /// A variable that the server sets where a file is there; nil: the file may lie elsewhere than below the root, or
    /// become another one behind that.
    private mutating func fileTest(_ condition: Condition) -> String? {
        let node = configuration.sites[site.at]
        let moves = node.locate.flatMap(\.routes).contains { route in
            guard case .scope(let id) = route.yields else { return false }
            let scope = configuration.scopes[id.at]
            return scope.rules != nil
                || scope.layers.contains {
                    configuration.layers[$0.at].settings.files.place.map { $0.value.drops != .nothing } ?? false
                }
        }
        guard !moves, !asksForGuard, node.rules == nil, let test = self.condition(condition) else { return nil }
        if let known = fileTests.first(where: { $0.test == test }) { return known.name }
        let name = "$is\(fileTests.count + 1)"
        fileTests.append((test, name))
        return name
    }

    /// What a map compares, and the keys for which a condition about one text holds.
    private mutating func keys(of condition: Condition) -> (Template, [String])? {
        switch condition {
        case .matches(let subject, let pattern, _):
            if isHTTPS(subject) { return scheme(pattern.source.filter(\.isLetter)) }
            return (subject, [(pattern.ignoresCase ? "~*" : "~") + source(of: pattern)])
        case .compare(let subject, .equal, let other):
            guard let word = other.literal else {
                return subject.literal == nil ? nil : keys(of: .compare(other, .equal, subject))
            }
            if isHTTPS(subject) { return scheme(word) }
            if word.isEmpty { return (subject, [word]) }
            return exactly([word], subject)
        case .compare(let subject, .equalIgnoringCase, let other):
            return other.literal.map { (subject, ["~*^" + Self.quoted($0) + "\\z"]) }
        case .compare(let subject, .numericEqual, let other):
            return other.literal.flatMap { Int($0) }.map { (subject, ["~^0*\($0)\\z"]) }
        case .among(let subject, let values):
            let words = values.compactMap(\.literal)
            guard words.count == values.count, !words.isEmpty else { return nil }
            return exactly(words, subject)
        case .isSet(let subject) where mayBeEmpty(subject): return nil
        case .isPresent(let subject), .isSet(let subject): return (subject, ["~."])
        case .glob(let subject, let glob): return (subject, ["~" + Self.pattern(glob)])
        default: return nil
        }
    }

    /// Whole texts as keys, which would not look at the case if they were no patterns.
    private func exactly(_ words: [String], _ subject: Template) -> (Template, [String]) {
        var (subject, sign) = (subject, "~")
        if subject.pieces.count == 1, case .apply(.lower, let inner) = subject.pieces[0], inner.count == 1 {
            (subject, sign) = (inner[0], "~*")
        }
        return (subject, words.map { $0.isEmpty ? "" : "\(sign)^\(Self.quoted($0))\\z" })
    }

    private func scheme(_ word: String) -> (Template, [String])? {
        switch word.lowercased() {
        case "on": (Template(.scheme), ["https"])
        case "off": (Template(.scheme), ["http"])
        default: nil
        }
    }

    /// The variables of some conditions, one behind the other.
    private mutating func flags(_ parts: [Condition]) -> String? {
        var text = ""
        for part in parts {
            guard let name = flag(part) else { return nil }
            text += name
        }
        return text
    }

    private func isVariable(_ subject: Template) -> Bool {
        if subject.pieces.count == 1, case .value = subject.pieces[0] { return true }
        return false
    }

    private mutating func table(
        _ input: String, _ rows: [(key: String, value: String)], otherwise: String
    ) -> String {
        var lines = [TextLine("default \(otherwise)")]
        if otherwise == "\"\"" { lines = [] }
        lines += rows.filter { $0.value != otherwise }.map { TextLine("\($0.key) \($0.value)") }
        // A request that is led elsewhere inside is asked again: what it was before must not be remembered.
        if isChanging(input) { lines.insert(TextLine("volatile"), at: 0) }
        return flag("map \(NginxQuoting.word(input))", lines)
    }

    /// Whether a text may be another one when a request enters anew.
    private func isChanging(_ input: String) -> Bool {
        if ["$uri", "$args", "$request_filename", "$request_method", "$is"].contains(where: { input.contains($0) }) {
            return true
        }
        return shared.contains { block in
            input.contains(block.key) && block.line.block?.first?.head == "volatile"
        }
    }

    private mutating func ranges(_ networks: [String], holds: String, otherwise: String) -> String {
        flag("geo", [TextLine("default \(otherwise)")] + networks.map { TextLine("\($0) \(holds)") })
    }

    /// The name of a variable that is defined so, perhaps for another place already.
    private mutating func flag(_ head: String, _ lines: [TextLine]) -> String {
        let existing = shared.filter { $0.key.hasPrefix("$when") }
        if let known = existing.first(where: { $0.line.head == "\(head) \($0.key)" && $0.line.block == lines }) {
            return known.key
        }
        let name = "$when\(existing.count + 1)"
        share(name, TextLine("\(head) \(name)", block: lines, isApart: true))
        return name
    }
}
