public import System

/// What one thread waits with: a poller, timers and the time.
///
/// The owner drives it: `wait()`, then an `event(_:)` for each that was told, then `takeExpired`, then `reclaim()` of
/// its slabs. Nothing calls back.
public struct EventLoop: ~Copyable {
    /// What is watched.
    public let poller: Poller
    /// The deadlines.
    public var timers: TimerWheel
    /// The moment at which the last wait ended, in monotonic milliseconds.
    public private(set) var now: Int64
    /// The same moment in nanoseconds since 1970.
    public private(set) var wallNanoseconds: Int64
    /// How many events the last wait told of, and how many of them were handed out.
    @usableFromInline var told = 0
    @usableFromInline var handedOut = 0
    private var due: [Token] = []
    private var ready: [Token] = []

    /// A loop that watches nothing yet.
    public init() throws(SystemError) {
        poller = try Poller()
        now = Clock.monotonicMilliseconds()
        wallNanoseconds = Clock.wallNanoseconds()
        timers = TimerWheel(now: now)
    }

    /// Waits for events, for the next deadline, or not at all when something is ready; the number of events.
    public mutating func wait(atMost limit: Int32 = -1) throws(SystemError) -> Int {
        var delay = timers.delay(from: now)
        if limit >= 0, delay < 0 || delay > limit { delay = limit }
        if !ready.isEmpty { delay = 0 }
        (told, handedOut) = (0, 0)
        told = try poller.wait(milliseconds: delay)
        now = Clock.monotonicMilliseconds()
        wallNanoseconds = Clock.wallNanoseconds()
        return told
    }

    /// Whether the last wait told that a token can be read from, in an event that has not been handed out yet.
    @inlinable public func isYetToRead(_ token: Token) -> Bool { handedOut < told && isAmongTheRest(token) }

    @usableFromInline func isAmongTheRest(_ token: Token) -> Bool {
        for index in handedOut..<told {
            let event = poller.event(index)
            if event.token == token.rawValue, !event.readiness.isDisjoint(with: [.readable, .peerClosed, .broken]) {
                return true
            }
        }
        return false
    }

    /// One of the events of the last wait, in their order.
    ///
    /// Whoever goes through them twice takes `eventAgain` the second time.
    public mutating func event(_ index: Int) -> (token: Token, readiness: Readiness) {
        handedOut = index + 1
        let event = poller.event(index)
        return (Token(rawValue: event.token), event.readiness)
    }

    /// One of the events of the last wait, which has been handed out before.
    public func eventAgain(_ index: Int) -> (token: Token, readiness: Readiness) {
        let event = poller.event(index)
        return (Token(rawValue: event.token), event.readiness)
    }

    /// The tokens whose deadline may have passed; ask each one's `Timer`.
    ///
    /// The array is handed back with `giveBack`, so that its memory serves the next turn.
    public mutating func takeExpired() -> [Token] {
        timers.expire(now: now, into: &due)
        var taken: [Token] = []
        swap(&taken, &due)
        return taken
    }

    /// Has the token handed out again in the next turn: it has work left but others wait too.
    public mutating func schedule(_ token: Token) { ready.append(token) }

    /// The tokens that were scheduled since the last turn.
    public mutating func takeScheduled() -> [Token] {
        var taken: [Token] = []
        swap(&taken, &ready)
        return taken
    }

    /// Takes back the memory of what `takeExpired` or `takeScheduled` gave.
    public mutating func giveBack(expired: consuming [Token]) {
        guard due.isEmpty else { return }
        expired.removeAll(keepingCapacity: true)
        due = expired
    }

    /// Takes back the memory of what `takeScheduled` gave.
    public mutating func giveBack(scheduled: consuming [Token]) {
        guard ready.isEmpty else { return }
        scheduled.removeAll(keepingCapacity: true)
        ready = scheduled
    }
}
