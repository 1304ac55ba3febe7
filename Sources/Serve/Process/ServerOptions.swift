package import System

/// How the server is run, beside what its configuration says.
package struct ServerOptions: Sendable {
    /// Where listeners go: the configured port and the one to use instead.
    package var ports: [UInt16: UInt16] = [:]
    /// So many threads serve; nil: as configured, one per core at most.
    package var threads: Int?
    /// No worker process: one process does everything.
    package var isSingleProcess = false
    /// Logs and the pid file are looked up below this folder.
    package var rootPrefix = ""
    /// How error logs look.
    package var shape = ErrorLogShape.slashes
    /// Where the control socket is; nil: there is none.
    package var control: FilePath?

    package init() {}
}

/// Why the server did not start, or how it ended.
package struct ServerFailure: Error, Sendable, CustomStringConvertible {
    /// What is wrong, where and what to do: one or more lines without the last line's end.
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
