/// Takes chunks apart (RFC 9112, section 7.1).
///
/// Extensions and trailers are skipped, up to a limit: both servers drop them. Lines must end with CRLF: some servers
/// take a bare LF for the end of a chunk line and others do not, which is enough to smuggle a request between them.
public struct ChunkedDecoder: Sendable {
    @usableFromInline enum State: Sendable {
        case size, blanks, extension_, sizeEnd, data, dataCR, dataLF, trailerStart, trailer, trailerEnd, lastLF
    }

    @usableFromInline var state = State.size
    /// The size that is being read, or the bytes of the chunk that are still to come.
    @usableFromInline var count: Int64 = 0
    @usableFromInline var digits = 0
    @usableFromInline var extensionBytes = 0
    /// The bytes of trailers that have been skipped.
    @usableFromInline var trailerBytes = 0

    private static let extensionLimit = 16 << 10
    private static let trailerLimit = 16 << 10

    /// A decoder before the first chunk.
    @inlinable public init() {}

    /// Takes the next piece; see `BodyDecoder.next`.
    public mutating func next(_ input: Span<UInt8>, _ position: inout Int) -> BodyDecoder.Step {
        while position < input.count {
            if state == .data {
                let start = position
                let taken = min(count, Int64(input.count - start))
                count -= taken
                position = start + Int(taken)
                if count == 0 { state = .dataCR }
                return .body(start..<position)
            }
            let byte = input[position]
            position += 1
            switch state {
            case .size, .blanks, .extension_, .sizeEnd:
                if let refusal = takeSize(byte) { return .refused(refusal) }
            case .data, .dataCR:
                if byte != 13 { return .refused(.badChunk) }
                state = .dataLF
            case .dataLF:
                if byte != 10 { return .refused(.badChunk) }
                (state, count, digits) = (.size, 0, 0)
            case .trailerStart:
                if byte == 13 {
                    state = .lastLF
                } else {
                    state = .trailer
                    if let refusal = takeTrailer(byte) { return .refused(refusal) }
                }
            case .trailer, .trailerEnd:
                if let refusal = takeTrailer(byte) { return .refused(refusal) }
            case .lastLF:
                return byte == 10 ? .end(position) : .refused(.badChunk)
            }
        }
        return .needMore
    }

    private mutating func takeSize(_ byte: UInt8) -> MessageRefusal? {
        if state == .sizeEnd {
            if byte != 10 || digits == 0 { return .badChunk }
            state = count == 0 ? .trailerStart : .data
            return nil
        }
        if byte == 13 {
            state = .sizeEnd
            return nil
        }
        if state == .size, let digit = hexadecimal(byte) {
            digits += 1
            // Fifteen digits leave room for no overflow, and for any body.
            if digits > 15 { return .badChunk }
            count = count << 4 | Int64(digit)
            return nil
        }
        // White space may follow a size, and a semicolon; whatever comes behind that is skipped until the line ends.
        if digits == 0 || (byte < 32 && byte != 9) || byte == 127 { return .badChunk }
        if state != .extension_ {
            if byte != UInt8(ascii: ";"), !isBlank(byte) { return .badChunk }
            state = isBlank(byte) ? .blanks : .extension_
        }
        extensionBytes += 1
        return extensionBytes > Self.extensionLimit ? .badChunk : nil
    }

    private mutating func takeTrailer(_ byte: UInt8) -> MessageRefusal? {
        if trailerBytes >= Self.trailerLimit { return .trailersTooLarge }
        trailerBytes += 1
        if state == .trailerEnd {
            if byte != 10 { return .badChunk }
            state = .trailerStart
            return nil
        }
        if byte == 10 { return .badChunk }
        state = byte == 13 ? .trailerEnd : .trailer
        return nil
    }

    private func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }
}
