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
        let parts = [head.text(head.startLine), head.text(head.methodBytes), head.text(head.target)]
        #expect(parts == ["GET /x?y=1 HTTP/1.1", "GET", "/x?y=1"])
        let (method, host, via) = (head.method, head.value(named: "Host"), head.value(of: .via))
        #expect(method == .get && host == "a.test" && via == nil)
        let (custom, second) = (
            head.value(named: "X-CUSTOM"), head.nextIndex(named: Array("X-custom".utf8).span, behind: 1)
        )
        #expect(custom == "one" && second == 3)
        let (has, repeats) = (head.has(.host), head.repeated.contains(.host))
        #expect(has && !repeats)
    }

    @Test func `an answer tells its status and reason`() {
        var head = Head()
        head.begin(status: 404, reason: "Not Found")
        let parts = [head.text(head.startLine), head.text(head.reason)]
        #expect(parts == ["HTTP/1.1 404 Not Found", "Not Found"])
        let target = head.target
        #expect(target.isEmpty)
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
        let isEmpty = head.bytes.isEmpty && head.fields.isEmpty && !head.has(.host)
        #expect(isEmpty)
        let ranges = [head.startLine, head.target, head.reason]
        let areEmpty = ranges.allSatisfy { $0.isEmpty }
        #expect(areEmpty)
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
