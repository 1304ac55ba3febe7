public import HTTP
internal import System

/// What is still to be sent to a peer: bytes and parts of files, in order.
///
/// Nothing is kept while the socket takes everything, which is nearly always.
public struct Outbox: ~Copyable {
    @usableFromInline enum Piece {
        case bytes([UInt8], from: Int)
        case file(Int32, from: Int64, count: Int64, closes: Bool)
    }

    @usableFromInline var pieces: [Piece] = []
    @usableFromInline var first = 0
    /// Bytes in memory that wait to be sent.
    public private(set) var waiting = 0
    /// Bytes that the kernel has taken since somebody set this to zero.
    public var taken: Int64 = 0

    /// How sending ended.
    public enum Outcome: Hashable, Sendable {
        /// Everything is with the kernel.
        case flushed
        /// The socket is full; the poller will say when it is not.
        case waits
        /// The connection broke, with this errno; 0 when a file was shorter than it had been.
        case failed(Int32)
    }

    /// An outbox with nothing in it.
    public init() {}

    deinit {
        for index in first..<pieces.count { Self.drop(pieces[index]) }
    }

    /// Whether everything is with the kernel.
    @inlinable public var isEmpty: Bool { first == pieces.count }

    /// Sends two pieces as one, behind what waits already, and keeps what does not fit.
    public mutating func send(
        _ head: Span<UInt8>, _ body: Span<UInt8>, on channel: inout Channel
    ) -> Outcome {
        if isEmpty {
            let sent = channel.send(head, body)
            if sent < 0 { return .failed(Int32(-sent)) }
            taken += Int64(sent)
            if sent == head.count + body.count { return .flushed }
            keep(head, from: sent)
            keep(body, from: max(sent - head.count, 0))
            return .waits
        }
        keep(head, from: 0)
        keep(body, from: 0)
        return flush(on: &channel)
    }

    /// As `send(_:_:on:)`, of what was composed and, if there is one, a body.
    public mutating func send(
        _ head: borrowing ByteWriter, _ body: Span<UInt8> = Span(), on channel: inout Channel
    ) -> Outcome {
        send(head.span, body, on: &channel)
    }

    /// Adds bytes without sending them yet.
    public mutating func add(_ bytes: Span<UInt8>) { keep(bytes, from: 0) }

    /// Adds what was composed without sending it yet.
    public mutating func add(_ bytes: borrowing ByteWriter) { keep(bytes.span, from: 0) }

    /// Adds bytes without sending them yet; the array is kept, not copied.
    public mutating func add(_ bytes: [UInt8]) {
        if bytes.isEmpty { return }
        waiting += bytes.count
        pieces.append(.bytes(bytes, from: 0))
    }

    /// Adds a part of a file without sending it yet; the descriptor is closed behind it if `closing`.
    public mutating func add(file: Int32, from offset: Int64, count: Int64, closing: Bool) {
        if count > 0 {
            pieces.append(.file(file, from: offset, count: count, closes: closing))
        } else if closing {
            Descriptor.closeRaw(file)
        }
    }

    /// Closes a file when everything before has been sent.
    public mutating func add(closing file: Int32) {
        if file < 0 { return }
        if isEmpty { Descriptor.closeRaw(file) } else { pieces.append(.file(file, from: 0, count: 0, closes: true)) }
    }

    /// Moves the bytes at the end, which wait in memory, behind the end of a file of so many bytes.
    ///
    /// How many were moved; nil when the file cannot take them, which then stay where they are.
    public mutating func spill(into file: Int32, behind size: Int64) -> Int64? {
        guard first < pieces.count, case .bytes(let bytes, let from) = pieces[pieces.count - 1] else { return 0 }
        var start = from
        while start < bytes.count {
            let written = Descriptor.writeRaw(bytes.span.extracting(start...), to: file)
            if written <= 0 { return nil }
            start += written
        }
        let count = bytes.count - from
        waiting -= count
        pieces.removeLast()
        // Behind one another in the file is behind one another on the wire.
        if first < pieces.count, case .file(file, let offset, let length, let closes) = pieces[pieces.count - 1],
            offset + length == size
        {
            pieces[pieces.count - 1] = .file(file, from: offset, count: length + Int64(count), closes: closes)
        } else {
            pieces.append(.file(file, from: size, count: Int64(count), closes: false))
        }
        return Int64(count)
    }

    /// Sends what fits.
    ///
    /// At most `limit` bytes of files go out in one call, so that one download does not keep others waiting; `waits`
    /// with a channel that still `canSend` means that it is worth calling again.
    public mutating func flush(on channel: inout Channel, limit: Int = 2 << 20) -> Outcome {
        var budget = limit
        while first < pieces.count {
            if !channel.canSend || budget <= 0 { return .waits }
            switch pieces[first] {
            case .bytes(let bytes, let start):
                let sent = channel.send(bytes.span.extracting(start...), moreFollows: first + 1 < pieces.count)
                if sent < 0 { return .failed(Int32(-sent)) }
                // Whoever takes nothing and does not say when to come again never will.
                if sent == 0, channel.canSend { return .failed(0) }
                waiting -= sent
                taken += Int64(sent)
                if start + sent == bytes.count { advance() } else { pieces[first] = .bytes(bytes, from: start + sent) }
            case .file(_, _, 0, _): advance()
            case .file(let file, let offset, let count, let closes):
                let sent = channel.sendFile(file, from: offset, count: Int(min(count, Int64(budget))))
                if sent < 0 { return .failed(Int32(-sent)) }
                if sent == 0, channel.canSend { return .failed(0) }
                budget -= sent
                taken += Int64(sent)
                let rest = count - Int64(sent)
                pieces[first] = .file(file, from: offset + Int64(sent), count: rest, closes: closes)
                if rest == 0 { advance() }
            }
        }
        return .flushed
    }

    /// Drops everything and keeps the memory of the list.
    public mutating func clear() {
        for index in first..<pieces.count { Self.drop(pieces[index]) }
        pieces.removeAll(keepingCapacity: true)
        first = 0
        waiting = 0
    }

    private mutating func keep(_ bytes: Span<UInt8>, from start: Int) {
        if start >= bytes.count { return }
        waiting += bytes.count - start
        let rest = bytes.extracting(start...)
        // Small pieces behind one another are joined, so that a slow peer does not turn them into a long list.
        if first < pieces.count, case .bytes(var last, let from) = pieces[pieces.count - 1], last.count < 64 << 10 {
            pieces[pieces.count - 1] = .bytes([], from: 0)
            unsafe rest.withUnsafeBufferPointer { unsafe last.append(contentsOf: $0) }
            pieces[pieces.count - 1] = .bytes(last, from: from)
        } else {
            pieces.append(.bytes(unsafe rest.withUnsafeBufferPointer { unsafe Array($0) }, from: 0))
        }
    }

    private mutating func advance() {
        Self.drop(pieces[first])
        pieces[first] = .bytes([], from: 0)
        first += 1
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        }
    }

    private static func drop(_ piece: Piece) {
        if case .file(let file, _, _, closes: true) = piece { Descriptor.closeRaw(file) }
    }
}
