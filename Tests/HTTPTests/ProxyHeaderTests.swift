import HTTP
import TestSupport
import Testing

@Suite struct ProxyHeaderTests {
    private static let limit = 536

    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10]

    private static func binary(
        command: UInt8 = 1, kind: UInt8 = 0x11, version: UInt8 = 2, _ body: [UInt8], count: Int? = nil
    ) -> [UInt8] {
        let count = count ?? body.count
        return signature + [version << 4 | command, kind, UInt8(count >> 8), UInt8(count & 255)] + body
    }

    private static let v4: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0x12, 0x34, 0x00, 0x50]
    private static let v6 =
        [UInt8](repeating: 0, count: 15) + [1] + [UInt8](repeating: 0, count: 15) + [2, 0, 1, 0, 2]

    private static let whole: [[UInt8]] = [
        Array("PROXY TCP4 1.2.3.4 5.6.7.8 1111 2222\r\n".utf8),
        Array("PROXY TCP6 2001:db8::1 ::2 1 65535\r\n".utf8),
        Array("PROXY UNKNOWN\r\n".utf8),
        Array("PROXY UNKNOWN ffff::1 ::2 1 2\r\n".utf8),
        binary(v4), binary(v4 + [4, 0, 1, 65]), binary(kind: 0x21, v6), binary(command: 0, kind: 0, []),
        binary(command: 0, v4), binary(kind: 0x31, [UInt8](repeating: 7, count: 216)),
    ]

    private func read(_ bytes: [UInt8], limit: Int = limit) -> ProxyHeader.Reading {
        ProxyHeader.read(bytes.span, limit: limit)
    }

    @Test func `a header is whole at its last byte and not before, whatever follows`() {
        for bytes in Self.whole {
            for cut in 0..<bytes.count { #expect(read(Array(bytes[..<cut])) == .needMore) }
            guard case .header(let header, bytes.count) = read(bytes) else {
                Issue.record("\(bytes) is no header")
                continue
            }
            for more in [Array("GET / HTTP/1.1\r\n\r\n".utf8), bytes, [0], [13, 10], [22, 3, 1]] {
                #expect(read(bytes + more) == .header(header, count: bytes.count))
            }
        }
    }

    @Test func `both versions name both ends`() {
        guard case .header(let line, _) = read(Self.whole[0]), case .header(let binary, _) = read(Self.whole[5]) else {
            Issue.record("not read")
            return
        }
        let from = ProxyHeader.End(address: .text(Array("1.2.3.4".utf8), isV6: false), port: 1111)
        let to = ProxyHeader.End(address: .text(Array("5.6.7.8".utf8), isV6: false), port: 2222)
        #expect(line.content == .ends(source: from, destination: to))
        let first = ProxyHeader.End(address: .octets([1, 2, 3, 4]), port: 0x1234)
        let second = ProxyHeader.End(address: .octets([5, 6, 7, 8]), port: 80)
        #expect(binary.content == .ends(source: first, destination: second))
        #expect(binary.extensions == [4, 0, 1, 65])
    }

    @Test func `what a proxy says of itself names nobody, and what is no TCP is foreign`() {
        for index in [2, 3, 7, 8] {
            guard case .header(let header, _) = read(Self.whole[index]) else { continue }
            #expect(header.content == .nothing)
        }
        for bytes in [Self.binary(command: 2, Self.v4), Self.binary(kind: 0x12, Self.v4), Self.binary(kind: 0, [])] {
            #expect(read(bytes) == .header(ProxyHeader(.foreign), count: bytes.count))
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 70000 2\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", "proxy tcp4 1.2.3.4 5 1 2\r\n",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rx", "PROXY TCP4  5.6.7.8 1 2\r\n", "\u{16}\u{03}\u{01}", "\r\n\r\n\r\n",
    ])
    func `what is no header is refused`(text: String) {
        guard case .refused = read(Array(text.utf8)) else {
            Issue.record("\(text) was not refused")
            return
        }
    }

    @Test func `a first wrong byte is enough to refuse`() {
        #expect(read([UInt8(ascii: "G")]) == .refused(.noHeader))
        #expect(read(Self.signature + [0x31]) == .refused(.unknownVersion))
    }

    @Test func `too long ones are refused before they are there`() {
        let line = Array("PROXY UNKNOWN ".utf8) + [UInt8](repeating: 65, count: 91)
        #expect(read(line + [13, 10]) == .header(ProxyHeader(.nothing), count: 107))
        #expect(read(line + [65]) == .refused(.tooLong))
        #expect(read(Self.binary(Self.v4, count: 521)) == .refused(.tooLong))
        #expect(read(Self.binary(Self.v4, count: 520)) == .needMore)
        #expect(read(Self.binary([1, 2, 3])) == .refused(.malformed))
    }

    @Test func `any bytes are read without a crash and the same way from any prefix`() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            var bytes = Self.whole[Int.random(in: 0..<Self.whole.count, using: &random)]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let outcome = read(bytes)
            for cut in 0..<bytes.count {
                let early = read(Array(bytes[..<cut]))
                // Bytes that come later never change what was decided.
                if early != .needMore { #expect(isAlike(early, outcome)) }
            }
        }
    }

    private func isAlike(_ a: ProxyHeader.Reading, _ b: ProxyHeader.Reading) -> Bool {
        if case .refused = a, case .refused = b { return true }
        return a == b
    }

    @Test func `further facts are found by their names and numbers`() {
        let ssl: [UInt8] = [1, 0, 0, 1, 2] + [0x21, 0, 7] + Array("TLSv1.3".utf8) + [0x22, 0, 1, 65]
        let list: [UInt8] = [1, 0, 2, 104, 50] + [0x20, 0, UInt8(ssl.count)] + ssl + [0xE0, 0, 1, 9]
        func fact(_ name: String) -> ProxyHeader.Lookup { ProxyHeader.fact(Array(name.utf8), in: list) }
        #expect(fact("alpn") == .value(Array("h2".utf8)) && fact("0x01") == .value(Array("h2".utf8)))
        #expect(fact("0xe0") == .value([9]) && fact("0xE0") == .value([9]))
        #expect(fact("ssl_version") == .value(Array("TLSv1.3".utf8)) && fact("ssl_cn") == .value([65]))
        #expect(fact("ssl_verify") == .value(Array("258".utf8)) && fact("ssl") == .value(ssl))
        #expect(fact("authority") == .missing && fact("nonsense") == .missing && fact("ssl_cipher") == .missing)
        #expect(ProxyHeader.fact(Array("netns".utf8), in: [1, 0, 9, 1]) == .broken)
    }
}
