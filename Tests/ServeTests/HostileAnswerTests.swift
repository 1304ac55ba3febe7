import Serve
import System
import TLS
import TestSupport
import Testing

/// What a broken or hostile upstream answers, over plain and TLS connections to it.
@Suite struct HostileAnswerTests {
    /// What becomes of an answer.
    enum Fate: Sendable {
        /// It is no answer: the client is told 502.
        case refused
        /// The client gets this body.
        case relayed(String)
        /// The client gets a head and is cut off.
        case cut
    }

    /// Bytes that an upstream sends when it has read a request.
    struct Answer: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: String
        var fate: Fate

        init(_ name: String, _ bytes: String, _ fate: Fate) { (self.name, self.bytes, self.fate) = (name, bytes, fate) }

        var testDescription: String { name }
    }

    private static func ok(_ fields: String, _ body: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(body)"
    }

    private static let poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"

    static let answers: [Answer] = [
        Answer("junk before the head", "junk\r\n" + ok("Content-Length: 2", "ok"), .refused),
        Answer("an empty line before the head", "\r\n" + ok("Content-Length: 2", "ok"), .refused),
        Answer("no version", "200 OK\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("version 2", "HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("a status below 100", "HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("NUL in the first line", "HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\nok", .refused),
        Answer("two lengths", ok("Content-Length: 2\r\nContent-Length: 3", "ok" + poison), .refused),
        Answer("a list of lengths", ok("Content-Length: 2, 2", "ok"), .refused),
        Answer("a negative length", ok("Content-Length: -2", "ok"), .refused),
        Answer("a length with a sign", ok("Content-Length: +2", "ok"), .refused),
        Answer("no length", ok("Content-Length: ", "ok"), .refused),
        Answer("a length too large", ok("Content-Length: 99999999999999999999", "ok"), .refused),
        Answer("a length beside chunks", ok("Content-Length: 2\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), .refused),
        Answer("an unknown coding", ok("Transfer-Encoding: gzip", "ok"), .refused),
        Answer("chunked twice", ok("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), .refused),
        Answer("NUL in a field", ok("X: a\0b\r\nContent-Length: 2", "ok"), .refused),
        Answer("CR in a field", ok("X: a\rSet-Cookie: b\r\nContent-Length: 2", "ok"), .refused),
        Answer("a blank before a colon", ok("Content-Length : 2", "ok"), .refused),
        Answer("a field without a colon", ok("Content-Length 2", "ok"), .refused),
        Answer("a folded length", ok("Content-Length:\r\n 2", "ok"), .refused),
        Answer("a change of protocol", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", .refused),
        Answer(
            "nothing but interim answers", String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 5_000), .refused),
        Answer("many hints", String(repeating: "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n", count: 500) + poison, .refused),
        Answer("an endless head", ok(String(repeating: "X: 0123456789\r\n", count: 200_000)), .refused),
        Answer("an endless field", ok("X: " + String(repeating: "x", count: 2_000_000)), .refused),
        Answer("a head without end", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", .refused),
        Answer("a second answer behind the first", ok("Content-Length: 2", "ok") + poison, .relayed("ok")),
        Answer(
            "a body where none can be", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nno" + poison, .relayed("")),
        Answer("a body behind 304", "HTTP/1.1 304 Not Modified\r\n\r\nno" + poison, .relayed("")),
        Answer(
            "an answer behind chunks", ok("Transfer-Encoding: chunked", "2\r\nok\r\n0\r\n\r\n" + poison), .relayed("ok")
        ),
        Answer(
            "a length in trailers", ok("Transfer-Encoding: chunked", "2\r\nok\r\n0\r\nContent-Length: 9\r\n\r\n"),
            .relayed("ok")),
        Answer("the same length twice", ok("Content-Length: 2\r\nContent-Length: 2", "ok"), .relayed("ok")),
        Answer("a folded field", ok("X: a\r\n Y: b\r\nContent-Length: 2", "ok"), .relayed("ok")),
        Answer("less than was promised", ok("Content-Length: 9", "ok"), .cut),
        Answer("chunks without an end", ok("Transfer-Encoding: chunked", "2\r\nok\r\n"), .cut),
        Answer("a bad chunk", ok("Transfer-Encoding: chunked", "2\r\nok\r\nx\r\n0\r\n\r\n"), .cut),
        Answer("a negative chunk", ok("Transfer-Encoding: chunked", "2\r\nok\r\n-1\r\n0\r\n\r\n"), .cut),
        Answer("a chunk too large", ok("Transfer-Encoding: chunked", "2\r\nok\r\nfffffffffffffffff\r\n"), .cut),
        Answer("LF behind a chunk's size", ok("Transfer-Encoding: chunked", "2\r\nok\r\n2\nok\r\n0\r\n\r\n"), .cut),
    ]

    @Test(arguments: answers, Way.allCases)
    func `an answer that is none never reaches a client, and no other request is touched`(
        answer: Answer, way: Way
    ) throws {
        let certificates = try Certificates.shared.get()
        let isTLS = way == .tls
        let backend = try Backend(over: isTLS ? certificates.server("b.test") : nil) { wire, backend in
            while case let request = wire.readMessage(), !request.head.isEmpty {
                if request.startLine.hasPrefix("GET /good") {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood")
                } else {
                    wire.send(answer.bytes)
                    // What breaks off ends with its connection; what is whole is followed by the next request.
                    if case .cut = answer.fate { return wire.finish() }
                    if answer.name == "a head without end" { return wire.finish() }
                }
            }
        }
        let site = try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port) max_fails=0; keepalive 8; }
            server { listen @PORT@; location / { proxy_pass http\(isTLS ? "s" : "")://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; } }
            """)
        let wire = site.connect()
        wire.send("GET /bad HTTP/1.1\r\nHost: a\r\n\r\n")
        switch answer.fate {
        case .refused: #expect(wire.readMessage().status == 502)
        case .relayed(let body):
            let message = wire.readMessage()
            #expect(message.body == body)
            #expect(!message.head.contains("\r\nY: b"))
        case .cut:
            let all = wire.readAll()
            #expect(all.hasPrefix("HTTP/1.1 200 ") && !all.hasSuffix("0\r\n\r\n"), "\(all)")
            #expect(site.get("/good").body == "good")
            return
        }
        for _ in 0..<2 {
            wire.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.readMessage().body == "good")
        }
    }

    @Test(arguments: Way.allCases) func `an answer to HEAD has no body, whatever comes`(way: Way) throws {
        let certificates = try Certificates.shared.get()
        let isTLS = way == .tls
        let backend = try Backend(
            over: isTLS ? certificates.server("b.test") : nil,
            answering: "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
        let site = try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@; location / { proxy_pass http\(isTLS ? "s" : "")://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; } }
            """)
        let wire = site.connect()
        for _ in 0..<3 {
            wire.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            let head = wire.read(through: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.contains("Content-Length: 6\r\n"), "\(head)")
        }
        #expect(site.get("/").body == "poison")
    }
}
