internal import CSystem

/// What the machine allows this process.
public enum Machine {
    /// The processors this process may run on, at least one.
    public static var processors: Int { Int(sl_processors()) }

    /// How many descriptors may be open at once.
    public static var descriptorLimit: Int { max(Int(sl_descriptor_limit()), 0) }

    /// Asks for room for more descriptors, as far as the hard limit allows; returns what was granted.
    @discardableResult
    public static func raiseDescriptorLimit(to limit: Int) -> Int {
        if limit > descriptorLimit { _ = sl_set_descriptor_limit(Int64(limit)) }
        return descriptorLimit
    }

    /// Whether a descriptor is a terminal, where people read.
    public static func isTerminal(_ descriptor: Int32) -> Bool { sl_is_terminal(descriptor) == 1 }
}

/// A thread of the operating system.
public struct Thread: Sendable {
    private let number: UInt64

    /// Starts a thread that runs `body` and ends.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> Thread {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var number: UInt64 = 0
        let outcome = unsafe sl_thread_start(
            { argument in
                guard let argument = unsafe argument else { return }
                // The one reference that `start` retained is handed over to this thread.
                unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            }, box.toOpaque(), &number)
        if outcome < 0 {
            unsafe box.release()
            throw SystemError("start a thread", code: outcome)
        }
        return Thread(number: number)
    }

    /// Waits until the thread has ended; once only.
    public func join() { _ = sl_thread_join(number) }

    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
