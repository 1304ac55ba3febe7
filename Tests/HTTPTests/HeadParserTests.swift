import HTTP
import Testing

@Suite struct HeadParserTests {
    private var lenient: RequestRules {
        var rules = RequestRules()
        rules.bareLF = .accept
        rules.folding = .accept
        rules.controlBytes = .accept
        rules.laterVersion = .accept
        return rules
    }

    @Test func `a plain request is read as it stands`() {
        let text = "GET /x?y HTTP/1.1\r\nHost: a.test\r\nX-A: 1\r\n\r\n"
        let found = read(text + "next")
        #expect(found.outcome == "complete")
        #expect(found.arena == String(text.dropLast()))
        #expect(found.rest == "next")
    }

    @Test(arguments: [
        ("X:1", "X: 1"), ("X:  1  ", "X: 1"), ("X:\t1\t", "X: 1"), ("X:", "X: "), ("X: ", "X: "), ("X:   ", "X: "),
        ("X: a b", "X: a b"), ("X: \u{e9}", "X: \u{e9}"), ("X: a\tb", "X: a\tb"),
    ])
    func `field lines are brought into one form`(line: String, form: String) {
        let found = read("GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\nY: 2\r\n\r\n")
        #expect(found.outcome == "complete")
        #expect(found.arena.utf8.count > 0)
        let expected = String(decoding: bytes("GET / HTTP/1.1\r\nHost: a\r\n\(form)\r\nY: 2\r\n"), as: UTF8.self)
        #expect(found.arena == expected)
    }

    @Test(arguments: [
        ("GET  / HTTP/1.1", "badStartLine 400"), ("GET / HTTP/1.1 ", "badStartLine 400"),
        ("GET /\tHTTP/1.1", "badStartLine 400"), ("GET\t/ HTTP/1.1", "badStartLine 400"),
        ("GET /a b HTTP/1.1", "badStartLine 400"), (" GET / HTTP/1.1", "badStartLine 400"),
        ("G(T / HTTP/1.1", "badStartLine 400"), ("GET / HTTP/1", "badStartLine 400"),
        ("GET / http/1.1", "badStartLine 400"), ("GET / HTTP/1.1x", "badStartLine 400"),
        ("GET / HTTP/2.0", "laterVersion 505"), ("GET / HTTP/0.9", "badStartLine 400"),
        ("GET /a\u{1}b HTTP/1.1", "badStartLine 400"), ("GET /a\u{0}b HTTP/1.1", "badStartLine 400"),
        ("GET", "badStartLine 400"), ("GET ", "badStartLine 400"), ("POST /", "badStartLine 400"),
    ])
    func `a first line that is no request line is refused`(line: String, outcome: String) {
        #expect(read("\(line)\r\nHost: a\r\n\r\n").outcome == outcome)
    }

    @Test(arguments: [
        ("Bad Header: 1", "badFieldName 400"), ("Foo : 1", "badFieldName 400"), (": 1", "badFieldName 400"),
        ("Foo", "fieldWithoutColon 400"), ("F\u{1}: 1", "badFieldName 400"), ("F(: 1", "badFieldName 400"),
        ("X: a\u{1}b", "controlByte 400"), ("X: a\rb", "bareCR 400"), ("X: a\u{0}b", "controlByte 400"),
        ("X: a\u{7f}b", "controlByte 400"), ("X: 1\r\n 2", "folding 400"), (" X: 1", "folding 400"),
    ])
    func `a broken field is refused`(line: String, outcome: String) {
        #expect(read("GET / HTTP/1.1\r\nA: 1\r\n\(line)\r\nHost: a\r\n\r\n").outcome == outcome)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n X: 1\r\n\r\n", "folding 400"), ("GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", "bareCR 400"),
        ("GET / HTTP/1.1\r\nX: a\u{0}b\r\n\r\n", "controlByte 400"),
        ("GET / HTTP/1.1\r\nFoo : 1\r\n\r\n", "badFieldName 400"),
        ("GET / HTTP/1.1\r\nContent-Length: 1\r\n 0\r\n\r\n", "folding 400"),
        ("GET / HTTP/1.1\r\nTransfer-Encoding:\r\n chunked\r\n\r\n", "folding 400"),
        ("\rGET / HTTP/1.1\r\n\r\n", "badStartLine 400"),
    ])
    func `what two readers could read differently is refused under all rules`(text: String, outcome: String) {
        #expect(read(text, .request, lenient).outcome == outcome)
    }

    @Test func `a bare LF and a fold pass where the rules say so`() {
        let found = read("GET / HTTP/1.1\nHost: a\nX: 1\r\n 2 \r\n\t\r\nY: 3\n\n", .request, lenient)
        #expect(found.outcome == "complete")
        #expect(found.arena == "GET / HTTP/1.1\r\nHost: a\r\nX: 1 2\r\nY: 3\r\n")
        #expect(read("GET / HTTP/1.1\nHost: a\n\n").outcome == "bareLF 400")
    }

    @Test func `control bytes may pass, or take their field with them`() {
        let text = "GET / HTTP/1.1\r\nX: a\u{1}b\r\nY: 1\r\n\r\n"
        #expect(read(text, .request, lenient).arena.contains("X: a\u{1}b\r\n"))
        var rules = RequestRules()
        rules.controlBytes = .drop
        #expect(read(text, .request, rules).arena == "GET / HTTP/1.1\r\nY: 1\r\n")
    }

    @Test func `odd names and underscores are kept, left out or refused`() {
        let text = "GET / HTTP/1.1\r\nX_U: 1\r\n 2\r\nX.D: 1\r\nX(: 1\r\nY: 1\r\n\r\n"
        var rules = lenient
        rules.underscores = .drop
        rules.oddHeaderNames = .drop
        #expect(read(text, .request, rules).arena == "GET / HTTP/1.1\r\nY: 1\r\n")
        #expect(read("GET / HTTP/1.1\r\nX_U: 1\r\nX.D: 1\r\n\r\n").arena == "GET / HTTP/1.1\r\nX_U: 1\r\nX.D: 1\r\n")
        rules.underscores = .answer(400)
        #expect(read(text, .request, rules).outcome == "underscore 400")
        rules.underscores = .accept
        rules.oddHeaderNames = .answer(403)
        #expect(read("GET / HTTP/1.1\r\nX.D: 1\r\n\r\n", .request, rules).outcome == "oddFieldName 403")
    }

    @Test func `a request line without a version ends the head`() {
        let found = read("GET /x\r\nHost: a\r\n\r\n")
        #expect(found.outcome == "complete")
        #expect(found.rest == "Host: a\r\n\r\n")
        var rules = RequestRules()
        rules.missingVersion = .answer(400)
        #expect(read("GET /x\r\n", .request, rules).outcome == "missingVersion 400")
    }

    @Test func `methods may be refused by their spelling`() {
        var rules = RequestRules()
        rules.lowerCaseMethod = .answer(400)
        rules.unknownMethod = .answer(501)
        #expect(read("get / HTTP/1.1\r\n\r\n", .request, rules).outcome == "lowerCaseMethod 400")
        #expect(read("FOO / HTTP/1.1\r\n\r\n", .request, rules).outcome == "unknownMethod 501")
        #expect(read("FOO / HTTP/1.1\r\n\r\n").outcome == "complete")
        #expect(read("get / HTTP/1.1\r\n\r\n").outcome == "complete")
    }

    @Test func `each limit has its status, at the byte`() {
        var rules = RequestRules()
        (rules.lineLimit, rules.fieldLimit, rules.fieldCount, rules.totalLimit) = (16, 6, 3, 60)
        #expect(read("GET /xx HTTP/1.1\r\n\r\n", .request, rules).outcome == "complete")
        #expect(read("GET /xxx HTTP/1.1\r\n\r\n", .request, rules).outcome == "lineTooLong 414")
        #expect(read("GET /xxxxxxxxxxxxxxxxxxx", .request, rules).outcome == "lineTooLong 414")
        #expect(read("GET / HTTP/1.1\r\nX: 123\r\n\r\n", .request, rules).outcome == "complete")
        #expect(read("GET / HTTP/1.1\r\nX: 1234\r\n\r\n", .request, rules).outcome == "fieldTooLong 400")
        #expect(read("GET / HTTP/1.1\r\nX: 12345", .request, rules).outcome == "fieldTooLong 400")
        let three = "GET / HTTP/1.1\r\nA: 1\r\nB: 1\r\nC: 1\r\n"
        #expect(read(three + "\r\n", .request, rules).outcome == "complete")
        #expect(read(three + "D: 1\r\n\r\n", .request, rules).outcome == "tooManyFields 400")
        rules.totalLimit = 33
        #expect(read(three + "\r\n", .request, rules).outcome == "headTooLarge 400")
    }

    @Test func `empty lines before a request are skipped`() {
        #expect(read("\r\n\r\nGET / HTTP/1.1\r\n\r\n").arena == "GET / HTTP/1.1\r\n")
        #expect(read("\nGET / HTTP/1.1\r\n\r\n").outcome == "bareLF 400")
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK", 200, "OK"), ("HTTP/1.0 404 Not Found", 404, "Not Found"), ("HTTP/1.1 204 ", 204, ""),
        ("HTTP/1.1 299", 299, ""), ("HTTP/1.1 200 a\tb", 200, "a\tb"),
    ])
    func `a status line tells status and words`(line: String, status: UInt16, reason: String) {
        var parser = HeadParser(.answer)
        var head = Head()
        let progress = parser.parse(bytes(line + "\r\nA: 1\r\n\r\n").span, from: 0, into: &head, rules: .ofAnswers)
        #expect(progress == .complete(consumed: line.utf8.count + 10))
        let (found, words, field) = (head.status, head.text(head.reason), head.value(named: "a"))
        #expect(found == status && words == reason && field == "1")
    }

    @Test(arguments: [
        "garbage", "HTTP/2 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1  200 OK", "HTTP/1.1 099 OK",
        "HTTP/1.1 200\u{1}", "200 OK", "", "\r\nHTTP/1.1 200 OK", "ICY 200 OK", "HTTP/2.0 200 OK",
    ])
    func `what is no status line is refused`(line: String) {
        #expect(read(line + "\r\n\r\n", .answer, .ofAnswers).outcome == "badStartLine 502")
    }
}
