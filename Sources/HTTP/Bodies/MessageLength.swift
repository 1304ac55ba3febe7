/// How long the body behind a head is (RFC 9112, section 6.3).
public enum MessageLength: Hashable, Sendable {
    /// There is no body.
    case none
    /// So many bytes; never 0.
    case exactly(Int64)
    /// Chunks, until the empty one.
    case chunked
    /// Until the connection closes; only answers have this.
    case untilClose
    /// What follows is not HTTP any more: the answer to CONNECT, or to an accepted upgrade.
    case tunnel

    /// Whether the message ends right behind its head.
    public var isNone: Bool { self == .none }
}

/// What a request's head says about its body and its host, or why it must not be believed.
public struct RequestLength: Hashable, Sendable {
    /// How long the body is.
    public var body: MessageLength
    /// Whether the connection must close behind the answer, because the lengths disagreed.
    public var mustClose: Bool

    /// A body of this length.
    public init(body: MessageLength, mustClose: Bool = false) {
        self.body = body
        self.mustClose = mustClose
    }

    /// Judges a whole request head: its lengths, and that HTTP/1.1 names one host.
    public static func judge(
        _ head: borrowing Head, rules: borrowing RequestRules
    ) -> Result<RequestLength, RefusedMessage> {
        if head.repeated.contains(.host) { return .failure(RefusedMessage(.repeatedHost, 400)) }
        if !head.has(.host), head.version == .v11, case .answer(let status) = rules.missingHost {
            return .failure(RefusedMessage(.missingHost, status))
        }
        guard head.has(.transferEncoding) else { return length(head).map { RequestLength(body: $0) } }
        // A client of HTTP/1.0 does not know chunks, so whoever wrote this wants two readers to disagree.
        if head.version < .v11 { return .failure(RefusedMessage(.badCoding, 400)) }
        switch head.transferCoding {
        case .chunked: break
        case .unknown: return .failure(RefusedMessage(.unknownCoding, rules.unknownCoding))
        case .malformed: return .failure(RefusedMessage(.badCoding, 400))
        }
        guard head.has(.contentLength) else { return .success(RequestLength(body: .chunked)) }
        if case .answer(let status) = rules.lengthAndChunked {
            return .failure(RefusedMessage(.lengthAndChunked, status))
        }
        if case .failure(let refused) = length(head) { return .failure(refused) }
        return .success(RequestLength(body: .chunked, mustClose: true))
    }

    private static func length(_ head: borrowing Head) -> Result<MessageLength, RefusedMessage> {
        guard let index = head.firstIndex(of: .contentLength) else { return .success(.none) }
        if head.repeated.contains(.contentLength) {
            return .failure(RefusedMessage(.repeatedLength, 400))
        }
        guard let length = head.number(head.fields[index].value) else {
            return .failure(RefusedMessage(.badLength, 400))
        }
        return .success(length == 0 ? .none : .exactly(length))
    }
}

/// A message that is not read further, and the status for it.
public struct RefusedMessage: Error, Hashable, Sendable {
    /// What is wrong with it, and what the client is told.
    public var reason: MessageRefusal
    public var status: UInt16

    /// A refusal answered with the status.
    public init(_ reason: MessageRefusal, _ status: UInt16) {
        self.reason = reason
        self.status = status
    }
}

/// What an upstream's answer says about its body, or why it must not be believed.
public struct AnswerLength: Hashable, Sendable {
    /// How long the body is.
    public var body: MessageLength
    /// Whether the upstream's connection cannot be used again, whatever `Connection` says.
    public var mustClose: Bool

    /// A body of this length.
    public init(body: MessageLength, mustClose: Bool = false) {
        self.body = body
        self.mustClose = mustClose
    }

    /// Judges the head of an answer to a request with this method.
    ///
    /// An answer with both lengths, with lengths that differ, or with a coding other than chunked is refused (502): to
    /// guess where it ends would hand the next client someone else's bytes.
    public static func judge(
        _ head: borrowing Head, to method: Method
    ) -> Result<AnswerLength, RefusedMessage> {
        if head.status == 101 || (method == .connect && head.status / 100 == 2) {
            return .success(AnswerLength(body: .tunnel, mustClose: true))
        }
        let isBodiless = head.status < 200 || head.status == 204 || head.status == 304 || method == .head
        if head.has(.transferEncoding) {
            if isBodiless { return .success(AnswerLength(body: .none, mustClose: head.status == 204)) }
            if head.has(.contentLength) { return .failure(RefusedMessage(.lengthAndChunked, 502)) }
            guard case .chunked = head.transferCoding else { return .failure(RefusedMessage(.unknownCoding, 502)) }
            return .success(AnswerLength(body: .chunked, mustClose: head.version == .v10))
        }
        if isBodiless { return .success(AnswerLength(body: .none)) }
        guard let first = head.firstIndex(of: .contentLength) else {
            return .success(AnswerLength(body: .untilClose, mustClose: true))
        }
        guard let length = head.number(head.fields[first].value) else {
            return .failure(RefusedMessage(.badLength, 502))
        }
        var next = head.nextIndex(of: .contentLength, behind: first)
        while let index = next {
            if head.number(head.fields[index].value) != length { return .failure(RefusedMessage(.repeatedLength, 502)) }
            next = head.nextIndex(of: .contentLength, behind: index)
        }
        return .success(AnswerLength(body: length == 0 ? .none : .exactly(length)))
    }
}

extension Head {
    /// What the `Transfer-Encoding` fields add up to.
    enum TransferCoding {
        case chunked, unknown, malformed
    }

    var transferCoding: TransferCoding {
        var chunked = 0
        var others = 0
        var isLast = false
        for index in fields.indices where fields[index].id == .transferEncoding {
            forEachElement(of: fields[index].value) { element in
                isLast = isText(element, "chunked")
                if isLast { chunked += 1 } else { others += 1 }
            }
        }
        if others > 0, chunked <= 1, isLast || chunked == 0 { return .unknown }
        return chunked == 1 && isLast ? .chunked : .malformed
    }

    /// The decimal number that a part of the arena is; nil when it is anything else, or too large.
    public func number(_ range: Range<Int>) -> Int64? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        let text = bytes[range]
        // Eighteen digits fit.
        var number: Int64 = 0
        var index = 0
        while index < text.count {
            let digit = text[index] &- 48
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int64(digit)
            index &+= 1
        }
        return number
    }
}
