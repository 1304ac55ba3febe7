internal import CSystem

/// What a socket is ready for.
public struct Readiness: OptionSet, Sendable {
    public var rawValue: UInt32

    @inlinable public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There are bytes, or a connection to accept, or the end of the stream.
    @inlinable public static var readable: Readiness { Readiness(rawValue: 1) }
    /// There is room to send, or connecting has ended.
    @inlinable public static var writable: Readiness { Readiness(rawValue: 2) }
    /// The peer sends nothing more (`EPOLLRDHUP`); bytes may still be unread.
    @inlinable public static var peerClosed: Readiness { Readiness(rawValue: 4) }
    /// Whether there is something to read.
    public var isReadable: Bool { rawValue & 1 != 0 }
    /// Whether there is room to write.
    public var isWritable: Bool { rawValue & 2 != 0 }
    /// Whether the peer sends nothing more.
    public var isPeerClosed: Bool { rawValue & 4 != 0 }
    /// Whether the connection is gone.
    public var isBroken: Bool { rawValue & 8 != 0 }

    /// The connection is gone; it is also readable and writable, so that the next call tells why.
    @inlinable public static var broken: Readiness { Readiness(rawValue: 8) }
}

/// How a descriptor is watched.
public enum Watch: Int32, Sendable {
    /// Told once of every change, for reading and writing: for connections, added once and never changed.
    case edges = 0
    /// Told as long as there is something to read: for wake-ups, signals and pipes.
    case reading = 1
    /// As `reading`, and only one of the pollers that share the listener is woken (`EPOLLEXCLUSIVE`).
    case listener = 2
}

/// The readiness of many descriptors, over epoll.
///
/// The events lie in memory of its own, which only `wait` hands to the kernel and only `event(_:)` reads.
@safe public struct Poller: ~Copyable {
    private let descriptor: Descriptor
    private let events: UnsafeMutablePointer<sl_event>
    private static let capacity = 512

    /// A poller that watches nothing yet.
    public init() throws(SystemError) {
        let raw = sl_poller_create()
        if raw < 0 { throw SystemError("open an epoll instance", code: raw) }
        descriptor = Descriptor(owning: raw)
        unsafe events = .allocate(capacity: Self.capacity)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// Starts to watch; events carry the token.
    ///
    /// Returns 0 or a negative errno.
    public func add(_ raw: Int32, _ watch: Watch, token: UInt64) -> Int32 {
        sl_poller_add(descriptor.raw, raw, watch.rawValue, token)
    }

    /// Stops watching; closing a descriptor does the same.
    public func remove(_ raw: Int32) {
        _ = sl_poller_remove(descriptor.raw, raw)
    }

    /// Waits until something is ready or `milliseconds` are over (negative: for ever); the number of events.
    public func wait(milliseconds: Int32) throws(SystemError) -> Int {
        let count = unsafe sl_poller_wait(descriptor.raw, events, Int32(Self.capacity), milliseconds)
        if count < 0 { throw SystemError("wait for events", code: count) }
        return Int(count)
    }

    /// One of the events of the last wait.
    public func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
        precondition(index >= 0 && index < Self.capacity)
        // The kernel filled the events up to the count that `wait` returned; the rest is only ever uninitialised
        // plain memory of the right type, which the precondition keeps within.
        return unsafe (events[index].token, Readiness(rawValue: events[index].readiness))
    }
}

/// A way to wake a poller from another thread (`eventfd`).
public struct Wakeup: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// A new wake-up, to be added to a poller with `Watch.reading`.
    public init() throws(SystemError) {
        let raw = sl_wakeup_create()
        if raw < 0 { throw SystemError("open an eventfd", code: raw) }
        descriptor = Descriptor(owning: raw)
    }

    /// The number to watch.
    public var raw: Int32 { descriptor.raw }

    /// Wakes the poller; several signals before it looks are one.
    public func signal() { _ = sl_wakeup_signal(descriptor.raw) }

    /// Takes the signals back, before looking for what they announced.
    public func drain() { _ = sl_wakeup_drain(descriptor.raw) }
}

extension Wakeup {
    /// Blocks until there is a signal.
    public func wait() { _ = sl_wait_readable(raw, -1) }
}
