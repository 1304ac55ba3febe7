import IR
import Language
import Serve
import Source
import Syntax
import System

/// The configuration that `sluice httpd` tests and serves.
struct HttpdConfiguration: Sendable {
    /// The main file.
    var file: String
    /// The first ServerRoot.
    var root: String
    /// Names that are defined.
    var defines: [String]
    /// Directives before and behind the main file.
    var around: (before: [String], after: [String])
    /// The program's name, for messages.
    var program: String

    /// `HTTPD_ROOT` and `SERVER_CONFIG_FILE` of Debian's build.
    static let builtRoot = "/etc/apache2"
    static let builtFile = "apache2.conf"
    /// `DEFAULT_PIDLOG` of Debian's build.
    static let pidFile = "/run/apache2.pid"

    init(_ arguments: HttpdArguments, program: String) {
        root = Self.absolute(arguments.root ?? Self.builtRoot, below: "\(Files.workingDirectory())")
        file = Self.absolute(arguments.file ?? Self.builtFile, below: root)
        defines = arguments.defines
        around = (arguments.before, arguments.after)
        self.program = program
    }

    private static func absolute(_ path: String, below folder: String) -> String {
        path.hasPrefix("/") ? path : path == "." ? folder : folder + "/" + path
    }

    /// What was read.
    struct Read {
        var understanding: Understanding
        var loaded: Loaded
        /// ServerRoot, in the end.
        var root: String
    }

    /// How the server reads it again.
    var loader: Loader {
        Loader(
            load: { [self] () throws(Refused) in try read().loaded },
            restore: { [self] snapshot throws(Refused) in
                try read(files: FileRecord(snapshot).replaying, snapshot: snapshot).loaded
            },
            words: { [program] in HttpdWords.lines(of: $0, program: program).joined(separator: "\n") })
    }

    /// Reads the files as they are now; what keeps them from being served is refused in httpd's words.
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
            return "\(sources[id].path):\(sources.position(of: range.lowerBound, in: id).line)"
        }
        let words = HttpdWords(understanding.reading, program: program)
        let all = understanding.reading.diagnostics + understanding.lowered.diagnostics
        let coverage: Set<String> = [Coverage.unsupported, Coverage.foreign]
        let errors = all.filter { $0.severity == .error && !coverage.contains($0.rule) }
        if !errors.isEmpty { throw Refused(report: errors.map { words.text(of: $0) + "\n" }.joined()) }
        let warnings = all.filter { $0.severity >= .warning }.withoutRepetitions
            .map { words.warning($0.first) + $0.others + "\n" }
        let loaded = Loaded(
            configuration: configuration, report: warnings.joined(), snapshot: snapshot, place: place)
        let stated = understanding.reading.directives.last { $0.key == "serverroot" }?.arguments.first?.text
        return Read(understanding: understanding, loaded: loaded, root: stated ?? root)
    }

    private func understood(_ files: FileAccess) throws(Refused) -> Understanding {
        var entries = around.before.map { ReadEntry(path: "-C", bytes: $0.configurationBytes, isMain: false) }
        do throws(FileProblem) {
            entries.append(ReadEntry(path: file, bytes: try files.read(file), isMain: true))
        } catch {
            let reason = HttpdWords.reason(error.reason)
            throw Refused(report: "\(program): Could not open configuration file \(file): \(reason)\n")
        }
        entries += around.after.map { ReadEntry(path: "-c", bytes: $0.configurationBytes, isMain: false) }
        let found = FoundConfiguration(dialect: Dialects.writing(.apache), path: file, entries: entries)
        return found.understood(
            in: Surroundings(
                files: files, defines: Dictionary(defines.map { ($0, "") }, uniquingKeysWith: { $1 }),
                environment: Dictionary(Environment.all().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }),
                version: nil, rootPrefix: "", folder: root))
    }

    /// Makes the folders that `envvars` in a folder names for pid file, sockets and locks.
    ///
    /// They lie on a file system that is empty after every start of the machine; apachectl makes them.
    static func makeFolders(of folder: String) {
        let entry = ReadEntry(path: folder + "/" + builtFile, bytes: [], isMain: true)
        let variables = Dictionary(Environment.all().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        let request = ReadRequest(
            entries: [entry], files: .system(), environment: variables, version: "", folder: folder)
        let environment = Dialects.writing(.apache).read(request).request.environment
        for variable in ["APACHE_RUN_DIR", "APACHE_LOCK_DIR"] {
            if let path = environment[variable] { try? Files.makeDirectory(FilePath(path), permissions: 0o755) }
        }
    }
}
