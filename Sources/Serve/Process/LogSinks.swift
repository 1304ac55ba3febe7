internal import IR
package import Routing
package import System

/// Where the lines of one plan go, for all serving threads.
///
/// Access lines wait in the thread's lane and are written by the process side soon after; error lines are written at
/// once. Nothing here fails: a log that cannot be written to must not stop serving.
package final class LogSinks: Sendable {
    private let access: [LogFile?]
    private let errors: [ErrorSink]
    private let main: ErrorSink
    private let store: LogStore

    private struct ErrorSink: Sendable {
        var file: LogFile?
        var level: LogLevel
    }

    init(plan: Plan, store: LogStore) {
        self.store = store
        access = plan.logPaths.map { store.file(at: $0) }
        func sink(_ log: ErrorLog) -> ErrorSink {
            ErrorSink(file: store.file(at: log.file ?? log.other ?? ""), level: LogLevel(named: log.level))
        }
        errors = plan.errorLogs.map(sink)
        main = sink(plan.configuration.process.errorLog?.value ?? ErrorLog())
    }

    /// The descriptor behind the main error log; nil: there is none but standard error.
    var mainDescriptor: Int32? { main.file.flatMap { $0.path.isEmpty ? nil : $0.raw } }

    /// Adds a line, with its end, to the access log that `Decider.logLine` named.
    package func write(_ bytes: Span<UInt8>, to line: LogLine, thread: Int) {
        if line.sink >= 0 { return write(bytes, toSink: Int(line.sink), thread: thread) }
        let file = line.path.isEmpty ? nil : store.computedFile(at: line.path)
        guard let file, file.append(bytes, lane: thread) else { return }
        store.pending.signal()
    }

    /// Adds whole lines to the access log of this number in `Plan.logPaths`.
    func write(_ bytes: Span<UInt8>, toSink sink: Int, thread: Int) {
        guard access.indices.contains(sink), let file = access[sink], file.append(bytes, lane: thread) else { return }
        store.pending.signal()
    }

    /// Whether a line of this level is wanted by an error log; ask before a costly text is made.
    ///
    /// The log is the number that `Decider.errorLog` gives; -1 is the main one.
    package func wants(_ level: LogLevel, log: Int = -1) -> Bool { level <= sink(log).level }

    /// Writes a line to an error log, in the shape of the source server.
    package func complain(
        _ level: LogLevel, _ text: String, log: Int = -1, client: SocketAddress? = nil, thread: Int = 0
    ) {
        let sink = sink(log)
        guard level <= sink.level, let file = sink.file else { return }
        file.writeNow(store.shape.line(level, text, client: client, thread: thread))
    }

    private func sink(_ log: Int) -> ErrorSink { errors.indices.contains(log) ? errors[log] : main }
}
