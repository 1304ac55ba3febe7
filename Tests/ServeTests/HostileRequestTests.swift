import Serve
import Synchronization
import System
import TLS
import TestSupport
import Testing

/// How a client reaches a site.
enum Way: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case plain, tls

    var testDescription: String { rawValue }
}

/// A reverse proxy in front of an upstream that writes down every byte it is sent.
struct Proxied {
    let site: Site
    let witness: Witness
    private let client: TLSContext?

    init(by way: Way, _ more: String = "", location: String = "") throws {
        let certificates = try Certificates.shared.get()
        witness = try Witness()
        let isTLS = way == .tls
        site = try Site(
            """
            upstream b { server 127.0.0.1:\(witness.port); } \(more)
            server { listen @PORT@\(isTLS ? " ssl; \(certificates.pair("a.test"))" : ";")
              location / { proxy_pass http://b; proxy_http_version 1.1; \(location) } }
            """)
        client = isTLS ? try certificates.client() : nil
    }

    func connect() -> Wire { client.map { site.connect(over: $0) } ?? site.connect() }

    /// What is answered to these bytes, until the connection is closed or nothing more can come.
    func answers(to bytes: String) -> String {
        let wire = connect()
        wire.send(bytes)
        wire.finish()
        return wire.readAll()
    }
}

/// An upstream that answers the first request of a connection and keeps all that it was sent.
final class Witness: Sendable {
    private let all = Shared()
    private let backend: Backend

    /// What is written down; apart from the witness, so that connections need not hold it.
    private final class Shared: Sendable {
        let streams = Mutex<[String]>([])
    }

    init() throws {
        let all = all
        backend = try Backend { wire, _ in
            var stream = wire.read(through: "\r\n\r\n")
            let head = Wire.Message(head: stream)
            if head.field("transfer-encoding") != nil {
                stream += wire.read(through: "\r\n0\r\n\r\n")
            } else if let length = head.field("content-length").flatMap(Int.init) {
                stream += String(decoding: wire.read(length), as: UTF8.self)
            }
            wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
            stream += wire.readAll()
            all.streams.withLock { $0.append(stream) }
        }
    }

    var port: Int { backend.port }
    var connections: Int { backend.connections }

    /// What came over each connection, once so many of them have ended.
    func streams(_ count: Int) -> [String] {
        _ = eventually { all.streams.withLock { $0.count } >= count }
        return all.streams.withLock { $0.sorted() }
    }
}

@Suite struct HostileRequestTests {
    /// Bytes that a client sends as its only request, and what it is told.
    struct Attempt: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: String
        var status: Int

        init(_ name: String, _ bytes: String, _ status: Int = 400) {
            (self.name, self.bytes, self.status) = (name, bytes, status)
        }

        var testDescription: String { name }
    }

    private static func post(_ fields: String, _ body: String = "") -> String {
        "POST /first HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
    }

    /// What would be a request of its own to whoever reads the body differently.
    private static let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Framing over which two readers could disagree.
    static let framings: [Attempt] =
        [
            "abc", "-1", "+5", "0x5", "5 5", "5,5", "5, 5", "", "5;a", "1e1", "5\u{b}", "\u{b}5",
            "99999999999999999999999", "9223372036854775808", "18446744073709551621", "5.0", "٥",
        ].map { Attempt("length \($0)", post("Content-Length: \($0)", "hello" + hidden)) }
        + [
            ("two equal lengths", "Content-Length: 5\r\nContent-Length: 5"),
            ("two lengths", "Content-Length: 5\r\nContent-Length: 0"),
            ("two lengths in other letters", "content-length: 0\r\nCONTENT-LENGTH: 5"),
            ("CL.TE", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
            ("TE.CL", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
            ("CL 0 and TE", "Content-Length: 0\r\nTransfer-Encoding: chunked"),
            ("blank before the colon", "Transfer-Encoding : chunked"),
            ("tab before the colon", "Transfer-Encoding\t: chunked"),
            ("blank before the name", " Transfer-Encoding: chunked"),
            ("length with a blank before the colon", "Content-Length : 5"),
            ("folded coding", "Transfer-Encoding:\r\n chunked"),
            ("folded length", "Content-Length:\r\n 5"),
            ("folded other field", "X: a\r\n b"),
            ("NUL in the coding", "Transfer-Encoding: chunked\0"),
            ("vertical tab before the coding", "Transfer-Encoding: \u{b}chunked"),
            ("form feed behind the coding", "Transfer-Encoding: chunked\u{c}"),
            ("bare CR in a value", "X: a\rTransfer-Encoding: chunked"),
            ("bare LF behind a value", "X: a\nTransfer-Encoding: chunked"),
            ("bare CR at the end", "X: a\r\r"),
            ("NUL in a value", "X: a\0b"),
            ("NUL in a name", "X\0: a"),
            ("blank in a name", "Content Length: 5"),
            ("CR in a name", "Content\r-Length: 5"),
            ("no colon", "Transfer-Encoding chunked"),
            ("no name", ": chunked"),
            ("delete in a name", "X\u{7f}: a"),
            ("chunked twice", "Transfer-Encoding: chunked, chunked"),
            ("chunked in two fields", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            ("chunked not last", "Transfer-Encoding: chunked, identity"),
            ("chunked in quotes", "Transfer-Encoding: \"chunked\""),
            ("chunked with a parameter", "Transfer-Encoding: chunked;q=1"),
            ("almost chunked", "Transfer-Encoding: xchunked"),
            ("identity", "Transfer-Encoding: identity"),
            ("gzip before chunked", "Transfer-Encoding: gzip, chunked"),
            ("identity beside chunked", "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"),
            ("an empty coding", "Transfer-Encoding:"),
            ("a comma for a coding", "Transfer-Encoding: ,"),
        ].map { Attempt($0.0, post($0.1, "0\r\n\r\n" + hidden), notKnown.contains($0.0) ? 501 : 400) }

    /// Codings that are well-formed and not known.
    private static let notKnown: Set<String> = [
        "chunked with a parameter", "chunked in quotes", "almost chunked", "identity", "gzip before chunked",
        "identity beside chunked",
    ]

    /// Chunks that are none.
    static let badChunks: [(name: String, body: String)] = [
        ("a sign", "+3\r\nabc\r\n0\r\n\r\n"), ("a minus", "-3\r\nabc\r\n0\r\n\r\n"),
        ("0x", "0x3\r\nabc\r\n0\r\n\r\n"), ("a blank before", " 3\r\nabc\r\n0\r\n\r\n"),
        ("no size", "\r\nabc\r\n0\r\n\r\n"), ("only an extension", ";a\r\nabc\r\n0\r\n\r\n"),
        ("no digits", "g\r\nabc\r\n0\r\n\r\n"), ("two sizes", "3 4\r\nabc\r\n0\r\n\r\n"),
        ("an underscore", "3_0\r\nabc\r\n0\r\n\r\n"), ("a point", "3.0\r\nabc\r\n0\r\n\r\n"),
        ("an overflow", "10000000000000003\r\nabc\r\n0\r\n\r\n"),
        ("a larger overflow", "fffffffffffffffffffffffd\r\nabc\r\n0\r\n\r\n"),
        ("a negative size by overflow", "ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
        ("many zeros", String(repeating: "0", count: 40) + "3\r\nabc\r\n0\r\n\r\n"),
        ("LF behind the size", "3\nabc\r\n0\r\n\r\n"), ("CR behind the size", "3\rabc\r\n0\r\n\r\n"),
        ("LF in an extension", "3;a\nabc\r\n0\r\n\r\n"), ("CR in an extension", "3;a\rb\r\nabc\r\n0\r\n\r\n"),
        ("NUL in an extension", "3;\0\r\nabc\r\n0\r\n\r\n"), ("LF behind the data", "3\r\nabc\n0\r\n\r\n"),
        ("nothing behind the data", "3\r\nabc0\r\n\r\n"), ("more data", "3\r\nabcd\r\n0\r\n\r\n"),
        ("LF behind the last chunk", "3\r\nabc\r\n0\n\n"), ("LF at the end", "3\r\nabc\r\n0\r\n\n"),
        ("CR at the end", "3\r\nabc\r\n0\r\n\rx"), ("LF in trailers", "3\r\nabc\r\n0\r\nA: b\n\r\n"),
        ("a long extension", "3;" + String(repeating: "e", count: 70_000) + "\r\nabc\r\n0\r\n\r\n"),
        ("long trailers", "3\r\nabc\r\n0\r\nA: " + String(repeating: "t", count: 70_000) + "\r\n\r\n"),
        (
            "many extensions",
            String(repeating: "1;" + String(repeating: "e", count: 5_000) + "\r\na\r\n", count: 20) + "0\r\n\r\n"
        ),
    ]

    static let chunks = badChunks.map { Attempt("chunk with \($0.name)", post("Transfer-Encoding: chunked", $0.body)) }

    /// Heads that are none, or too long.
    static let heads: [Attempt] = [
        Attempt("two blanks in the first line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("a blank at the end of the first line", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"),
        Attempt("tabs in the first line", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("CR in the first line", "GET /\rx HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("LF behind the first line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        Attempt("LF behind the head", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
        Attempt("NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("a field first", "Host: a\r\nGET / HTTP/1.1\r\n\r\n"),
        Attempt("a fold first", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        Attempt("no host", "GET / HTTP/1.1\r\n\r\n"),
        Attempt("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
        Attempt("a host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        Attempt("a host with a path", "GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n"),
        Attempt("a small version", "GET / http/1.1\r\nHost: a\r\n\r\n"),
        Attempt("a version without digits", "GET / HTTP/x.1\r\nHost: a\r\n\r\n"),
        Attempt("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        Attempt("chunks in version 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Attempt("a relative target", "GET hidden HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("a target above the root", "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("a method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n"),
        Attempt("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
        Attempt("garbage", "\u{1}\u{2}\u{3}\r\n\r\n"),
        Attempt("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        Attempt("a long first line", "GET /\(String(repeating: "x", count: 40_000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        Attempt("an endless first line", String(repeating: "x", count: 400_000), 414),
        Attempt("a long field", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n"),
        Attempt("an endless field", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 400_000))"),
        Attempt(
            "an endless head",
            "GET / HTTP/1.1\r\nHost: a\r\n"
                + String(repeating: "X: \(String(repeating: "x", count: 70))\r\n", count: 9_000)),
    ]

    @Test(arguments: framings + chunks + heads, Way.allCases)
    func `what could be read in two ways is refused, and nothing of it is forwarded`(
        attempt: Attempt, way: Way
    ) throws {
        let proxied = try Proxied(by: way)
        let answer = proxied.answers(to: attempt.bytes)
        #expect(answer.hasPrefix("HTTP/1.1 \(attempt.status) "), "\(answer)")
        #expect(answer.components(of: "HTTP/1.1 ") == 1)
        #expect(proxied.witness.connections == 0)
    }

    @Test(arguments: badChunks, Way.allCases)
    func `a body that turns out to be broken while it is sent on never comes to its end`(
        chunk: (name: String, body: String), way: Way
    ) throws {
        let proxied = try Proxied(by: way, location: "proxy_request_buffering off;")
        let wire = proxied.connect()
        // So much is sent on at once that the upstream has seen some of the body before the bad chunk comes.
        wire.send(Self.post("Transfer-Encoding: chunked", "8000\r\n\(String(repeating: "a", count: 0x8000))\r\n"))
        #expect(eventually { proxied.witness.connections > 0 })
        wire.send(chunk.body)
        wire.finish()
        let answer = wire.readAll()
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "), "\(answer)")
        let stream = try #require(proxied.witness.streams(1).first)
        #expect(!stream.hasSuffix("\r\n0\r\n\r\n"))
    }

    /// What is allowed, and how it may be read only.
    static let accepted: [(name: String, bytes: String, body: String)] = [
        ("letters of any case", "tRANSFER-eNCODING: cHUNKED\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("blanks around the coding", "Transfer-Encoding: \t chunked \t\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"),
        ("extensions", "Transfer-Encoding: chunked\r\n\r\n3;a=b;c=\"d\"\r\nabc\r\n0;e\r\n\r\n", "abc"),
        ("a blank before an extension", "Transfer-Encoding: chunked\r\n\r\n3 ; a\r\nabc\r\n0\r\n\r\n", "abc"),
        ("zeros before the size", "Transfer-Encoding: chunked\r\n\r\n0003\r\nabc\r\n000\r\n\r\n", "abc"),
        ("trailers", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n", "abc"),
        ("zeros before the length", "Content-Length: 003\r\n\r\nabc", "abc"),
        ("blanks around the length", "Content-Length: \t3 \r\n\r\nabc", "abc"),
        ("a name with an underscore", "Content_Length: 9\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("another such name", "Transfer_Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("an odd name", "Content.Length: 9\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        ("a length named in Connection", "Connection: content-length\r\nContent-Length: 3\r\n\r\nabc", "abc"),
        (
            "chunks named in Connection",
            "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "abc"
        ),
    ]

    @Test(arguments: accepted, Way.allCases)
    func `a request arrives with one length, and what follows is a request of its own`(
        case: (name: String, bytes: String, body: String), way: Way
    ) throws {
        let proxied = try Proxied(by: way)
        let wire = proxied.connect()
        wire.send("POST /first HTTP/1.1\r\nHost: a\r\n\(`case`.bytes)GET /second HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readMessage().body == "ok")
        #expect(wire.readMessage().body == "ok")
        wire.finish()
        let streams = proxied.witness.streams(2)
        let second = try #require(streams.first), first = try #require(streams.last)
        #expect(second.hasPrefix("GET /second HTTP/1.1\r\n") && second.hasSuffix("\r\n\r\n"))
        #expect(second.components(of: "\r\n\r\n") == 1)
        #expect(first.hasPrefix("POST /first HTTP/1.1\r\n") && first.hasSuffix("\r\n\r\n\(`case`.body)"))
        let head = first.lowercased()
        #expect(head.components(of: "content-length: 3\r\n") == 1, "\(head)")
        #expect(head.components(of: "length") == 1 && head.components(of: "transfer") == 0, "\(head)")
    }
}

extension String {
    /// How often a text stands in this one.
    func components(of text: String) -> Int { components(separatedBy: text).count - 1 }

    fileprivate func components(separatedBy text: String) -> [String] {
        split(separator: text, omittingEmptySubsequences: false).map(String.init)
    }
}
