internal import IR
package import Routing
internal import Synchronization
package import System

/// The open logs of a process, by path.
///
/// The master opens them, as root where it runs as root, and hands the descriptors to its workers; logs whose path has
/// values of the request in it are opened by the worker itself.
package final class LogStore: Sendable {
    /// How the lines of error logs look.
    package let shape: ErrorLogShape
    /// Signalled when lines begin to wait, so that somebody comes after `flushInterval`.
    package let pending: Wakeup
    /// What stands before the paths of the configuration.
    let rootPrefix: [UInt8]
    /// Lines wait so many milliseconds at most.
    package static let flushInterval: Int64 = 250

    private let lanes: Int
    private let isStrict: Bool
    private let files = Mutex<[String: LogFile]>([:])
    /// Logs whose paths requests have named.
    private let computed = Mutex<[String: LogFile]>([:])
    /// So many of those are open at once: clients choose their names, and must not use up the descriptors.
    private static let computedLimit = 64
    /// What has been said about paths that cannot be opened.
    private let refused = Mutex<Set<String>>([])

    /// What could not be opened at all.
    private let failed = Mutex<[ServerFailure.Problem]>([])

    /// A store without logs, for so many serving threads; paths are looked up below the prefix.
    ///
    /// A strict one says nothing of logs that cannot be opened: see `takeFailures`.
    package init(
        lanes: Int, shape: ErrorLogShape, rootPrefix: String = "", isStrict: Bool = false
    ) throws(SystemError) {
        self.lanes = lanes
        self.isStrict = isStrict
        self.shape = shape
        self.rootPrefix = Array(rootPrefix.utf8)
        pending = try Wakeup()
    }

    /// The log at a path, opened if it is not yet; standard error when it cannot be, which is said once.
    ///
    /// Nil for `/dev/null`, where writing can be spared.
    package func file(at path: String) -> LogFile? {
        if path == "/dev/null" { return nil }
        return files.withLock { files in
            if let file = files[path] { return file }
            let file = open(path)
            files[path] = file
            return file
        }
    }

    /// The log at a path that has values of a request in it; opened when it is needed, and closed again some day.
    func computedFile(at path: String) -> LogFile? {
        computed.withLock { computed in
            if let file = computed[path] { return file }
            guard !path.contains("\0"), let file = open(path) else { return nil }
            if computed.count >= Self.computedLimit { computed.removeAll() }
            computed[path] = file
            return file
        }
    }

    /// The logs that could not be opened since this was asked last.
    func takeFailures() -> [ServerFailure.Problem] {
        failed.withLock { failed in
            defer { failed = [] }
            return failed
        }
    }

    /// The sinks of a plan; opens what is not open.
    package func sinks(for plan: Plan) -> LogSinks { LogSinks(plan: plan, store: self) }

    /// The sinks of a plan; a strict store fails where a log cannot be opened.
    func openedSinks(for plan: Plan) throws(ServerFailure) -> LogSinks {
        let sinks = sinks(for: plan)
        let failures = takeFailures()
        if isStrict, !failures.isEmpty { throw ServerFailure("logs cannot be opened", problems: failures) }
        return sinks
    }

    /// The paths of the logs that are open.
    package var paths: [String] { files.withLock { $0.keys.sorted() } }

    /// Closes the logs that are not among these, once the last thread has let go of them.
    package func keepOnly(_ paths: Set<String>) {
        let dropped = files.withLock { files in
            let dropped = files.filter { !paths.contains($0.key) && !$0.key.isEmpty }
            for path in dropped.keys { files[path] = nil }
            return dropped
        }
        for file in dropped.values { file.flush() }
    }

    /// Writes what waits.
    package func flush() {
        for file in files.withLock({ Array($0.values) }) { file.flush() }
        for file in computed.withLock({ Array($0.values) }) { file.flush() }
    }

    /// Opens the logs at their paths anew, after they have been renamed; what cannot be opened goes on as it was.
    package func reopen() {
        forgetComputed()
        for file in files.withLock({ Array($0.values) }) where !file.path.isEmpty {
            do throws(SystemError) {
                file.reopen(on: try Self.opened(located(file.path)))
            } catch {
                StandardError.say("\(error); its lines go on into the old file")
            }
        }
    }

    /// Closes the logs that requests have named; they are opened anew when they are needed.
    func forgetComputed() { computed.withLock { $0.removeAll() } }

    /// Puts a descriptor that another process has opened behind the log at a path.
    package func adopt(_ descriptor: consuming Descriptor, at path: String) {
        let known = files.withLock { $0[path] }
        if let known {
            known.reopen(on: descriptor)
        } else {
            let file = LogFile(path: path, descriptor: descriptor, lanes: lanes)
            files.withLock { $0[path] = file }
        }
    }

    /// The descriptors behind the logs, for handing them to another process.
    package var descriptors: [(path: String, raw: Int32)] {
        files.withLock { files in files.map { ($0.key, $0.value.raw) } }.sorted { $0.path < $1.path }
    }

    private func open(_ path: String) -> LogFile? {
        do throws(SystemError) {
            if path.isEmpty || Self.isElsewhere(path) {
                if !path.isEmpty { sayOnce(path, "the log \"\(path)\" is no file and is not served yet") }
                return LogFile(path: "", descriptor: try Descriptor.duplicate(of: 2), lanes: lanes)
            }
            do throws(SystemError) {
                return LogFile(path: path, descriptor: try Self.opened(located(path)), lanes: lanes)
            } catch {
                failed.withLock { $0.append(.file(path: located(path).description, code: error.code)) }
                if !isStrict { sayOnce(path, "\(error); its lines go to standard error") }
                return LogFile(path: "", descriptor: try Descriptor.duplicate(of: 2), lanes: lanes)
            }
        } catch {
            // Not even standard error is open: there is nobody to tell.
            return nil
        }
    }

    private func sayOnce(_ path: String, _ message: String) {
        if refused.withLock({ $0.insert(path).inserted }) { StandardError.say(message) }
    }

    private func located(_ path: String) -> FilePath {
        FilePath(path.hasPrefix("/dev/") ? path : below(String(decoding: rootPrefix, as: UTF8.self), path))
    }

    private static func opened(_ path: FilePath) throws(SystemError) -> Descriptor {
        try Descriptor.open(path, .append, permissions: 0o640)
    }

    /// Programs to pipe into and the system's log.
    private static func isElsewhere(_ path: String) -> Bool { path.hasPrefix("|") || path.hasPrefix("syslog:") }
}
