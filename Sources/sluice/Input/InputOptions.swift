import ArgumentParser
import Language
import Source
import System

/// How configurations are found and read: the same options for every command.
///
/// A command declares its PATHs itself and hands them to `understand`, because some have other words behind them.
struct InputOptions: ParsableArguments {
    @Option(help: "The dialect of the files, apache or nginx (default: detected).")
    var dialect: DialectName?

    @Option(
        name: .customLong("define"),
        help: ArgumentHelp("Define a name for <IfDefine> and ${NAME}, as httpd -D does.", valueName: "name[=value]"))
    var defines: [String] = []

    @Option(help: ArgumentHelp("Read variables from a file of NAME=VALUE lines, such as envvars.", valueName: "file"))
    var envFile: String?

    @Option(
        help: ArgumentHelp(
            "Look up the paths in the configuration below this folder, to try a copy of a server's files.",
            valueName: "dir"))
    var rootPrefix: String?

    @Option(
        help: ArgumentHelp(
            "What the configuration was written for, such as apache-2.4 or nginx-1.22 (default: the newest).",
            valueName: "version"))
    var sourceVersion: String?

    func validate() throws {
        if let sourceVersion, !Dialects.versions.contains(sourceVersion) {
            let known = Dialects.versions.joined(separator: ", ")
            throw ValidationError("--source-version \(sourceVersion) is not known; it is one of \(known)")
        }
        for define in defines where define.isEmpty || define.hasPrefix("=") {
            throw ValidationError("--define takes NAME or NAME=VALUE.")
        }
        if rootPrefix == "" { throw ValidationError("--root-prefix takes a folder.") }
    }

    /// The configurations that some paths stand for, in their order.
    func find(_ paths: [String], files: FileAccess? = nil) throws(InputFailure) -> [FoundConfiguration] {
        let finder = InputFinder(files: files ?? systemFiles, dialect: dialect.map { Dialects.writing($0.grammar) })
        return try finder.find(paths)
    }

    /// The configurations that some paths stand for, read and understood.
    func understand(_ paths: [String]) throws -> [Understanding] {
        let surroundings = try surroundings()
        return try find(paths).map { $0.understood(in: surroundings) }
    }

    /// The file system as the options have it.
    var systemFiles: FileAccess { .system(rootPrefix: systemPrefix) }

    /// What is the same for every configuration of a run.
    func surroundings(files: FileAccess? = nil) throws(InputFailure) -> Surroundings {
        let files = files ?? systemFiles
        var environment = Dictionary(Environment.all().map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        if let envFile {
            let bytes: [UInt8]
            do {
                bytes = try files.read(envFile)
            } catch {
                throw InputFailure("cannot read the environment file \(envFile): \(error.explanation)")
            }
            environment.merge(variables(in: bytes)) { $1 }
        }
        return Surroundings(
            files: files, defines: namedValues(defines), environment: environment, version: sourceVersion,
            rootPrefix: systemPrefix)
    }

    /// The folder below which absolute paths are looked up; empty: the root.
    var systemPrefix: String {
        var prefix = rootPrefix ?? ""
        while prefix.count > 1, prefix.hasSuffix("/") { prefix.removeLast() }
        return prefix == "/" ? "" : prefix
    }
}

/// What is the same for every configuration of a run.
struct Surroundings: Sendable {
    var files: FileAccess
    var defines: [String: String]
    var environment: [String: String]
    var version: String?
    var rootPrefix: String
    /// What relative paths of served and written files lie below; nil: as the dialect has it.
    var folder: String?
}

/// `NAME=VALUE` and `NAME` as a dictionary.
private func namedValues(_ words: [String]) -> [String: String] {
    let pairs = words.map { word in
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }
    return Dictionary(pairs, uniquingKeysWith: { $1 })
}

/// The variables that a file of shell assignments sets; other lines are left alone.
private func variables(in bytes: [UInt8]) -> [String: String] {
    var variables: [String: String] = [:]
    for line in String(configuration: bytes).split(whereSeparator: \.isNewline) {
        var text = line.drop { $0 == " " || $0 == "\t" }
        if text.hasPrefix("export ") { text = text.dropFirst(7).drop { $0 == " " } }
        guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { continue }
        let name = text[..<equals]
        guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { continue }
        var value = text[text.index(after: equals)...]
        while value.last?.isWhitespace == true { value.removeLast() }
        if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote {
            value = value.dropFirst().dropLast()
        }
        variables[String(name)] = String(value)
    }
    return variables
}
