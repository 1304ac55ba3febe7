/// How far the exchange with an upstream has come, whether it may be tried again, and whether another may follow it.
///
/// A state machine without IO, as `ClientSide` is.
public struct UpstreamSide: Hashable, Sendable {
    /// What went wrong between the proxy and the upstream.
    public enum Failure: Hashable, Sendable, CaseIterable {
        /// The connection was refused, or could not be made.
        case refused
        case connectTimeout
        /// The connection ended before a whole answer head.
        case closedEarly
        case sendTimeout
        case readTimeout
        /// What came is no answer, or one whose end cannot be known.
        case badHead
    }

    /// What follows from a failure.
    public enum Verdict: Hashable, Sendable {
        /// The kept connection had died in the meantime: the same request may go out on a new one.
        case retry
        /// The exchange failed before an answer began: an error is answered, or another member asked.
        case failed(Failure)
        /// The answer had begun and cannot be finished: the client's connection must be cut.
        case cutOff(Failure)
    }

    /// The connection was used before.
    public let isReused: Bool
    private let isIdempotent: Bool
    private var isConnected: Bool
    private var isRequestOut = false
    private var hasSent = false
    private var hasReceived = false
    private var hasHead = false
    private var isAnswerIn = false
    private var persists = false
    private var interimHeads = 0

    /// So many interim answers are read before the final one; httpd takes as many.
    private static let interimLimit = 10

    /// An exchange over a connection that is new, or was used before.
    public init(isReused: Bool, method: Method) {
        self.isReused = isReused
        isIdempotent = method.isIdempotent
        isConnected = isReused
    }

    /// Whether the connection is made.
    public var connected: Bool { isConnected }
    /// Whether the whole request has been sent.
    public var requestIsOut: Bool { isRequestOut }
    /// Whether the final answer's head has come.
    public var answerHasBegun: Bool { hasHead }
    /// Whether the answer is whole.
    public var answerIsIn: Bool { isAnswerIn }

    /// The connection is made.
    public mutating func didConnect() { isConnected = true }

    /// Bytes of the request have been sent.
    public mutating func didSend() { hasSent = true }

    /// The last byte of the request has been sent.
    public mutating func requestEnded() { isRequestOut = true }

    /// Any bytes of an answer have come.
    public mutating func didReceive() { hasReceived = true }

    /// A head with a status below 200 has come; false when there were too many, so that a final one may never come.
    public mutating func interimHeadRead() -> Bool {
        interimHeads += 1
        return interimHeads <= Self.interimLimit
    }

    /// A final head has come; `persists` says whether the upstream keeps the connection.
    public mutating func headRead(persists: Bool, length: AnswerLength) {
        hasHead = true
        self.persists = persists && !length.mustClose
        isAnswerIn = length.body == .none
    }

    /// The body of the answer has ended.
    public mutating func bodyEnded() { isAnswerIn = true }

    /// Whether the connection is good for another exchange; `leftOver` bytes behind the answer are nobody's.
    public func isReusable(leftOver: Int) -> Bool {
        persists && isRequestOut && isAnswerIn && leftOver == 0
    }

    /// What follows from a failure, where the whole request can (or cannot) be sent once more.
    ///
    /// A request goes out twice only when the upstream cannot have acted on it, or may act on it twice (RFC 9110,
    /// section 9.2.2): on a kept connection that ended without a byte of an answer.
    public func failed(_ failure: Failure, canReplay: Bool) -> Verdict {
        if hasHead { return .cutOff(failure) }
        let mayRepeat = isIdempotent || !hasSent
        if isReused, !hasReceived, failure == .closedEarly, canReplay, mayRepeat { return .retry }
        return .failed(failure)
    }

    /// Whether another member may be asked instead: nothing of an answer came, and the request may go out twice.
    public func mayAskAnother(canReplay: Bool, evenIfNotIdempotent: Bool) -> Bool {
        !hasHead && canReplay && (isIdempotent || !hasSent || evenIfNotIdempotent)
    }
}
