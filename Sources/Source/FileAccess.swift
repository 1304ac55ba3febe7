/// Why a file could not be read.
package struct FileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of problems that users can do something about.
    package enum Reason: Hashable, Sendable {
        /// There is nothing with this path.
        case notFound
        /// The path names a directory.
        case isDirectory
        /// The file is there, this user may not read it.
        case notPermitted
        /// Anything else, in the system's words.
        case other(String)
    }

    /// The path as it was asked for.
    package var path: String
    /// What is wrong with it.
    package var reason: Reason

    /// Makes a problem.
    package init(path: String, reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// The problem in words, without the path.
    package var explanation: String {
        switch reason {
        case .notFound: "no such file or directory"
        case .isDirectory: "is a directory"
        case .notPermitted: "permission denied"
        case .other(let text): text
        }
    }

    /// `path: what is wrong`.
    package var description: String { "\(path): \(explanation)" }
}

/// What a path names.
package enum FileKind: Hashable, Sendable {
    /// A regular file.
    case file
    /// A directory.
    case directory
    /// A socket, device or pipe.
    case other
}

/// The file system as the reading of configurations sees it; links are followed.
package struct FileAccess: Sendable {
    /// The content of a file.
    package var read: @Sendable (_ path: String) throws(FileProblem) -> [UInt8]
    /// What a path names, nil when nothing is there.
    package var kind: @Sendable (_ path: String) -> FileKind?
    /// The paths that match a shell pattern, sorted by bytes.
    package var glob: @Sendable (_ pattern: String) -> [String]
    /// The names in a directory without `.` and `..`, sorted by bytes; empty when it cannot be listed.
    package var list: @Sendable (_ directory: String) -> [String]

    /// Makes an access from its four functions.
    package init(
        read: @escaping @Sendable (_ path: String) throws(FileProblem) -> [UInt8],
        kind: @escaping @Sendable (_ path: String) -> FileKind?,
        glob: @escaping @Sendable (_ pattern: String) -> [String],
        list: @escaping @Sendable (_ directory: String) -> [String]
    ) {
        self.read = read
        self.kind = kind
        self.glob = glob
        self.list = list
    }
}

extension FileAccess {
    /// A file system in memory, from paths to contents; directories are there because files are in them.
    package static func memory(_ files: [String: String]) -> FileAccess {
        memory(bytes: files.mapValues(\.configurationBytes))
    }

    /// A file system in memory, from paths to bytes; directories are there because files are in them.
    package static func memory(bytes files: [String: [UInt8]]) -> FileAccess {
        let children = directories(of: files.keys)
        return FileAccess(
            read: { path throws(FileProblem) in
                if let bytes = files[path] { return bytes }
                throw FileProblem(path: path, reason: children[trimmed(path)] == nil ? .notFound : .isDirectory)
            },
            kind: { path in
                if files[path] != nil { return .file }
                return children[trimmed(path)] == nil ? nil : .directory
            },
            glob: { pattern in
                let paths = files.keys + children.keys.filter { files[$0] == nil }
                return sortedByBytes(paths.filter { matchesGlob($0, pattern: pattern) })
            },
            list: { directory in sortedByBytes(children[trimmed(directory)] ?? []) }
        )
    }
}

/// The names in each directory that the paths imply.
private func directories(of paths: some Sequence<String>) -> [String: [String]] {
    var children: [String: [String]] = [:]
    for path in paths {
        var rest = path
        while let slash = rest.lastIndex(of: "/") {
            let parent = slash == rest.startIndex ? "/" : String(rest[..<slash])
            let name = String(rest[rest.index(after: slash)...])
            if !name.isEmpty, children[parent]?.contains(name) != true { children[parent, default: []].append(name) }
            if parent == "/" { break }
            rest = parent
        }
    }
    return children
}

/// A directory's path without the slashes at its end.
private func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
}

/// The strings in the order of their UTF-8, which is the order of `strcmp`.
package func sortedByBytes(_ strings: some Sequence<String>) -> [String] {
    strings.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
