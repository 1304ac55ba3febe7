import Serve
import System
import TLS
import TestSupport
import Testing

/// Clients and upstreams that reset, half-close and fall silent anywhere: nothing of them may be left behind.
@Suite struct DisturbanceTests {
    /// What a peer does next; a schedule is a list of these.
    enum Step: CaseIterable, Sendable { case part, rest, pause, finish, reset, silent, tunnel }

    /// An upstream that reads requests and does with each what its number in the target says.
    private static func backend(over tls: TLSContext?) throws -> Backend {
        try Backend(over: tls) { wire, _ in
            while true {
                let head = wire.read(through: "\r\n\r\n")
                guard head.hasSuffix("\r\n\r\n") else { return }
                let number = Int(head.drop { $0 != "/" }.dropFirst().prefix { $0.isNumber }) ?? 0
                switch number % 8 {
                case 0: wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                case 1: return
                case 2: return wire.abort()
                case 3:
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart")
                    return wire.abort()
                case 4:
                    wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                    return wire.finish()
                case 5:
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n")
                    wire.send([UInt8](repeating: 120, count: 3_000_000))
                case 6: wire.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
                default:
                    wire.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
                    wire.send(wire.read(3))
                }
                if number % 8 > 5 { return }
            }
        }
    }

    /// A client that does what a generator says, in an order of its own.
    private static func disturb(
        _ site: Site, over tls: TLSContext?, _ generator: inout SeededGenerator
    ) {
        // Half of what speaks TLS breaks off within the handshake.
        if tls != nil, Bool.random(using: &generator) {
            let wire = site.connect()
            wire.send([0x16, 3, 1, 0, 200, 1, 0, 0].prefix(Int.random(in: 0...8, using: &generator)).map { $0 })
            if Bool.random(using: &generator) { wire.abort() }
            return
        }
        let wire = tls.map { site.connect(over: $0) } ?? site.connect()
        let number = Int.random(in: 0..<64, using: &generator)
        let length = Int.random(in: 0...40_000, using: &generator)
        let isChunked = Bool.random(using: &generator)
        let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(length)"
        var text = "POST /\(number) HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: Upgrade\r\n\(framing)\r\n\r\n"
        if isChunked { text += length == 0 ? "" : String(length, radix: 16) + "\r\n" }
        text += String(repeating: "b", count: length)
        if isChunked { text += (length == 0 ? "" : "\r\n") + "0\r\n\r\n" }
        var rest = Array(text.utf8)[...]
        for _ in 0..<6 {
            switch Step.allCases.randomElement(using: &generator) ?? .rest {
            case .part:
                let count = Int.random(in: 0...rest.count, using: &generator)
                wire.send(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            case .rest:
                wire.send(Array(rest))
                rest = []
            case .pause: _ = wire.raw
            case .finish: return wire.finish()
            case .reset: return wire.abort()
            case .silent: return
            case .tunnel: wire.send("abc")
            }
        }
        if rest.isEmpty { _ = wire.read(Int.random(in: 0...200, using: &generator)) }
    }

    @Test(arguments: Way.allCases, [UInt64(1), 2, 3, 4])
    func `whatever peers do in whatever order, nothing of it is left behind`(way: Way, seed: UInt64) throws {
        let certificates = try Certificates.shared.get()
        let isTLS = way == .tls
        let backend = try Self.backend(over: isTLS ? certificates.server("b.test") : nil)
        let streams = seed % 2 == 0 ? "proxy_request_buffering off;" : ""
        let site = try Site(
            """
            upstream b { server 127.0.0.1:\(backend.port) max_fails=0; keepalive 4; }
            client_header_timeout 1s; client_body_timeout 200ms; send_timeout 200ms; keepalive_timeout 200ms;
            server { listen @PORT@\(isTLS ? " ssl; \(certificates.pair("a.test"))" : ";")
              location / { proxy_pass http\(isTLS ? "s" : "")://b; proxy_http_version 1.1; \(streams)
                proxy_read_timeout 200ms; proxy_send_timeout 200ms;
                proxy_set_header Connection $http_connection; proxy_set_header Upgrade $http_upgrade; }
              location = /own { return 200 own; } }
            """)
        let client = isTLS ? try certificates.client() : nil
        var generator = SeededGenerator(seed: seed)
        for round in 0..<120 {
            Self.disturb(site, over: client, &generator)
            if round % 20 == 19 {
                // The limits are short, and a machine that has much to do may miss them once.
                let isServing = eventually {
                    let wire = client.map { site.connect(over: $0) } ?? site.connect()
                    wire.send("GET /own HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    return wire.readMessage().body == "own"
                }
                #expect(isServing)
            }
        }
        let isQuiet = eventually {
            guard let census = site.census() else { return false }
            return census.clients == 0 && census.exchanges == 0 && census.upstreams <= 4 && census.eras == 1
        }
        #expect(isQuiet, "\(String(describing: site.census()))")
    }

    @Test(arguments: Way.allCases)
    func `a client that resets while a large answer comes takes its upstream's connection with it`(way: Way) throws {
        let certificates = try Certificates.shared.get()
        let isTLS = way == .tls
        let backend = try Self.backend(over: nil)
        let site = try Site(
            """
            server { listen @PORT@\(isTLS ? " ssl; \(certificates.pair("a.test"))" : ";")
              location / { proxy_pass http://127.0.0.1:\(backend.port); } }
            """)
        do {
            let wire = isTLS ? site.connect(over: try certificates.client()) : site.connect()
            wire.send("GET /5 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.read(100_000).count == 100_000)
            wire.abort()
        }
        #expect(
            eventually {
                guard let census = site.census() else { return false }
                return census.clients == 0 && census.exchanges == 0 && census.upstreams == 0
            })
    }
}
