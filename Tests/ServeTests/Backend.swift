import Synchronization
import System
import TLS

/// An upstream that does for each connection what a test says.
final class Backend: Sendable {
    let address: SocketAddress
    private let listener: Int32
    private let seen = Mutex<[Wire.Message]>([])
    private let accepted = Mutex(0)

    /// An upstream whose connections are handled by `handle`, one after the other or at the same time.
    init(over tls: TLSContext? = nil, _ handle: @escaping @Sendable (Wire, Backend) -> Void) throws {
        let any = SocketAddress(numeric: "127.0.0.1", port: 0) ?? .unnamed
        let opened = try Descriptor.listen(on: any)
        address = opened.localAddress() ?? .unnamed
        listener = opened.release()
        let raw = listener
        _ = try Thread.start { [self] in
            let socket = Descriptor(owning: raw)
            while true {
                guard socket.waitUntilReadable(milliseconds: 60_000) else { return }
                var peer = SocketAddress.unnamed
                let connection = SocketIO.accept(on: raw, peer: &peer)
                if connection < 0 { continue }
                accepted.withLock { $0 += 1 }
                _ = try? Thread.start { [self] in
                    handle(tls.map { Wire(owning: connection, accepting: $0) } ?? Wire(owning: connection), self)
                }
            }
        }
    }

    /// An upstream that answers each request on a connection with the same text.
    convenience init(over tls: TLSContext? = nil, answering answer: String) throws {
        try self.init(over: tls) { wire, backend in
            while true {
                let request = wire.readMessage()
                if request.head.isEmpty { return }
                backend.note(request)
                wire.send(answer)
            }
        }
    }

    /// Remembers a request.
    func note(_ request: Wire.Message) { seen.withLock { $0.append(request) } }

    /// The requests so far.
    var requests: [Wire.Message] { seen.withLock { $0 } }
    /// How many connections were made.
    var connections: Int { accepted.withLock { $0 } }
    var port: Int { Int(address.port) }
}
