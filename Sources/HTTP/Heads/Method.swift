/// A request method (RFC 9110, section 9, and WebDAV's).
public enum Method: UInt8, Sendable, CaseIterable {
    /// A method without a case of its own; its bytes stand in the head.
    case other = 0
    case get, head, post, put, delete, connect, options, trace, patch
    case propfind, proppatch, mkcol, copy, move, lock, unlock

    /// The method in capital letters, as it stands in a request line; empty for `other`.
    public var spelling: String {
        switch self {
        case .other: ""
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .connect: "CONNECT"
        case .options: "OPTIONS"
        case .trace: "TRACE"
        case .patch: "PATCH"
        case .propfind: "PROPFIND"
        case .proppatch: "PROPPATCH"
        case .mkcol: "MKCOL"
        case .copy: "COPY"
        case .move: "MOVE"
        case .lock: "LOCK"
        case .unlock: "UNLOCK"
        }
    }

    /// The method of this exact spelling; methods are case-sensitive.
    public init(spelling: some StringProtocol) {
        let bytes = Array(spelling.utf8)
        self.init(bytes.span, from: 0, to: bytes.count)
    }

    /// The method that the bytes `from..<to` spell.
    public init(_ bytes: Span<UInt8>, from: Int, to: Int) {
        switch packed(bytes, from, to) {
        case 0x0047_4554: self = .get
        case 0x4845_4144: self = .head
        case 0x504f_5354: self = .post
        case 0x0050_5554: self = .put
        case 0x4445_4c45_5445: self = .delete
        case 0x0043_4f4e_4e45_4354: self = .connect
        case 0x004f_5054_494f_4e53: self = .options
        case 0x0054_5241_4345: self = .trace
        case 0x0050_4154_4348: self = .patch
        case 0x5052_4f50_4649_4e44: self = .propfind
        case 0x004d_4b43_4f4c: self = .mkcol
        case 0x434f_5059: self = .copy
        case 0x4d4f_5645: self = .move
        case 0x4c4f_434b: self = .lock
        case 0x554e_4c4f_434b: self = .unlock
        case 0x5052_4f50_5041_5443: self = .proppatch
        default: self = .other
        }
    }

    /// Whether the request only asks (RFC 9110, section 9.2.1).
    public var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace, .propfind: true
        default: false
        }
    }

    /// Whether sending the request twice has the effect of sending it once (RFC 9110, section 9.2.2).
    public var isIdempotent: Bool {
        switch self {
        case .put, .delete, .proppatch, .mkcol, .copy, .move, .unlock: true
        default: isSafe
        }
    }
}

/// The bytes as a number, the first one highest, without the final H of PROPPATCH; 0 for what is no method.
private func packed(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) -> UInt64 {
    var word: UInt64 = 0
    let length = to - from
    if length > 9 || (length == 9 && bytes[to - 1] != UInt8(ascii: "H")) { return word }
    for index in from..<min(to, from + 8) { word = word << 8 | UInt64(bytes[index]) }
    // Nine bytes are a method only when the first eight are PROPPATC, and those eight alone are none.
    if (length == 9) != (word == 0x5052_4f50_5041_5443) { return 0 }
    return word
}
