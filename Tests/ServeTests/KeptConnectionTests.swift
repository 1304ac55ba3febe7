import Serve
import Synchronization
import System
import TestSupport
import Testing

/// What becomes of requests over upstream connections that were kept, when these close or say what nobody asked.
@Suite struct KeptConnectionTests {
    /// A request over a connection that was kept once, and what nginx 1.22 makes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var method: String
        var more: String
        /// How often it reaches the upstream.
        var attempts: Int
        var status: Int
        /// The fresh connection closes unanswered too.
        var isHopeless = false

        var testDescription: String { "\(method) \(more)\(isHopeless ? " in vain" : "")" }
    }

    static let cases = [
        Case(method: "GET", more: "", attempts: 2, status: 200),
        Case(method: "PUT", more: "", attempts: 2, status: 200),
        Case(method: "FOO", more: "", attempts: 2, status: 200),
        Case(method: "POST", more: "", attempts: 1, status: 502),
        Case(method: "POST", more: "proxy_next_upstream error non_idempotent;", attempts: 2, status: 200),
        Case(method: "GET", more: "proxy_next_upstream off;", attempts: 1, status: 502),
        Case(method: "GET", more: "proxy_next_upstream timeout;", attempts: 1, status: 502),
        Case(method: "GET", more: "proxy_next_upstream_tries 1;", attempts: 2, status: 200),
        Case(method: "GET", more: "", attempts: 2, status: 502, isHopeless: true),
        Case(method: "POST", more: "", attempts: 1, status: 502, isHopeless: true),
    ]

    @Test(arguments: cases, ["", "HTTP/1.1 20"])
    func `a kept connection that closes unanswered is one more try, as for nginx`(one: Case, part: String) throws {
        let backend = try Backend { wire, backend in
            var count = 0
            while case let request = wire.readMessage(), !request.head.isEmpty {
                count += 1
                let isFirst = request.startLine.contains("/first")
                if !isFirst { backend.note(request) }
                if !isFirst, count > 1 || one.isHopeless { return wire.send(part) }
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        let folder = try Scratch()
        let site = try Site(
            """
            error_log \(folder.path)/error.log;
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@; location / { proxy_pass http://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; \(one.more) } }
            """)
        #expect(site.get("/first").body == "ok")
        let wire = site.connect()
        wire.send("\(one.method) /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
        #expect(wire.readMessage().status == one.status)
        #expect(backend.requests.count == one.attempts)
        let failures = folder.text(of: "error.log").split(separator: "\n")
        #expect(failures.count == one.attempts - (one.status == 200 ? 1 : 0), "\(failures)")
        #expect(failures.allSatisfy { $0.contains("it closed the connection before it answered") })
    }

    @Test func `each kept connection that has died is tried before a new one is made`() throws {
        let together = Meeting(of: 2)
        let backend = try Backend { wire, backend in
            var count = 0
            while case let request = wire.readMessage(), !request.head.isEmpty {
                count += 1
                backend.note(request)
                if request.startLine.contains("/first") { together.wait() } else if count > 1 { return }
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        let site = try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@; location / { proxy_pass http://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; } }
            """)
        let wires = [site.connect(), site.connect()]
        for wire in wires { wire.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n") }
        for wire in wires { #expect(wire.readMessage().body == "ok") }
        #expect(site.get("/x").body == "ok")
        #expect(backend.requests.map { $0.startLine.contains("/x") }.filter { $0 }.count == 3)
    }

    @Test func `an answer that nobody asked for is no answer to the next request, even if both come at once`() throws {
        let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
        let (request, sent) = (Signal(), Signal())
        let backend = try Backend { wire, _ in
            while case let message = wire.readMessage(), !message.head.isEmpty {
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
                if !message.startLine.contains("/first") { continue }
                request.wait()
                wire.send(poison)
                sent.give()
            }
        }
        let site = try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@; location / { proxy_pass http://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; } }
            """)
        let wire = site.connect()
        for _ in 0..<5 {
            wire.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.readMessage().body == "good")
            // While the serving thread is held, the next request comes, and then what belongs to none.
            site.hold {
                wire.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n")
                request.give()
                sent.wait()
            }
            #expect(wire.readMessage().body == "good")
        }
    }
}

/// Lets so many threads go on together.
private final class Meeting: Sendable {
    private let missing: Mutex<Int>

    init(of count: Int) { missing = Mutex(count) }

    func wait() {
        missing.withLock { $0 -= 1 }
        _ = eventually { missing.withLock { $0 <= 0 } }
    }
}
