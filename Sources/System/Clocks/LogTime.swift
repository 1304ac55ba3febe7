/// The time of an access log line, `10/Oct/2000:13:55:36 -0700`, formatted once a second.
///
/// Both servers write it between brackets: Apache's `%t`, nginx's `$time_local`.
public struct LogTime: Sendable {
    /// The formatted time, without brackets.
    public private(set) var bytes: [UInt8] = []
    /// The same moment as `2000-10-10T13:55:36-07:00` (nginx's `$time_iso8601`).
    public private(set) var iso8601: [UInt8] = []
    private var seconds = Int64.min

    /// A time that shows nothing until it is told the moment.
    public init() {}

    /// Shows the moment `seconds` since 1970 in the time zone of the machine; costs nothing within the same second.
    public mutating func update(to seconds: Int64) {
        if seconds == self.seconds { return }
        self.seconds = seconds
        let time = CivilTime(local: seconds)
        let offset = abs(time.offsetSeconds) / 60
        let sign = UInt8(ascii: time.offsetSeconds < 0 ? "-" : "+")
        bytes.removeAll(keepingCapacity: true)
        two(time.day, "/")
        HTTPDate.append(months, time.month - 1, to: &bytes)
        bytes.append(UInt8(ascii: "/"))
        HTTPDate.append(digits: time.year / 100, to: &bytes)
        two(time.year % 100, ":")
        two(time.hour, ":")
        two(time.minute, ":")
        two(time.second, " ")
        bytes.append(sign)
        HTTPDate.append(digits: offset / 60, to: &bytes)
        HTTPDate.append(digits: offset % 60, to: &bytes)

        iso8601.removeAll(keepingCapacity: true)
        HTTPDate.append(digits: time.year / 100, to: &iso8601)
        for (part, separator) in [
            (time.year % 100, "-"), (time.month, "-"), (time.day, "T"), (time.hour, ":"), (time.minute, ":"),
        ] as [(Int, Unicode.Scalar)] {
            HTTPDate.append(digits: part, to: &iso8601)
            iso8601.append(UInt8(ascii: separator))
        }
        HTTPDate.append(digits: time.second, to: &iso8601)
        iso8601.append(sign)
        HTTPDate.append(digits: offset / 60, to: &iso8601)
        iso8601.append(UInt8(ascii: ":"))
        HTTPDate.append(digits: offset % 60, to: &iso8601)
    }

    private mutating func two(_ digits: Int, _ separator: Unicode.Scalar) {
        HTTPDate.append(digits: digits, to: &bytes)
        bytes.append(UInt8(ascii: separator))
    }
}
