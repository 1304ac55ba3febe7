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

    static let sluice = Repository.root.appending(path: ".build/debug/sluice")

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

/// Looks again and again until something holds; false when it still does not after a long time.
func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: 20)
    while Date() < deadline {
        if try holds() { return true }
        usleep(10_000)
    }
    return try holds()
}

/// A TCP connection of a test, blocking.
final class Connection {
    let socket: Int32

    /// Connects; nil when nobody listens.
    init?(port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        let outcome = withLoopback(port) { connect(socket, $0, $1) }
        if outcome != 0 {
            close(socket)
            return nil
        }
    }

    init(accepted socket: Int32) { self.socket = socket }

    deinit { close(socket) }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What arrives until the peer closes, or until the text does.
    func read(until end: String? = nil) -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let text = String(decoding: all, as: UTF8.self)
            if let end, text.contains(end) { return text }
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 { return text }
            all += buffer[..<count]
        }
    }

    /// The whole answer to a request on a connection of its own; nil when nobody listens.
    static func get(_ port: Int, _ path: String = "/") -> String? {
        guard let connection = Connection(port: port) else { return nil }
        connection.send("GET \(path) HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        return connection.read()
    }
}

/// A listening socket of a test, on a free port of the loopback address.
final class Listening {
    let socket: Int32
    let port: Int

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = withLoopback(0) { bind(socket, $0, $1) }
        try #require(listen(socket, 16) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }

    func accept() -> Connection { Connection(accepted: Glibc.accept(socket, nil, nil)) }

    /// A port on which nothing listens.
    static func freePort() throws -> Int { try Listening().port }
}

private func withLoopback<Answer>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer) -> Answer {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
}
