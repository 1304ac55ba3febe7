import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A server that is used while it is told to read its configuration again, and while its worker dies.
struct ReloadTests {
    let nginx: Installation

    init() throws {
        nginx = try Installation(of: "nginx")
    }

    private func write(more: String = "") throws {
        try nginx.write(
            """
            pid \(nginx.folder.path("server.pid"));
            error_log \(nginx.folder.path("error.log"));
            events {}
            http {
                access_log \(nginx.folder.path("access.log"));
                server { listen 127.0.0.1:\(nginx.port); return 200 answered; }
                \(more)
            }
            """, to: "nginx.conf")
    }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(["-c", nginx.folder.path("nginx.conf")] + arguments, program: nginx.program)
    }

    /// What the clients of a test have seen.
    private final class Tally: Sendable {
        let answered = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let ended = Atomic<Int>(0)
    }

    /// Sends requests, some on each connection, until the test is over.
    private func load(_ tally: Tally) {
        let port = nginx.port
        Thread.detachNewThread {
            while !tally.isOver.load(ordering: .acquiring) {
                guard let connection = Connection(port: port) else {
                    tally.failed.add(1, ordering: .relaxed)
                    continue
                }
                for _ in 0..<20 {
                    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    let isAnswered = connection.read(until: "\r\n\r\nanswered").hasSuffix("answered")
                    if isAnswered {
                        tally.answered.add(1, ordering: .relaxed)
                    } else {
                        tally.failed.add(1, ordering: .relaxed)
                    }
                }
            }
            tally.ended.add(1, ordering: .releasing)
        }
    }

    @Test func `no request fails while the server is reloaded a hundred times`() throws {
        try write()
        #expect(try run().status == 0)
        let tally = Tally()
        for _ in 0..<3 { load(tally) }
        for round in 0..<100 {
            let isBad = round % 10 == 9
            try write(more: isBad ? "foo on;" : "server { listen 127.0.0.1:\(nginx.port); server_name s\(round); }")
            let result = try run("-s", "reload")
            #expect(result.status == (isBad ? 1 : 0), "\(result.complaint)")
        }
        tally.isOver.store(true, ordering: .releasing)
        #expect(eventually { tally.ended.load(ordering: .acquiring) == 3 })
        #expect(tally.failed.load(ordering: .relaxed) == 0)
        #expect(tally.answered.load(ordering: .relaxed) > 100)
        #expect(!nginx.text(of: "error.log").contains("[alert]"))
    }

    @Test func `requests over TLS and WebSockets go on while the server is reloaded a hundred times`() throws {
        let backend = try EchoServer()
        let secure = try Listening.freePort()
        let folder = nginx.folder
        try Self.certify("first.test", folder)
        func write(_ round: Int) throws {
            try nginx.write(
                """
                pid \(folder.path("server.pid"));
                error_log \(folder.path("error.log"));
                events {}
                http {
                    access_log off;
                    server { listen 127.0.0.1:\(nginx.port); server_name s\(round); location / {
                        proxy_pass http://127.0.0.1:\(backend.port); proxy_http_version 1.1;
                        proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade; } }
                    server { listen 127.0.0.1:\(secure) ssl; ssl_certificate \(folder.path("first.test.pem"));
                        ssl_certificate_key \(folder.path("first.test.key")); return 200 answered; }
                }
                """, to: "nginx.conf")
        }
        try write(0)
        #expect(try run().status == 0)
        let sockets = try (0..<20).map { _ in
            let opened = Connection(port: nginx.port)
            let socket = try #require(opened)
            socket.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
            #expect(socket.read(until: "\r\n\r\n").hasPrefix("HTTP/1.1 101 "))
            return socket
        }
        // Clients of another make, which count for themselves what fails.
        let clients = try (0..<2).map { _ in try SecureClient(port: secure, trusting: folder.path("first.test.pem")) }
        for round in 1...100 {
            try write(round)
            let result = try run("-s", "reload")
            #expect(result.status == 0, "\(result.complaint)")
            let socket = sockets[round % sockets.count]
            socket.send("\(round)\n")
            #expect(socket.read(until: "\n") == "\(round)\n")
        }
        for client in clients {
            let (answered, failed) = client.stop()
            #expect(answered > 10 && failed == 0, "\(answered) answered, \(failed) failed")
        }
        for socket in sockets {
            socket.send("last\n")
            #expect(socket.read(until: "last\n") == "last\n")
        }
        #expect(!nginx.text(of: "error.log").contains("[alert]"))
    }

    @Test func `a renewed certificate that only root may read is shown by workers of another user`() throws {
        let folder = nginx.folder
        try Self.certify("first.test", folder)
        try Self.certify("second.test", folder)
        try nginx.write(
            """
            user nobody nogroup;
            pid \(folder.path("server.pid"));
            error_log \(folder.path("error.log"));
            events {}
            http { access_log off; server { listen 127.0.0.1:\(nginx.port) ssl; return 200 $pid;
                ssl_certificate \(folder.path("live.pem")); ssl_certificate_key \(folder.path("live.key")); } }
            """, to: "nginx.conf")
        func renew(_ name: String) throws {
            for suffix in ["pem", "key"] {
                let live = folder.url.appending(path: "live.\(suffix)")
                try? FileManager.default.removeItem(at: live)
                try FileManager.default.copyItem(at: folder.url.appending(path: "\(name).\(suffix)"), to: live)
                chmod(live.path, 0o400)
            }
        }
        try renew("first.test")
        #expect(try run().status == 0)
        #expect(try Self.shown(nginx.port).contains("subject=CN = first.test"))
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        if getuid() == 0 {
            let status = try String(contentsOfFile: "/proc/\(worker)/status", encoding: .utf8)
            #expect(!status.contains("Uid:\t0"), "\(status)")
        }
        try renew("second.test")
        #expect(try run("-s", "reload").status == 0)
        #expect(try Self.shown(nginx.port).contains("subject=CN = second.test"))
        #expect(nginx.children(of: master).first == worker)
    }

    private static func certify(_ name: String, _ folder: Folder) throws {
        let made = try Program.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "30", "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                folder.path(name + ".key"), "-out", folder.path(name + ".pem"),
            ], program: URL(filePath: "/usr/bin/env"))
        try #require(made.status == 0, "\(made.complaint)")
    }

    private static func shown(_ port: Int) throws -> String {
        try Program.run(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)"], program: URL(filePath: "/usr/bin/env")
        ).output
    }

    @Test func `a worker that is killed under load is back at once, and the log says why`() throws {
        try write()
        #expect(try run().status == 0)
        let master = try #require(nginx.process())
        let tally = Tally()
        for _ in 0..<3 { load(tally) }
        for _ in 0..<3 {
            let before = tally.answered.load(ordering: .relaxed)
            let worker = try #require(nginx.children(of: master).first)
            kill(worker, SIGKILL)
            #expect(eventually { nginx.children(of: master).first.map { $0 != worker } == true })
            // Nobody is refused meanwhile: the sockets are the master's, and connections wait in their backlog.
            #expect(nginx.answer() == "answered")
            #expect(eventually { tally.answered.load(ordering: .relaxed) > before + 50 })
            let log = nginx.text(of: "error.log")
            #expect(log.contains("[alert] \(master)#0: worker process \(worker) exited on signal 9"), "\(log)")
        }
        tally.isOver.store(true, ordering: .releasing)
        #expect(eventually { tally.ended.load(ordering: .acquiring) == 3 })
    }

    @Test func `a worker that is killed is replaced on the same sockets, and the log says why`() throws {
        try write()
        #expect(try run().status == 0)
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        kill(worker, SIGKILL)
        #expect(nginx.answer() == "answered")
        #expect(eventually { nginx.children(of: master).first.map { $0 != worker } == true })
        #expect(
            nginx.text(of: "error.log").contains("[alert] \(master)#0: worker process \(worker) exited on signal 9"))
    }
}
