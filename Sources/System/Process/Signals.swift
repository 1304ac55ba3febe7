internal import CSystem

/// The signals that a server answers to, by the numbers that Linux gives them.
public enum Signal: Int32, Sendable, CaseIterable {
    case hangUp = 1
    case interrupt = 2
    case quit = 3
    case kill = 9
    case user1 = 10
    case user2 = 12
    case brokenPipe = 13
    case terminate = 15
    case childEnded = 17
    case windowChanged = 28

    /// The name that administrators know: `SIGHUP`.
    public var name: String {
        switch self {
        case .hangUp: "SIGHUP"
        case .interrupt: "SIGINT"
        case .quit: "SIGQUIT"
        case .kill: "SIGKILL"
        case .user1: "SIGUSR1"
        case .user2: "SIGUSR2"
        case .brokenPipe: "SIGPIPE"
        case .terminate: "SIGTERM"
        case .childEnded: "SIGCHLD"
        case .windowChanged: "SIGWINCH"
        }
    }
}

/// Signals read from a descriptor: blocked for this thread and all it starts, so that no handler interrupts any code.
public struct SignalReader: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Blocks the signals and opens a non-blocking descriptor for them.
    ///
    /// Do this before threads are started.
    public init(_ signals: [Signal]) throws(SystemError) {
        let numbers = signals.map(\.rawValue)
        let raw = unsafe numbers.withUnsafeBufferPointer { unsafe sl_signals_open($0.baseAddress, $0.count) }
        if raw < 0 { throw SystemError("watch for signals", code: raw) }
        descriptor = Descriptor(owning: raw)
    }

    /// The number to watch.
    public var raw: Int32 { descriptor.raw }

    /// The next signal that has arrived; nil when there is none.
    public func next() -> Signal? {
        let number = sl_signals_next(descriptor.raw)
        return number > 0 ? Signal(rawValue: number) : nil
    }

    /// Lets all signals through again, such as in a child that is another program.
    public static func unblockAll() { _ = sl_signals_unblock() }

    /// Has the kernel drop a signal.
    public static func ignore(_ signal: Signal) { _ = sl_signals_ignore(signal.rawValue) }
}
