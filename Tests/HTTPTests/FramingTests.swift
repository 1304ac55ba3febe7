import HTTP
import Testing

@Suite struct FramingTests {
    private func request(_ fields: String, version: String = "1.1", _ rules: RequestRules = RequestRules()) -> String {
        var parser = HeadParser(.request)
        var head = Head()
        let text = bytes("POST / HTTP/\(version)\r\n\(fields)\r\n\r\n")
        _ = parser.parse(text.span, from: 0, into: &head, rules: rules)
        switch RequestLength.judge(head, rules: rules) {
        case .success(let length): return "\(length.body)\(length.mustClose ? " close" : "")"
        case .failure(let refused): return "\(refused.reason) \(refused.status)"
        }
    }

    private func answer(_ status: Int, _ fields: String, to method: Method = .get, version: String = "1.1") -> String {
        var parser = HeadParser(.answer)
        var head = Head()
        let text = bytes("HTTP/\(version) \(status) X\r\n\(fields)\r\n\r\n")
        _ = parser.parse(text.span, from: 0, into: &head, rules: .ofAnswers)
        switch AnswerLength.judge(head, to: method) {
        case .success(let length): return "\(length.body)\(length.mustClose ? " close" : "")"
        case .failure(let refused): return "\(refused.reason) \(refused.status)"
        }
    }

    @Test(arguments: [
        ("A: 1", "none"), ("Content-Length: 3", "exactly(3)"), ("Content-Length: 0", "none"),
        ("Content-Length: 003", "exactly(3)"), ("Content-Length: 3\r\nContent-Length: 3", "repeatedLength 400"),
        ("Content-Length: 3, 3", "badLength 400"), ("Content-Length: +3", "badLength 400"),
        ("Content-Length: -1", "badLength 400"), ("Content-Length: 0x3", "badLength 400"),
        ("Content-Length:", "badLength 400"), ("Content-Length: 99999999999999999999", "badLength 400"),
        ("Content-Length: 3 ", "exactly(3)"), ("Content-Length: 1 2", "badLength 400"),
        ("Transfer-Encoding: chunked", "chunked"), ("Transfer-Encoding: CHUNKED", "chunked"),
        ("Transfer-Encoding: gzip, chunked", "unknownCoding 501"), ("Transfer-Encoding: gzip", "unknownCoding 501"),
        ("Transfer-Encoding: identity", "unknownCoding 501"), ("Transfer-Encoding: chunked, gzip", "badCoding 400"),
        ("Transfer-Encoding: chunked, chunked", "badCoding 400"), ("Transfer-Encoding:", "badCoding 400"),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "badCoding 400"),
        ("Transfer-Encoding: xchunked", "unknownCoding 501"), ("Transfer-Encoding: chunked;q=1", "unknownCoding 501"),
        ("Transfer-Encoding: \u{b}chunked", "controlByte"),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", "lengthAndChunked 400"),
    ])
    func `a request's length is certain or the request is refused`(fields: String, outcome: String) {
        if outcome == "controlByte" {
            #expect(read("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n").outcome == "controlByte 400")
        } else {
            #expect(request("Host: a\r\n" + fields) == outcome)
        }
    }

    @Test func `where both lengths are accepted, chunks count and the connection ends`() {
        var rules = RequestRules()
        rules.lengthAndChunked = .accept
        #expect(request("Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", rules) == "chunked close")
        #expect(request("Host: a\r\nContent-Length: x\r\nTransfer-Encoding: chunked", rules) == "badLength 400")
    }

    @Test func `HTTP 1 point 0 has no chunks`() {
        #expect(request("Transfer-Encoding: chunked", version: "1.0") == "badCoding 400")
    }

    @Test func `one host is named, and HTTP 1 point 0 need not`() {
        #expect(request("A: 1") == "missingHost 400")
        #expect(request("A: 1", version: "1.0") == "none")
        #expect(request("Host: a\r\nHost: a") == "repeatedHost 400")
        #expect(request("Host: a\r\nhost: b", version: "1.0") == "repeatedHost 400")
        var rules = RequestRules()
        rules.missingHost = .accept
        #expect(request("A: 1", rules) == "none")
    }

    @Test func `an answer's length depends on the request too`() {
        #expect(answer(200, "Content-Length: 5") == "exactly(5)")
        #expect(answer(200, "Content-Length: 5", to: .head) == "none")
        #expect(answer(204, "Content-Length: 5") == "none")
        #expect(answer(304, "Content-Length: 5") == "none")
        #expect(answer(100, "A: 1") == "none")
        #expect(answer(200, "A: 1") == "untilClose close")
        #expect(answer(200, "Transfer-Encoding: chunked") == "chunked")
        #expect(answer(200, "Transfer-Encoding: chunked", version: "1.0") == "chunked close")
        #expect(answer(101, "Upgrade: x") == "tunnel close")
        #expect(answer(200, "A: 1", to: .connect) == "tunnel close")
        #expect(answer(404, "Content-Length: 1", to: .connect) == "exactly(1)")
    }

    @Test func `an answer whose end is in doubt is refused`() {
        #expect(answer(200, "Content-Length: 5\r\nContent-Length: 5") == "exactly(5)")
        #expect(answer(200, "Content-Length: 5\r\nContent-Length: 6") == "repeatedLength 502")
        #expect(answer(200, "Content-Length: 5\r\nTransfer-Encoding: chunked") == "lengthAndChunked 502")
        #expect(answer(200, "Content-Length: x") == "badLength 502")
        #expect(answer(200, "Transfer-Encoding: gzip, chunked") == "unknownCoding 502")
    }

    @Test func `a body by length ends at its last byte`() {
        let found = ReadBody([bytes("ab"), bytes("cdef")], .exactly(3))
        #expect(found.body == bytes("abc") && found.outcome == "end" && found.rest == bytes("def"))
        #expect(ReadBody([bytes("ab")], .untilClose).outcome == "needMore")
        #expect(ReadBody([bytes("ab")], .none).outcome == "end")
    }

    @Test func `chunks are taken apart, extensions and trailers skipped`() {
        var decoder = ChunkedDecoder()
        let text = bytes("3;x=\"y\"\r\nabc\r\n0\r\nA: 1\r\nB: 2\r\n\r\n")
        var position = 0
        #expect(decoder.next(text.span, &position) == .body(9..<12))
        #expect(decoder.next(text.span, &position) == .end(text.count))
    }

    @Test func `endless extensions and trailers are refused`() {
        let long = String(repeating: "x", count: 20_000)
        #expect(ReadBody([bytes("1;\(long)\r\na\r\n")], .chunked).outcome == "badChunk")
        #expect(ReadBody([bytes("0\r\nA: \(long)\r\n\r\n")], .chunked).outcome == "trailersTooLarge")
    }

    @Test func `what is written in chunks is read back`() {
        for size in [1, 9, 10, 15, 16, 17, 255, 256, 4_095, 65_536] {
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
            var text = ByteWriter()
            ChunkedEncoding.append(body.span, to: &text)
            ChunkedEncoding.append([UInt8]().span, to: &text)
            ChunkedEncoding.appendEnd(trailers: bytes("T: 1\r\n"), to: &text)
            let found = ReadBody([text.bytes], .chunked)
            #expect(found.body == body && found.outcome == "end" && found.rest.isEmpty)
        }
    }
}
