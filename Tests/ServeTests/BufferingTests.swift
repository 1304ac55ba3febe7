import Dispatch
import Serve
import Synchronization
import System
import Testing

@Suite struct BufferingTests {
    private static let size = 96 << 20
    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n"

    private func site(_ backend: Backend, _ location: String) throws -> Site {
        try Site(
            """
            server { listen @PORT@; client_max_body_size 0; location = /ping { return 200 "pong"; }
            location / { proxy_pass http://127.0.0.1:\(backend.port); \(location) } }
            """)
    }

    /// Bytes that somebody has got rid of so far, and whether all of them are.
    private final class Progress: Sendable {
        private let state = Mutex<(count: Int, isOver: Bool)>((0, false))

        var count: Int { state.withLock { $0.count } }
        var isOver: Bool { state.withLock { $0.isOver } }

        /// Sends zeros without blocking for longer than a moment at a time.
        func send(_ total: Int, over raw: Int32) {
            let piece = [UInt8](repeating: 0, count: 256 << 10)
            var left = total
            while left > 0 {
                let n = SocketIO.send(piece.span.extracting(..<min(left, piece.count)), on: raw)
                if n > 0 {
                    left -= n
                    state.withLock { $0.count += n }
                } else if n != SocketIO.wouldBlock {
                    return
                }
            }
            state.withLock { $0.isOver = true }
        }
    }

    /// Waits until nothing moves any more though the site has had many turns, or all is sent.
    private func settle(_ progress: Progress, _ site: Site) -> Int {
        var last = -1
        var still = 0
        var wire = site.connect()
        var turns = 0
        while still < 300, !progress.isOver {
            // A connection carries a thousand requests; on a busy machine the sender may have to wait for longer.
            turns += 1
            if turns % 500 == 0 { wire = site.connect() }
            wire.send("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n")
            if wire.readMessage().body != "pong" { return -1 }
            let now = progress.count
            still = now == last && now > 0 ? still + 1 : 0
            last = now
        }
        return progress.count
    }

    private func large(_ progress: Progress, _ fields: String = "") throws -> Backend {
        try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send(Self.head + fields + "\r\n")
            progress.send(Self.size, over: wire.raw)
        }
    }

    @Test func `a client that does not read does not hold the upstream, and gets all of it in the end`() throws {
        let progress = Progress()
        let backend = try large(progress)
        let site = try site(backend, "proxy_temp_path /nonexistent; proxy_buffers 8 16k;")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(settle(progress, site) == Self.size)
        #expect(wire.read(through: "\r\n\r\n").contains("Content-Length: \(Self.size)"))
        var count = 0
        while true {
            let piece = wire.read(1 << 20)
            if piece.isEmpty { break }
            #expect(piece.allSatisfy { $0 == 0 })
            count += piece.count
        }
        #expect(count == Self.size)
    }

    @Test(arguments: [
        ("proxy_buffering off;", ""), ("proxy_max_temp_file_size 0;", ""), ("", "X-Accel-Buffering: no\r\n"),
        ("proxy_max_temp_file_size 1m;", ""),
    ])
    func `without a file the upstream waits for the client`(location: String, field: String) throws {
        let progress = Progress()
        let backend = try large(progress, field)
        let site = try site(backend, location)
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        // What the kernel holds between the three of them is some megabytes; what the site holds is far less.
        let sent = settle(progress, site)
        #expect(sent > 0 && sent < Self.size * 2 / 3)
        #expect(!wire.read(through: "\r\n\r\n").contains("X-Accel"))
        #expect(wire.read(Self.size).count == Self.size)
    }

    @Test func `an upstream that does not read makes the client wait`() throws {
        let (stop, progress) = (DispatchSemaphore(value: 0), Progress())
        let backend = try Backend { wire, _ in
            _ = wire.read(through: "\r\n\r\n")
            stop.wait()
        }
        let site = try site(backend, "proxy_request_buffering off; proxy_http_version 1.1;")
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.size)\r\n\r\n")
        let raw = wire.raw
        let thread = try Thread.start { progress.send(Self.size, over: raw) }
        let sent = settle(progress, site)
        #expect(sent > 0 && sent < Self.size * 2 / 3)
        stop.signal()
        wire.abort()
        SocketIO.finishWriting(on: raw)
        thread.join()
    }

    @Test(arguments: ["", "proxy_buffering off;", "proxy_buffers 4 4k;"])
    func `every event arrives before the next is made`(location: String) throws {
        let next = DispatchSemaphore(value: 0)
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
            for event in 0..<20 {
                wire.send("data: \(event)\n\n")
                next.wait()
            }
        }
        let site = try site(backend, location + "proxy_http_version 1.1;")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        for event in 0..<20 {
            #expect(wire.read(through: "data: \(event)\n\n").hasSuffix("data: \(event)\n\n"))
            next.signal()
        }
    }

    @Test func `a head that is longer than its buffer is no answer`() throws {
        let long = String(repeating: "x", count: 3_000)
        let backend = try Backend(
            answering: "HTTP/1.1 200 OK\r\nX-Long: \(long)\r\nContent-Length: 2\r\n\r\nok")
        #expect(try site(backend, "proxy_buffer_size 1k;").get("/").status == 502)
        #expect(try site(backend, "proxy_buffer_size 4k;").get("/").status == 200)
        #expect(try site(backend, "").get("/").status == 200)
    }

    @Test func `a body beyond its buffer goes through a file`() throws {
        let backend = try Backend(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let site = try site(backend, "client_body_buffer_size 1k; client_body_temp_path /nonexistent;")
        let body = (0..<40_000).map { "\($0 % 10)" }.joined()
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
        #expect(wire.readMessage().body == "ok")
        #expect(backend.requests.first?.body == body)
    }
}
