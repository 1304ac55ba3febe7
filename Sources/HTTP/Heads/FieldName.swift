/// The names of header fields that the proxy itself looks at; all others are `other` and known by their bytes.
///
/// There are fewer than 64, so that a set of them is one word.
public enum FieldName: UInt8, Sendable, BitwiseCopyable, CaseIterable {
    case other = 0
    case host, connection, contentLength, transferEncoding, expect, te, upgrade, keepAlive, trailer
    case proxyConnection, proxyAuthorization, proxyAuthenticate, date, server, location, contentType
    case contentEncoding, contentRange, contentLocation, contentDisposition, eTag, lastModified, ifMatch, ifNoneMatch
    case ifModifiedSince, ifUnmodifiedSince, ifRange, range, acceptRanges, accept, acceptEncoding, acceptLanguage
    case cookie, setCookie, authorization, wwwAuthenticate, xForwardedFor, xForwardedHost, xForwardedServer
    case xForwardedProto, xRealIP, forwarded, xAccelRedirect, xAccelBuffering, xAccelExpires, xAccelCharset
    case xAccelLimitRate, xSendfile, via, referer, userAgent, origin, cacheControl, expires, vary, age, retryAfter
    case refresh, uri, allow, link, status, pragma

    /// Whether two names are the same; written out so that other modules need no witness for it.
    @inlinable public static func == (a: FieldName, b: FieldName) -> Bool { a.rawValue == b.rawValue }

    /// The name as it is usually written.
    public var spelling: String { Self.spellings[Int(rawValue)] }

    /// The field of this name, in whatever case; `other` when it has no case of its own.
    public init(spelling: some StringProtocol) {
        let bytes = Array(spelling.utf8)
        self.init(bytes.span, from: 0, to: bytes.count)
    }

    private static let spellings: [String] = requestSpellings + answerSpellings

    private static let requestSpellings = [
        "", "Host", "Connection", "Content-Length", "Transfer-Encoding", "Expect", "TE", "Upgrade", "Keep-Alive",
        "Trailer", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "Date", "Server", "Location",
        "Content-Type", "Content-Encoding", "Content-Range", "Content-Location", "Content-Disposition", "ETag",
        "Last-Modified", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range",
        "Accept-Ranges", "Accept", "Accept-Encoding",
    ]

    private static let answerSpellings = [
        "Accept-Language", "Cookie", "Set-Cookie", "Authorization", "WWW-Authenticate", "X-Forwarded-For",
        "X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "X-Accel-Redirect",
        "X-Accel-Buffering", "X-Accel-Expires", "X-Accel-Charset", "X-Accel-Limit-Rate", "X-Sendfile", "Via",
        "Referer", "User-Agent", "Origin", "Cache-Control", "Expires", "Vary", "Age", "Retry-After", "Refresh", "URI",
        "Allow", "Link", "Status", "Pragma",
    ]
}

/// A set of well-known field names.
public struct FieldNames: Sendable, Hashable, ExpressibleByArrayLiteral {
    @usableFromInline var bits: UInt64

    /// The set of these names; `other` may be one of them and stands for all that are not well known.
    public init(arrayLiteral names: FieldName...) {
        bits = 0
        for name in names { insert(name) }
    }

    /// The set of one name.
    @inlinable @inline(__always) public init(_ name: FieldName) { bits = 1 &<< UInt64(name.rawValue) }

    /// No names; a literal would make an array first.
    @inlinable public static var none: FieldNames { FieldNames(bits: 0) }

    @inlinable @inline(__always) init(bits: UInt64) { self.bits = bits }

    /// Whether no name is in it.
    @inlinable public var isEmpty: Bool { bits == 0 }

    /// Whether the name is in the set.
    @inlinable @inline(__always) public func contains(_ name: FieldName) -> Bool {
        !intersection(FieldNames(name)).isEmpty
    }

    /// Adds a name.
    @inlinable @inline(__always) public mutating func insert(_ name: FieldName) { self = with(name) }

    /// This set and one name more.
    @inlinable @inline(__always) public func with(_ name: FieldName) -> FieldNames {
        union(FieldNames(name))
    }

    /// The names that are in either set.
    @inlinable public func union(_ others: FieldNames) -> FieldNames {
        FieldNames(bits: bits | others.bits)
    }

    /// The names that are in both sets.
    @inlinable public func intersection(_ others: FieldNames) -> FieldNames { FieldNames(bits: bits & others.bits) }

    /// The names that are in this set and not in the other.
    @inlinable public func subtracting(_ others: FieldNames) -> FieldNames {
        FieldNames(bits: bits & ~others.bits)
    }

    /// The fields that concern one connection only and never travel on (RFC 9110, section 7.6.1).
    ///
    /// `Proxy-Authorization` and `Proxy-Authenticate` are not among them: both servers forward them.
    ///
    /// It is computed, since every request asks for it: what is made of constants is one.
    @inlinable public static var hopByHop: FieldNames {
        FieldNames(.connection).with(.keepAlive).with(.proxyConnection).with(.te).with(.trailer)
            .with(.transferEncoding).with(.upgrade)
    }
}
