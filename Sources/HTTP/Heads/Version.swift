/// The version a message was written in (RFC 9112, section 2.3).
public enum Version: UInt8, Sendable, Comparable {
    /// A request line without a version; the answer has no head.
    case v09 = 9
    case v10 = 10
    /// HTTP/1.1 and all later minor versions.
    case v11 = 11
    case v20 = 20

    /// `HTTP/1.1` and its like.
    public var spelling: String {
        switch self {
        case .v09: "HTTP/0.9"
        case .v10: "HTTP/1.0"
        case .v11: "HTTP/1.1"
        case .v20: "HTTP/2.0"
        }
    }

    public static func < (a: Version, b: Version) -> Bool { a.rawValue < b.rawValue }
}
