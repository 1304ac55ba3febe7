import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// A server's folder of files, with the program under that server's name in it; what runs there ends with the test.
final class Installation {
    let folder: Folder
    /// The program under the server's name.
    let program: URL
    /// A port on which nothing listened.
    let port: Int

    init(of name: String) throws {
        folder = try Folder()
        port = try Listening.freePort()
        program = folder.url.appending(path: name)
        try FileManager.default.createSymbolicLink(at: program, withDestinationURL: Program.path)
    }

    deinit {
        for file in ["server.pid", "server.pid.oldbin"] {
            guard let process = process(file) else { continue }
            kill(process, SIGTERM)
            if !eventually({ kill(process, 0) != 0 }) { kill(process, SIGKILL) }
        }
    }

    /// The process that a pid file names.
    func process(_ file: String = "server.pid") -> Int32? {
        (try? folder.text(of: file)).flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Runs a command of the server to its end.
    func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Program.Result {
        try Program.run(arguments, environment: environment, in: folder.url, program: program)
    }

    func write(_ text: String, to name: String) throws { try folder.write(Data(text.utf8), to: name) }

    func text(of name: String) -> String { (try? folder.text(of: name)) ?? "" }

    /// The body of an answer on a connection of its own; nil when nobody listens.
    func answer() -> String? {
        Connection.get(port).map { String($0.split(separator: "\r\n\r\n", maxSplits: 1).last ?? "") }
    }

    /// The processes that a process has started and that still run.
    func children(of process: Int32) -> [Int32] {
        let list = (try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)) ?? ""
        return list.split(separator: " ").compactMap { Int32($0) }
    }
}
