import HTTP
import Testing

@Suite struct HeadTests {
    private func sample() -> Head {
        var head = Head()
        head.begin(method: "GET", target: "/x?y=1")
        head.add("Host", "a.test")
        head.add("X-Custom", "one")
        head.add("Connection", "close, X-Custom")
        head.add("x-custom", "two")
        return head
    }

    @Test func `a head tells its parts`() {
        let head = sample()
        #expect(head.method == .get)
        #expect(head.text(head.startLine) == "GET /x?y=1 HTTP/1.1")
        #expect(head.text(head.methodBytes) == "GET")
        #expect(head.text(head.target) == "/x?y=1")
        #expect(head.value(of: .host).map(head.text) == "a.test")
        #expect(head.value(of: .via) == nil)
        #expect(head.value(named: "X-CUSTOM") == "one")
        #expect(head.firstIndex(named: Array("X-custom".utf8).span, from: 2) == 3)
        #expect(head.count(of: .host) == 1)
    }

    @Test func `an answer tells its status and reason`() {
        var head = Head()
        head.begin(status: 404, reason: "Not Found")
        #expect(head.text(head.startLine) == "HTTP/1.1 404 Not Found")
        #expect(head.text(head.reason) == "Not Found")
        #expect(head.target.isEmpty)
    }

    @Test func `fields are copied in runs, without those left out`() {
        var out = ByteWriter()
        sample().write(to: &out, leavingOut: .hopByHop, andThoseNamedByConnection: false)
        #expect(String(decoding: out.bytes, as: UTF8.self) == "Host: a.test\r\nX-Custom: one\r\nx-custom: two\r\n")
        out.removeAll()
        sample().write(to: &out) { $0.id != .host }
        #expect(String(decoding: out.bytes, as: UTF8.self).hasPrefix("X-Custom: one\r\nConnection:"))
    }

    @Test func `an emptied head keeps nothing of the message before`() {
        var head = sample()
        head.removeAll()
        #expect(head.bytes.isEmpty && head.fields.isEmpty && !head.has(.host))
        #expect(head.startLine.isEmpty && head.target.isEmpty && head.reason.isEmpty)
    }

    @Test(arguments: [
        ("a, b,c", ["a", "b", "c"]), ("", []), (" , ,", []), ("\"a,b\", c", ["\"a,b\"", "c"]), ("a ", ["a"]),
        ("\"a\\\",b\",c", ["\"a\\\",b\"", "c"]), ("\"open, b", ["\"open, b"]),
    ])
    func `a list is taken apart at its commas`(value: String, elements: [String]) {
        var head = Head()
        head.begin(method: "GET", target: "/")
        head.add("X", value)
        var found: [String] = []
        head.forEachElement(of: head.fields[0].value) { found.append(head.text($0)) }
        #expect(found == elements)
    }
}
