/// Writes chunks (RFC 9112, section 7.1).
public enum ChunkedEncoding {
    /// What ends a body without trailers: the empty chunk and the empty line.
    public static let end: [UInt8] = Array("0\r\n\r\n".utf8)

    /// Appends the line before a chunk of so many bytes, at least one: an empty chunk would end the body.
    public static func appendSize(_ count: Int, to bytes: inout ByteWriter) {
        var shift = (63 - max(count, 1).leadingZeroBitCount) / 4 * 4
        while shift >= 0 {
            let digit = UInt8(truncatingIfNeeded: count >> shift & 15)
            bytes.append(digit < 10 ? digit + 48 : digit + 87)
            shift -= 4
        }
        bytes.append(13)
        bytes.append(10)
    }

    /// Appends a whole chunk; nothing for no bytes.
    public static func append(_ body: Span<UInt8>, to bytes: inout ByteWriter) {
        if body.isEmpty { return }
        appendSize(body.count, to: &bytes)
        bytes.append(body)
        bytes.append(13)
        bytes.append(10)
    }

    /// Appends the empty chunk, the trailers as they came, and the empty line.
    public static func appendEnd(trailers: [UInt8] = [], to bytes: inout ByteWriter) {
        if trailers.isEmpty {
            bytes.append(end)
            return
        }
        bytes.append("0\r\n")
        bytes.append(trailers)
        bytes.append(13)
        bytes.append(10)
    }
}
