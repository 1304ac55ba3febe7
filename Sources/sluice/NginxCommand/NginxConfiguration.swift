import IR
import Language
import Serve
import Source
import Syntax
import System

/// The configuration that `sluice nginx` tests and serves: the directives of `-g`, and the main file.
struct NginxConfiguration: Sendable {
    var places: NginxPlaces
    /// What `-g` says.
    var directives: String?

    /// What was read, with what only this command line asks of it.
    struct Read {
        var understanding: Understanding
        var loaded: Loaded

        /// Whether a directive of the main level says `off`.
        func isOff(_ name: String) -> Bool {
            let last = understanding.reading.directives.last { $0.name == name }
            return last?.arguments.first?.text == "off"
        }
    }

    /// How nginx calls the text of `-g`.
    static let commandLine = "command line"

    /// How the server reads it again.
    var loader: Loader {
        Loader(
            load: { [self] () throws(Refused) in try read().loaded },
            restore: { [self] snapshot throws(Refused) in
                try read(files: FileRecord(snapshot).replaying, snapshot: snapshot).loaded
            },
            words: { NginxWords.lines(of: $0).joined(separator: "\n") })
    }

    /// Reads the files as they are now; what keeps them from being served is refused in nginx's words, a line each.
    func read() throws(Refused) -> Read {
        let record = FileRecord()
        var read = try read(files: record.recording(.system()), snapshot: [])
        read.loaded.snapshot = record.bytes
        return read
    }

    private func read(files: FileAccess, snapshot: [UInt8]) throws(Refused) -> Read {
        let understanding = try understood(files)
        let configuration = understanding.lowered.configuration
        let sources = understanding.reading.sources
        let place: @Sendable (ID<Origin>) -> String? = { origin in
            guard configuration.origins.indices.contains(origin.at),
                case .written(let file, let range) = configuration.origins[origin.at]
            else { return nil }
            let id = FileID(index: file)
            let path = sources[id].path
            if path == Self.commandLine { return path }
            return "\(path):\(sources.position(of: range.lowerBound, in: id).line)"
        }
        let words = NginxWords(understanding.reading)
        let all = understanding.reading.diagnostics + understanding.lowered.diagnostics
        let errors = words.inOrder(all.filter { $0.severity == .error && !NginxWords.coverage.contains($0.rule) })
        if !errors.isEmpty { throw Refused(report: errors.map { words.text(of: $0) + "\n" }.joined()) }
        guard understanding.reading.directives.contains(where: { $0.name == "events" }) else {
            throw Refused(report: "no \"events\" section in configuration\n")
        }
        let warnings = words.inOrder(all.filter { $0.severity >= .warning }).withoutRepetitions
        let loaded = Loaded(
            configuration: configuration, report: warnings.map { words.text(of: $0.first) + $0.others + "\n" }.joined(),
            snapshot: snapshot, place: place)
        return Read(understanding: understanding, loaded: loaded)
    }

    /// The main error log of files that are refused, as far as they are understood; nil: none, or standard error.
    var refusedErrorLog: String? {
        (try? understood(.system()))?.lowered.configuration.process.errorLog?.value.file
    }

    private func understood(_ files: FileAccess) throws(Refused) -> Understanding {
        var entries: [ReadEntry] = []
        if let directives {
            entries.append(
                ReadEntry(path: Self.commandLine, bytes: directives.configurationBytes, isMain: true))
        }
        do throws(FileProblem) {
            entries.append(ReadEntry(path: places.file, bytes: try files.read(places.file), isMain: true))
        } catch {
            throw Refused(report: NginxWords.opening(places.file, error.reason) + "\n")
        }
        let found = FoundConfiguration(
            dialect: Dialects.writing(.nginx), path: places.file, entries: entries)
        let environment = Dictionary(Environment.all().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return found.understood(
            in: Surroundings(
                files: files, defines: [:], environment: environment, version: nil, rootPrefix: "",
                folder: places.prefix))
    }
}
