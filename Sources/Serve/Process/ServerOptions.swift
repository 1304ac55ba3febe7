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
    /// Where the control socket of `sluice run` is; nil: there is none.
    ///
    /// That of the other habits is named by its process.
    package var control: FilePath?
    /// Whose habits it keeps.
    package var habits = Habits.sluice
    /// It goes into the background as soon as it serves, and the process that was started ends.
    package var detaches = false
    /// The pid file where the configuration names none; nil: none is written then.
    package var pidFile: String?
    /// The program and its arguments, for a successor.
    package var program: [String] = []
    /// Listening sockets that the process was started with.
    package var inherited: [InheritedSocket] = []

    package init() {}
}

/// Why the server did not start, or how it ended.
package struct ServerFailure: Error, Sendable, CustomStringConvertible {
    /// What is wrong, for those who have words of their own for it.
    package enum Problem: Hashable, Sendable {
        /// An address cannot be had: its name, the errno, and where it was asked for.
        case listen(address: String, code: Int32, place: String?)
        /// A file cannot be opened for writing.
        case file(path: String, code: Int32)
        /// There is no such user; and where it is asked for.
        case user(String, place: String?)
        /// There is no such group; and where it is asked for.
        case group(String, place: String?)
    }

    /// What is wrong, where and what to do: one or more lines without the last line's end.
    package var description: String
    /// The same as data; empty for what is rare.
    package var problems: [Problem]

    package init(_ description: String, problems: [Problem] = []) {
        self.description = description
        self.problems = problems
    }
}
