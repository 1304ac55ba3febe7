internal import System

/// The file that says which process to signal.
struct PidFile {
    let path: FilePath

    /// Writes the number of this process; where that cannot be done it is said, and served all the same.
    init?(at path: FilePath) {
        do throws(SystemError) {
            try Files.write(Array("\(ChildProcess.current)\n".utf8), to: path)
        } catch {
            StandardError.say("\(error); there is no pid file")
            return nil
        }
        self.path = path
    }

    /// Removes the file, unless another server has written its own number there since.
    func remove() {
        guard let bytes = try? Files.read(path, limit: 64), bytes == Array("\(ChildProcess.current)\n".utf8) else {
            return
        }
        try? Files.remove(path)
    }
}
