import IR
import Pattern
import Source

/// Why a pattern cannot be compiled.
struct PatternProblem: Hashable, Sendable {
    var message: String
    /// Where the compiler stopped, in bytes.
    var offset: Int
}

/// What is wrong with a pattern, nil if it can be compiled.
func problem(of pattern: IR.Pattern) -> PatternProblem? {
    do throws(PatternError) {
        _ = try compile(pattern)
        return nil
    } catch {
        return PatternProblem(message: error.message, offset: error.offset)
    }
}

private func compile(_ pattern: IR.Pattern) throws(PatternError) -> CompiledPattern {
    try CompiledPattern(pattern.source.configurationBytes, options: pattern.ignoresCase ? .ignoresCase : .nginx)
}

/// The named groups of a pattern, by name.
func namedGroups(of pattern: IR.Pattern) -> [String: Int] {
    do throws(PatternError) {
        return try compile(pattern).namedGroups
    } catch {
        return [:]
    }
}
