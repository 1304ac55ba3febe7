import Apache
import Language
import Lint
import Nginx
import Source

/// Every dialect that has rules.
let dialects: [any Dialect] = [ApacheDialect(), NginxDialect()]

/// A text that was read, lowered and linted.
struct Linted {
    let findings: [Diagnostic]
    let sources: SourceMap

    init(_ text: String, dialect name: String, path: String? = nil, isMain: Bool = false) {
        let dialect = dialects.first { $0.name == name } ?? dialects[0]
        let path = path ?? "/sites/site.conf"
        let request = ReadRequest(
            entries: [ReadEntry(path: path, bytes: text.configurationBytes, isMain: isMain)],
            files: .memory([path: text]), version: dialect.versions[0])
        let reading = dialect.read(request)
        let subject = LintSubject(dialect: name, reading: reading, lowered: dialect.lower(reading))
        findings = Linter(for: dialect).findings(in: subject)
        sources = reading.sources
    }

    /// `line rule` for each finding of some severity.
    func lines(from severity: Severity = .style) -> [String] {
        findings.filter { $0.severity >= severity }.map { "\(line(of: $0)) \($0.rule)" }
    }

    /// The lines of a rule's findings.
    func lines(of rule: String) -> [Int] { findings.filter { $0.rule == rule }.map(line) }

    /// The findings as people read them.
    var text: String { TextRendering(sources: sources).text(findings) }

    private func line(of finding: Diagnostic) -> Int { finding.range.map { sources.position(of: $0).line } ?? 0 }
}
