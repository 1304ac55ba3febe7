internal import CSystem

/// The service manager that started this process, if it wants to hear how it is (sd_notify(3)).
public struct ServiceManager: Sendable {
    private let socket: FilePath
    /// A sign of life is expected so often, in milliseconds: half of what the manager waits; nil: never.
    public let heartbeat: Int64?

    /// The manager that the environment names; nil: there is none, or it does not want to know.
    public init?() {
        guard let path = Environment.value(of: "NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@") else {
            return nil
        }
        socket = FilePath(path)
        let wanted = Environment.value(of: "WATCHDOG_PID").flatMap { Int32($0) } ?? ChildProcess.current
        let limit = Environment.value(of: "WATCHDOG_USEC").flatMap { Int64($0) } ?? 0
        // A process that has detached since is no longer the one that the manager named.
        heartbeat =
            limit > 0 && (wanted == ChildProcess.current || wanted == ChildProcess.parent)
            ? max(1, limit / 2_000) : nil
    }

    /// Everything is served, by this process.
    public func ready() { tell("READY=1\nMAINPID=\(ChildProcess.current)\n") }

    /// The configuration is being read again; `ready` ends that.
    public func reloading() {
        tell("RELOADING=1\nMONOTONIC_USEC=\(Clock.monotonicNanoseconds() / 1_000)\n")
    }

    /// The server is ending.
    public func stopping() { tell("STOPPING=1\n") }

    /// A sign of life.
    public func beat() { tell("WATCHDOG=1\n") }

    /// Another process is the one to watch.
    public func succeed(by process: Int32) { tell("MAINPID=\(process)\n") }

    private func tell(_ text: String) {
        let bytes = Array(text.utf8)
        // A manager that does not listen is nobody's trouble but its own.
        _ = unsafe socket.withPointer { path, length in
            unsafe bytes.withUnsafeBufferPointer { unsafe sl_notify(path, length, $0.baseAddress, $0.count) }
        }
    }
}
