/// Dates as HTTP writes them (RFC 9110, section 5.6.7).
public enum HTTPDate {
    /// Appends the preferred form, `Sun, 06 Nov 1994 08:49:37 GMT`: always 29 bytes.
    public static func append(_ seconds: Int64, to bytes: inout [UInt8]) {
        let time = CivilTime(universal: seconds)
        append(weekdays, time.weekday, to: &bytes)
        bytes.append(UInt8(ascii: ","))
        bytes.append(space)
        append(digits: time.day, to: &bytes)
        bytes.append(space)
        append(months, time.month - 1, to: &bytes)
        bytes.append(space)
        append(digits: time.year / 100 % 100, to: &bytes)
        append(digits: time.year % 100, to: &bytes)
        bytes.append(space)
        append(digits: time.hour, to: &bytes)
        bytes.append(colon)
        append(digits: time.minute, to: &bytes)
        bytes.append(colon)
        append(digits: time.second, to: &bytes)
        bytes.append(contentsOf: " GMT".utf8)
    }

    /// The moment that a date names, in seconds since 1970; nil when it has none of the three forms.
    ///
    /// Accepted are the preferred form, RFC 850's `Sunday, 06-Nov-94 08:49:37 GMT` and asctime's
    /// `Sun Nov  6 08:49:37 1994`. `now`, in seconds, tells the century of a year of two digits: one that would lie
    /// more than fifty years ahead is past.
    public static func parse(_ text: Span<UInt8>, now: Int64) -> Int64? {
        var reader = Reader(position: 0)
        guard reader.skipWeekday(text) else { return nil }
        if reader.take(UInt8(ascii: ","), text) {
            guard reader.take(space, text), let day = reader.number(2, text) else { return nil }
            if reader.take(UInt8(ascii: "-"), text) {
                guard let month = reader.month(text), reader.take(UInt8(ascii: "-"), text),
                    let short = reader.number(2, text), let clock = reader.clock(text), reader.isGMT(text)
                else { return nil }
                return seconds(year: century(of: short, now: now), month: month, day: day, clock: clock)
            }
            guard reader.take(space, text), let month = reader.month(text), reader.take(space, text),
                let year = reader.number(4, text), let clock = reader.clock(text), reader.isGMT(text)
            else { return nil }
            return seconds(year: year, month: month, day: day, clock: clock)
        }
        guard reader.take(space, text), let month = reader.month(text), reader.take(space, text),
            let day = reader.take(space, text) ? reader.number(1, text) : reader.number(2, text),
            let clock = reader.clock(text), reader.take(space, text), let year = reader.number(4, text),
            reader.position == text.count
        else { return nil }
        return seconds(year: year, month: month, day: day, clock: clock)
    }

    private static func century(of short: Int, now: Int64) -> Int {
        let current = CivilTime(universal: now).year
        let year = current / 100 * 100 + short
        return year > current + 50 ? year - 100 : year
    }

    private static func seconds(year: Int, month: Int, day: Int, clock: (Int, Int, Int)) -> Int64? {
        CivilTime.seconds(
            year: year, month: month, day: day, hour: clock.0, minute: clock.1, second: clock.2)
    }

    static func append(_ names: StaticString, _ index: Int, to bytes: inout [UInt8]) {
        for offset in index * 3..<index * 3 + 3 {
            unsafe bytes.append(names.utf8Start[offset])
        }
    }

    static func append(digits: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: 48 + digits / 10))
        bytes.append(UInt8(truncatingIfNeeded: 48 + digits % 10))
    }
}

/// The date of the current second, formatted once and reused until the second is over.
public struct DateStamp: Sendable {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    public private(set) var bytes: [UInt8] = []
    /// The second that `bytes` shows, since 1970.
    public private(set) var seconds = Int64.min

    /// A stamp that shows nothing until it is told the time.
    public init() {}

    /// Shows the moment `seconds`; costs nothing while the second is the same.
    public mutating func update(to seconds: Int64) {
        if seconds == self.seconds { return }
        self.seconds = seconds
        bytes.removeAll(keepingCapacity: true)
        HTTPDate.append(seconds, to: &bytes)
    }
}

// Three letters a name, so that an index is an offset.
let weekdays: StaticString = "SunMonTueWedThuFriSat"
let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
private let space = UInt8(ascii: " ")
private let colon = UInt8(ascii: ":")

/// A cursor over the text of a date, which is handed to every step.
private struct Reader {
    var position: Int

    mutating func take(_ byte: UInt8, _ text: Span<UInt8>) -> Bool {
        guard position < text.count, text[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func number(_ digits: Int, _ text: Span<UInt8>) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for _ in 0..<digits {
            guard (48...57).contains(text[position]) else { return nil }
            value = value * 10 + Int(text[position] - 48)
            position += 1
        }
        return value
    }

    mutating func month(_ text: Span<UInt8>) -> Int? {
        guard position + 3 <= text.count else { return nil }
        for index in 0..<12 where matches(months, index * 3, text) {
            position += 3
            return index + 1
        }
        return nil
    }

    mutating func clock(_ text: Span<UInt8>) -> (Int, Int, Int)? {
        guard take(space, text), let hour = number(2, text), take(colon, text), let minute = number(2, text),
            take(colon, text), let second = number(2, text)
        else { return nil }
        return (hour, minute, second)
    }

    mutating func isGMT(_ text: Span<UInt8>) -> Bool {
        guard position + 4 == text.count else { return false }
        return text[position] == space && text[position + 1] == UInt8(ascii: "G")
            && text[position + 2] == UInt8(ascii: "M") && text[position + 3] == UInt8(ascii: "T")
    }

    /// The name of the day says nothing that the date does not, so only its shape is checked.
    mutating func skipWeekday(_ text: Span<UInt8>) -> Bool {
        let start = position
        while position < text.count, text[position] | 0x20 >= 97, text[position] | 0x20 <= 122 { position += 1 }
        return position - start >= 3
    }

    private func matches(_ names: StaticString, _ offset: Int, _ text: Span<UInt8>) -> Bool {
        for index in 0..<3 {
            guard unsafe text[position + index] == names.utf8Start[offset + index] else { return false }
        }
        return true
    }
}
