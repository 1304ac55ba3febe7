import Serve
import System
import Testing

@Suite struct TunnelTests {
    private static let accepted =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"
    private static let wish = "GET /t HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"

    /// An upstream that changes protocol and then sends every line back behind a `>`; at the end it says `bye`.
    private func echo() throws -> Backend {
        try Backend { wire, backend in
            backend.note(wire.readMessage())
            wire.send(Self.accepted + "ready\n")
            while true {
                let line = wire.read(through: "\n")
                if !line.hasSuffix("\n") { break }
                wire.send(">" + line)
            }
            wire.send("bye")
        }
    }

    private func site(_ backend: Backend, _ more: String = "") throws -> Site {
        try Site(
            """
            server { listen @PORT@; location / { proxy_pass http://127.0.0.1:\(backend.port); proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; \(more) } }
            """)
    }

    @Test func `bytes pass both ways once the upstream has changed protocol`() throws {
        let backend = try echo()
        let site = try site(backend)
        let wire = site.connect()
        wire.send(Self.wish)
        let head = Wire.Message(head: wire.read(through: "\r\n\r\n"))
        #expect(head.status == 101)
        #expect(head.field("upgrade") == "echo" && head.field("connection") == "upgrade")
        #expect(head.field("content-length") == nil && head.field("transfer-encoding") == nil)
        #expect(wire.read(through: "\n") == "ready\n")
        for number in 0..<50 {
            wire.send("\(number)\n")
            #expect(wire.read(through: "\n") == ">\(number)\n")
        }
        #expect(backend.requests.first?.field("upgrade") == "echo")
    }

    @Test func `what the client sends behind its request belongs to the new protocol`() throws {
        let site = try site(try echo())
        let wire = site.connect()
        wire.send(Self.wish + "early\n")
        _ = wire.read(through: "\r\n\r\n")
        #expect(wire.read(through: "\n") == "ready\n")
        #expect(wire.read(through: "\n") == ">early\n")
    }

    @Test func `the end of one side is passed on, and the other may go on`() throws {
        let site = try site(try echo())
        let wire = site.connect()
        wire.send(Self.wish)
        _ = wire.read(through: "ready\n")
        wire.send("last\n")
        wire.finish()
        #expect(wire.readAll() == ">last\nbye")
    }

    @Test func `much is passed on to a reader that is slow`() throws {
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send(Self.accepted)
            wire.send([UInt8](repeating: 120, count: 8 << 20))
            wire.finish()
            _ = wire.readAll()
        }
        let site = try site(backend)
        let wire = site.connect()
        wire.send(Self.wish)
        _ = wire.read(through: "\r\n\r\n")
        var total = 0
        while true {
            let piece = wire.read(100_000)
            total += piece.count
            if piece.count < 100_000 { break }
        }
        #expect(total == 8 << 20)
    }

    @Test func `a tunnel lives on when the configuration changes`() throws {
        let site = try site(try echo())
        let wire = site.connect()
        wire.send(Self.wish)
        _ = wire.read(through: "ready\n")
        site.swap("server { listen @PORT@; return 404; }")
        #expect(site.get("/").status == 404)
        wire.send("still\n")
        #expect(wire.read(through: "\n") == ">still\n")
    }

    @Test func `an upstream that refuses is answered as it answered`() throws {
        let backend = try Backend(answering: "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno")
        let site = try site(backend)
        let wire = site.connect()
        wire.send(Self.wish)
        let answer = wire.readMessage()
        #expect(answer.status == 426 && answer.body == "no")
        wire.send(Self.wish)
        #expect(wire.readMessage().status == 426)
    }

    @Test func `a 101 that nobody asked for is no answer`() throws {
        let backend = try Backend(answering: Self.accepted)
        let site = try site(backend)
        #expect(site.get("/").status == 502)
    }

    @Test func `a silent tunnel is closed`() throws {
        let site = try site(try echo(), "proxy_read_timeout 100ms;")
        let wire = site.connect()
        wire.send(Self.wish)
        _ = wire.read(through: "ready\n")
        #expect(wire.readAll() == "")
    }
}
