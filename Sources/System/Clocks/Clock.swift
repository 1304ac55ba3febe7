internal import CSystem

/// The clocks of the machine.
public enum Clock {
    /// Milliseconds since some fixed moment; never goes back (`CLOCK_MONOTONIC`).
    public static func monotonicMilliseconds() -> Int64 { sl_monotonic_ns() / 1_000_000 }

    /// Nanoseconds on the same scale as `monotonicMilliseconds`.
    public static func monotonicNanoseconds() -> Int64 { sl_monotonic_ns() }

    /// Nanoseconds since 1970 in UTC; may jump when the clock is set.
    public static func wallNanoseconds() -> Int64 { sl_wall_ns() }

    /// Whole seconds since 1970 in UTC.
    public static func wallSeconds() -> Int64 { sl_wall_ns() / 1_000_000_000 }
}
