import Foundation
import Serve
import System
import TLS
import Testing

@Suite struct TLSTests {
    private let certificates: Certificates

    init() throws { certificates = try Certificates.shared.get() }

    /// Two hosts with a certificate each; the first answers unknown names.
    private func hosts(_ more: String = "", first: String = "a.test") throws -> String {
        """
        \(more)
        server { listen @PORT@ ssl; server_name a.test; \(certificates.pair(first)); return 200 "a $https"; }
        server { listen @PORT@ ssl; server_name b.test; \(certificates.pair("b.test")); return 200 "b"; }
        """.replacingOccurrences(of: ";;", with: ";")
    }

    private func shown(_ wire: Wire) -> String {
        let subject = wire.asking { $0.peerCertificate?.subject ?? [] } ?? []
        return String(decoding: subject, as: UTF8.self)
    }

    private func get(_ path: String, host: String = "a.test", _ wire: Wire) -> Wire.Message {
        wire.send("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        return wire.readMessage()
    }

    @Test func `the name in the hello chooses the certificate, and Host the site`() throws {
        let site = try Site(hosts())
        let client = try certificates.client()
        for (name, certificate) in [("a.test", "CN=a.test"), ("b.test", "CN=b.test"), ("other.test", "CN=a.test")] {
            let wire = site.connect(over: client, name: name)
            #expect(shown(wire) == certificate)
            #expect(get("/", host: "b.test", wire).body == "b")
            #expect(get("/", host: "a.test", wire).body == "a on")
        }
    }

    @Test(arguments: [TLSVersion.v12, .v13])
    func `a session is taken up again by the next connection, also behind a reload`(version: TLSVersion) throws {
        let site = try Site(hosts("ssl_protocols TLSv1.2 TLSv1.3;"))
        let client = try certificates.client(newest: version)
        let first = site.connect(over: client)
        #expect(get("/", first).status == 200)
        #expect(first.asking { $0.isResumed } == false)
        let session = first.asking { $0.session } ?? nil
        let second = site.connect(over: client, session: session)
        #expect(get("/", second).status == 200)
        #expect(second.asking { $0.isResumed } == true)
        site.swap(try hosts("ssl_protocols TLSv1.2 TLSv1.3;"))
        #expect(get("/", second).status == 200)
        let third = site.connect(over: client, session: session)
        #expect(get("/", third).status == 200)
        #expect(third.asking { $0.isResumed } == true)
    }

    @Test func `a renewed certificate is shown to new connections, and the others go on`() throws {
        let site = try Site(hosts())
        let client = try certificates.client()
        let old = site.connect(over: client)
        #expect(get("/", old).body == "a on")
        site.swap(try hosts(first: "new.a.test"))
        #expect(get("/", old).body == "a on")
        let new = site.connect(over: client)
        #expect(shown(new) == "CN=new.a.test")
        #expect(get("/", new).body == "a on")
    }

    @Test func `an answer that ends with the connection ends with a word`() throws {
        let site = try Site(hosts())
        let wire = site.connect(over: try certificates.client())
        wire.send("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n")
        #expect(wire.readAll().hasSuffix("a on"))
        #expect(wire.ending == .end)
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "\u{3}garbage\r\n\r\n"])
    func `what is no TLS is told so and closed`(text: String) throws {
        let site = try Site(hosts())
        let wire = site.connect()
        wire.send(text)
        #expect(wire.readAll().hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `a broken hello ends the connection, and the others go on`() throws {
        let site = try Site(hosts())
        let wire = site.connect()
        wire.send([0x16, 0x03, 0x01, 0x00, 0x05] + Array("wrong".utf8))
        _ = wire.readAll()
        #expect(get("/", site.connect(over: try certificates.client())).status == 200)
    }

    @Test func `a handshake that goes on for too long is ended`() throws {
        let site = try Site(hosts("client_header_timeout 200ms;"))
        let wire = site.connect()
        wire.send([0x16, 0x03, 0x01])
        #expect(wire.readAll() == "")
    }

    @Test func `a handshake of its own time is ended after that, whatever a head may take`() throws {
        let site = try Site(
            apache: """
                RequestReadTimeout handshake=1 header=600
                SSLEngine on
                SSLCertificateFile \(certificates.certificate("a.test"))
                SSLCertificateKeyFile \(certificates.key("a.test"))
                """)
        #expect(site.connect().readAll() == "")
        let wire = site.connect()
        wire.send([0x16, 3, 1])
        #expect(wire.readAll() == "")
    }

    @Test func `clients are asked for certificates where the site says so`() throws {
        let site = try Site(
            """
            server { listen @PORT@ ssl; server_name a.test; \(certificates.pair("a.test"))
              ssl_client_certificate \(certificates.certificate("authority")); ssl_verify_client on;
              return 200 "$ssl_client_verify $ssl_client_s_dn"; }
            """)
        let known = site.connect(over: try certificates.client(showing: "alice"))
        #expect(get("/", known).body == "SUCCESS CN=alice")
        let unknown = site.connect(over: try certificates.client())
        #expect(get("/", unknown).status == 400)
    }

    // MARK: As over plain connections

    private func proxy(_ backend: Backend, _ more: String = "") throws -> Site {
        try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@ ssl; \(certificates.pair("a.test"))
              location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; \(more) } }
            """)
    }

    @Test func `requests that were sent at once are answered in order`() throws {
        let backend = try Backend { wire, _ in
            while case let request = wire.readMessage(), !request.head.isEmpty {
                let body = String(request.startLine.split(separator: " ")[1])
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
        }
        let site = try proxy(backend)
        let wire = site.connect(over: try certificates.client())
        wire.send((0..<30).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        for number in 0..<30 { #expect(wire.readMessage().body == "/\(number)") }
    }

    @Test(arguments: ["", "proxy_request_buffering off;"])
    func `bodies pass both ways, and 100 is said`(more: String) throws {
        let backend = try Backend { wire, backend in
            while case let request = wire.readMessage(), !request.head.isEmpty {
                backend.note(request)
                wire.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.utf8.count)\r\n\r\n\(request.body)")
            }
        }
        let site = try proxy(backend, "client_max_body_size 0; " + more)
        let wire = site.connect(over: try certificates.client())
        let body = String(repeating: "0123456789", count: 300_000)
        for _ in 0..<2 {
            wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\nExpect: 100-continue\r\n\r\n")
            #expect(wire.readMessage().status == 100)
            wire.send(body)
            #expect(wire.readMessage().body == body)
        }
    }

    @Test func `a body that is too large is refused before it has come`() throws {
        let backend = try Backend(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let site = try proxy(backend, "client_max_body_size 10;")
        let wire = site.connect(over: try certificates.client())
        wire.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nfirst")
        #expect(wire.readMessage().status == 413)
    }

    @Test func `large files pass while the client is slow`() throws {
        let folder = try Scratch()
        let size = 3 << 20
        try folder.write(String(repeating: "0123456789abcdef", count: size / 16), to: "large.txt")
        let site = try Site(
            """
            server { listen @PORT@ ssl; \(certificates.pair("a.test")) root \(folder.path); }
            """)
        let wire = site.connect(over: try certificates.client())
        wire.send("GET /large.txt HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = wire.read(through: "\r\n\r\n")
        var whole: [UInt8] = []
        while whole.count < size, case let piece = wire.read(min(50_000, size - whole.count)), !piece.isEmpty {
            whole += piece
        }
        #expect(whole.count == size)
        #expect(whole.suffix(16).elementsEqual("0123456789abcdef".utf8))
        #expect(get("/none", wire).status == 404)
    }

    // MARK: Upstreams

    private func site(askingOverTLS backend: Backend, _ more: String = "") throws -> Site {
        try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port); keepalive 8; }
            server { listen @PORT@; location / { proxy_pass https://b; proxy_http_version 1.1;
              proxy_set_header Connection ""; \(more) } }
            """)
    }

    @Test func `upstreams are asked over TLS, and their connections are kept`() throws {
        let backend = try Backend(
            over: certificates.server("b.test"), answering: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let site = try site(askingOverTLS: backend, "proxy_ssl_server_name on; proxy_ssl_name b.test;")
        for _ in 0..<5 { #expect(site.get("/").body == "hello") }
        #expect(backend.connections == 1)
    }

    @Test func `an upstream's certificate is verified where that is asked for`() throws {
        let backend = try Backend(
            over: certificates.server("b.test"), answering: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        let verifying = "proxy_ssl_verify on; proxy_ssl_trusted_certificate \(certificates.certificate("authority"));"
        #expect(try site(askingOverTLS: backend, verifying + " proxy_ssl_name b.test;").get("/").body == "hello")
        #expect(try site(askingOverTLS: backend, verifying + " proxy_ssl_name a.test;").get("/").status == 502)
        let stranger = "proxy_ssl_verify on; proxy_ssl_trusted_certificate \(certificates.certificate("alice"));"
        #expect(try site(askingOverTLS: backend, stranger + " proxy_ssl_name b.test;").get("/").status == 502)
    }

    @Test func `an upstream that speaks no TLS is a bad gateway`() throws {
        let backend = try Backend { wire, _ in wire.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n") }
        #expect(try site(askingOverTLS: backend).get("/").status == 502)
    }

    @Test func `an answer that breaks off without a word is not taken for a whole one`() throws {
        for isWhole in [true, false] {
            let backend = try Backend(over: certificates.server("b.test")) { wire, _ in
                _ = wire.readMessage()
                wire.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nsome")
                if isWhole { wire.finish() } else { wire.finishWithoutAWord() }
            }
            let site = try site(askingOverTLS: backend, "proxy_buffering off;")
            let wire = site.connect()
            wire.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let all = wire.readAll()
            #expect(all.hasSuffix("0\r\n\r\n") == isWhole)
        }
    }

    @Test func `a server without a usable certificate does not start`() throws {
        let folder = try Scratch()
        let main = try folder.write(
            """
            events {}
            http { server { listen 127.0.0.1:1 ssl; ssl_certificate none.pem; ssl_certificate_key none.key; } }
            """, to: "nginx.conf")
        let outcome = try RunningProgram.outcome(["run", main])
        #expect(outcome.status == 1)
        #expect(outcome.words.contains("none.pem cannot be read"))
    }
}
