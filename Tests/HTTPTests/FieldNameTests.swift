import HTTP
import Testing

@Suite struct FieldNameTests {
    @Test(arguments: FieldName.allCases)
    func `every known name is found in any case and inside other bytes`(name: FieldName) {
        guard name != .other else { return }
        #expect(FieldName(spelling: name.spelling) == name)
        #expect(FieldName(spelling: name.spelling.lowercased()) == name)
        #expect(FieldName(spelling: name.spelling.uppercased()) == name)
        let bytes = Array(("ab" + name.spelling + ": value").utf8)
        #expect(FieldName(bytes.span, from: 2, to: 2 + name.spelling.utf8.count) == name)
    }

    @Test(arguments: FieldName.allCases)
    func `a name that differs in one byte is another name`(name: FieldName) {
        guard name != .other else { return }
        var bytes = Array(name.spelling.utf8)
        for index in bytes.indices {
            let byte = bytes[index]
            for flip in [UInt8(0x01), 0x20, 0x40, 0x80] where byte == UInt8(ascii: "-") || flip != 0x20 {
                bytes[index] = byte ^ flip
                let found = FieldName(bytes.span, from: 0, to: bytes.count)
                #expect(found != name)
            }
            bytes[index] = byte
        }
        #expect(FieldName(spelling: name.spelling + "s") == .other || name == .accept)
    }

    @Test(arguments: ["", "x", "X-Custom", "Content-Lengthy", "a-name-of-more-than-twenty-four-bytes", "Cookie2"])
    func `what is not well known is other`(name: String) {
        #expect(FieldName(spelling: name) == .other)
    }

    @Test(arguments: Method.allCases)
    func `a method is known by its exact spelling`(method: Method) {
        guard method != .other else { return }
        #expect(Method(spelling: method.spelling) == method)
        #expect(Method(spelling: method.spelling.lowercased()) == .other)
        #expect(Method(spelling: method.spelling + "X") == .other)
        #expect(Method(spelling: method.spelling.dropLast()) == .other)
    }

    @Test func `sets of names join and part`() {
        let set: FieldNames = [.host, .via]
        #expect(set.contains(.host) && set.contains(.via) && !set.contains(.date))
        #expect(set.union([.date]).subtracting([.via]) == [.host, .date])
    }
}
