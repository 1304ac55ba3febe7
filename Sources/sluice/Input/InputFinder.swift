import Language
import Source
import Syntax

/// Finds the configurations that paths stand for.
///
/// A folder with a main file, or in a server's site layout, is one configuration with its surroundings; in any other
/// folder each file is one of its own. A file is one configuration; in a server's layout it has that as surroundings.
struct InputFinder {
    /// How files are read.
    var files: FileAccess
    /// The dialect that the user named; nil: detected file by file.
    var dialect: (any Dialect)?
    /// Folders are searched so deep.
    private let depthLimit = 32

    init(files: FileAccess, dialect: (any Dialect)?) {
        self.files = files
        self.dialect = dialect
    }

    /// The configurations of all paths, each path once.
    func find(_ paths: [String]) throws(InputFailure) -> [FoundConfiguration] {
        var found: [FoundConfiguration] = []
        var seen: Set<String> = []
        for path in paths where seen.insert(path).inserted { found += try find(path) }
        return found
    }

    private func find(_ path: String) throws(InputFailure) -> [FoundConfiguration] {
        if path == standardInput { return [fragment(at: path, bytes: try read(path))] }
        switch files.kind(path) {
        case nil: throw InputFailure("\(path): no such file or folder")
        case .directory: return try folder(path)
        case .file, .other: return [try file(path)]
        }
    }

    private func file(_ path: String) throws(InputFailure) -> FoundConfiguration {
        let bytes = try read(path)
        let speaker = speaker(of: bytes, path: path)
        guard let layout = speaker.layout(of: path, files: files) else { return fragment(at: path, bytes: bytes) }
        if layout.main == path {
            // The name alone makes no main file of a lone `server` block.
            guard Plausibility.isMain(bytes, path: path, grammar: speaker.grammar) else {
                return fragment(at: path, bytes: bytes)
            }
            return try configuration(path, speaker, layout)
        }
        var found = try configuration(path, speaker, Layout(main: layout.main))
        // The file is looked at beside its server's main file; the other sites that are not enabled are no concern.
        found.focus = ReadEntry(path: path, bytes: bytes, isMain: false)
        return found
    }

    private func folder(_ path: String) throws(InputFailure) -> [FoundConfiguration] {
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        for speaker in speakers {
            guard var layout = speaker.layout(of: path, files: files) else { continue }
            // Named by its folder, a server has the sites that are enabled; without any, those that could be.
            if layout.main.hasPrefix(path + "/"), !files.list(path + "/sites-enabled").isEmpty { layout.sites = [] }
            return [try configuration(path, speaker, layout)]
        }
        var found: [FoundConfiguration] = []
        try collect(path, depth: 0, into: &found)
        if found.isEmpty {
            throw InputFailure(
                "\(path): no configuration in this folder",
                help: "name a file, or a folder with .conf files or a server's main file in it")
        }
        return found
    }

    /// Adds each configuration below a folder that is no server's layout itself.
    private func collect(_ folder: String, depth: Int, into found: inout [FoundConfiguration]) throws(InputFailure) {
        for name in files.list(folder) where !name.hasPrefix(".") || name.hasPrefix(".htaccess") {
            let path = folder + "/" + name
            switch files.kind(path) {
            case .directory where depth < depthLimit:
                if let (speaker, layout) = ownLayout(of: path) {
                    found.append(try configuration(path, speaker, layout))
                } else {
                    try collect(path, depth: depth + 1, into: &found)
                }
            case .file where Plausibility.mayBeConfiguration(name: name):
                // A file that cannot be read is no reason to say nothing about the others beside it, but to fail.
                let bytes = try read(path)
                let speaker = speaker(of: bytes, path: path)
                guard Plausibility.looksLikeConfiguration(bytes, name: name, of: speaker) else { continue }
                var configuration = fragment(at: path, bytes: bytes)
                configuration.isOneOfMany = true
                found.append(configuration)
            default: continue
            }
        }
    }

    /// The layout of which a folder is the top.
    private func ownLayout(of folder: String) -> (any Dialect, Layout)? {
        for speaker in speakers {
            guard let layout = speaker.layout(of: folder, files: files) else { continue }
            if layout.main.hasPrefix(folder + "/"), !layout.main.dropFirst(folder.count + 1).contains("/") {
                return (speaker, layout)
            }
        }
        return nil
    }

    /// A main file and the sites beside it.
    private func configuration(
        _ path: String, _ speaker: any Dialect, _ layout: Layout
    ) throws(InputFailure) -> FoundConfiguration {
        var entries = [ReadEntry(path: layout.main, bytes: try read(layout.main), isMain: true)]
        for site in layout.sites { entries.append(ReadEntry(path: site, bytes: try read(site), isMain: false)) }
        return FoundConfiguration(dialect: speaker, path: path, entries: entries)
    }

    /// A file on its own.
    private func fragment(at path: String, bytes: [UInt8]) -> FoundConfiguration {
        let speaker = speaker(of: bytes, path: path)
        let isMain = Plausibility.isMain(bytes, path: path, grammar: speaker.grammar)
        return FoundConfiguration(
            dialect: speaker, path: path, entries: [ReadEntry(path: path, bytes: bytes, isMain: isMain)])
    }

    private var speakers: [any Dialect] { dialect.map { [$0] } ?? Dialects.all }

    private func speaker(of bytes: [UInt8], path: String) -> any Dialect {
        dialect ?? Dialects.writing(Grammar.detect(bytes, path: path).grammar)
    }

    private func read(_ path: String) throws(InputFailure) -> [UInt8] {
        do {
            return try files.read(path)
        } catch {
            let name = path == standardInput ? "standard input" : path
            throw InputFailure("\(name): \(error.explanation)")
        }
    }
}
