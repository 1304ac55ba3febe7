import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What systemd hands to a server, and what the server tells it.
struct ServiceManagerTests {
    /// A manager's end of `NOTIFY_SOCKET`.
    private final class Manager {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        private var heard = ""

        init(path: String) {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let size = socklen_t(MemoryLayout<sockaddr_un>.size)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = bind(socket, $0, size) }
            }
            var patience = timeval(tv_sec: 60, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit { close(socket) }

        /// Listens until something is said; false when nothing comes any more.
        func hears(_ text: String) -> Bool {
            var buffer = [UInt8](repeating: 0, count: 1024)
            while !heard.contains(text) {
                let count = recv(socket, &buffer, buffer.count, 0)
                if count <= 0 { return false }
                heard += String(decoding: buffer[..<count], as: UTF8.self)
            }
            heard = ""
            return true
        }
    }

    /// Starts a program as a service manager does, with one listening socket.
    private func start(_ program: String, _ arguments: [String], socket: Int32, notify: String) throws -> pid_t {
        let script = "LISTEN_FDS=1 LISTEN_PID=$$ WATCHDOG_USEC=200000 NOTIFY_SOCKET=\(notify) exec \"$0\" \"$@\""
        let words = ["/bin/sh", "-c", script, program] + arguments
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 3)
        var pointers = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, "/bin/sh", &actions, nil, &pointers, environ) == 0)
        return process
    }

    @Test func `a service is started with its socket, and says how it is`() throws {
        let nginx = try Installation(of: "nginx")
        let held = try Listening()
        let manager = Manager(path: nginx.folder.path("notify"))
        try nginx.write(
            """
            daemon off;
            pid \(nginx.folder.path("server.pid"));
            error_log \(nginx.folder.path("error.log"));
            events {}
            http {
                access_log off;
                server { listen 127.0.0.1:\(held.port); return 200 one; }
            }
            """, to: "nginx.conf")
        // The socket is taken: only the one that was handed over can serve it.
        let process = try start(
            nginx.program.path, ["-c", nginx.folder.path("nginx.conf")], socket: held.socket,
            notify: nginx.folder.path("notify"))
        #expect(manager.hears("READY=1\nMAINPID=\(process)\n"))
        #expect(nginx.process() == process)
        #expect(Connection.get(held.port)?.hasSuffix("one") == true)
        #expect(manager.hears("WATCHDOG=1\n"))
        kill(process, SIGHUP)
        #expect(manager.hears("RELOADING=1\nMONOTONIC_USEC="))
        #expect(manager.hears("READY=1"))
        kill(process, SIGTERM)
        #expect(manager.hears("STOPPING=1"))
        var status: Int32 = 0
        waitpid(process, &status, 0)
        #expect(status == 0)
    }
}
