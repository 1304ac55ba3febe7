/// Finds the bytes of a body in the bytes of a connection, however these are cut.
public enum BodyDecoder: Sendable {
    /// The body is over.
    case finished
    /// So many bytes are still to come.
    case counted(remaining: Int64)
    /// Chunks are being read.
    case chunked(ChunkedDecoder)
    /// All bytes until the connection closes.
    case unlimited

    /// What a decoder found next.
    public enum Step: Hashable, Sendable {
        /// A part of the input is a part of the body.
        case body(Range<Int>)
        /// All of the input has been taken.
        case needMore
        /// The body ended before this byte of the input.
        case end(Int)
        /// The framing is broken: where the body ends cannot be known.
        case refused(MessageRefusal)
    }

    /// A decoder for a body of this length.
    public init(_ length: MessageLength) {
        switch length {
        case .none: self = .finished
        case .exactly(let count): self = .counted(remaining: count)
        case .chunked: self = .chunked(ChunkedDecoder())
        case .untilClose, .tunnel: self = .unlimited
        }
    }

    /// Whether the body is over.
    public var isFinished: Bool {
        if case .finished = self { return true }
        return false
    }

    /// Whether the body is over when the connection closes now.
    public var endsWithConnection: Bool {
        switch self {
        case .finished, .unlimited: true
        case .counted, .chunked: false
        }
    }

    /// How many bytes are still to come, where that is known.
    public var remaining: Int64? {
        switch self {
        case .finished: 0
        case .counted(let remaining): remaining
        case .chunked, .unlimited: nil
        }
    }

    /// Takes the next piece of `input[position...]` and moves the position behind what it took.
    ///
    /// Call it until it answers `needMore`, `end` or `refused`.
    public mutating func next(_ input: Span<UInt8>, _ position: inout Int) -> Step {
        switch self {
        case .finished: return .end(position)
        case .unlimited:
            if position == input.count { return .needMore }
            defer { position = input.count }
            return .body(position..<input.count)
        case .counted(let remaining):
            if position == input.count { return .needMore }
            let start = position
            let count = min(remaining, Int64(input.count - start))
            position = start + Int(count)
            self = count == remaining ? .finished : .counted(remaining: remaining - count)
            return .body(start..<position)
        case .chunked(var decoder):
            self = .finished
            let step = decoder.next(input, &position)
            if case .end = step { return step }
            self = .chunked(decoder)
            return step
        }
    }
}
