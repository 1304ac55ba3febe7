/// How slowly something may come in: the more has come, the longer; all in milliseconds.
public struct Pace: Hashable, Sendable {
    /// How long it may take.
    public var time: Int64
    /// How long at most, however much has come.
    public var most: Int64
    /// So many bytes allow a second more; 0: none do.
    public var rate: Int64

    /// A pace; `.max` stands for any time.
    public init(time: Int64, most: Int64 = .max, rate: Int64 = 0) {
        self.time = time
        self.most = most
        self.rate = rate
    }

    /// When patience ends with what began at a moment, once so many bytes have come.
    public func deadline(from began: Int64, received count: Int64) -> Int64 {
        if time == .max { return .max }
        let allowance = rate > 0 ? count.multipliedReportingOverflow(by: 1_000).partialValue / rate : 0
        let end = began.addingReportingOverflow(max(time, min(most, time + max(allowance, 0))))
        return end.overflow ? .max : end.partialValue
    }
}
