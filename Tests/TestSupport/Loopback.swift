import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Looks again and again until something holds; false when it still does not after a long time.
package func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: 20)
    while Date() < deadline {
        if try holds() { return true }
        usleep(10_000)
    }
    return try holds()
}

/// A TCP connection of a test, blocking.
package final class Connection: Sendable {
    package let socket: Int32

    /// Connects; nil when nobody listens.
    package init?(port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        let outcome = withLoopback(port) { connect(socket, $0, $1) }
        if outcome != 0 {
            close(socket)
            return nil
        }
        // A server that never answers fails a test; it does not hold up all others.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    package init(accepted socket: Int32) { self.socket = socket }

    deinit { close(socket) }

    package func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What arrives until the peer closes, or until the text does.
    package func read(until end: String? = nil) -> String {
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
    package static func get(_ port: Int, _ path: String = "/") -> String? {
        guard let connection = Connection(port: port) else { return nil }
        connection.send("GET \(path) HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        return connection.read()
    }
}

/// A listening socket of a test, on a free port of the loopback address.
package final class Listening: Sendable {
    package let socket: Int32
    package let port: Int

    package init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        _ = withLoopback(0) { bind(socket, $0, $1) }
        guard listen(socket, 16) == 0 else { throw CocoaError(.fileNoSuchFile) }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        self.socket = socket
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }

    package func accept() -> Connection { Connection(accepted: Glibc.accept(socket, nil, nil)) }

    /// A port on which nothing listens.
    package static func freePort() throws -> Int { try Listening().port }
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
