package import Source

/// A bad pattern that lint finds: its name, why it is bad, examples, and the check itself.
///
/// Rules that any dialect can have live in `Lint`; those that only make sense for one live beside that dialect and
/// reach lint through `Dialect.rules`. The examples are documentation and tests at once.
package struct LintRule: Sendable {
    /// The name of the bad pattern in kebab case, so that `ignore[id]` reads as a sentence.
    package var id: String
    /// How much a finding matters, where the check says nothing else.
    package var severity: Severity
    /// What the rule finds, as a sentence.
    package var summary: String
    /// Why it is bad and how the servers behave, in sentences; what `sluice why` prints.
    package var why: String
    /// A bad and a good text for each dialect that can have the pattern.
    package var examples: [LintExample]
    /// Rules that say less about the same line: their findings there give way to this one's.
    package var replaces: Set<String>
    /// Looks at a configuration; nil: reading or lowering find it themselves, and the rule only describes it.
    package var check: (@Sendable (LintSubject, inout Findings) -> Void)?

    package init(
        _ id: String, _ severity: Severity, summary: String, why: String, examples: [LintExample] = [],
        replaces: Set<String> = [], check: (@Sendable (LintSubject, inout Findings) -> Void)? = nil
    ) {
        self.id = id
        self.severity = severity
        self.summary = summary
        self.why = why
        self.examples = examples
        self.replaces = replaces
        self.check = check
    }

    /// What the rule finds in a configuration.
    package func findings(in subject: LintSubject) -> [Diagnostic] {
        guard let check else { return [] }
        var findings = Findings(of: self)
        check(subject, &findings)
        return findings.diagnostics
    }
}

/// A text that has a pattern, and the same without it.
package struct LintExample: Sendable {
    /// "apache" or "nginx".
    package var dialect: String
    /// The text that the rule complains about, and about nothing else.
    package var bad: String
    /// The line of `bad` that it complains about, counted from 1.
    package var line: Int
    /// The text that nothing is wrong with.
    package var good: String
    /// What the file is called, where that matters (`.htaccess`).
    package var path: String?

    package init(_ dialect: String, bad: String, line: Int, good: String, path: String? = nil) {
        self.dialect = dialect
        self.bad = bad
        self.line = line
        self.good = good
        self.path = path
    }
}

/// A configuration as rules see it: as it was read, as directives that can be asked for by name, and as the IR.
package struct LintSubject: Sendable {
    /// "apache" or "nginx".
    package var dialect: String
    /// The configuration as it was read.
    package var reading: Reading
    /// The configuration as it was understood.
    package var lowered: Lowered
    /// The directives by name and place.
    package var outline: Outline

    package init(dialect: String, reading: Reading, lowered: Lowered) {
        self.dialect = dialect
        self.reading = reading
        self.lowered = lowered
        outline = Outline(reading.directives)
    }

    /// It is a fragment: what surrounds it is unknown, so nothing can be said to be missing from the whole.
    package var isFragment: Bool { !reading.request.entries.contains(where: \.isMain) }
}

/// What one rule found so far.
package struct Findings: Sendable {
    /// The findings in the order of reporting.
    package private(set) var diagnostics: [Diagnostic] = []
    private let rule: String
    private let severity: Severity

    /// Begins the findings of a rule.
    package init(of rule: LintRule) {
        self.rule = rule.id
        severity = rule.severity
    }

    /// Adds a finding; the rule's name and, unless another is given, its severity are filled in.
    package mutating func report(
        _ message: String, at range: SourceRange?, severity: Severity? = nil, why: String? = nil,
        help: String? = nil, witness: String? = nil, related: [Note] = [], fix: Fix? = nil
    ) {
        diagnostics.append(
            Diagnostic(
                rule, severity ?? self.severity, message, at: range, why: why, help: help, witness: witness,
                related: related, fix: fix))
    }
}

extension Dialect {
    /// Most of what a dialect says is for all; one without rules of its own has none.
    package var rules: [LintRule] { [] }
}
