internal import CSystem

/// A moment taken apart into the fields of a calendar and a clock on the wall.
public struct CivilTime: Hashable, Sendable {
    /// The year of the Gregorian calendar.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int
    public var hour: Int
    public var minute: Int
    /// 0 to 60.
    public var second: Int
    /// 0 is Sunday.
    public var weekday: Int
    /// How far the clock is ahead of UTC.
    public var offsetSeconds = 0

    /// The fields of a moment, in seconds since 1970, in UTC.
    public init(universal seconds: Int64) {
        let days = seconds.dividedRoundingDown(by: 86_400)
        let rest = Int(seconds - days * 86_400)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        weekday = Int((days + 4) - (days + 4).dividedRoundingDown(by: 7) * 7)
        // Years are counted from March, so that the leap day is the last of its year and of an era of 400 years.
        let shifted = days + 719_468
        let era = shifted.dividedRoundingDown(by: 146_097)
        let dayOfEra = Int(shifted - era * 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    }

    /// The fields of a moment, in seconds since 1970, in the time zone of the machine (`TZ`, `/etc/localtime`).
    public init(local seconds: Int64) {
        self.init(universal: seconds)
        var time = sl_local_time()
        guard unsafe sl_local_time(seconds, &time) == 0 else { return }
        year = Int(time.year)
        month = Int(time.month)
        day = Int(time.day)
        hour = Int(time.hour)
        minute = Int(time.minute)
        second = Int(time.second)
        weekday = Int(time.weekday)
        offsetSeconds = Int(time.offset_seconds)
    }

    /// Seconds since 1970 of a moment in UTC; nil when the fields name no moment.
    public static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Int64? {
        guard (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
            (1601...9999).contains(year), day >= 1, day <= lengthOfMonth(month, year: year)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = Int64(era * 146_097 + dayOfEra - 719_468)
        return days * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    private static func lengthOfMonth(_ month: Int, year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// The moment written by a `strftime(3)` format, as Apache's `%{format}t` has it; empty when it is too long.
    public static func formatted(_ seconds: Int64, as format: [UInt8], universal: Bool = false) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = unsafe format.withUnsafeBufferPointer {
                unsafe sl_format_time($0.baseAddress, $0.count, seconds, universal ? 1 : 0, buffer.baseAddress, 512)
            }
        }
    }
}

extension Int64 {
    fileprivate func dividedRoundingDown(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
