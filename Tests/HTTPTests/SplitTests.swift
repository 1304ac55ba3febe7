import HTTP
import Testing

/// Where the bytes of a connection are cut is the network's business and must change nothing.
@Suite struct SplitTests {
    private static let requests = [
        "GET /x HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\nGET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "GET / HTTP/1.1\nHost: a\nX: 1\n 2\n\t3\n\n", "GET /\r\nrest", "GET / HTTP/1.1\r\nX:1\r\nY:  2\t\r\nZ:\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \r\nA_b: 1\r\n 2\r\nQ.r: x\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n",
        "GET / HTTP/1.1\r\nA: 123456789012345678901234567890\r\n\r\n",
        "FOO /aaaaaaaaaaaaaaaaaaaaaaaaaaaaa HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\nF: 6\r\n\r\n", "GET / HTTP/1.1\r\nFoo : 1\r\n\r\n",
        "GET / HTTP/1.1\r\nA: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: 1\r\n \r\n 2\r\n\r\n", "\rGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\rX: 1\r\n\r\n",
    ]

    private static var rules: [RequestRules] {
        var lenient = RequestRules()
        (lenient.bareLF, lenient.folding, lenient.controlBytes) = (.accept, .accept, .accept)
        var dropping = lenient
        (dropping.underscores, dropping.oddHeaderNames, dropping.controlBytes) = (.drop, .drop, .drop)
        var tight = lenient
        (tight.lineLimit, tight.fieldLimit, tight.fieldCount, tight.totalLimit) = (24, 24, 5, 70)
        return [RequestRules(), lenient, dropping, tight]
    }

    @Test(arguments: requests)
    func `every cut of a request in two or three gives the same head`(text: String) {
        let all = bytes(text)
        for rules in Self.rules {
            let whole = ReadHead([all], .request, rules)
            for first in 0...all.count {
                #expect(ReadHead([Array(all[..<first]), Array(all[first...])], .request, rules) == whole)
                for second in stride(from: first, through: all.count, by: 3) {
                    let pieces = [Array(all[..<first]), Array(all[first..<second]), Array(all[second...])]
                    if ReadHead(pieces, .request, rules) != whole {
                        Issue.record("\(text.debugDescription) cut at \(first) and \(second)")
                    }
                }
            }
            #expect(ReadHead(all.map { [$0] }, .request, rules) == whole)
        }
    }

    @Test func `random bytes and random cuts give the same head`() {
        var dice = Dice(state: 7)
        let words = [
            "GET ", "/x", " HTTP/1.1", "\r\n", "\n", "\r", ":", " ", "\t", "A", "Host", "b_c", "\u{1}", "é",
            "123456789",
        ]
        for _ in 0..<3_000 {
            var text = Bool.random(using: &dice) ? "GET / HTTP/1.1\r\n" : ""
            for _ in 0..<Int.random(in: 0..<25, using: &dice) { text += words.randomElement(using: &dice) ?? "" }
            let all = bytes(text)
            let rules = Self.rules[Int.random(in: 0..<4, using: &dice)]
            let whole = ReadHead([all], .request, rules)
            var pieces: [[UInt8]] = []
            var at = 0
            while at < all.count {
                let next = min(all.count, at + Int.random(in: 1...9, using: &dice))
                pieces.append(Array(all[at..<next]))
                at = next
            }
            let cut = ReadHead(pieces, .request, rules)
            if cut != whole { Issue.record("\(text.debugDescription): \(cut) instead of \(whole)") }
        }
    }

    @Test(arguments: [
        "3\r\nabc\r\n0\r\n\r\nrest", "A;x=y\r\n0123456789\r\n00\r\nT: 1\r\nU: 2\r\n\r\nrest",
        "3 \r\nabc\r\n0;q\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n", "g\r\n", "\r\n", "3\r\nabc\n", "0\r\n\n", "ffffffffffffffff\r\n",
        "3\u{0}\r\n",
        "1\r\na\r\n1\r\nb\r\n0\r\nT\n\r\n", ";x\r\n", "0x3\r\nabc\r\n",
    ])
    func `every cut of a chunked body gives the same body`(text: String) {
        let all = bytes(text)
        let whole = ReadBody([all], .chunked)
        for first in 0...all.count {
            for second in first...all.count {
                let pieces = [Array(all[..<first]), Array(all[first..<second]), Array(all[second...])]
                #expect(ReadBody(pieces, .chunked) == whole)
            }
        }
    }
}

/// What became of a body that was fed in pieces.
struct ReadBody: Equatable {
    var body: [UInt8] = []
    var outcome = "needMore"
    var rest: [UInt8] = []

    init(_ pieces: [[UInt8]], _ length: MessageLength) {
        var decoder = BodyDecoder(length)
        for (index, piece) in pieces.enumerated() {
            var position = 0
            steps: while true {
                switch decoder.next(piece.span, &position) {
                case .body(let range): body += piece[range]
                case .needMore: break steps
                case .end(let end):
                    outcome = "end"
                    rest = Array(piece[end...]) + pieces[(index + 1)...].joined()
                    return
                case .refused(let reason):
                    outcome = "\(reason)"
                    return
                }
            }
        }
    }
}
