package import Routing
package import System

/// What is served at one time: a plan, and the sockets and logs it needs; a reload swaps it whole.
package struct Service: Sendable {
    /// What decides.
    package var plan: Plan
    /// Where clients come in.
    package var sockets: [ListeningSocket]
    /// Where lines go; the numbers of sinks are those of this plan.
    package var logs: LogSinks
    /// What speaks TLS.
    package var tls: TLSContexts
    /// What stands before every path of the configuration that is looked up; empty as a rule.
    package var rootPrefix: [UInt8]

    package init(
        plan: Plan, sockets: [ListeningSocket], logs: LogSinks, tls: TLSContexts = .none, rootPrefix: [UInt8] = []
    ) {
        self.plan = plan
        self.sockets = sockets
        self.logs = logs
        self.tls = tls
        self.rootPrefix = rootPrefix
    }
}

/// A listening socket, shared by all serving threads and by the workers that follow one another.
///
/// Threads watch it with `Watch.listener` and never close it: the process side does, when a reload has dropped its
/// address and no thread watches it any more.
package struct ListeningSocket: Hashable, Sendable {
    /// The descriptor.
    package var socket: Int32
    /// The index in `Configuration.listeners` of the plan that it came with.
    package var listener: Int
    /// The port as the configuration writes it, which decisions and `$server_port` see also where `--port` has moved
    /// the socket, as with a forwarded port; 0 with a unix socket.
    package var port: UInt16

    package init(socket: Int32, listener: Int, port: UInt16) {
        self.socket = socket
        self.listener = listener
        self.port = port
    }
}

/// What a serving thread is told by the process side.
package enum ServingMessage: Sendable {
    /// Serve this from the next request on; open connections live on, and what is under way ends as it began.
    case swap(Service)
    /// Accept nothing more, close idle connections, answer what is under way with `Connection: close`, and return from
    /// `run` when no connection is left, at the latest at the deadline in monotonic milliseconds (nil: without limit).
    case drain(deadline: Int64?)
    /// Return from `run` at once.
    case stop
}

/// One thread that serves, with its own loop, connections and upstream pool.
///
/// It is made on the thread that then calls `run`, so that its memory is near.
package protocol ServingThread: AnyObject, Sendable {
    /// A thread with its place among the `number`s of the process, which is also its lane in `LogSinks`.
    init(_ service: Service, number: Int) throws(SystemError)

    /// Serves until a message ends it; called once, and blocks.
    func run()

    /// Leaves a message, from any thread; also before `run` has begun.
    func post(_ message: ServingMessage)

    /// How many client connections are open; read from other threads, and so perhaps a moment old.
    var openConnections: Int { get }
}
