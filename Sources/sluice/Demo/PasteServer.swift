import System

/// Serves the demo's application on a loopback port: one request a connection, any number of connections at a time.
struct PasteServer: ~Copyable {
    private let app: PasteApp
    private let listener: Descriptor
    private let poller: Poller
    private var conversations: [Int32: Conversation] = [:]

    init(app: PasteApp, port: UInt16) throws {
        guard let address = SocketAddress(numeric: "127.0.0.1", port: port) else {
            throw SystemError("listen on", "127.0.0.1:\(port)", code: 22)
        }
        let listener = try Descriptor.listen(on: address)
        let poller = try Poller()
        _ = poller.add(listener.raw, .listener, token: UInt64(listener.raw))
        self.app = app
        self.listener = listener
        self.poller = poller
    }

    /// Serves until `stop` has something to read.
    mutating func run(until stop: borrowing SignalReader) throws {
        _ = poller.add(stop.raw, .reading, token: UInt64(stop.raw))
        while true {
            for index in 0..<(try poller.wait(milliseconds: -1)) {
                let socket = Int32(truncatingIfNeeded: poller.event(index).token)
                switch socket {
                case stop.raw: return
                case listener.raw: acceptAll()
                default: proceed(socket)
                }
            }
        }
    }

    private mutating func acceptAll() {
        var peer = SocketAddress.unnamed
        while true {
            let socket = SocketIO.accept(on: listener.raw, peer: &peer)
            guard socket >= 0 else { return }
            conversations[socket] = Conversation(Descriptor(owning: socket))
            _ = poller.add(socket, .edges, token: UInt64(socket))
        }
    }

    private mutating func proceed(_ socket: Int32) {
        guard let conversation = conversations[socket] else { return }
        if conversation.proceed(with: app) == .ended { conversations[socket] = nil }
    }
}

/// One connection to the demo's application: a request that arrives, then an answer that leaves.
private final class Conversation {
    enum State { case going, ended }

    private let socket: Descriptor
    private var input: [UInt8] = []
    private var output: [UInt8]?
    private var sent = 0

    private static let headLimit = 64 << 10

    init(_ socket: consuming Descriptor) { self.socket = socket }

    /// Reads and writes as far as the connection allows.
    func proceed(with app: PasteApp) -> State {
        while output == nil {
            let count = socket.append(to: &input, upTo: 16 << 10)
            if count == SocketIO.wouldBlock { return .going }
            guard count > 0 else { return .ended }
            output = answer(from: app)
        }
        guard let output else { return .ended }
        while sent < output.count {
            let count = SocketIO.send(output.span.extracting(sent...), on: socket.raw)
            if count == SocketIO.wouldBlock { return .going }
            guard count > 0 else { return .ended }
            sent += count
        }
        return .ended
    }

    /// The answer's bytes, once the request has arrived whole.
    private func answer(from app: PasteApp) -> [UInt8]? {
        guard let end = input.firstIndex(ofSequence: "\r\n\r\n") else {
            return input.count > Self.headLimit ? AppReply(status: .badRequest).bytes() : nil
        }
        do {
            var request = try AppRequest(head: Array(input[..<end]))
            let body = input[(end + 4)...]
            let length = try request.bodyLength(limit: PasteApp.limit)
            guard body.count >= length else { return nil }
            request.body = Array(body.prefix(length))
            return app.answer(request).bytes(withoutBody: request.method == "HEAD")
        } catch let refusal {
            return AppReply(status: refusal.status).bytes()
        }
    }
}

extension [UInt8] {
    /// Where a text first begins.
    fileprivate func firstIndex(ofSequence text: StaticString) -> Int? {
        let wanted = Array(text.description.utf8)
        guard count >= wanted.count else { return nil }
        return (0...(count - wanted.count)).first { self[$0] == wanted[0] && self[$0...].starts(with: wanted) }
    }
}
