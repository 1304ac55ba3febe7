/// Finds the bytes of a body in the bytes of a connection, however these are cut.
public struct BodyDecoder: Sendable {
    @usableFromInline enum Kind: UInt8, Sendable {
        case finished, counted, chunked, unlimited
    }

    @usableFromInline var kind: Kind
    /// The bytes that are still to come, of a body whose length was told.
    @usableFromInline var left: Int64 = 0
    @usableFromInline var chunks = ChunkedDecoder()

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
    @inlinable public init(_ length: MessageLength) {
        switch length {
        case .none: kind = .finished
        case .exactly(let count): (kind, left) = (.counted, count)
        case .chunked: kind = .chunked
        case .untilClose, .tunnel: kind = .unlimited
        }
    }

    /// A decoder for a body that is over.
    @inlinable public static var finished: BodyDecoder { BodyDecoder(.none) }

    /// Whether the body is over.
    @inlinable public var isFinished: Bool {
        if case .finished = kind { true } else { false }
    }

    /// Whether the body is over when the connection closes now.
    public var endsWithConnection: Bool { kind == .finished || kind == .unlimited }

    /// How many bytes are still to come, where that is known.
    @inlinable public var remaining: Int64? {
        switch kind {
        case .finished: 0
        case .counted: left
        case .chunked, .unlimited: nil
        }
    }

    /// Takes the next piece of `input[position...]` and moves the position behind what it took.
    ///
    /// Call it until it answers `needMore`, `end` or `refused`.
    public mutating func next(_ input: Span<UInt8>, _ position: inout Int) -> Step {
        switch kind {
        case .finished: return .end(position)
        case .unlimited:
            if position == input.count { return .needMore }
            defer { position = input.count }
            return .body(position..<input.count)
        case .counted:
            if position == input.count { return .needMore }
            let start = position
            let count = min(left, Int64(input.count - start))
            position = start + Int(count)
            left -= count
            if left == 0 { kind = .finished }
            return .body(start..<position)
        case .chunked:
            let step = chunks.next(input, &position)
            if case .end = step { kind = .finished }
            return step
        }
    }
}
