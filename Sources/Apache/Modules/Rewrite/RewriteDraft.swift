import IR
import Language
import Source

/// Rewriting while a server's or section's directives are read.
struct RewriteDraft: Sendable {
    /// RewriteEngine.
    var isOn: Stated<Bool>?
    /// RewriteBase.
    var base: Stated<String>?
    /// How the rules of the level outside take part.
    var inherits: RewriteInheritance?
    /// The rules in order, each with its conditions.
    var rules: [RewriteRule] = []
    /// Conditions that wait for their rule.
    var pending: [RewriteCondition] = []
}

/// How rules of an outer level take part (RewriteOptions).
enum RewriteInheritance: Sendable {
    /// Behind one's own.
    case after
    /// Before one's own.
    case before
}

/// A RewriteCond as it was written.
struct RewriteCondition: Sendable {
    /// What is tested.
    var test: String
    /// What it is tested for.
    var pattern: String
    /// Case does not matter.
    var ignoresCase = false
    /// The next condition is an alternative.
    var isAlternative = false
    /// Where it was written.
    var range: SourceRange
    /// Where the pattern was written.
    var patternRange: SourceRange
}

/// A RewriteRule as it was written.
struct RewriteRule: Sendable {
    /// What the path must match; a leading `!` turns it round.
    var pattern: String
    /// What it becomes.
    var substitution: String
    /// The flags.
    var flags = RewriteFlags()
    /// The conditions before it.
    var conditions: [RewriteCondition]
    /// Where it was written.
    var range: SourceRange
    /// Where the pattern was written.
    var patternRange: SourceRange
    /// The statement.
    var origin: ID<Origin>
}

/// A table for rewriting (RewriteMap).
enum RewriteMap: Sendable {
    /// A file or a program.
    case lookup(ID<Lookup>)
    /// A function of httpd itself.
    case function(Function)
    /// Something that is not run: what it yields is nothing.
    case unavailable
}
