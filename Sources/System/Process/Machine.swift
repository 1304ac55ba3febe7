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

    /// Runs `body` on a thread of its own and waits for its end: what a process does that was forked and will have
    /// more than one thread.
    ///
    /// The locks of Swift's library know their owner by the number of its thread, which each thread asks for once and
    /// keeps. A fork leaves its only thread with the number of the parent's, so that the first thread that has to wait
    /// for it waits for nobody, or ends the process. A new thread asks for its own number.
    public static func run(_ body: () throws -> Void) throws {
        try withoutActuallyEscaping(body) { body in
            // Whoever calls waits, so that one thread at a time uses the body, what it captures, and its outcome.
            nonisolated(unsafe) let work = body
            nonisolated(unsafe) var outcome: Result<Void, any Error>?
            let thread = try start { unsafe outcome = Result { try unsafe work() } }
            thread.join()
            try unsafe outcome?.get()
        }
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
