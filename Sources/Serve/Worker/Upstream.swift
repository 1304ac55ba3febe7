import HTTP
import Net

/// A connection to an upstream: asked by one exchange, or idle in the pool.
struct Upstream: Recyclable, ~Copyable {
    var channel = Channel()
    /// What is still to be sent.
    var outbox = Outbox()
    /// How far the exchange has come.
    var side = UpstreamSide(isReused: false, method: .get)
    /// The parser of the answer's head.
    var parser = HeadParser(.answer)
    /// Where in the answer's body the upstream is.
    var body = BodyDecoder.finished
    /// FastCGI is spoken: where in its records the upstream is, and whether it is done with the request.
    var isGateway = false
    var records = FastCGIDecoder()
    var recordsHaveEnded = false
    /// Bytes of an unfinished head.
    var kept: [UInt8] = []
    var timer = Timer()
    /// Who is asking; nil while it is idle.
    var exchange: Ref<Exchange>?
    /// The address, by its number in the pool of idle connections.
    var key = 0
    /// TLS is spoken, by so many settings; -1: it is not.
    var tls: Int32 = -1
    /// The TLS handshake is under way.
    var isShaking = false
    /// How many requests it has carried.
    var requests = 0
    /// The request allows that the connection is used again.
    var mayPersist = false
    /// The timer waits for the request to be taken, not for the answer.
    var isSending = false

    init() {}

    mutating func recycle() {
        channel.close()
        outbox.clear()
        parser = HeadParser(.answer)
        body = .finished
        if kept.capacity > 4_096 { kept = [] } else { kept.removeAll(keepingCapacity: true) }
        timer = Timer()
        exchange = nil
        requests = 0
        (tls, isShaking) = (-1, false)
        mayPersist = false
        isSending = false
    }
}
