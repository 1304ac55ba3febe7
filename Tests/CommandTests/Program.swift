import Foundation
import TestSupport

/// The built program, as a user would start it.
enum Program {
    /// What a run ended with.
    struct Result {
        var status: Int32
        var output: String
        var complaint: String

        /// The output as JSON.
        func json() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
        }
    }

    /// The program lies beside the tests that were built with it.
    static let path = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "sluice")

    /// Runs the program to its end.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: URL? = nil,
        program: URL? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = program ?? path
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = folder
        let (output, complaint, stdin) = (try Sink(), try Sink(), Pipe())
        process.standardOutput = output.handle
        process.standardError = complaint.handle
        process.standardInput = stdin
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        process.waitUntilExit()
        return Result(status: process.terminationStatus, output: try output.text(), complaint: try complaint.text())
    }

    /// A file that takes what a process writes, however much it is.
    private final class Sink {
        let url = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
        let handle: FileHandle

        init() throws {
            try Data().write(to: url)
            handle = try FileHandle(forWritingTo: url)
        }

        func text() throws -> String {
            try handle.close()
            defer { try? FileManager.default.removeItem(at: url) }
            return String(decoding: try Data(contentsOf: url), as: UTF8.self)
        }
    }
}

/// A folder of files that is gone when the test is over.
final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")

    init(_ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try write(Data(text.utf8), to: name) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes a file and the folders on its way.
    func write(_ data: Data, to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// What a file holds by now.
    func text(of name: String) throws -> String { try String(contentsOf: url.appending(path: name), encoding: .utf8) }
}
