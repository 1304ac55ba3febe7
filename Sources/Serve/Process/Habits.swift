internal import System

/// Whose habits a server keeps where scripts and people rely on them: what signals mean, and how it speaks.
package enum Habits: Sendable {
    /// `sluice run`.
    case sluice
    /// nginx (https://nginx.org/en/docs/control.html).
    case nginx
    /// httpd (https://httpd.apache.org/docs/2.4/stopping.html).
    case httpd

    /// What a signal asks for.
    enum Order: Hashable, Sendable {
        case stop, drain, reload, reopen
        /// Start the program anew beside this process, with its sockets.
        case succeed
        /// Let the worker end what is under way; the server stays, and serves nobody.
        case rest
        /// See which child has ended.
        case reap

        /// How the error log says it, in nginx's words (`ngx_signal_handler`).
        var words: String {
            switch self {
            case .stop: "exiting"
            case .drain: "shutting down"
            case .reload: "reconfiguring"
            case .reopen: "reopening logs"
            case .succeed: "changing binary"
            case .rest: "no accepting connections"
            case .reap: ""
            }
        }
    }

    /// The order that a signal is; nil: none.
    func order(of signal: Signal) -> Order? {
        switch (signal, self) {
        case (.terminate, _), (.interrupt, _): .stop
        case (.hangUp, _): .reload
        case (.childEnded, _): .reap
        case (.quit, .sluice), (.quit, .nginx), (.windowChanged, .httpd): .drain
        case (.user1, .httpd): .reload
        case (.user1, _): .reopen
        case (.user2, .nginx): .succeed
        case (.windowChanged, .nginx): .rest
        default: nil
        }
    }

    /// The signals that are taken from the system.
    static let signals: [Signal] = [
        .hangUp, .interrupt, .quit, .terminate, .user1, .user2, .childEnded, .windowChanged,
    ]

    /// The variable in which the sockets for a successor are named.
    package static let successorVariable = "NGINX"

    /// How a message looks on the standard error of whoever starts the server.
    func line(_ level: LogLevel, _ message: String) -> [UInt8] {
        switch self {
        case .sluice: Array("sluice: \(message)\n".utf8)
        case .nginx: Array("nginx: [\(level.name)] \(message)\n".utf8)
        case .httpd: ErrorLogShape.brackets.line(level, message, client: nil, thread: Int(ChildProcess.current))
        }
    }
}
