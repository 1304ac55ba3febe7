/// Deadlines of many connections, in steps of 16 milliseconds.
///
/// Moving a deadline further away costs nothing: whoever owns it just remembers the later moment, is told of the
/// earlier
/// one when it comes, and arms the timer again. A token that is armed twice is told of twice. So `Timer` keeps, in the
/// connection, the deadline and the moment for which the wheel has been armed.
public struct TimerWheel: ~Copyable {
    private static let step: Int64 = 16
    private static let places = 4_096

    private var slots: [[Token]]
    /// A bit for each slot that holds anything.
    private var filled: [UInt64]
    /// The step up to which everything has been told.
    private var told: Int64
    private var armed = 0
    /// No slot before this step holds anything; a lower bound that `delay` makes exact.
    private var earliest = Int64.max

    /// A wheel that starts at `now`, in milliseconds.
    public init(now: Int64) {
        slots = [[Token]](repeating: [], count: Self.places)
        filled = [UInt64](repeating: 0, count: Self.places / 64)
        told = now / Self.step
    }

    /// Has the token told at `deadline` or up to 16 ms later; earlier, if that is more than a minute away.
    ///
    /// Returns the moment at which it will be told.
    @discardableResult
    public mutating func arm(_ token: Token, at deadline: Int64) -> Int64 {
        let wanted = deadline / Self.step + (deadline % Self.step == 0 ? 0 : 1)
        let step = min(max(wanted, told + 1), told + Int64(Self.places) - 1)
        let slot = Int(step % Int64(Self.places))
        slots[slot].append(token)
        filled[slot / 64] |= 1 << UInt64(slot % 64)
        armed += 1
        earliest = armed == 1 ? step : min(earliest, step)
        return step * Self.step
    }

    /// The tokens whose time has come by `now`, appended to `due`.
    public mutating func expire(now: Int64, into due: inout [Token]) {
        let target = now / Self.step
        if armed == 0 || target < earliest {
            told = max(told, target)
            return
        }
        // After a long sleep one turn of the wheel sees every slot.
        if target - told > Int64(Self.places) { told = target - Int64(Self.places) }
        while told < target {
            told += 1
            let slot = Int(told % Int64(Self.places))
            if filled[slot / 64] == 0 {
                // Skip to the end of the empty word, but not beyond now.
                told = min(told + Int64(63 - slot % 64), target)
                continue
            }
            if filled[slot / 64] & (1 << UInt64(slot % 64)) == 0 { continue }
            due.append(contentsOf: slots[slot])
            armed -= slots[slot].count
            slots[slot].removeAll(keepingCapacity: true)
            filled[slot / 64] &= ~(1 << UInt64(slot % 64))
        }
    }

    /// Milliseconds from `now` until something may be due; -1 when nothing is armed.
    public mutating func delay(from now: Int64) -> Int32 {
        if armed == 0 { return -1 }
        var step = max(told + 1, earliest)
        let end = told + Int64(Self.places)
        while step <= end {
            let slot = Int(step % Int64(Self.places))
            let rest = filled[slot / 64] >> UInt64(slot % 64)
            if rest != 0 {
                earliest = step + Int64(rest.trailingZeroBitCount)
                let moment = earliest * Self.step
                return Int32(clamping: max(moment - now, 0))
            }
            step += Int64(64 - slot % 64)
        }
        return -1
    }
}

/// One connection's deadline.
public struct Timer: Hashable, Sendable {
    /// When the connection's patience ends, in monotonic milliseconds; `.max` when it has no end.
    public private(set) var deadline = Int64.max
    private var armedFor = Int64.max

    /// A timer without a deadline.
    public init() {}

    /// Sets the deadline, and arms the wheel unless it will tell early enough anyway.
    public mutating func set(_ deadline: Int64, _ token: Token, on wheel: inout TimerWheel) {
        self.deadline = deadline
        if deadline >= armedFor { return }
        armedFor = wheel.arm(token, at: deadline)
    }

    /// Removes the deadline.
    public mutating func cancel() { deadline = .max }

    /// The wheel has told: whether the deadline has really passed; if it moved, the wheel is armed again.
    public mutating func isOver(now: Int64, _ token: Token, on wheel: inout TimerWheel) -> Bool {
        if deadline <= now {
            (deadline, armedFor) = (.max, .max)
            return true
        }
        // An older arming of a later moment: the one that counts is still to come.
        if armedFor > now, armedFor != .max { return false }
        armedFor = .max
        if deadline != .max { set(deadline, token, on: &wheel) }
        return false
    }
}
