import Serve
import System
import Testing

@Suite struct ProxyTests {
    private let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-From: back\r\n\r\nhello"

    private func site(_ backend: Backend, _ more: String = "", location: String = "") throws -> Site {
        try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; } \(more)
            server { listen @PORT@; location / { proxy_pass http://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; \(location) } }
            """)
    }

    @Test func `a request is answered by the upstream`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend)
        let answer = site.get("/x?y")
        #expect(answer.status == 200)
        #expect(answer.body == "hello")
        #expect(answer.field("x-from") == "back")
        #expect(backend.requests.first?.startLine == "GET /x?y HTTP/1.1")
    }

    @Test func `both connections carry one request after another`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend)
        let wire = site.connect()
        for _ in 0..<20 {
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.readMessage().body == "hello")
        }
        #expect(backend.connections == 1)
        #expect(backend.requests.count == 20)
    }

    @Test func `requests that were sent at once are answered in order`() throws {
        let backend = try Backend { wire, backend in
            while true {
                let request = wire.readMessage()
                if request.head.isEmpty { return }
                let body = String(request.startLine.split(separator: " ")[1])
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        let site = try site(backend)
        let wire = site.connect()
        wire.send((0..<30).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for number in 0..<30 { #expect(wire.readMessage().body == "/\(number)") }
    }

    @Test func `a body goes to the upstream however it is framed and cut`() throws {
        let backend = try Backend { wire, backend in
            while true {
                let request = wire.readMessage()
                if request.head.isEmpty { return }
                backend.note(request)
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        for location in ["", "proxy_request_buffering off;"] {
            let site = try site(backend, location: location)
            let body = String(repeating: "0123456789", count: 5_000)
            let wire = site.connect()
            wire.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + body)
            #expect(wire.readMessage().body == "ok")
            wire.send("POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            for start in stride(from: 0, to: 50_000, by: 10_000) {
                wire.send("2710\r\n\(body.dropFirst(start).prefix(10_000))\r\n")
            }
            wire.send("0\r\n\r\n")
            #expect(wire.readMessage().body == "ok")
            let seen = backend.requests.suffix(2)
            #expect(seen.map(\.body) == [body, body])
        }
    }

    @Test func `a body that must not go along is read and dropped`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend, location: "proxy_pass_request_body off; proxy_set_header Content-Length \"\";")
        let wire = site.connect()
        for body in ["small", String(repeating: "x", count: 900_000)] {
            wire.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
            #expect(wire.readMessage().body == "hello")
            #expect(backend.requests.last?.body == "")
        }
        #expect(backend.connections == 1)
    }

    @Test func `a client that waits for 100 gets it`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend)
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        #expect(wire.readMessage().status == 100)
        wire.send("abc")
        #expect(wire.readMessage().body == "hello")
        #expect(backend.requests.first?.body == "abc")
        #expect(backend.requests.first?.field("expect") == nil)
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nT: x\r\n\r\n", "abcde"),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde", "abcde"), ("HTTP/1.0 200 OK\r\n\r\nabcde", "abcde"),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""), ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
        ("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok"),
    ])
    func `an answer is relayed however it is framed and cut`(answer: String, body: String) throws {
        let bytes = Array(answer.utf8)
        for cut in [1, 7, bytes.count] {
            let backend = try Backend { wire, _ in
                _ = wire.readMessage()
                for start in stride(from: 0, to: bytes.count, by: cut) {
                    wire.send(Array(bytes[start..<min(start + cut, bytes.count)]))
                }
            }
            let site = try site(backend)
            let wire = site.connect()
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let message = wire.readMessage()
            #expect(message.body == body)
            wire.send("GET / HTTP/1.0\r\n\r\n")
            let all = wire.readAll()
            #expect(all.hasSuffix("\r\n\r\n" + body))
        }
    }

    @Test func `HEAD has the length of GET and no body`() throws {
        let backend = try Backend { wire, _ in
            while !wire.readMessage().head.isEmpty { wire.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") }
        }
        let site = try site(backend)
        let wire = site.connect()
        for _ in 0..<2 {
            wire.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = wire.read(through: "\r\n\r\n")
            #expect(head.contains("Content-Length: 5\r\n"))
        }
    }

    @Test func `large bodies pass both ways while the client is slow`() throws {
        let size = 8 << 20
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            let piece = [UInt8](repeating: 120, count: 1 << 20)
            for _ in 0..<8 { wire.send(piece) }
        }
        let site = try site(backend)
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = wire.read(through: "\r\n\r\n")
        var total = 0
        while total < size {
            let piece = wire.read(min(100_000, size - total))
            if piece.isEmpty { break }
            total += piece.count
        }
        #expect(total == size)
    }

    @Test func `a refused connection and a garbled answer are 502, and the error is told once`() throws {
        let gone = try Backend { _, _ in }
        let site = try Site("server { listen @PORT@; location / { proxy_pass http://127.0.0.1:1; } }")
        #expect(site.get("/").status == 502)
        for garbage in ["garbage\r\n\r\n", "", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"] {
            let backend = try Backend { wire, _ in
                _ = wire.readMessage()
                wire.send(garbage)
            }
            #expect(try self.site(backend).get("/").status == 502)
        }
        _ = gone
    }

    @Test func `an answer that breaks off cuts the client's connection`() throws {
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        }
        let site = try site(backend)
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readMessage().body == "only this")
    }

    @Test func `a kept connection that has died is replaced without the client noticing`() throws {
        let backend = try Backend { wire, backend in
            // Every connection carries one request and is closed, though it promised to stay open.
            let request = wire.readMessage()
            if request.head.isEmpty { return }
            backend.note(request)
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let site = try site(backend)
        let wire = site.connect()
        for _ in 0..<20 {
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.readMessage().body == "ok")
        }
        #expect(backend.requests.count == 20)
    }

    @Test func `another member is asked when one does not answer`() throws {
        let backend = try Backend(answering: hello)
        let site = try Site(
            """
            upstream b { server 127.0.0.1:1; server 127.0.0.1:\(backend.port); }
            server { listen @PORT@; location / { proxy_pass http://b; } }
            """)
        for _ in 0..<6 { #expect(site.get("/").body == "hello") }
    }

    @Test func `an upstream that takes too long is 504`() throws {
        let backend = try Backend { wire, _ in
            _ = wire.readMessage()
            _ = wire.readAll()
        }
        #expect(try site(backend, location: "proxy_read_timeout 50ms;").get("/").status == 504)
    }

    @Test func `an early answer ends an upload and the connection`() throws {
        let backend = try Backend { wire, _ in
            _ = wire.read(through: "\r\n\r\n")
            wire.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        }
        let site = try site(backend, location: "proxy_request_buffering off; client_max_body_size 0;")
        let wire = site.connect()
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n")
        wire.send([UInt8](repeating: 120, count: 500_000))
        let answer = wire.readMessage()
        #expect(answer.status == 403)
        #expect(answer.body == "no")
    }

    @Test func `a body beyond the limit is 413, declared or not`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend, location: "client_max_body_size 10;")
        let declared = site.connect()
        declared.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890")
        #expect(declared.readMessage().status == 413)
        let chunked = site.connect()
        chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")
        #expect(chunked.readMessage().status == 413)
    }

    @Test func `a body too large for memory is held in a file and sent whole`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend, location: "client_max_body_size 0;")
        let wire = site.connect()
        let body = (0..<3_500_000).map { UInt8(truncatingIfNeeded: 97 + $0 % 23) }
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
        wire.send(body)
        #expect(wire.readMessage().body == "hello")
        #expect(backend.requests.first.map { Array($0.body.utf8) } == body)
    }

    @Test func `an answer of HTTP 0 point 9 is a body and nothing else`() throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend)
        let wire = site.connect()
        wire.send("GET /\r\n")
        #expect(wire.readAll() == "hello")
    }

    @Test func `a client that leaves takes its upstream's connection with it`() throws {
        let backend = try Backend { wire, backend in
            backend.note(wire.readMessage())
            // What the proxy closes ends this reading.
            _ = wire.readAll()
            backend.note(Wire.Message(head: "closed"))
        }
        let site = try site(backend)
        do {
            let wire = site.connect()
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            while backend.requests.isEmpty {}
            wire.abort()
        }
        while backend.requests.count < 2 {}
        #expect(backend.requests.last?.head == "closed")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "nonsense\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `what is no request is 400 and never reaches the upstream`(request: String) throws {
        let backend = try Backend(answering: hello)
        let site = try site(backend)
        let wire = site.connect()
        wire.send(request)
        #expect(wire.readAll().hasPrefix("HTTP/1.1 400 "))
        #expect(backend.requests.isEmpty)
    }

    /// Apache: `proxy_handler`, which goes on with the next member while it is allowed to.
    @Test(arguments: [(0, 503), (1, 200)])
    func `a balancer asks no more members than it may`(attempts: Int, status: Int) throws {
        let backend = try Backend(answering: hello)
        let site = try Site(
            apache: """
                ServerName a.test
                ProxyPass / balancer://b/
                <Proxy balancer://b>
                  BalancerMember http://127.0.0.1:9
                  BalancerMember http://127.0.0.1:\(backend.port)
                  ProxySet maxattempts=\(attempts)
                </Proxy>
                """)
        #expect(site.get("/x").status == status)
        #expect(backend.requests.count == attempts)
        // The member that failed is left alone from now on.
        #expect(site.get("/x").status == 200)
    }
}
