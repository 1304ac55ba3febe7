import HTTP
import Testing

@Suite struct FastCGITests {
    private func record(_ kind: UInt8, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        [1, kind, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 255), UInt8(padding), 0] + content
            + [UInt8](repeating: 0, count: padding)
    }

    private var answer: [UInt8] {
        record(6, Array("Status: 404\r\n\r\n".utf8), padding: 3) + record(7, Array("warning".utf8))
            + record(6, Array("body".utf8)) + record(6, []) + record(3, [0, 0, 0, 0, 0, 0, 0, 0])
    }

    /// What a decoder finds when the input comes in these pieces.
    private func found(in pieces: [[UInt8]]) -> (output: [UInt8], errors: [UInt8], end: Bool?) {
        var decoder = FastCGIDecoder()
        var result: (output: [UInt8], errors: [UInt8], end: Bool?) = ([], [], nil)
        for piece in pieces {
            var position = 0
            steps: while true {
                switch decoder.next(piece.span, &position) {
                case .output(let range): result.output += piece[range]
                case .errors(let range): result.errors += piece[range]
                case .end(let isWhole):
                    result.end = isWhole
                    break steps
                case .needMore: break steps
                case .refused: return result
                }
            }
        }
        return result
    }

    @Test func `records are taken apart however they are cut`() {
        let whole = answer
        for cut in 0...whole.count {
            let result = found(in: [Array(whole[..<cut]), Array(whole[cut...])])
            #expect(result.output == Array("Status: 404\r\n\r\nbody".utf8))
            #expect(result.errors == Array("warning".utf8))
            #expect(result.end == true)
        }
        let single = found(in: whole.map { [$0] })
        #expect(single.output == Array("Status: 404\r\n\r\nbody".utf8) && single.end == true)
    }

    @Test func `a request that was not taken on is not whole`() {
        #expect(found(in: [record(3, [0, 0, 0, 0, 2, 0, 0, 0])]).end == false)
    }

    @Test func `what is no record is refused`() {
        for bad in [Array("HTTP/1.1 200 OK\r\n".utf8), record(1, [0]), record(3, [0]), record(99, [])] {
            var decoder = FastCGIDecoder()
            var position = 0
            #expect(decoder.next(bad.span, &position) == .refused)
        }
    }

    @Test func `names and values have lengths of one or four bytes`() {
        var out = ByteWriter()
        let long = [UInt8](repeating: 65, count: 300)
        FastCGIRecords.pair([78].span, long.span, to: &out)
        #expect(out.bytes == [1, 0x80, 0, 1, 44, 78] + long)
    }

    @Test func `a long stream is cut into records, and ended by an empty one`() {
        var out = ByteWriter()
        let body = [UInt8](repeating: 7, count: 70_000)
        FastCGIRecords.input(body.span, to: &out)
        FastCGIRecords.endInput(to: &out)
        #expect(out.count == 70_000 + 3 * 8)
        #expect(Array(out.bytes.suffix(8)) == [1, 5, 0, 1, 0, 0, 0, 0])
    }

    @Test func `the status comes from a field, or from a location, or is 200`() {
        func status(_ fields: [(String, String)]) -> (UInt16, String) {
            var head = Head()
            head.begin(status: 200, reason: "OK")
            for field in fields { head.add(field.0, field.1) }
            head.takeGatewayStatus(commonly: false)
            return (head.status, head.text(head.reason))
        }
        #expect(status([("Status", "404 Not Here")]) == (404, "Not Here"))
        #expect(status([("Status", "500")]) == (500, ""))
        #expect(status([("Location", "/x")]).0 == 302)
        #expect(status([("X", "y")]) == (200, "OK"))
        #expect(status([("Status", "hello")]).0 == 502)
    }
}
