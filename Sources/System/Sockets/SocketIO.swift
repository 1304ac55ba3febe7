internal import CSystem

/// The calls of the data plane, on descriptor numbers that live in the connections of an event loop.
///
/// Each makes one system call, retried when a signal interrupts it, and returns a count or a negative errno. Nothing
/// here blocks or allocates, and writing to a closed connection raises no signal.
public enum SocketIO {
    /// What a full or empty socket answers: try again when the poller says so.
    public static let wouldBlock = -11

    /// Takes one connection; its number, non-blocking and closed on exec, or a negative errno.
    public static func accept(on listener: Int32, peer: inout SocketAddress) -> Int32 {
        var raw = unsafe sl_address()
        let accepted = unsafe sl_accept(listener, &raw)
        if accepted >= 0 { unsafe peer = SocketAddress(raw) }
        return accepted
    }

    /// Starts to connect; the number of the socket, which may still be on its way, or a negative errno.
    public static func connect(to address: SocketAddress, from source: SocketAddress? = nil) -> Int32 {
        unsafe address.withRaw { to in
            guard let source else { return unsafe sl_connect(to, nil) }
            return unsafe source.withRaw { unsafe sl_connect(to, $0) }
        }
    }

    /// Whether this machine, and no peer, is why a socket could not be made: descriptors or memory are used up.
    public static func isShortage(_ result: Int32) -> Bool { sl_is_shortage(result) != 0 }

    /// How connecting ended: 0, or the positive errno.
    public static func pendingError(on socket: Int32) -> Int32 { sl_socket_error(socket) }

    /// The address of this end.
    public static func localAddress(of socket: Int32) -> SocketAddress? {
        var raw = unsafe sl_address()
        return unsafe sl_socket_name(socket, &raw) < 0 ? nil : SocketAddress(raw)
    }

    /// Receives into memory of the caller; 0 is the end of the stream.
    @unsafe public static func receive(on socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe sl_receive(socket, buffer.baseAddress, buffer.count)
    }

    /// Whether an idle socket is still good: nothing has arrived on it and the peer has not closed it.
    public static func isQuiet(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        return unsafe sl_peek(socket, &byte, 1) == wouldBlock
    }

    /// Looks at what has come without taking it; nil: nothing has, empty: nothing will.
    public static func peek(_ socket: Int32, upTo limit: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe sl_peek(socket, &bytes, limit)
        return count == wouldBlock ? nil : Array(bytes.prefix(max(0, count)))
    }

    /// Sends what fits.
    public static func send(_ bytes: Span<UInt8>, on socket: Int32, moreFollows: Bool = false) -> Int {
        unsafe bytes.withUnsafeBufferPointer {
            unsafe sl_send(socket, $0.baseAddress, $0.count, moreFollows ? 1 : 0)
        }
    }

    /// Sends what fits of two pieces as if they were one.
    public static func send(_ first: Span<UInt8>, _ second: Span<UInt8>, on socket: Int32) -> Int {
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                unsafe sl_send_two(socket, first.baseAddress, first.count, second.baseAddress, second.count)
            }
        }
    }

    /// Sends what fits of a part of a file, without copying it through the program; 0 when the file ends before.
    public static func sendFile(_ file: Int32, from offset: Int64, count: Int, on socket: Int32) -> Int {
        sl_send_file(socket, file, offset, count)
    }

    /// Tells the peer that nothing more will come.
    public static func finishWriting(on socket: Int32) { _ = sl_shutdown_write(socket) }

    /// Has a listening socket refuse connections from now on, in every process that shares it; it stays open.
    public static func stopListening(on socket: Int32) { _ = sl_shutdown_listener(socket) }

    /// Makes the coming close abort the connection, so that a peer cannot take a cut answer for a whole one.
    public static func abortOnClose(_ socket: Int32) { _ = sl_reset_on_close(socket) }

    /// Has the kernel look after a silent peer, first after `idleSeconds` (0: the system's default).
    public static func keepAlive(_ socket: Int32, idleSeconds: Int32 = 0) { _ = sl_keep_alive(socket, idleSeconds) }

    /// Closes a socket.
    public static func close(_ socket: Int32) { _ = sl_close(socket) }
}
