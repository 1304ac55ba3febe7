internal import System

/// The file that says which process to signal.
struct PidFile {
    /// Where it is now.
    private(set) var path: FilePath
    private let home: FilePath

    /// Writes the number of this process.
    init(at path: FilePath) throws(SystemError) {
        try Files.write(Array("\(ChildProcess.current)\n".utf8), to: path)
        (self.path, home) = (path, path)
    }

    /// Whether this is the file of a path, though it may have made room for a successor's.
    func isFor(_ path: FilePath) -> Bool { home == path }

    /// Makes room for the file of a successor: this one is called `.oldbin` from now on.
    mutating func makeRoom() throws(SystemError) {
        let other = FilePath(bytes: home.bytes + Array(".oldbin".utf8))
        try Files.rename(path, to: other)
        path = other
    }

    /// Takes the name back when the successor is gone.
    mutating func comeBack() {
        guard path != home, (try? Files.rename(path, to: home)) != nil else { return }
        path = home
    }

    /// Removes the file, unless another server has written its own number there since.
    func remove() {
        guard let bytes = try? Files.read(path, limit: 64), bytes == Array("\(ChildProcess.current)\n".utf8) else {
            return
        }
        try? Files.remove(path)
    }
}
