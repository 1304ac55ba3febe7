import System
import Testing

@Suite struct ClockTests {
    private func date(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        HTTPDate.append(seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func parse(_ text: String, now: Int64 = 1_700_000_000) -> Int64? {
        HTTPDate.parse(Array(text.utf8).span, now: now)
    }

    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_102_444_799, "Thu, 31 Dec 2099 23:59:59 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)])
    func `a moment is written in the preferred form and read back`(seconds: Int64, text: String) {
        #expect(date(seconds) == text)
        #expect(parse(text) == seconds)
    }

    @Test func `the two old forms name the same moment`() {
        #expect(parse("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(parse("Sun Nov  6 08:49:37 1994") == 784_111_777)
        #expect(parse("Sun Nov 16 08:49:37 1994") == 784_975_777)
    }

    @Test func `a year of two digits lies at most fifty years ahead`() {
        #expect(parse("Sunday, 06-Nov-60 08:49:37 GMT").map { CivilTime(universal: $0).year } == 2060)
        #expect(parse("Sunday, 06-Nov-80 08:49:37 GMT").map { CivilTime(universal: $0).year } == 1980)
    }

    @Test(arguments: [
        "", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994 x", "06 Nov 1994 08:49:37 GMT",
    ])
    func `what is no date is refused`(text: String) {
        #expect(parse(text) == nil)
    }

    @Test func `every day of four centuries comes back`() {
        for day in stride(from: Int64(-25_000), to: 121_000, by: 1) {
            let time = CivilTime(universal: day * 86_400 + 3_661)
            let seconds = CivilTime.seconds(
                year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute,
                second: time.second)
            #expect(seconds == day * 86_400 + 3_661)
        }
    }

    @Test func `a stamp changes with the second only`() {
        var stamp = DateStamp()
        stamp.update(to: 784_111_777)
        #expect(stamp.bytes == Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8))
        stamp.update(to: 784_111_778)
        #expect(stamp.bytes == Array("Sun, 06 Nov 1994 08:49:38 GMT".utf8))
    }

    @Test func `the time of a log line agrees with the time of the machine`() {
        var time = LogTime()
        time.update(to: 784_111_777)
        #expect(time.bytes == CivilTime.formatted(784_111_777, as: Array("%d/%b/%Y:%H:%M:%S %z".utf8)))
        let iso = CivilTime.formatted(784_111_777, as: Array("%Y-%m-%dT%H:%M:%S%z".utf8))
        #expect(time.iso8601.filter { $0 != 58 } == iso.filter { $0 != 58 })
    }

    @Test func `the monotonic clock never goes back`() {
        let first = Clock.monotonicNanoseconds()
        #expect(Clock.monotonicNanoseconds() >= first)
    }
}
