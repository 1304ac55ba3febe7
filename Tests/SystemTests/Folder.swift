import System

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of its own for a test, removed with all it holds when the test lets go of it.
final class Folder {
    let path: FilePath

    init() throws {
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemError("make", "a folder", code: errno) }
        path = FilePath(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
    }

    deinit {
        Self.remove(path)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> FilePath {
        let file = path.appending(FilePath(name))
        try Files.makeDirectory(file.parent)
        try Files.write(Array(text.utf8), to: file)
        return file
    }

    private static func remove(_ path: FilePath) {
        for entry in (try? Files.list(path)) ?? [] {
            let child = path.appending(entry.name)
            if entry.kind == .directory { remove(child) } else { try? Files.remove(child) }
        }
        rmdir(path.description)
    }
}
