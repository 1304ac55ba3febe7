import Source
import System

extension FileAccess {
    /// The machine's file system; with a prefix, absolute paths that are not below it already are looked up below it.
    ///
    /// Paths that come out of `glob` have the prefix, so they can be opened by anybody.
    static func system(rootPrefix: String = "") -> FileAccess {
        @Sendable func located(_ path: String) -> FilePath {
            FilePath(bytes: prefixed(path, with: rootPrefix).configurationBytes)
        }
        return FileAccess(
            read: { path throws(FileProblem) in
                do throws(SystemError) {
                    return path == standardInput ? try Files.readStandardInput() : try Files.read(located(path))
                } catch {
                    throw FileProblem(path: path, reason: reason(for: error))
                }
            },
            kind: { path in
                switch Files.kind(of: located(path)) {
                case .file: .file
                case .directory: .directory
                case .other, .link: .other
                case nil: nil
                }
            },
            glob: { pattern in
                ((try? Files.glob(located(pattern))) ?? []).map { String(configuration: $0.bytes) }
            },
            list: { directory in
                ((try? Files.list(located(directory))) ?? []).map { String(configuration: $0.name.bytes) }
            }
        )
    }

    /// This file system with the contents of some files replaced, by their paths below the prefix.
    func overlaid(with changed: [String: [UInt8]], rootPrefix: String) -> FileAccess {
        if changed.isEmpty { return self }
        let read = self.read
        return FileAccess(
            read: { path throws(FileProblem) in
                if let bytes = changed[prefixed(path, with: rootPrefix)] { bytes } else { try read(path) }
            },
            kind: kind, glob: glob, list: list)
    }
}

/// The path that stands for standard input.
let standardInput = "-"

/// An absolute path below a prefix; relative paths and those below it already stay.
func prefixed(_ path: String, with prefix: String) -> String {
    guard !prefix.isEmpty, path.hasPrefix("/"), path != prefix, !path.hasPrefix(prefix + "/") else { return path }
    return prefix + path
}

private func reason(for error: SystemError) -> FileProblem.Reason {
    if error.isMissing { return .notFound }
    if error.isForbidden { return .notPermitted }
    switch error.code {
    case 21: return .isDirectory
    case 27: return .other("the file is larger than 256 MiB")
    default: return .other(error.reason)
    }
}
