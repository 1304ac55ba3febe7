package import System

/// The local socket at which commands reach the running server: one word and a line end in, an outcome and text out.
///
/// The folder it lies in is its owner's alone, so only the server's own user and root get at it.
struct ControlSocket: ~Copyable {
    /// A command that is being answered.
    struct Asker: Hashable, Sendable {
        var raw: Int32
    }

    private let path: FilePath
    private let descriptor: Descriptor
    private var heard: [Int32: [UInt8]] = [:]

    /// Listens; a server that has ended may have left its socket, one that runs keeps it.
    init(at path: FilePath) throws {
        if Files.kind(of: path) != nil {
            let probe = SocketIO.connect(to: SocketAddress(path: path))
            if probe >= 0 {
                SocketIO.close(probe)
                throw ServerFailure("another server runs this configuration: commands such as --reload reach that one")
            }
            try Files.remove(path)
        }
        descriptor = try Descriptor.listen(on: SocketAddress(path: path), backlog: 16)
        self.path = path
    }

    var raw: Int32 { descriptor.raw }

    /// Takes a new asker, whose descriptor is to be watched.
    func accept() -> Asker? {
        var peer = SocketAddress.unnamed
        let raw = SocketIO.accept(on: descriptor.raw, peer: &peer)
        return raw < 0 ? nil : Asker(raw: raw)
    }

    /// The word that an asker has sent; nil when there is more to come, empty when nothing will.
    mutating func hear(_ asker: Asker) -> String? {
        let connection = Descriptor(owning: asker.raw)
        var bytes = heard.removeValue(forKey: asker.raw) ?? []
        let count = connection.append(to: &bytes, upTo: 256)
        _ = connection.release()
        if let end = bytes.firstIndex(of: 10) { return String(decoding: bytes[..<end], as: UTF8.self) }
        if count <= 0 || bytes.count > 1_024 { return "" }
        heard[asker.raw] = bytes
        return nil
    }

    /// Tells an asker the outcome and closes.
    func answer(_ asker: Asker, isDone: Bool, _ text: String) {
        let connection = Descriptor(owning: asker.raw)
        let bytes = Array(((isDone ? "done\n" : "failed\n") + text).utf8)
        var from = 0
        while from < bytes.count {
            let sent = SocketIO.send(bytes.span.extracting(from...), on: connection.raw)
            if sent == SocketIO.wouldBlock {
                guard (try? waitForRoom(on: connection.raw)) == true else { return }
                continue
            }
            if sent <= 0 { return }
            from += sent
        }
    }

    private func waitForRoom(on raw: Int32) throws(SystemError) -> Bool {
        let poller = try Poller()
        _ = poller.add(raw, .edges, token: 0)
        return try poller.wait(milliseconds: 1_000) > 0
    }

    /// Removes the socket's file.
    func remove() { try? Files.remove(path) }
}

/// Commands to a running server, for other processes.
package enum Control {
    /// The socket of the server of a configuration, by its resolved paths: in a folder that is this user's alone.
    package static func path(for configuration: [String], makingFolder: Bool = false) throws(ServerFailure) -> FilePath
    {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for path in configuration {
            let resolved = Files.resolved(FilePath(path)) ?? FilePath(path)
            for byte in resolved.bytes + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        let folder = try folder(making: makingFolder)
        let digits = String(hash, radix: 16)
        return folder.appending(FilePath(String(repeating: "0", count: 16 - digits.count) + digits + ".sock"))
    }

    /// The socket of the server that is a process: in a folder that is this user's alone.
    package static func path(ofProcess process: Int32, makingFolder: Bool = false) throws(ServerFailure) -> FilePath {
        try folder(making: makingFolder).appending(FilePath("\(process).sock"))
    }

    private static func folder(making: Bool) throws(ServerFailure) -> FilePath {
        let user = Users.current
        var folder = FilePath("/tmp/sluice-\(user)")
        if Users.isRoot, Files.kind(of: "/run") == .directory {
            folder = "/run/sluice"
        } else if let runtime = Environment.value(of: "XDG_RUNTIME_DIR"), runtime.hasPrefix("/"),
            Files.kind(of: FilePath(runtime)) == .directory
        {
            folder = FilePath(runtime).appending("sluice")
        }
        if !making { return folder }
        defer { sweep(folder) }
        let status: FileStatus
        do throws(SystemError) {
            try Files.makeDirectory(folder, permissions: 0o700)
            status = try Files.status(of: folder, followingLinks: false)
        } catch {
            throw ServerFailure("\(error): there is no control socket")
        }
        guard status.kind == .directory, status.user == user, status.permissions & 0o022 == 0 else {
            throw ServerFailure("\(folder) is not this user's alone: there is no control socket")
        }
        return folder
    }

    /// Removes what servers have left that were killed; young sockets may not listen yet.
    private static func sweep(_ folder: FilePath) {
        let young = Clock.wallNanoseconds() - 60_000_000_000
        for entry in (try? Files.list(folder)) ?? [] where entry.kind == .other {
            let path = folder.appending(entry.name)
            guard let status = try? Files.status(of: path), status.modified < young else { continue }
            let probe = SocketIO.connect(to: SocketAddress(path: path))
            if probe >= 0 { SocketIO.close(probe) }
            // ECONNREFUSED: nobody listens there any more.
            if probe == -111 { try? Files.remove(path) }
        }
    }

    /// Asks the server behind a socket for something and waits for the outcome: whether it was done, and its words.
    package static func ask(_ word: String, at path: FilePath) throws(ServerFailure) -> (isDone: Bool, text: String) {
        let raw = SocketIO.connect(to: SocketAddress(path: path))
        guard raw >= 0 else { throw ServerFailure("no server of this configuration is running (nothing at \(path))") }
        let connection = Descriptor(owning: raw)
        let line = Array((word + "\n").utf8)
        guard SocketIO.send(line.span, on: raw) == line.count else {
            throw ServerFailure("the server does not listen to commands")
        }
        var bytes: [UInt8] = []
        while true {
            connection.waitUntilReadable()
            let count = connection.append(to: &bytes, upTo: 16 << 10)
            if count == SocketIO.wouldBlock { continue }
            if count <= 0 { break }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstIndex(of: "\n") else { throw ServerFailure("the server ended before it answered") }
        return (text[..<end] == "done", String(text[text.index(after: end)...]))
    }
}
