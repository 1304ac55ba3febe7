import HTTP
import Testing

/// The memory that heads and texts lie in: what is written must come back, whatever its length.
@Suite struct ByteWriterTests {
    @Test func `pieces of every length come back as they were`() {
        let source = (0..<100).map { UInt8($0 + 1) }
        var writer = ByteWriter(capacity: 1)
        var expected: [UInt8] = []
        for length in 0...40 {
            for start in [0, 1, 7, 60] {
                writer.append(source.span.extracting(start..<start + length))
                expected += source[start..<start + length]
                writer.append(start..<start + length, of: source)
                expected += source[start..<start + length]
            }
        }
        let (bytes, part, last) = (writer.bytes, writer.array(3..<9), writer.last)
        #expect(bytes == expected)
        #expect(part == Array(expected[3..<9]))
        #expect(last == expected.last)
    }

    @Test func `a part is written again behind the end, also when the memory must grow`() {
        var writer = ByteWriter(capacity: 64)
        var expected = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        writer.append(expected.span)
        for length in 0..<36 {
            writer.append(again: 0..<length)
            expected += expected[0..<length]
        }
        let bytes = writer.bytes
        #expect(bytes == expected)
        var other = ByteWriter()
        other.append(5..<expected.count, of: writer)
        let rest = other.bytes
        #expect(rest == Array(expected[5...]))
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, Int64.max, -1, -10, Int64.min] as [Int64])
    func `numbers are written as they are said`(number: Int64) {
        var writer = ByteWriter()
        writer.appendDecimal(number)
        let bytes = writer.bytes
        #expect(String(decoding: bytes, as: UTF8.self) == String(number))
    }

    /// Whether a text needs it that stands between others.
    private func needsEscape(_ text: [UInt8]) -> Bool {
        var writer = ByteWriter()
        writer.append("\"\\\n".utf8.map { $0 })
        let start = writer.count
        writer.append(text)
        return writer.needsEscape(from: start)
    }

    @Test func `what must be escaped in a log is found at every place`() {
        for length in 1...20 {
            for place in 0..<length {
                for byte in [0, 0x1f, 0x22, 0x5c, 0x7f, 0x80, 0xff] as [UInt8] {
                    var text = [UInt8](repeating: 0x61, count: length)
                    let before = needsEscape(text)
                    text[place] = byte
                    let behind = needsEscape(text)
                    #expect(!before && behind, "\(byte) at \(place) of \(length)")
                }
            }
        }
    }

    @Test func `a list grows, shrinks and keeps its elements`() {
        var list = FlatList<UInt32>(capacity: 1)
        for number in 0..<100 as Range<UInt32> { list.append(number) }
        var seen = [list.count]
        list.removeLast(40)
        list[3] = 7
        seen += [list.count, Int(list[59]), Int(list.span[3])]
        list.removeAll()
        seen.append(list.count)
        #expect(seen == [100, 60, 59, 7, 0])
    }

    /// A text of some signs that follows from a number, with others around it that would change every answer.
    private func written(_ text: [UInt8], _ writer: inout ByteWriter) -> Range<Int> {
        writer.append("/?#%A:.".utf8.map { $0 })
        let start = writer.count
        writer.append(text)
        let range = start..<writer.count
        writer.append("/?#%A:.".utf8.map { $0 })
        return range
    }

    @Test func `a target that stands for itself is told from one that has to be looked at closely`() {
        var random = Dice(state: 7)
        for round in 0..<20_000 {
            let signs = Array((round % 2 == 0 ? "/.a?%#b" : "/abcdefghijklmn?.").utf8)
            let text = (0..<Int(random.next() % 40)).map { _ in signs[Int(random.next() % UInt64(signs.count))] }
            let path = text.prefix { $0 != UInt8(ascii: "?") }
            let string = String(decoding: path, as: UTF8.self)
            let isOdd =
                text.contains(UInt8(ascii: "#")) || string.contains("%") || string.contains("//")
                || string.contains("/.")
            var writer = ByteWriter()
            let range = written(text, &writer)
            let end = writer.plainPathEnd(range)
            #expect(end == (isOdd ? nil : range.lowerBound + path.count), "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test func `a host that stands for itself ends at the first other sign`() {
        for length in 0..<40 {
            for byte in [0x3a, 0x41, 0x5f, 0x2f, 0x7b, 0x60, 0xff, 0x20] as [UInt8] {
                let text = Array("a-0.z".utf8) + [UInt8](repeating: 0x62, count: length)
                var writer = ByteWriter()
                let range = written(text + [byte] + Array("rest".utf8), &writer)
                let end = writer.plainHostEnd(range)
                let whole = writer.plainHostEnd(range.lowerBound..<range.lowerBound + text.count)
                #expect(end == range.lowerBound + text.count)
                #expect(whole == range.lowerBound + text.count)
            }
        }
    }
}
