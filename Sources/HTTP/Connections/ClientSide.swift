/// How far the exchange with a client has come, and what becomes of the connection behind it.
///
/// A state machine without IO: whoever reads and writes tells it what happened and does what it answers. One connection
/// carries one exchange after another; requests that arrive before their turn wait unread.
public struct ClientSide: Hashable, Sendable {
    /// What to do with the connection now.
    public enum Action: Hashable, Sendable {
        /// Go on as before.
        case proceed
        /// Read the next request: first from bytes that are here already.
        case readNext
        /// The answer is out but the request's body is not in: read and drop the rest, then the next request.
        case drain
        /// Say that nothing more comes, read and drop for a while so that the client gets the answer, then close.
        ///
        /// Closing at once would reset the connection and may destroy the answer on its way (RFC 9112, section 9.6).
        case linger
        /// Close: both sides are done.
        case close
        /// Close so that the client cannot take what it has for the whole answer.
        case abort
    }

    @usableFromInline enum Phase: Hashable, Sendable {
        case idle, head, exchange, draining, tunnel, ended
    }

    @usableFromInline var phase = Phase.idle
    private var isBodyIn = true
    private var isAnswerOut = false
    private var hasAnswerBegun = false
    private var expectsContinue = false
    /// Whether the client, the framing and the server's own limits let the connection live on behind this answer.
    public private(set) var persists = true
    /// The answers this connection has carried.
    public private(set) var answers = 0

    /// A connection that was just accepted.
    public init() {}

    /// Whether no request is being read or answered: such a connection may be closed at any time.
    @inlinable public var isIdle: Bool { if case .idle = phase { true } else { false } }
    /// Whether a head is being read.
    @inlinable public var isReadingHead: Bool { if case .head = phase { true } else { false } }
    /// Whether an answer has begun: its status can no longer change.
    public var answerHasBegun: Bool { hasAnswerBegun }
    /// Whether the whole body of the request has been read.
    public var bodyIsIn: Bool { isBodyIn }
    /// Whether the rest of a body is read and dropped, behind its answer.
    public var isDraining: Bool { phase == .draining }

    /// The first bytes of a head have come.
    @inlinable public mutating func headBegan() {
        if isIdle { phase = .head }
    }

    /// A head has been read; `persists` says whether the client keeps the connection.
    public mutating func headRead(persists: Bool, length: RequestLength, expectation: ContinueExpectation) {
        phase = .exchange
        self.persists = persists && !length.mustClose
        isBodyIn = length.body == .none
        isAnswerOut = false
        hasAnswerBegun = false
        expectsContinue = expectation == .continue && !isBodyIn
    }

    /// A head was refused: an answer follows, then the connection ends, since where the next request starts is unknown.
    public mutating func headRefused() {
        phase = .exchange
        persists = false
        isBodyIn = false
        isAnswerOut = false
        hasAnswerBegun = false
        expectsContinue = false
    }

    /// The answer will be the last one: a limit is reached, or the server is going.
    public mutating func endBehindThis() { persists = false }

    /// Somebody wants the body now: whether a 100 must be sent first.
    ///
    /// True at most once, and never when the body is on its way already or the answer has begun.
    public mutating func bodyWanted() -> Bool {
        defer { expectsContinue = false }
        return expectsContinue && !hasAnswerBegun
    }

    /// Bytes of the body have come without having been asked for.
    public mutating func bodyBegan() { expectsContinue = false }

    /// The body of the request has ended.
    public mutating func bodyEnded() -> Action {
        isBodyIn = true
        guard phase == .draining else { return .proceed }
        return next()
    }

    /// How the answer is to be framed, when so many bytes (nil: nobody knows) follow its head.
    ///
    /// The final answer begins here: later failures can only cut it off. `isTunnel` is for the answer to an accepted
    /// upgrade or CONNECT.
    public mutating func answerBegins(
        length: Int64?, isBodiless: Bool, version: Version, isTunnel: Bool = false
    ) -> AnswerFrame {
        hasAnswerBegun = true
        // A client that still waits for a 100 will send its body or not, so the next request cannot be told from it.
        if expectsContinue { persists = false }
        if isTunnel {
            phase = .tunnel
            persists = false
            return AnswerFrame(body: .tunnel, persists: false, saysKeepAlive: false)
        }
        let body: MessageLength
        if version == .v09 {
            persists = false
            body = .untilClose
        } else if isBodiless {
            body = .none
        } else if let length {
            body = length == 0 ? .none : .exactly(length)
        } else if version >= .v11 {
            body = .chunked
        } else {
            persists = false
            body = .untilClose
        }
        return AnswerFrame(body: body, persists: persists, saysKeepAlive: persists && version == .v10)
    }

    /// The last byte of the answer has been written.
    ///
    /// `drainsUpTo` is how much of a body may be read and dropped for the sake of the connection, and `remaining` how
    /// much of it is known to be to come.
    public mutating func answerEnded(remaining: Int64?, drainsUpTo limit: Int64) -> Action {
        answers += 1
        isAnswerOut = true
        if isBodyIn { return next() }
        if persists, let remaining, remaining <= limit {
            phase = .draining
            return .drain
        }
        phase = .ended
        return .linger
    }

    /// The answer cannot be finished.
    public mutating func answerFailed() -> Action {
        phase = .ended
        return .abort
    }

    /// The client has sent all it will ever send.
    public mutating func peerFinished() -> Action {
        switch phase {
        case .idle, .head, .draining, .ended:
            phase = .ended
            return .close
        case .tunnel: return .proceed
        case .exchange:
            persists = false
            // A half-closed client may still read its answer, but half a request has none.
            if isBodyIn { return .proceed }
            phase = .ended
            return hasAnswerBegun ? .abort : .close
        }
    }

    /// The client took too long to send.
    public mutating func timedOut() -> Action {
        switch phase {
        case .idle, .head, .draining, .tunnel, .ended:
            phase = .ended
            return .close
        case .exchange:
            phase = .ended
            return hasAnswerBegun ? .abort : .close
        }
    }

    private mutating func next() -> Action {
        guard persists, phase != .tunnel else {
            phase = .ended
            return .close
        }
        phase = .idle
        return .readNext
    }
}

/// How the bytes of an answer are sent to a client.
public struct AnswerFrame: Hashable, Sendable {
    /// How the body's end is told.
    public var body: MessageLength
    /// Whether the connection stays open; if not, `Connection: close` says so.
    public var persists: Bool
    /// Whether `Connection: keep-alive` must say that it stays open, for HTTP/1.0.
    public var saysKeepAlive: Bool

    /// A frame of these properties.
    public init(body: MessageLength, persists: Bool, saysKeepAlive: Bool) {
        self.body = body
        self.persists = persists
        self.saysKeepAlive = saysKeepAlive
    }
}
