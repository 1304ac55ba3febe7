/// Writes what a web server tells a FastCGI application: records with a head of eight bytes (FastCGI Specification 1.0,
/// sections 3.3 and 5).
///
/// One connection carries one request at a time, which has the number 1: hardly any application takes several.
public enum FastCGIRecords {
    enum Kind: UInt8 {
        case beginRequest = 1
        case abortRequest, endRequest, parameters, input, output, errors, data
    }

    /// The most that one record holds; a multiple of eight, as the specification recommends.
    static let largest = 65_528

    /// Begins a request to a responder; the application leaves the connection open behind it if `keepingConnection`.
    public static func begin(keepingConnection: Bool, to out: inout ByteWriter) {
        head(.beginRequest, 8, to: &out)
        out.append(0)
        out.append(1)
        out.append(keepingConnection ? 1 : 0)
        for _ in 0..<5 { out.append(0) }
    }

    /// Writes one name with its value, for `parameters`; names and values have at most 2^31 bytes.
    public static func pair(_ name: Span<UInt8>, _ value: Span<UInt8>, to out: inout ByteWriter) {
        length(name.count, to: &out)
        length(value.count, to: &out)
        out.append(name)
        out.append(value)
    }

    /// Writes for people what `pair` has put together: a line each, behind one that names the protocol.
    public static func describe(_ pairs: [UInt8], to out: inout ByteWriter) {
        var rest = pairs[...]
        func length() -> Int {
            guard let first = rest.popFirst() else { return 0 }
            if first < 128 { return Int(first) }
            return (0..<3).reduce(Int(first & 127)) { sum, _ in sum << 8 | Int(rest.popFirst() ?? 0) }
        }
        out.append("FastCGI\r\n")
        while !rest.isEmpty {
            let (name, value) = (length(), length())
            out.append(contentsOf: rest.prefix(name))
            out.append(": ")
            out.append(contentsOf: rest.dropFirst(name).prefix(value))
            out.append("\r\n")
            rest = rest.dropFirst(name + value)
        }
        out.append("\r\n")
    }

    /// Writes the names and values that `pair` has put together, and that there are no more.
    public static func parameters(_ pairs: Span<UInt8>, to out: inout ByteWriter) {
        stream(.parameters, pairs, to: &out)
        head(.parameters, 0, to: &out)
    }

    /// Writes a piece of the request's body; nothing for no bytes, which would end it.
    public static func input(_ body: Span<UInt8>, to out: inout ByteWriter) {
        stream(.input, body, to: &out)
    }

    /// Writes that the request's body is over.
    public static func endInput(to out: inout ByteWriter) {
        head(.input, 0, to: &out)
    }

    /// Writes the head before so many bytes of the request's body, at most `largestPiece`, which follow from a file.
    public static func inputHead(_ count: Int, to out: inout ByteWriter) {
        head(.input, count, to: &out)
    }

    /// The most bytes that may follow one `inputHead`.
    public static var largestPiece: Int { largest }

    private static func stream(_ kind: Kind, _ bytes: Span<UInt8>, to out: inout ByteWriter) {
        var start = 0
        while start < bytes.count {
            let end = min(start + largest, bytes.count)
            head(kind, end - start, to: &out)
            out.append(bytes.extracting(start..<end))
            start = end
        }
    }

    private static func head(_ kind: Kind, _ count: Int, to out: inout ByteWriter) {
        out.append(1)
        out.append(kind.rawValue)
        out.append(0)
        out.append(1)
        out.append(UInt8(truncatingIfNeeded: count >> 8))
        out.append(UInt8(truncatingIfNeeded: count))
        out.append(0)
        out.append(0)
    }

    private static func length(_ count: Int, to out: inout ByteWriter) {
        if count < 128 {
            out.append(UInt8(truncatingIfNeeded: count))
            return
        }
        out.append(UInt8(truncatingIfNeeded: count >> 24) | 0x80)
        for shift in [16, 8, 0] { out.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }
}
