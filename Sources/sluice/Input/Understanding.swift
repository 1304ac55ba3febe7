import Language
import Source

/// A configuration that a path stands for, not read yet.
struct FoundConfiguration: Sendable {
    /// Whose it is.
    var dialect: any Dialect
    /// The PATH as the user named it.
    var path: String
    /// Its texts.
    var entries: [ReadEntry]
    /// The one file that the user asked about, where the rest is only its surroundings.
    var focus: ReadEntry?
    /// It is one of the files of a folder, each a configuration of its own.
    var isOneOfMany = false

    /// The configuration read and lowered.
    func understood(in surroundings: Surroundings) -> Understanding {
        let wanted = surroundings.version.flatMap { dialect.versions.contains($0) ? $0 : nil }
        var request = ReadRequest(
            entries: entries, files: surroundings.files, defines: surroundings.defines,
            environment: surroundings.environment, version: wanted ?? dialect.versions.first ?? "",
            rootPrefix: surroundings.rootPrefix, folder: surroundings.folder)
        var reading = dialect.read(request)
        if let focus {
            if let twin = reading.sources.twin(of: focus) {
                reading.sources.rename { $0 == twin ? focus.path : $0 }
            } else {
                request.entries.append(focus)
                reading = dialect.read(request)
            }
        }
        // Findings name files where they can be opened.
        let prefix = surroundings.rootPrefix
        if !prefix.isEmpty { reading.sources.rename { prefixed($0, with: prefix) } }
        return Understanding(
            dialect: dialect, path: path, focus: focus?.path, isOneOfMany: isOneOfMany, reading: reading,
            lowered: dialect.lower(reading))
    }
}

/// A configuration as it was read and understood.
struct Understanding: Sendable {
    /// Whose it is.
    var dialect: any Dialect
    /// The PATH as the user named it.
    var path: String
    /// The one file that the user asked about, where the rest is only its surroundings.
    var focus: String?
    /// It is one of the files of a folder, each a configuration of its own.
    var isOneOfMany: Bool
    /// The texts, the directives, and what is wrong with them.
    var reading: Reading
    /// The IR, and what is wrong with the meaning.
    var lowered: Lowered

    /// Whether a file is what the user asked about: the named one, or one that it includes.
    func isAskedAbout(_ file: FileID) -> Bool {
        guard let focus else { return true }
        let sources = reading.sources
        return sources[file].path == focus
            || sources.includeChain(of: file).contains { sources[$0.file].path == focus }
    }
}

extension SourceMap {
    /// The path under which a file was read already: its own, or that of the link by which it is enabled.
    fileprivate func twin(of entry: ReadEntry) -> String? {
        let name = entry.path.split(separator: "/").last
        let same = files.filter { $0.bytes == entry.bytes && $0.path.split(separator: "/").last == name }
        return same.first { $0.path == entry.path }?.path ?? same.first?.path
    }
}
