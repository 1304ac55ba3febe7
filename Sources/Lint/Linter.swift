package import Language
package import Source

/// Finds what is wrong with configurations of one dialect.
package struct Linter: Sendable {
    /// Every rule that can find something, those of reading and lowering included.
    package let rules: [LintRule]
    /// The checks that are run, in the order of `rules`.
    private let checks: [LintRule]
    /// The rules whose findings give way, by the rule they give way to.
    private let replaced: [String: Set<String>]

    /// Makes a linter with everybody's rules and the dialect's own.
    package init(for dialect: any Dialect) {
        rules = LintRule.common + dialect.rules
        checks = rules.filter { $0.check != nil }
        replaced = Dictionary(
            rules.filter { !$0.replaces.isEmpty }.map { ($0.id, $0.replaces) }, uniquingKeysWith: { $0.union($1) })
    }

    /// All findings about a configuration, sorted by place, each once; what is suppressed is left out.
    package func findings(in subject: LintSubject) -> [Diagnostic] {
        var findings = subject.reading.diagnostics + subject.lowered.diagnostics
        for rule in checks { findings += rule.findings(in: subject) }
        findings += DecisionRule.findings(in: subject)
        let sources = subject.reading.sources
        findings = withoutReplaced(findings, sources: sources)
        var suppressions = Suppressions(of: subject)
        findings = suppressions.filter(findings, sources: sources)
        findings += suppressions.complaints(knownRules: rules.map(\.id))
        return findings.sortedByPlace(in: sources).withoutRepetition(in: sources)
    }

    /// Leaves out the findings on a line for which a more telling rule has found something there.
    private func withoutReplaced(_ findings: [Diagnostic], sources: SourceMap) -> [Diagnostic] {
        var silenced: Set<LineOfRule> = []
        for finding in findings {
            guard let weaker = replaced[finding.rule], let range = finding.range else { continue }
            for rule in weaker { silenced.insert(LineOfRule(rule: rule, range: range, sources: sources)) }
        }
        if silenced.isEmpty { return findings }
        return findings.filter { finding in
            guard let range = finding.range else { return true }
            return !silenced.contains(LineOfRule(rule: finding.rule, range: range, sources: sources))
        }
    }
}

/// A rule and the line that it found something on.
private struct LineOfRule: Hashable {
    var rule: String
    var file: FileID
    var line: Int

    init(rule: String, range: SourceRange, sources: SourceMap) {
        self.rule = rule
        file = range.file
        line = sources.position(of: range).line
    }
}

extension [Diagnostic] {
    /// Ordered by path, place, severity and rule; what has no place comes first.
    func sortedByPlace(in sources: SourceMap) -> [Diagnostic] {
        map { diagnostic in (path: diagnostic.range.map { sources[$0.file].path } ?? "", diagnostic) }
            .sorted { a, b in
                if a.path != b.path { return a.path < b.path }
                let (first, second) = (a.1.range?.start ?? -1, b.1.range?.start ?? -1)
                if first != second { return first < second }
                if a.1.severity != b.1.severity { return a.1.severity > b.1.severity }
                return (a.1.rule, a.1.message) < (b.1.rule, b.1.message)
            }
            .map(\.1)
    }

    /// Without what was said before: a file that is included twice is complained about once.
    func withoutRepetition(in sources: SourceMap) -> [Diagnostic] {
        var seen: Set<String> = []
        return filter { diagnostic in
            let place = diagnostic.range.map { "\(sources[$0.file].path):\($0.start)" } ?? ""
            return seen.insert("\(diagnostic.rule) \(place) \(diagnostic.message)").inserted
        }
    }
}
