import Language
import Source

/// The findings of one lint run about any number of configurations.
struct LintReport {
    private var sections: [(sources: SourceMap, findings: [Diagnostic])] = []
    private var files: Set<String> = []
    private var seen: Set<String> = []

    /// Adds the findings about a configuration; a file that two configurations share is complained about once.
    mutating func add(_ findings: [Diagnostic], about understanding: Understanding) {
        let sources = understanding.reading.sources
        // Of a folder of separate files those are counted; what they include from elsewhere is not.
        if understanding.isOneOfMany {
            files.insert(understanding.path)
        } else {
            files.formUnion(sources.files.map(\.path))
        }
        let new = findings.filter { finding in
            let place = finding.range.map { "\(sources[$0.file].path):\($0.start):" } ?? "\(understanding.path):"
            return seen.insert(place + finding.rule + finding.message).inserted
        }
        sections.append((sources, new))
    }

    /// The severities of all findings.
    var severities: [Severity] { sections.flatMap { $0.findings.map(\.severity) } }

    /// The findings for people, and a line that counts them.
    func text(isColoured: Bool) -> String {
        var text = ""
        for section in sections where !section.findings.isEmpty {
            text += TextRendering(sources: section.sources, isColoured: isColoured).text(section.findings) + "\n"
        }
        return text + summary(Paint(isOn: isColoured)) + "\n"
    }

    /// The findings for programs.
    func json() -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("files", files.count)
            json.key("findings")
            json.array { json in
                for section in sections {
                    for finding in section.findings { finding.write(to: &json, sources: section.sources) }
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private func summary(_ paint: Paint) -> String {
        let severities = severities
        let place = files.count == 1 ? "1 file" : "\(files.count) files"
        if severities.isEmpty { return paint.good("no findings") + " in \(place)" }
        let parts = Severity.allCases.reversed().compactMap { severity -> String? in
            let count = severities.count { $0 == severity }
            return count == 0 ? nil : paint.mark(words(count, severity), severity)
        }
        return parts.joined(separator: ", ") + " in \(place)"
    }

    private func words(_ count: Int, _ severity: Severity) -> String {
        switch severity {
        case .error: count == 1 ? "1 error" : "\(count) errors"
        case .warning: count == 1 ? "1 warning" : "\(count) warnings"
        case .info: count == 1 ? "1 remark" : "\(count) remarks"
        case .style: count == 1 ? "1 matter of style" : "\(count) matters of style"
        }
    }
}
