import Language
import Lint
import Source

/// The configurations of one lint run, and what their files hold by now.
struct LintSession {
    private let found: [FoundConfiguration]
    private let surroundings: Surroundings
    private let linters: [String: Linter]
    /// The files that fixes have changed, by path.
    private var changed: [String: [UInt8]] = [:]
    /// Fixes may bring others to light; one that comes back forever is given up.
    private let roundLimit = 20

    init(found: [FoundConfiguration], surroundings: Surroundings) {
        self.found = found
        self.surroundings = surroundings
        linters = Dictionary(uniqueKeysWithValues: Dialects.all.map { ($0.name, Linter(for: $0)) })
    }

    /// The findings about all configurations.
    func lint() -> LintReport {
        var report = LintReport()
        for configuration in found {
            let (findings, understanding) = examine(configuration)
            report.add(findings, about: understanding)
        }
        return report
    }

    /// Makes all safe fixes in memory, and gives the files that change.
    mutating func mend() -> [FileChange] {
        var before: [String: [UInt8]] = [:]
        for configuration in found {
            var round = 0
            while round < roundLimit, mendOnce(configuration, before: &before) == .changedSomething { round += 1 }
        }
        return before.keys.sorted().compactMap { path in
            guard let old = before[path], let new = changed[path], old != new else { return nil }
            return FileChange(path: path, old: old, new: new)
        }
    }

    /// Whether another look may find more to mend.
    private enum Progress { case changedSomething, nothingLeft }

    private mutating func mendOnce(
        _ configuration: FoundConfiguration, before: inout [String: [UInt8]]
    ) -> Progress {
        let (findings, understanding) = examine(configuration)
        let selection = FixSelection(findings.compactMap(\.fix).filter(\.isSafe))
        var progress = Progress.nothingLeft
        for file in selection.files {
            let source = understanding.reading.sources[file]
            let bytes = selection.apply(to: source.bytes, of: file)
            if bytes == source.bytes { continue }
            if before[source.path] == nil { before[source.path] = source.bytes }
            changed[source.path] = bytes
            progress = .changedSomething
        }
        return progress
    }

    private func examine(_ configuration: FoundConfiguration) -> ([Diagnostic], Understanding) {
        var configuration = configuration
        for index in configuration.entries.indices {
            let path = prefixed(configuration.entries[index].path, with: surroundings.rootPrefix)
            if let bytes = changed[path] { configuration.entries[index].bytes = bytes }
        }
        var surroundings = surroundings
        surroundings.files = surroundings.files.overlaid(with: changed, rootPrefix: surroundings.rootPrefix)
        let understanding = configuration.understood(in: surroundings)
        let subject = LintSubject(
            dialect: understanding.dialect.name, reading: understanding.reading, lowered: understanding.lowered)
        let findings = linters[understanding.dialect.name]?.findings(in: subject) ?? []
        return (findings.filter { $0.range.map { understanding.isAskedAbout($0.file) } ?? true }, understanding)
    }
}

/// A file that fixes have changed.
struct FileChange {
    /// The path as findings name it.
    var path: String
    /// The content before.
    var old: [UInt8]
    /// The content behind.
    var new: [UInt8]
}
