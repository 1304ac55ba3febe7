import System
import TLS

/// A blocking connection for tests: bytes out, bytes in, with a limit on how long anything may take.
final class Wire {
    private let socket: Descriptor
    private var received: [UInt8] = []
    private var conversation: Conversation?
    /// How the peer ended a conversation over TLS: `.end` with a word, `.failed` without.
    private(set) var ending: TLSConnection.Progress?

    /// Nothing in these tests takes longer, unless it is broken.
    static let patience: Int32 = 10_000

    /// What is said over TLS, behind its handshake.
    private final class Conversation {
        let connection: TLSConnection

        init(_ connection: consuming TLSConnection) { self.connection = connection }
    }

    init(owning raw: Int32) {
        socket = Descriptor(owning: raw)
    }

    /// The side of a server over TLS.
    init(owning raw: Int32, accepting context: TLSContext) {
        socket = Descriptor(owning: raw)
        guard let connection = TLSConnection(accepting: raw, context: context) else { return }
        conversation = Conversation(connection)
        shakeHands()
    }

    /// The side of a client over TLS, which asks for a name, perhaps behind some bytes in the clear.
    init(
        to address: SocketAddress, over context: TLSContext, name: String, session: TLSSession? = nil,
        behind first: [UInt8] = []
    ) {
        socket = Descriptor(owning: SocketIO.connect(to: address))
        socket.waitUntilWritable()
        if !first.isEmpty { _ = SocketIO.send(first.span, on: socket.raw) }
        let made = TLSConnection(connecting: socket.raw, context: context, name: name, session: session)
        guard let connection = consume made else { return }
        conversation = Conversation(connection)
        shakeHands()
    }

    private func shakeHands() {
        guard let conversation else { return }
        while true {
            switch conversation.connection.handshake() {
            case .done: return
            case .wantsContext: conversation.connection.choose(nil)
            case .wantsWrite: socket.waitUntilWritable()
            case .wantsRead:
                guard socket.waitUntilReadable(milliseconds: Self.patience) else { return }
                conversation.connection.news(isEnding: false)
            case .end, .failed, .cutOff:
                ending = .failed
                return
            }
        }
    }

    /// Asks the conversation for something; nil without TLS.
    func asking<Answer>(_ question: (borrowing TLSConnection) -> Answer) -> Answer? {
        conversation.map { question($0.connection) }
    }

    /// A connection to a server of a test.
    convenience init(to address: SocketAddress) {
        self.init(owning: SocketIO.connect(to: address))
    }

    var raw: Int32 { socket.raw }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            if let conversation {
                let sent = conversation.connection.send(bytes.span.extracting(start...), Span())
                if sent.progress == .failed { return }
                start += sent.count
                if sent.progress == .wantsWrite { socket.waitUntilWritable() }
                continue
            }
            let n = SocketIO.send(bytes.span.extracting(start...), on: socket.raw)
            if n == SocketIO.wouldBlock || n == -107 {
                socket.waitUntilWritable()
            } else if n < 0 {
                return
            } else {
                start += n
            }
        }
    }

    /// Says that nothing more comes.
    func finish() {
        if let conversation { conversation.connection.finish() }
        finishWithoutAWord()
    }

    /// Closes the stream, over TLS without saying so.
    func finishWithoutAWord() { SocketIO.finishWriting(on: socket.raw) }

    /// Closes so that the peer sees a broken connection.
    func abort() { SocketIO.abortOnClose(socket.raw) }

    /// Receives once; false at the end of the stream, or when nothing comes.
    private func receive() -> Bool {
        if let conversation { return receive(from: conversation) }
        guard socket.waitUntilReadable(milliseconds: Self.patience) else { return false }
        let n = socket.append(to: &received, upTo: 64 << 10)
        return n > 0 || n == SocketIO.wouldBlock
    }

    private func receive(from conversation: Conversation) -> Bool {
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while ending == nil {
            let got = unsafe piece.withUnsafeMutableBytes { unsafe conversation.connection.receive(into: $0) }
            received += piece.prefix(got.count)
            if got.progress == .end || got.progress == .failed { ending = got.progress }
            if got.progress == .cutOff { ending = .failed }
            if got.count > 0 { return true }
            if got.progress == .wantsRead {
                guard socket.waitUntilReadable(milliseconds: Self.patience) else { return false }
                conversation.connection.news(isEnding: false)
            }
        }
        return false
    }

    /// So many bytes, or what came before the end.
    func read(_ count: Int) -> [UInt8] {
        while received.count < count, receive() {}
        let taken = Array(received.prefix(count))
        received.removeFirst(taken.count)
        return taken
    }

    /// The text up to and with a mark, or what came before the end.
    func read(through mark: String) -> String {
        let mark = Array(mark.utf8)
        var start = 0
        while true {
            while start + mark.count <= received.count {
                if received[start] == mark[0], received[start..<start + mark.count].elementsEqual(mark) {
                    let taken = Array(received[..<(start + mark.count)])
                    received.removeFirst(taken.count)
                    return String(decoding: taken, as: UTF8.self)
                }
                start += 1
            }
            if !receive() { return readAll() }
        }
    }

    /// Everything until the end of the stream.
    func readAll() -> String {
        while receive() {}
        defer { received = [] }
        return String(decoding: received, as: UTF8.self)
    }

    /// One message with a length: its head and its body.
    func readMessage() -> Message {
        let head = read(through: "\r\n\r\n")
        var message = Message(head: head)
        if message.field("transfer-encoding") == "chunked" {
            while true {
                let size = Int(read(through: "\r\n").prefix { $0.isHexDigit }, radix: 16) ?? 0
                if size == 0 { break }
                message.body += String(decoding: read(size), as: UTF8.self)
                _ = read(2)
            }
            _ = read(through: "\r\n")
        } else if let length = message.field("content-length").flatMap(Int.init) {
            message.body = String(decoding: read(length), as: UTF8.self)
        }
        return message
    }

    struct Message {
        var head: String
        var body = ""

        var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }
        var startLine: String { String(head.prefix { $0 != "\r\n" && $0 != "\r" }) }

        func field(_ name: String) -> String? {
            for line in head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { continue }
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
            return nil
        }
    }
}
