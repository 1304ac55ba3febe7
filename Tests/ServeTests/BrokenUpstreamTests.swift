import Serve
import System
import TLS
import TestSupport
import Testing

/// What becomes of requests whose upstream is killed: its system closes or resets the connection at any point.
@Suite struct BrokenUpstreamTests {
    /// How far an upstream comes with its answer before it dies, and what the client is told.
    struct Death: Sendable, CustomTestStringConvertible {
        var name: String
        var answer: String
        var status: Int
        /// What stands in the log beside the upstream.
        var words: String

        var testDescription: String { name }
    }

    static let deaths = [
        Death(name: "before the head", answer: "", status: 502, words: "it closed the connection before it answered"),
        Death(
            name: "within the head", answer: "HTTP/1.1 200 OK\r\nX: y", status: 502,
            words: "it closed the connection before it answered"),
        Death(
            name: "behind an interim head", answer: "HTTP/1.1 100 Continue\r\n\r\n", status: 502,
            words: "it closed the connection before it answered"),
        Death(
            name: "within a counted body", answer: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart", status: 200,
            words: "the upstream broke off in the middle of its answer"),
        Death(
            name: "within a chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\npart",
            status: 200, words: "the upstream broke off in the middle of its answer"),
        Death(
            name: "between chunks", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n",
            status: 200, words: "the upstream broke off in the middle of its answer"),
    ]

    /// A proxy, plain towards clients, with its error log.
    private struct Proxy {
        let folder: Scratch
        let site: Site

        init(_ backend: Backend, over way: Way, _ more: String = "") throws {
            folder = try Scratch()
            site = try Site(
                """
                error_log \(folder.path)/error.log info;
                upstream b { server 127.0.0.1:\(backend.port) max_fails=0; keepalive 8; }
                server { listen @PORT@;
                  location / { proxy_pass http\(way == .tls ? "s" : "")://b; proxy_http_version 1.1;
                    proxy_set_header Connection $http_connection; proxy_set_header Upgrade $http_upgrade; \(more) }
                  location /own { return 200 own; } }
                """)
        }

        var log: String { folder.text(of: "error.log") }

        /// Whether nothing is left of any request, with so many clients connected.
        func isQuiet(clients: Int) -> Bool {
            eventually {
                guard let census = site.census() else { return false }
                return census.clients == clients && census.exchanges == 0 && census.upstreams == 0
            }
        }
    }

    private func backend(
        over way: Way, _ handle: @escaping @Sendable (Wire, Backend) -> Void
    ) throws -> Backend {
        try Backend(over: way == .tls ? Certificates.shared.get().server("b.test") : nil, handle)
    }

    /// How a system ends the connections of a process that was killed: with a reset where bytes were left unread.
    enum End: CaseIterable, Sendable { case closed, reset }

    @Test(arguments: deaths, Way.allCases)
    func `an upstream that dies is an error or a broken answer, never a whole one`(death: Death, way: Way) throws {
        for end in End.allCases {
            let backend = try backend(over: way) { wire, _ in
                _ = wire.readMessage()
                wire.send(death.answer)
                if end == .reset { wire.abort() }
            }
            let proxy = try Proxy(backend, over: way)
            let bystander = proxy.site.connect()
            let wire = proxy.site.connect()
            wire.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n")
            if death.status == 502 {
                #expect(wire.readMessage().status == 502)
            } else {
                // What was on its way when the connection was reset may be lost, and then there is no answer at all.
                let all = wire.readAll()
                #expect(all.hasPrefix("HTTP/1.1 200 ") || all.hasPrefix("HTTP/1.1 502 "), "\(all)")
                #expect(!all.hasSuffix("0\r\n\r\n"), "\(all)")
            }
            bystander.send("GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(bystander.readMessage().body == "own")
            #expect(proxy.isQuiet(clients: death.status == 502 ? 2 : 1))
            #expect(proxy.log.contains(death.words) || end == .reset, "\(proxy.log)")
            #expect(proxy.log.contains("upstream: \"127.0.0.1:\(backend.port)\""), "\(proxy.log)")
            #expect(proxy.log.contains("request: \"GET /x HTTP/1.1\""))
        }
    }

    @Test(arguments: Way.allCases, ["", "proxy_request_buffering off;"])
    func `an upstream that dies while a body is sent to it is a bad gateway`(way: Way, more: String) throws {
        let backend = try backend(over: way) { wire, _ in
            _ = wire.read(through: "\r\n\r\n")
            _ = wire.read(10_000)
        }
        let proxy = try Proxy(backend, over: way, "client_max_body_size 0; " + more)
        let wire = proxy.site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        wire.send([UInt8](repeating: 120, count: 4_000_000))
        #expect(wire.readMessage().status == 502)
        #expect(proxy.log.contains("upstream: \"127.0.0.1:\(backend.port)\""), "\(proxy.log)")
        let next = proxy.site.connect()
        next.send("GET /own HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(next.readMessage().body == "own")
    }

    @Test(arguments: Way.allCases, End.allCases)
    func `an upstream that dies behind a change of protocol ends the client's connection`(way: Way, end: End) throws {
        let backend = try backend(over: way) { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nready\n")
            _ = wire.read(through: "die\n")
            if end == .reset { wire.abort() }
        }
        let proxy = try Proxy(backend, over: way)
        do {
            let wire = proxy.site.connect()
            wire.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
            #expect(wire.read(through: "ready\n").hasSuffix("ready\n"))
            wire.send("die\n")
            #expect(wire.readAll() == "")
        }
        #expect(proxy.isQuiet(clients: 0))
        if end == .reset { #expect(proxy.log.contains("the upstream broke an upgraded connection"), "\(proxy.log)") }
    }

    @Test func `a FastCGI application that dies is a bad gateway or a broken answer`() throws {
        let head = "Content-Type: text/plain\r\n\r\n"
        for (answer, status) in [("", 502), ("Content-Type: te", 502), (head + "part", 200)] {
            let backend = try Backend { wire, _ in
                _ = wire.read(16)
                let bytes = Array(answer.utf8)
                if !bytes.isEmpty { wire.send([1, 6, 0, 1, 0, UInt8(bytes.count), 0, 0] + bytes) }
                // It has not read all that it was told, so its system resets the connection.
            }
            let folder = try Scratch()
            let site = try Site(
                """
                error_log \(folder.path)/error.log info;
                server { listen @PORT@; location / { fastcgi_pass 127.0.0.1:\(backend.port); } }
                """)
            let wire = site.connect()
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            if status == 502 {
                #expect(wire.readMessage().status == 502)
            } else {
                let all = wire.readAll()
                #expect(all.hasPrefix("HTTP/1.1 200 ") || all.hasPrefix("HTTP/1.1 502 "), "\(all)")
                #expect(!all.hasSuffix("0\r\n\r\n"))
            }
            let log = folder.text(of: "error.log")
            #expect(log.contains("upstream: \"127.0.0.1:\(backend.port)\""), "\(log)")
        }
    }

    @Test func `each member that fails is told of, and who is asked instead`() throws {
        let dying = try Backend { wire, _ in _ = wire.readMessage() }
        let good = try Backend(answering: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
        let folder = try Scratch()
        let site = try Site(
            """
            error_log \(folder.path)/error.log;
            upstream b { server 127.0.0.1:\(dying.port); server 127.0.0.1:\(good.port) backup; }
            server { listen @PORT@; location / { proxy_pass http://b; } }
            """)
        #expect(site.get("/").body == "good")
        let log = folder.text(of: "error.log")
        #expect(log.contains("it closed the connection before it answered"))
        #expect(log.contains("upstream: \"127.0.0.1:\(dying.port)\""), "\(log)")
    }
}
