import IR
import Pattern

extension IR.Pattern {
    /// Whether the expression is found in a text; one that cannot be compiled is found nowhere.
    func matches(_ text: String) -> Bool {
        var options: PatternOptions = [.duplicateNames]
        if dotAll { options.insert(.dotAll) }
        if dollarOnlyAtEnd { options.insert(.dollarEndOnly) }
        if ignoresCase { options.insert(.ignoresCase) }
        guard let compiled = try? CompiledPattern(source, options: options) else { return false }
        var scratch = MatchScratch()
        let bytes = Array(text.utf8)
        if case .matched = compiled.match(bytes.span, using: &scratch) { return true }
        return false
    }
}

extension IR.Pattern {
    /// What every text that it matches begins with; nil: it is not anchored.
    var literalPrefix: String? {
        guard source.hasPrefix("^"), !ignoresCase, !source.contains("|") || source.hasSuffix("(?:/|$)") else {
            return nil
        }
        var text = ""
        var isEscaped = false
        for character in source.dropFirst() {
            if isEscaped, character.isLetter || character.isNumber { break }
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            if isEscaped {
                isEscaped = false
                text.append(character)
                continue
            }
            if "?*{".contains(character) { return String(text.dropLast()) }
            guard character.isLetter || character.isNumber || "/-_.~".contains(character) else { break }
            text.append(character)
        }
        return text
    }
}
