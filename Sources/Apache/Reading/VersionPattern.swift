import Pattern
import Source

/// A regular expression over the version.
enum VersionPattern {
    /// Whether a text matches an expression; one that does not compile matches nothing.
    static func matches(_ text: String, _ source: String) -> Bool {
        guard let pattern = try? CompiledPattern(source.configurationBytes, options: .apache) else { return false }
        var scratch = MatchScratch()
        let bytes = Array(text.utf8)
        if case .matched = pattern.match(bytes.span, using: &scratch) { return true }
        return false
    }
}
