import Serve
import System
import Testing

@Suite struct PatienceTests {
    private let ping = "location = /ping { return 200 \"pong\"; }"

    /// Whether the connection breaks while the site goes on serving others.
    private func breaks(_ wire: Wire, _ site: Site) -> Bool {
        for _ in 0..<5_000 {
            if site.get("/ping").status != 200 { return false }
            if SocketIO.pendingError(on: wire.raw) == 104 { return true }
        }
        return false
    }

    @Test func `a client that does not send its body is left`() throws {
        let backend = try Backend(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let site = try Site(
            """
            server { listen @PORT@; client_body_timeout 20ms;
            location / { proxy_pass http://127.0.0.1:\(backend.port); } }
            """)
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")
        #expect(wire.readAll().isEmpty)
        #expect(backend.requests.isEmpty)
    }

    @Test func `a client that takes nothing is reset where that is asked for`() throws {
        let piece = String(repeating: "x", count: 1 << 20)
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(64 << 20)\r\n\r\n")
            for _ in 0..<64 { wire.send(piece) }
        }
        let site = try Site(
            """
            server { listen @PORT@; \(ping) location / { send_timeout 20ms; reset_timedout_connection on;
            proxy_pass http://127.0.0.1:\(backend.port); } }
            """)
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(breaks(wire, site))
    }

    @Test func `what is still sent is read and dropped, or breaks the connection`() throws {
        let body = String(repeating: "x", count: 1 << 20)
        for (word, isBroken) in [("on", false), ("always", false), ("off", true)] {
            let site = try Site(
                "server { listen @PORT@; client_max_body_size 0; lingering_close \(word); \(ping) location / { return 200 ok; } }"
            )
            let wire = site.connect()
            wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(8 << 20)\r\n\r\n\(body)")
            if isBroken {
                wire.send(body)
                #expect(breaks(wire, site))
            } else {
                #expect(wire.readMessage().body == "ok")
                for _ in 0..<4 { wire.send(body) }
                _ = site.get("/ping")
                #expect(SocketIO.pendingError(on: wire.raw) == 0)
            }
        }
    }

    @Test func `the end of lingering comes though the client goes on`() throws {
        let site = try Site(
            """
            server { listen @PORT@; client_max_body_size 0; lingering_time 30ms; lingering_timeout 20ms; \(ping)
            location / { return 200 ok; } }
            """)
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(8 << 20)\r\n\r\nabc")
        #expect(wire.readMessage().body == "ok")
        var isOver = false
        for _ in 0..<5_000 where !isOver {
            wire.send("more")
            _ = site.get("/ping")
            isOver = SocketIO.pendingError(on: wire.raw) != 0
        }
        #expect(isOver)
    }

    @Test func `httpd tells a client that it took too long`() throws {
        let backend = try Backend(answering: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        let site = try Site(
            apache: """
                RequestReadTimeout header=0.02 body=0.02
                ProxyPass / http://127.0.0.1:\(backend.port)/
                """)
        for text in ["GET / HTTP/1.1\r\nHost: a", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"] {
            let wire = site.connect()
            wire.send(text)
            #expect(wire.readMessage().status == 408)
        }
        let wire = site.connect()
        wire.send("GET / HT")
        #expect(wire.readAll().isEmpty)
    }
}
