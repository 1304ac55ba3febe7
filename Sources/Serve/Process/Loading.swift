package import IR

/// A configuration that was read and understood, with what the process side must know of how it was written.
package struct Loaded: Sendable {
    /// The IR.
    package var configuration: Configuration
    /// What was found that does not stop it, ready to be printed; empty when there is nothing to say.
    package var report: String
    /// What a process that may not read the files needs to understand the same; see `Loader`.
    package var snapshot: [UInt8]
    /// The `file:line` where a node was written, nil for what nobody wrote.
    package var place: @Sendable (ID<Origin>) -> String?

    package init(
        configuration: Configuration, report: String = "", snapshot: [UInt8] = [],
        place: @escaping @Sendable (ID<Origin>) -> String? = { _ in nil }
    ) {
        self.configuration = configuration
        self.report = report
        self.snapshot = snapshot
        self.place = place
    }
}

/// Why a configuration is not served.
package struct Refused: Error, Sendable {
    /// What is wrong, ready to be printed, with the end of its last line.
    package var report: String
    /// The exit status that it means for a server that has not started yet.
    package var status: Int32

    package init(report: String, status: Int32 = 1) {
        self.report = report
        self.status = status
    }
}

/// How the server gets at its configuration, without knowing any dialect.
package struct Loader: Sendable {
    /// Reads and understands the files as they are now; in the master, with all its rights.
    package var load: @Sendable () throws(Refused) -> Loaded
    /// Understands what `Loaded.snapshot` holds without touching a file; in a worker.
    package var restore: @Sendable (_ snapshot: [UInt8]) throws(Refused) -> Loaded
    /// How the server whose habits are kept says what keeps a configuration from being served.
    package var words: @Sendable (ServerFailure) -> String

    package init(
        load: @escaping @Sendable () throws(Refused) -> Loaded,
        restore: @escaping @Sendable (_ snapshot: [UInt8]) throws(Refused) -> Loaded,
        words: @escaping @Sendable (ServerFailure) -> String = { $0.description }
    ) {
        self.load = load
        self.words = words
        self.restore = restore
    }
}
