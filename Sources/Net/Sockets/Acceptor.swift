public import System

/// The listening sockets of a loop, and what to do when the process has no descriptors left.
///
/// A listener is shared by the loops of all threads and by the processes that follow one another; it is only closed by
/// the master. Each loop watches it so that one of them wakes for a connection.
public struct Acceptor: ~Copyable {
    /// A listening socket and the number by which its owner knows it.
    public struct Listener: Hashable, Sendable {
        public var socket: Int32
        public var number: Int

        /// A listener with the number that accepted connections are told.
        public init(socket: Int32, number: Int) {
            self.socket = socket
            self.number = number
        }
    }

    /// What accepting brought.
    public enum Outcome: Hashable, Sendable {
        case accepted(Int32)
        /// Nobody waits, or another loop was faster.
        case nobody
        /// The process or the machine has no room for another socket: pause until one is closed, or for a while.
        case exhausted(Int32)
    }

    public private(set) var listeners: [Listener] = []
    /// Whether the listeners are left alone for want of descriptors.
    public private(set) var isPaused = false
    private let kind: UInt8

    /// An acceptor whose events carry tokens of this kind, with the place of the listener as index.
    public init(kind: UInt8) {
        self.kind = kind
    }

    /// Watches these listeners and stops watching those that are not among them.
    public mutating func listen(on wanted: [Listener], poller: borrowing Poller) throws(SystemError) {
        for listener in listeners where !isPaused { poller.remove(listener.socket) }
        listeners = wanted
        isPaused = false
        try watch(poller)
    }

    /// Takes one connection from a listener, by its place.
    public func accept(at place: Int, peer: inout SocketAddress) -> Outcome {
        guard listeners.indices.contains(place), !isPaused else { return .nobody }
        while true {
            let socket = SocketIO.accept(on: listeners[place].socket, peer: &peer)
            if socket >= 0 { return .accepted(socket) }
            switch -socket {
            // EINTR, ECONNABORTED, EPROTO and network errors concern one connection that is gone already.
            case 4, 103, 71, 100, 101, 112, 113: continue
            // EMFILE, ENFILE, ENOBUFS, ENOMEM.
            case 24, 23, 105, 12: return .exhausted(-socket)
            default: return .nobody
            }
        }
    }

    /// Leaves the listeners alone; connections wait in their backlog.
    public mutating func pause(_ poller: borrowing Poller) {
        if isPaused { return }
        isPaused = true
        for listener in listeners { poller.remove(listener.socket) }
    }

    /// Goes on accepting.
    public mutating func resume(_ poller: borrowing Poller) throws(SystemError) {
        if !isPaused { return }
        isPaused = false
        try watch(poller)
    }

    private func watch(_ poller: borrowing Poller) throws(SystemError) {
        for (place, listener) in listeners.enumerated() {
            let token = Token(kind: kind, generation: 0, index: UInt32(place))
            let outcome = poller.add(listener.socket, .listener, token: token.rawValue)
            if outcome < 0 { throw SystemError("watch the listener", "\(listener.number)", code: outcome) }
        }
    }
}
