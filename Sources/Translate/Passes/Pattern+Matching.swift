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
