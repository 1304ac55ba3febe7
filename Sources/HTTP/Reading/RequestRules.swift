/// What becomes of something odd in a request.
public enum Leniency: Hashable, Sendable {
    /// It passes.
    case accept
    /// It is left out and the rest goes on; where nothing can be left out, it is answered 400.
    case drop
    /// This status is answered and the connection closed.
    case answer(UInt16)
}

/// How strictly a listener reads heads, and how much it reads.
///
/// What makes the length of a message ambiguous, or could be read as two messages (RFC 9112, sections 2.2, 5.1, 6.3),
/// is refused under all rules: a bare CR, a NUL, white space before a colon, a fold without a field before it,
/// differing or repeated lengths. The values here are the strictest that real clients pass.
public struct RequestRules: Hashable, Sendable {
    /// Lines that end with LF alone.
    public var bareLF = Leniency.answer(400)
    /// A field value that goes on in the next line (RFC 9112, section 5.2); an accepted one is unfolded.
    public var folding = Leniency.answer(400)
    /// `Content-Length` beside `Transfer-Encoding`; where accepted, the latter counts and the former is not forwarded.
    public var lengthAndChunked = Leniency.answer(400)
    /// The status for a transfer coding other than chunked.
    public var unknownCoding: UInt16 = 501
    /// A method without a case of its own.
    public var unknownMethod = Leniency.accept
    /// A method with a small letter.
    public var lowerCaseMethod = Leniency.accept
    /// Field names with an underscore.
    public var underscores = Leniency.accept
    /// Field names with bytes other than letters, digits, hyphens and underscores.
    public var oddHeaderNames = Leniency.accept
    /// Control bytes in field values.
    public var controlBytes = Leniency.answer(400)
    /// A request line without a version (HTTP/0.9).
    public var missingVersion = Leniency.accept
    /// A major version above 1 in the request line; where accepted, it is read as 1.1.
    public var laterVersion = Leniency.answer(505)
    /// A request of HTTP/1.1 without `Host`.
    public var missingHost = Leniency.answer(400)
    /// The most bytes of the first line, without its end, and the status for more.
    public var lineLimit = 8190
    public var lineTooLong: UInt16 = 414
    /// The most bytes of one field line, folds included, and the status for more.
    public var fieldLimit = 8190
    public var fieldTooLong: UInt16 = 400
    /// The most fields, and the status for more.
    public var fieldCount = Int.max
    public var tooManyFields: UInt16 = 400
    /// The most bytes of a whole head with its line ends, and the status for more.
    public var totalLimit = 1 << 20
    public var headTooLarge: UInt16 = 400

    /// The strictest rules.
    public init() {}

    /// How an upstream's answers are read: as forgiving as leaves no doubt about where they end.
    public static var ofAnswers: RequestRules {
        var rules = RequestRules()
        rules.bareLF = .accept
        rules.folding = .accept
        rules.controlBytes = .accept
        rules.lineLimit = 64 << 10
        rules.fieldLimit = 64 << 10
        return rules
    }
}
