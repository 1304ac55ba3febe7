public import System
internal import TLS

/// A connected socket in an event loop, with the readiness that the poller told of and nobody has used up yet.
///
/// The socket is registered once, for both directions and for edges only: the poller speaks when something changes, so
/// what is left unread (for want of room further on) is remembered here and taken up without being told again.
public struct Channel: ~Copyable {
    /// How bytes reach the peer; streams of HTTP/2 will join here.
    enum Transport: ~Copyable {
        case plain
        case tls(TLSConnection)
    }

    /// The number of the socket; -1 when there is none.
    public private(set) var socket: Int32 = -1
    var transport = Transport.plain
    /// TLS waits for the other direction: 1 to read for room to write, 2 to write for something to read.
    var stalled: UInt8 = 0
    /// What may be tried without waiting.
    public private(set) var readiness: Readiness = []

    /// What receiving brought.
    public enum Receipt: Hashable, Sendable {
        /// So many new bytes.
        case bytes(Int)
        /// Nothing yet.
        case nothing
        /// The peer sends nothing more.
        case end
        /// The connection broke, with this errno.
        case failed(Int32)
    }

    /// A channel without a socket.
    public init() {}

    deinit {
        if socket >= 0 { SocketIO.close(socket) }
    }

    /// Whether there is a socket.
    public var isOpen: Bool { socket >= 0 }

    /// Takes ownership of a connected (or connecting) socket and has the poller watch it; 0 or a negative errno.
    public mutating func open(_ socket: Int32, token: Token, poller: borrowing Poller) -> Int32 {
        self.socket = socket
        readiness = []
        return poller.add(socket, .edges, token: token.rawValue)
    }

    /// Closes the socket; so that the peer cannot take a cut message for a whole one, if `aborting`.
    public mutating func close(aborting: Bool = false) {
        if socket < 0 { return }
        if isTLS { endTLS(aborting: aborting) }
        if aborting { SocketIO.abortOnClose(socket) }
        SocketIO.close(socket)
        socket = -1
        readiness = []
    }

    /// Remembers what the poller told.
    public mutating func note(_ news: Readiness) {
        readiness = Readiness(rawValue: readiness.rawValue | news.rawValue)
        if isTLS { noteTLS(news) }
    }

    /// Whether something can be received, or the end of the stream seen, without waiting.
    public var canReceive: Bool { readiness.isReadable || readiness.isPeerClosed }
    /// Whether something can be sent without waiting.
    public var canSend: Bool { readiness.isWritable }
    /// Whether the peer has said that it sends nothing more, though bytes may be unread.
    public var peerHasFinished: Bool { readiness.isPeerClosed }

    /// Takes it that a socket that was just accepted has something to read, without waiting for the poller to say so.
    public mutating func assumeReady() { readiness.formUnion([.readable, .writable]) }

    /// Receives once, at most `limit` bytes, behind what the buffer holds.
    public mutating func receive(into buffer: inout ReceiveBuffer, upTo limit: Int = .max) -> Receipt {
        let room = min(buffer.room, limit)
        if room == 0 { return .nothing }
        if isTLS { return receiveTLS(into: &buffer, upTo: room) }
        let received = buffer.receive(on: socket, upTo: room)
        if received > 0 {
            // A short read has emptied the socket: more bytes are a new edge. Not so behind the peer's end, which comes
            // as one edge together with the last bytes.
            if received < room, !readiness.isPeerClosed { forget(.readable) }
            return .bytes(received)
        }
        if received == 0 {
            forget([.readable, .peerClosed])
            return .end
        }
        if received == SocketIO.wouldBlock {
            forget([.readable, .peerClosed])
            return .nothing
        }
        return .failed(Int32(-received))
    }

    /// Sends what fits; the count, 0 when the socket is full, or a negative errno.
    @inline(__always)
    public mutating func send(_ bytes: Span<UInt8>, moreFollows: Bool = false) -> Int {
        if isTLS { return sendTLS(bytes, Span()) }
        return note(sent: SocketIO.send(bytes, on: socket, moreFollows: moreFollows), of: bytes.count)
    }

    /// Sends what fits of two pieces in one go; as `send(_:)`.
    @inline(__always)
    public mutating func send(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Int {
        if second.isEmpty { return send(first) }
        if first.isEmpty { return send(second) }
        if isTLS { return sendTLS(first, second) }
        return note(sent: SocketIO.send(first, second, on: socket), of: first.count + second.count)
    }

    /// Sends what fits of a file; as `send(_:)`, but 0 also when the file ends before.
    public mutating func sendFile(_ file: Int32, from offset: Int64, count: Int) -> Int {
        if isTLS { return sendFileTLS(file, from: offset, count: count) }
        let sent = SocketIO.sendFile(file, from: offset, count: count, on: socket)
        // A short count is a full socket or a file that has become shorter, which the next call tells apart.
        return note(sent: sent, of: max(sent, 0))
    }

    /// Tells the peer that nothing more will be sent.
    public mutating func finishWriting() {
        if isTLS { finishTLS() }
        SocketIO.finishWriting(on: socket)
    }

    /// How connecting ended: 0, or the positive errno.
    public func pendingError() -> Int32 { SocketIO.pendingError(on: socket) }

    /// Whether TLS is spoken.
    public var isTLS: Bool {
        switch transport {
        case .plain: false
        case .tls: true
        }
    }

    mutating func forget(_ old: Readiness) {
        readiness = Readiness(rawValue: readiness.rawValue & ~old.rawValue)
    }

    private mutating func note(sent: Int, of asked: Int) -> Int {
        if sent == asked { return sent }
        if sent == SocketIO.wouldBlock {
            forget(.writable)
            return 0
        }
        // A short write has filled the socket: room again is a new edge.
        if sent >= 0 { forget(.writable) }
        return sent
    }
}
