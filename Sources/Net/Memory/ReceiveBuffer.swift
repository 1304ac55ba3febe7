internal import System
internal import TLS

/// The one buffer into which a loop receives: a connection keeps bytes of its own only when it must.
///
/// It is large because large bodies cost a quarter less CPU with 256 KB than with 64 KB.
public struct ReceiveBuffer: ~Copyable {
    /// The bytes; the first `count` are what was received.
    public private(set) var bytes: [UInt8]
    /// How many bytes were received.
    public private(set) var count = 0

    /// An empty buffer.
    public init(size: Int = 256 << 10) {
        bytes = [UInt8](repeating: 0, count: size)
    }

    /// Forgets what was received.
    public mutating func clear() { count = 0 }

    /// Starts over with bytes that a connection had kept, so that what is received stands right behind them.
    public mutating func start(with kept: [UInt8]) {
        count = min(kept.count, bytes.count)
        for index in 0..<count { bytes[index] = kept[index] }
    }

    /// Whether there is no room left: whoever kept so much must take some of it first.
    public var isFull: Bool { count == bytes.count }

    /// Receives once behind what is here; the number of new bytes, 0 at the end of the stream, or a negative errno.
    mutating func receive(on socket: Int32, upTo limit: Int) -> Int {
        let start = count
        let room = min(bytes.count - start, limit)
        let received = unsafe bytes.withUnsafeMutableBytes {
            unsafe SocketIO.receive(on: socket, into: UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + room]))
        }
        count += max(received, 0)
        return received
    }

    /// Receives what a TLS connection has, behind what is here; its progress says why there is no more.
    mutating func receive(
        on connection: borrowing TLSConnection, upTo limit: Int
    ) -> (count: Int, progress: TLSConnection.Progress) {
        let start = count
        let room = min(bytes.count - start, limit)
        let received = unsafe bytes.withUnsafeMutableBytes {
            unsafe connection.receive(into: UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + room]))
        }
        count += received.count
        return received
    }
}
