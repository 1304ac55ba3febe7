internal import CSystem

/// The clocks of the machine.
package enum Clock {
    /// Milliseconds since some fixed moment; never goes back (`CLOCK_MONOTONIC`).
    package static func monotonicMilliseconds() -> Int64 { sl_monotonic_ns() / 1_000_000 }

    /// Nanoseconds on the same scale as `monotonicMilliseconds`.
    package static func monotonicNanoseconds() -> Int64 { sl_monotonic_ns() }

    /// Nanoseconds since 1970 in UTC; may jump when the clock is set.
    package static func wallNanoseconds() -> Int64 { sl_wall_ns() }

    /// Whole seconds since 1970 in UTC.
    package static func wallSeconds() -> Int64 { sl_wall_ns() / 1_000_000_000 }
}
