import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A server whose disk is full, or whose descriptors are used up, serves on.
struct ExhaustionTests {
    let nginx: Installation

    init() throws {
        nginx = try Installation(of: "nginx")
        try write(
            """
            access_log \(nginx.folder.path("access.log"));
            server { listen 127.0.0.1:\(nginx.port); return 200 answered; }
            """)
    }

    private func write(_ http: String) throws {
        try nginx.write(
            """
            pid \(nginx.folder.path("server.pid"));
            error_log \(nginx.folder.path("error.log")) info;
            events {}
            http {
            \(http)
            }
            """, to: "nginx.conf")
    }

    private func start() throws {
        let started = try nginx.run("-c", nginx.folder.path("nginx.conf"))
        try #require(started.status == 0, "\(started.complaint)")
    }

    @Test func `requests are served while logs cannot be written, and logging goes on when they can`() throws {
        for log in ["access.log", "error.log"] {
            try FileManager.default.createSymbolicLink(
                atPath: nginx.folder.path(log), withDestinationPath: "/dev/full")
        }
        try start()
        for _ in 0..<50 { #expect(nginx.answer() == "answered") }
        // What is refused is told to the error log, which cannot be written either.
        let broken = try #require(Connection(port: nginx.port))
        broken.send("nonsense\r\n\r\n")
        #expect(broken.read().hasPrefix("HTTP/1.1 400 "))
        for log in ["access.log", "error.log"] { try FileManager.default.removeItem(atPath: nginx.folder.path(log)) }
        kill(try #require(nginx.process()), SIGUSR1)
        #expect(
            eventually {
                _ = nginx.answer()
                return nginx.text(of: "access.log").contains("GET / HTTP/1.1")
            })
    }

    @Test func `an upstream is not to blame for descriptors that are used up`() throws {
        let upstream = try Listening()
        try write(
            """
            access_log off;
            upstream members {
                server 127.0.0.1:\(upstream.port) max_fails=1 fail_timeout=1h;
                server 127.0.0.1:\(upstream.port) max_fails=1 fail_timeout=1h;
            }
            server {
                listen 127.0.0.1:\(nginx.port);
                proxy_read_timeout 200ms;
                location / { proxy_pass http://members; }
                location = /own { return 200 own; }
            }
            """)
        try start()
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        func allow(_ count: Int) throws {
            let words = ["prlimit", "--pid", "\(worker)", "--nofile=\(count):"]
            #expect(try Program.run(words, program: URL(filePath: "/usr/bin/env")).status == 0)
        }
        let connection = try #require(Connection(port: nginx.port))
        connection.send("GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(connection.read(until: "\r\n\r\nown").hasSuffix("own"))
        // The connection is there, and no number is left for another.
        let taken = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd")
        try allow((0...).first { !taken.contains("\($0)") } ?? 0)
        connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(connection.read(until: "\r\n").hasPrefix("HTTP/1.1 500 "))
        #expect(nginx.text(of: "error.log").contains("there is no socket for a connection to it"))
        try allow(1_024)
        // It is asked as before: nobody answers there, which takes too long.
        #expect(Connection.get(nginx.port)?.hasPrefix("HTTP/1.1 504 ") == true)
    }

    @Test func `connections wait in the backlog while there are no descriptors, and are served when there are`() throws
    {
        try start()
        #expect(nginx.answer() == "answered")
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        let inUse = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd").count
        let few = ["prlimit", "--pid", "\(worker)", "--nofile=\(inUse + 10)"]
        #expect(try Program.run(few, program: URL(filePath: "/usr/bin/env")).status == 0)
        var connections: [Connection] = []
        for _ in 0..<40 {
            let connection = Connection(port: nginx.port)
            connections.append(try #require(connection))
            connections.last?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(eventually { nginx.text(of: "error.log").contains("no more connections are accepted for now") })
        // Each that goes makes room for one that waits.
        while !connections.isEmpty {
            let connection = connections.removeFirst()
            #expect(connection.read(until: "\r\n\r\nanswered").hasSuffix("answered"))
        }
        #expect(nginx.answer() == "answered")
        // It is said when it happens, not for as long as it lasts.
        let lines = nginx.text(of: "error.log").split(separator: "\n").filter { $0.contains("no more connections") }
        #expect(lines.count < 1_000)
        #expect(nginx.children(of: master).first == worker)
    }

    @Test func `a log that takes nothing for a while makes requests wait, and nothing else happens`() throws {
        // The pipe, the lines that are being written and those that wait behind them hold fewer than these.
        let count = 60
        try #require(mkfifo(nginx.folder.path("access.log"), 0o600) == 0)
        let reader = open(nginx.folder.path("access.log"), O_RDONLY | O_NONBLOCK)
        try #require(reader >= 0)
        defer { close(reader) }
        try start()
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        let path = "/" + String(repeating: "a", count: 7_000)
        let connection = try #require(Connection(port: nginx.port))
        func ask(_ numbers: ClosedRange<Int>) {
            for number in numbers {
                let last = number == count ? "Connection: close\r\n" : ""
                connection.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\(last)\r\n")
            }
        }
        var waiting: Int32 = 0
        ask(1...8)
        #expect(eventually { ioctl(reader, UInt(FIONREAD), &waiting) == 0 && waiting > 56_000 })
        // The worker's first thread now writes more than the pipe takes, and holds on to these lines meanwhile.
        ask(9...16)
        #expect(eventually { ioctl(reader, UInt(FIONREAD), &waiting) == 0 && waiting > 62_000 })
        // So the serving thread comes to wait for it; nothing that is checked depends on whether it does.
        ask(17...count)
        usleep(400_000)
        var lines = 0
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        #expect(
            eventually {
                let received = read(reader, &buffer, buffer.count)
                if received > 0 { lines += buffer[..<received].count { $0 == 10 } }
                return lines == count
            }, "\(lines) lines")
        #expect(connection.read().components(separatedBy: "\r\n\r\nanswered").count == count + 1)
        #expect(nginx.children(of: master) == [worker])
        #expect(!nginx.text(of: "error.log").contains("exited on signal"))
    }
}
