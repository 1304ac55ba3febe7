import Foundation
import Serve
import TLS
import Testing

@Suite struct ProxyProtocolTests {
    private let certificates: Certificates

    init() throws { certificates = try Certificates.shared.get() }

    private static let http = """
        server { listen @PORT@ proxy_protocol; set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol;
        location / { return 200 "$remote_addr $remote_port $realip_remote_addr $proxy_protocol_tlv_alpn"; }
        location /some { allow 192.0.2.0/24; deny all; } }
        """
    private static let line = Array("PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n".utf8)
    private static let binary: [UInt8] =
        [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x21, 0x11, 0, 17]
        + [192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0, 80, 1, 0, 2, 104, 50]
    private static let request = Array("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n".utf8)

    @Test func `a header is understood however it is cut`() throws {
        let site = try Site(Self.http)
        for (header, more) in [(Self.line, ""), (Self.binary, "h2")] {
            let bytes = header + Self.request
            for cut in 1..<header.count + 4 {
                let wire = site.connect()
                wire.send(Array(bytes[..<cut]))
                // An end on another connection shows that the first piece has been looked at.
                let other = site.connect()
                other.send("x")
                #expect(other.readAll().isEmpty)
                wire.send(Array(bytes[cut...]))
                #expect(wire.readMessage().body == "192.0.2.7 4711 127.0.0.1 \(more)")
            }
            let slow = site.connect()
            for byte in bytes { slow.send([byte]) }
            #expect(slow.readMessage().body == "192.0.2.7 4711 127.0.0.1 \(more)")
        }
    }

    @Test func `what comes without a header is closed without a word`() throws {
        let site = try Site(Self.http)
        for text in ["GET / HTTP/1.1\r\n\r\n", "P", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "\r\n\r\n\r\n"] {
            let wire = site.connect()
            wire.send(text)
            if text == "P" { wire.finish() }
            #expect(wire.readAll().isEmpty)
        }
    }

    @Test func `every request of the connection comes from the client that was named`() throws {
        let site = try Site(Self.http)
        let wire = site.connect()
        wire.send(Self.line + Array("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n".utf8))
        #expect(wire.readMessage().body.hasPrefix("192.0.2.7 4711"))
        wire.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\nGET /some HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(wire.readMessage().body.hasPrefix("192.0.2.7 4711"))
        #expect(wire.readMessage().status == 404)
    }

    @Test func `TLS begins behind the header`() throws {
        let site = try Site(
            """
            server { listen @PORT@ ssl proxy_protocol; \(certificates.pair("a.test"));
            set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol; return 200 "$scheme $remote_addr"; }
            """.replacingOccurrences(of: ";;", with: ";"))
        let wire = site.connect(over: try certificates.client(), behind: Self.binary)
        wire.send(Self.request)
        #expect(wire.readMessage().body == "https 192.0.2.7")
        let without = site.connect(over: try certificates.client())
        #expect(without.ending == .failed)
    }

    @Test func `a reload that adds the protocol asks those who come after it`() throws {
        let site = try Site("server { listen @PORT@; return 200 \"$remote_addr\"; }")
        let old = site.connect()
        old.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(old.readMessage().body == "127.0.0.1")
        site.swap(Self.http)
        old.send("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
        #expect(old.readMessage().body.hasPrefix("127.0.0.1"))
        let new = site.connect()
        new.send(Self.line + Self.request)
        #expect(new.readMessage().body.hasPrefix("192.0.2.7"))
    }
}
