import Serve
import System
import TLS
import TestSupport
import Testing

/// Clients and upstreams that take their time: each limit ends them, over plain and TLS connections.
@Suite struct SlowPeerTests {
    private func isQuiet(_ site: Site) -> Bool {
        eventually {
            guard let census = site.census() else { return false }
            return census.clients == 0 && census.exchanges == 0 && census.upstreams == 0
        }
    }

    @Test(arguments: Way.allCases)
    func `a head that comes byte by byte has no more time than one that does not come`(way: Way) throws {
        let proxied = try Proxied(by: way, "client_header_timeout 300ms;")
        let wire = proxied.connect()
        wire.send("GET / HTTP/1.1\r\n")
        // It goes on for as long as the server listens; the census says when it does not.
        for number in 0..<100_000 {
            guard let census = proxied.site.census(), census.clients > 0 else { break }
            wire.send("X-\(number): y\r\n")
        }
        #expect(isQuiet(proxied.site))
        #expect(proxied.witness.connections == 0)
    }

    @Test(arguments: Way.allCases, ["", "proxy_request_buffering off;"])
    func `a body that stops coming ends its request, and no whole one is forwarded`(way: Way, more: String) throws {
        let proxied = try Proxied(by: way, location: "client_body_timeout 200ms; " + more)
        let wire = proxied.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this")
        let answer = wire.readAll()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        #expect(isQuiet(proxied.site))
        if !more.isEmpty { #expect(try #require(proxied.witness.streams(1).first).hasSuffix("only this")) }
    }

    @Test(arguments: Way.allCases)
    func `a client that does not take its answer is given up, and so is its upstream`(way: Way) throws {
        let certificates = try Certificates.shared.get()
        let isTLS = way == .tls
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n")
            wire.send([UInt8](repeating: 120, count: 30_000_000))
        }
        let site = try Site(
            """
            send_timeout 200ms;
            server { listen @PORT@\(isTLS ? " ssl; \(certificates.pair("a.test"))" : ";")
              location / { proxy_pass http://127.0.0.1:\(backend.port); } }
            """)
        let wire = isTLS ? site.connect(over: try certificates.client()) : site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.read(100).count == 100)
        #expect(isQuiet(site))
        let rest = wire.readAll()
        #expect(rest.utf8.count < 30_000_000)
    }

    @Test(arguments: Way.allCases)
    func `an upstream that stops answering cuts its answer off, and one that takes nothing is 504`(way: Way) throws {
        let folder = try Scratch()
        let isTLS = way == .tls
        let backend = try Backend(over: isTLS ? Certificates.shared.get().server("b.test") : nil) { wire, _ in
            let head = wire.read(through: "\r\n\r\n")
            if head.hasPrefix("GET") { wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart") }
            // It holds the connection and neither reads nor writes until the proxy has closed it.
            _ = eventually { folder.text(of: "error.log").contains(head.hasPrefix("GET") ? "silent" : "in time") }
        }
        let site = try Site(
            """
            error_log \(folder.path)/error.log;
            server { listen @PORT@; client_max_body_size 0;
              location / { proxy_pass http\(isTLS ? "s" : "")://127.0.0.1:\(backend.port); proxy_http_version 1.1;
                proxy_request_buffering off; proxy_read_timeout 200ms; proxy_send_timeout 200ms; } }
            """)
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readAll().hasSuffix("\r\n\r\npart"))
        let log = folder.text(of: "error.log")
        #expect(log.contains("the upstream fell silent in the middle of its answer"), "\(log)")
        #expect(log.contains("upstream: \"127.0.0.1:\(backend.port)\""), "\(log)")
        let upload = site.connect()
        upload.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
        upload.send([UInt8](repeating: 120, count: 30_000_000))
        #expect(upload.readMessage().status == 504)
        #expect(folder.text(of: "error.log").contains("it does not take the request in time"))
    }
}
