internal import CSystem

/// Processes: this one, its parent and its children.
public enum ChildProcess {
    /// Which side of a fork is running.
    public enum Side: Hashable, Sendable {
        case child
        /// The parent, with the number of the child.
        case parent(Int32)
    }

    /// Splits the process in two.
    ///
    /// Call it before any thread exists: the child has only the thread that called, which must not share a lock with
    /// another; if there are to be more, the child goes on in `Thread.run`.
    public static func fork() throws(SystemError) -> Side {
        let process = sl_fork()
        if process < 0 { throw SystemError("start a process", code: process) }
        return process == 0 ? .child : .parent(process)
    }

    /// Starts another program as a child and returns its number; the program is looked up in `PATH`.
    ///
    /// With a signal, the kernel sends that to the child when this process ends, however it does.
    public static func start(
        _ arguments: [String], dyingWithParentBy signal: Signal? = nil
    ) throws(SystemError) -> Int32 {
        switch try fork() {
        case .parent(let process): return process
        case .child:
            if let signal { dieWithParent(signal) }
            _ = execute(arguments)
            exitNow(127)
        }
    }

    /// Replaces this program by another, with all signals unblocked; returns only when that failed.
    public static func execute(_ arguments: [String]) -> SystemError {
        var bytes: [UInt8] = []
        for argument in arguments { bytes += Array(argument.utf8) + [0] }
        let outcome = unsafe bytes.withUnsafeBufferPointer { unsafe sl_exec($0.baseAddress, $0.count) }
        return SystemError("run", arguments.first, code: outcome)
    }

    /// Ends this process at once, without flushing or running anything else.
    public static func exitNow(_ status: Int32) -> Never {
        sl_exit_now(status)
        while true {}
    }

    /// The status of a child that has ended, 128 and the signal for one that was killed; nil when it still runs.
    ///
    /// A negative number asks for any child.
    public static func ended(_ process: Int32, blocking: Bool = false) -> (process: Int32, status: Int32)? {
        var status: Int32 = 0
        let ended = unsafe sl_wait(process, blocking ? 1 : 0, &status)
        return ended > 0 ? (ended, status) : nil
    }

    /// Sends a signal; signal 0 only asks whether the process exists.
    @discardableResult
    public static func signal(_ signal: Signal, to process: Int32) -> Bool {
        sl_kill(process, signal.rawValue) == 0
    }

    /// Whether a process with this number exists.
    public static func exists(_ process: Int32) -> Bool {
        let outcome = sl_kill(process, 0)
        return outcome == 0 || outcome == -1
    }

    /// The number of this process.
    public static var current: Int32 { sl_process() }

    /// The number of the process that started this one; 1 when that has ended.
    public static var parent: Int32 { sl_parent_process() }

    /// Makes this process the first of a session of its own, away from the terminal it was started at.
    public static func startSession() { _ = sl_new_session() }

    /// Has the kernel signal this process when its parent dies.
    public static func dieWithParent(_ signal: Signal) { _ = sl_die_with_parent(signal.rawValue) }
}

extension ChildProcess {
    /// Runs a program to its end and takes what it writes to standard output, at most a megabyte.
    ///
    /// Call it before any thread exists, as `fork`.
    public static func output(of arguments: [String]) throws(SystemError) -> [UInt8] {
        let (ours, theirs) = try Descriptor.socketPair()
        let reading = Descriptor(owning: ours)
        switch try fork() {
        case .child:
            if sl_duplicate_onto(theirs, 1) >= 0 { _ = execute(arguments) }
            exitNow(127)
        case .parent(let process):
            Descriptor.closeRaw(theirs)
            var bytes: [UInt8] = []
            while bytes.count < 1 << 20 {
                reading.waitUntilReadable()
                let count = reading.append(to: &bytes, upTo: 16 << 10)
                if count == SocketIO.wouldBlock { continue }
                if count <= 0 { break }
            }
            _ = ended(process, blocking: true)
            return bytes
        }
    }
}
