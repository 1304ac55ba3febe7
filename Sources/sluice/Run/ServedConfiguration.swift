import IR
import Language
import Serve
import Source
import Syntax

/// The one configuration that a server runs, and how it is read, at the start and again.
struct ServedConfiguration: Sendable {
    var paths: [String]
    var input: InputOptions
    /// A guard that cannot be run is an error.
    var isStrict: Bool

    /// What was read, with what the server wants to know of its dialect.
    struct Read {
        var understanding: Understanding
        var loaded: Loaded

        /// How this dialect's server writes its error log.
        var shape: ErrorLogShape { understanding.dialect.grammar == .apache ? .brackets : .slashes }
    }

    /// How the server reads it again.
    var loader: Loader {
        Loader(
            load: { [self] () throws(Refused) in
                if paths.contains(standardInput) {
                    throw Refused(report: "the configuration came from standard input, which cannot be read again\n")
                }
                return try read().loaded
            },
            restore: { [self] snapshot throws(Refused) in
                try understood(files: FileRecord(snapshot).replaying, snapshot: snapshot).loaded
            })
    }

    /// Reads the files as they are now.
    func read() throws(Refused) -> Read {
        let record = FileRecord()
        var read = try understood(files: record.recording(input.systemFiles), snapshot: [])
        read.loaded.snapshot = record.bytes
        return read
    }

    private func understood(files: FileAccess, snapshot: [UInt8]) throws(Refused) -> Read {
        let understanding: Understanding
        do throws(InputFailure) {
            let surroundings = try input.surroundings(files: files)
            understanding = try single(of: try input.find(paths, files: files)).understood(in: surroundings)
        } catch {
            throw Refused(report: "sluice: error: \(error)\n", status: ExitStatus.wrongInput.rawValue)
        }
        let sources = understanding.reading.sources
        let configuration = understanding.lowered.configuration
        let place: @Sendable (ID<Origin>) -> String? = { origin in
            guard configuration.origins.indices.contains(origin.at),
                case .written(let file, let range) = configuration.origins[origin.at]
            else { return nil }
            let id = FileID(index: file)
            return "\(sources[id].path):\(sources.position(of: range.lowerBound, in: id).line)"
        }
        let report = try report(on: understanding, place)
        let loaded = Loaded(configuration: configuration, report: report, snapshot: snapshot, place: place)
        return Read(understanding: understanding, loaded: loaded)
    }

    /// The one configuration that some paths stand for: files of one dialect that are parts of one are put together.
    private func single(of found: [FoundConfiguration]) throws(InputFailure) -> FoundConfiguration {
        guard var first = found.first else { throw InputFailure("there is no configuration to run") }
        for other in found.dropFirst() {
            guard other.dialect.name == first.dialect.name else {
                throw InputFailure(
                    "\(first.path) is written for \(first.dialect.name), \(other.path) for \(other.dialect.name)",
                    help: "run each with a `sluice run` of its own")
            }
            guard !(first.entries + other.entries).contains(where: \.isMain) else {
                throw InputFailure(
                    "\(first.path) and \(other.path) are configurations of their own",
                    help: "run each with a `sluice run` of its own")
            }
            first.entries += other.entries
        }
        // Sites that the main file does not include are not enabled: only one that was named is served.
        if first.focus == nil, first.entries.contains(where: \.isMain) { first.entries.removeAll { !$0.isMain } }
        return first
    }

    /// What there is to say that does not stop the server, one line each; errors that do are refused.
    private func report(
        on understanding: Understanding, _ place: (ID<Origin>) -> String?
    ) throws(Refused) -> String {
        let sources = understanding.reading.sources
        let all = understanding.reading.diagnostics + understanding.lowered.diagnostics
        let coverage: Set<String> = [Coverage.unsupported, Coverage.foreign]
        let errors = all.filter { $0.severity == .error && !coverage.contains($0.rule) }
        if !errors.isEmpty {
            throw Refused(report: TextRendering(sources: sources).text(errors))
        }
        let closed = ClosedGuard.all(in: understanding.lowered.configuration)
        if isStrict, !closed.isEmpty {
            let lines = closed.map { (place($0.origin).map { "\($0): " } ?? "") + "cannot be run: \($0.reason)\n" }
            let count = closed.count == 1 ? "a guard" : "\(closed.count) guards"
            throw Refused(report: lines.joined() + "sluice: error: --strict refuses to serve without \(count)\n")
        }
        return warnings(all.filter { $0.severity >= .warning }, sources)
    }

    /// A line for each thing that is worth a warning, with its first place and how often it is said elsewhere.
    private func warnings(_ diagnostics: [Diagnostic], _ sources: SourceMap) -> String {
        var texts: [String] = []
        var places: [String: [String]] = [:]
        for diagnostic in diagnostics {
            let text = "warning: \(diagnostic.message)" + (diagnostic.why.map { ": \($0)" } ?? "")
            if places[text] == nil { texts.append(text) }
            places[text, default: []].append(diagnostic.range.map { "\(sources.place(of: $0)): " } ?? "")
        }
        return texts.map { text in
            let all = places[text] ?? []
            let others = all.count == 2 ? " (and in 1 other place)" : " (and in \(all.count - 1) other places)"
            return (all.first ?? "") + text + (all.count > 1 ? others : "") + "\n"
        }.joined()
    }
}
