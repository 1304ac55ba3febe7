internal import HTTP
internal import System
internal import TLS

/// The one buffer into which a loop receives: a connection keeps bytes of its own only when it must.
///
/// It is large because large bodies cost a quarter less CPU with 256 KB than with 64 KB.
public struct ReceiveBuffer: ~Copyable {
    private var memory: ByteWriter
    private let size: Int

    /// An empty buffer.
    public init(size: Int = 256 << 10) {
        self.size = size
        memory = ByteWriter(capacity: size)
    }

    /// How many bytes were received.
    public var count: Int { memory.count }
    /// How many more fit.
    var room: Int { size - memory.count }
    /// Whether there is no room left: whoever kept so much must take some of it first.
    public var isFull: Bool { room == 0 }

    /// What was received, lent.
    public var received: Span<UInt8> {
        @_lifetime(borrow self)
        get { memory.span }
    }

    /// What was received, copied.
    public var bytes: [UInt8] { memory.bytes }

    /// Forgets what was received.
    public mutating func clear() { memory.removeAll() }

    /// Starts over with bytes that a connection had kept, so that what is received stands right behind them.
    public mutating func start(with kept: [UInt8]) {
        memory.removeAll()
        memory.append(kept.span.extracting(..<min(kept.count, size)))
    }

    /// Receives once behind what is here; the number of new bytes, 0 at the end of the stream, or a negative errno.
    mutating func receive(on socket: Int32, upTo limit: Int) -> Int {
        // The room that is lent is the buffer's own, and only for the call.
        unsafe memory.append(upTo: min(room, limit)) { unsafe SocketIO.receive(on: socket, into: $0) }
    }

    /// Receives what a TLS connection has, behind what is here; its progress says why there is no more.
    mutating func receive(
        on connection: borrowing TLSConnection, upTo limit: Int
    ) -> (count: Int, progress: TLSConnection.Progress) {
        var progress = TLSConnection.Progress.done
        // As above.
        let count = unsafe memory.append(upTo: min(room, limit)) {
            let received = unsafe connection.receive(into: $0)
            progress = received.progress
            return received.count
        }
        return (count, progress)
    }
}
