import HTTP
import Net
import Routing
import System

/// A client's connection.
///
/// It is small, since most connections are idle most of the time: all that a request needs lies in an `Exchange`, which
/// is attached when the first byte of a request comes.
struct Client: Recyclable, ~Copyable {
    var channel = Channel()
    /// What is still to be sent.
    var outbox = Outbox()
    /// How far the exchange with the client has come.
    var side = ClientSide()
    /// Bytes that were received and are not used yet.
    var kept: [UInt8] = []
    /// When its patience, or ours, ends.
    var timer = Timer()
    /// The request that is being read or answered.
    var exchange: Ref<Exchange>?
    /// What never changes while the connection lives.
    var facts = ConnectionFacts() {
        didSet { shared = nil }
    }
    /// The same, as requests have it; nil until one needs it.
    private var shared: SharedConnection?
    /// Where the client is.
    var address = SocketAddress.unnamed
    /// The listening socket it came from, and the era that `facts` are of.
    var socket: Int32 = -1
    var era = -1
    /// How many requests have been read.
    var requests = 0
    /// The answer is complete but for what the outbox holds.
    var isFinishing = false
    /// What must come before the first request.
    var stage = Stage.ready
    /// When the head or the body began to come, or the end of the connection.
    var began: Int64 = 0
    /// How long the end may take at most, and without anything, in milliseconds.
    var lingers: (time: Int64, pause: Int64) = (0, 0)
    /// The connection is over: what comes is dropped until the client has closed it too.
    var isLingering = false

    init() {}

    /// How far a connection is on which TLS is spoken, or the PROXY protocol before it.
    enum Stage: UInt8 {
        /// Requests may come.
        case ready
        /// The proxy that it comes from has not said yet whom it brings.
        case introducing
        /// Nothing has come that would tell TLS from plain HTTP.
        case knocking
        /// The handshake is under way.
        case shaking
    }

    /// What requests are told of the connection.
    mutating func sharedFacts() -> SharedConnection {
        if let shared { return shared }
        let made = SharedConnection(facts)
        shared = made
        return made
    }

    mutating func recycle() {
        channel.close()
        stage = .ready
        facts.tls = nil
        facts.proxied = nil
        facts.isTLS = false
        outbox.clear()
        side = ClientSide()
        if kept.capacity > 4_096 { kept = [] } else { kept.removeAll(keepingCapacity: true) }
        timer = Timer()
        exchange = nil
        requests = 0
        isFinishing = false
        isLingering = false
    }
}

/// The kinds of things a worker's tokens name.
enum TokenKind {
    static let listener: UInt8 = 1
    static let client: UInt8 = 2
    static let upstream: UInt8 = 3
    static let exchange: UInt8 = 4
    static let mailbox: UInt8 = 5
}
