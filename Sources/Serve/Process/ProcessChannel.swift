internal import System

/// What master and worker tell each other, each message with the descriptors that go with it.
struct ProcessMessage: Sendable {
    enum Kind: UInt8, Sendable {
        /// To the worker: a log was opened (anew): its path, one descriptor.
        case log = 1
        /// To the worker: a listening socket was opened: its number, one descriptor.
        case socket
        /// To the worker: serve another configuration; see `ReloadOrder`.
        case load
        /// To the worker: drain within so many milliseconds, -1 without limit.
        case drain
        /// To the worker: end now.
        case stop
        /// To the master: all threads serve.
        case ready
        /// To the master: the configuration is served.
        case loaded
        /// To the master: it is not, and why.
        case refused
    }

    var kind: Kind
    var payload: [UInt8] = []
    var descriptors: [Int32] = []
}

/// One end of the pair of local sockets between master and worker; the other process's death ends it.
///
/// A message is its kind, the number of its descriptors and of its bytes, each a little-endian 32-bit word but the
/// first, and the bytes.
struct ProcessChannel: ~Copyable {
    private let descriptor: Descriptor
    private var bytes: [UInt8] = []
    private var descriptors: [Int32] = []
    /// The other end is closed.
    private(set) var isClosed = false

    init(owning raw: Int32) {
        descriptor = Descriptor(owning: raw)
    }

    var raw: Int32 { descriptor.raw }

    /// Sends a message; false when nobody is there to receive it.
    @discardableResult
    func send(_ kind: ProcessMessage.Kind, _ payload: [UInt8] = [], _ descriptors: [Int32] = []) -> Bool {
        var message = [kind.rawValue]
        message.append(word: UInt32(clamping: descriptors.count))
        message.append(word: UInt32(clamping: payload.count))
        message += payload
        var from = 0
        while from < message.count {
            // The descriptors travel with the first byte.
            let sent = descriptor.send(message.span.extracting(from...), with: from == 0 ? descriptors : [])
            if sent <= 0 { return false }
            from += sent
        }
        return true
    }

    /// Takes what has arrived; call it when there is something to read.
    mutating func receive() -> [ProcessMessage] {
        let count = descriptor.receive(appendingTo: &bytes, upTo: 64 << 10, descriptors: &descriptors)
        if count <= 0 { isClosed = true }
        var messages: [ProcessMessage] = []
        while let message = takeMessage() { messages.append(message) }
        return messages
    }

    private mutating func takeMessage() -> ProcessMessage? {
        guard bytes.count >= 9, let kind = ProcessMessage.Kind(rawValue: bytes[0]) else { return nil }
        let passed = Int(bytes.word(at: 1))
        let length = Int(bytes.word(at: 5))
        guard bytes.count >= 9 + length, descriptors.count >= passed else { return nil }
        let message = ProcessMessage(
            kind: kind, payload: Array(bytes[9..<9 + length]), descriptors: Array(descriptors.prefix(passed)))
        bytes.removeFirst(9 + length)
        descriptors.removeFirst(passed)
        return message
    }
}

/// What a worker must do to serve another configuration, beside taking over the logs and sockets that came before.
struct ReloadOrder: Sendable {
    var places: [Listeners.Place]
    var dropped: [Int]
    /// The files of TLS, which the worker may not be allowed to read.
    var tls: [UInt8]
    var snapshot: [UInt8]

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(word: UInt32(clamping: places.count))
        for place in places {
            bytes.append(word: UInt32(clamping: place.number))
            bytes.append(word: UInt32(clamping: place.listener))
            bytes.append(word: UInt32(place.port))
        }
        bytes.append(word: UInt32(clamping: dropped.count))
        for number in dropped { bytes.append(word: UInt32(clamping: number)) }
        bytes.append(word: UInt32(clamping: tls.count))
        return bytes + tls + snapshot
    }

    init(places: [Listeners.Place], dropped: [Int], tls: [UInt8], snapshot: [UInt8]) {
        self.places = places
        self.dropped = dropped
        self.tls = tls
        self.snapshot = snapshot
    }

    init?(_ bytes: [UInt8]) {
        var at = 0
        func next() -> Int? {
            guard at + 4 <= bytes.count else { return nil }
            at += 4
            return Int(bytes.word(at: at - 4))
        }
        (places, dropped) = ([], [])
        guard let placeCount = next() else { return nil }
        for _ in 0..<placeCount {
            guard let number = next(), let listener = next(), let port = next() else { return nil }
            places.append(Listeners.Place(number: number, listener: listener, port: UInt16(clamping: port)))
        }
        guard let droppedCount = next() else { return nil }
        for _ in 0..<droppedCount {
            guard let number = next() else { return nil }
            dropped.append(number)
        }
        guard let count = next(), count <= bytes.count - at else { return nil }
        tls = Array(bytes[at..<at + count])
        snapshot = Array(bytes[(at + count)...])
    }
}

extension [UInt8] {
    /// Adds a 32-bit number, least byte first.
    mutating func append(word: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    /// The 32-bit number at an index.
    func word(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[index + $1]) << UInt32($1 * 8) }
    }
}
