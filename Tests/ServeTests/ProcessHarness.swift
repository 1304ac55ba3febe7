import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of its own for a test, removed with all it holds when the test lets go of it.
final class Scratch: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "sluice-serve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    var path: String { url.path }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }

    func text(of name: String) -> String {
        (try? String(contentsOf: url.appending(path: name), encoding: .utf8)) ?? ""
    }
}

/// A program under test, with what it has said so far.
final class RunningProgram: Sendable {
    private let process: Process
    private let said = Mutex<[UInt8]>([])
    private let errors: FileHandle

    /// The program lies beside the tests that were built with it.
    static let sluice = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "sluice")

    /// Starts `sluice` with the arguments.
    init(_ arguments: [String]) throws {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = Self.sluice
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        self.process = process
        errors = pipe.fileHandleForReading
    }

    deinit {
        let process = process
        if process.isRunning { process.terminate() }
        // A worker notices that its master is gone, and ends.
        if !eventually({ !process.isRunning }) { Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    var pid: Int32 { process.processIdentifier }

    /// Everything it has said.
    var words: String { said.withLock { String(decoding: $0, as: UTF8.self) } }

    /// Waits until it has said something, and returns all it has said; nil when it ended before.
    @discardableResult
    func waitUntilSaid(_ text: String) -> String? {
        while !words.contains(text) {
            let more = errors.availableData
            if more.isEmpty { return nil }
            said.withLock { $0 += more }
        }
        return words
    }

    func signal(_ number: Int32) { Glibc.kill(pid, number) }

    /// Waits until it has ended, and returns its status.
    func waitUntilEnd() -> Int32 {
        process.waitUntilExit()
        // A worker that goes on would keep the pipe open; what was said is there already.
        while case let more = errors.availableData, !more.isEmpty { said.withLock { $0 += more } }
        return process.terminationStatus
    }

    /// The processes it has started that still run.
    var children: [Int32] {
        let list = (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8)) ?? ""
        return list.split(separator: " ").compactMap { Int32($0) }
    }

    /// Runs a command to its end: its status, and what it said.
    static func outcome(_ arguments: [String]) throws -> (status: Int32, words: String) {
        let program = try RunningProgram(arguments)
        let status = program.waitUntilEnd()
        return (status, program.words)
    }
}
