internal import System
package import TLS

/// A channel over TLS: the same promises about readiness, kept with OpenSSL between the socket and the caller.
extension Channel {
    /// Speaks TLS from now on, as a server; the handshake comes next.
    ///
    /// False when memory is short.
    package mutating func acceptTLS(_ context: TLSContext) -> Bool {
        guard let connection = TLSConnection(accepting: socket, context: context) else { return false }
        transport = .tls(connection)
        return true
    }

    /// Speaks TLS from now on, as a client that means a host (an empty name is not told).
    package mutating func connectTLS(_ context: TLSContext, name: String, session: TLSSession?) -> Bool {
        let made = TLSConnection(connecting: socket, context: context, name: name, session: session)
        guard let connection = consume made else { return false }
        transport = .tls(connection)
        return true
    }

    /// Goes on with the handshake.
    ///
    /// Behind it, data may be at hand that no poller tells of: it counts as readable.
    package mutating func handshake() -> TLSConnection.Progress {
        let progress: TLSConnection.Progress
        switch transport {
        case .plain: return .failed
        case .tls(let connection): progress = connection.handshake()
        }
        switch progress {
        case .wantsRead: forget([.readable, .peerClosed])
        case .wantsWrite: forget(.writable)
        case .done: assumeReady()
        case .wantsContext, .end, .failed, .cutOff: break
        }
        return progress
    }

    /// Asks the conversation for something; nil where TLS is not spoken.
    package func asking<Answer>(_ question: (borrowing TLSConnection) -> Answer) -> Answer? {
        switch transport {
        case .plain: nil
        case .tls(let connection): question(connection)
        }
    }

    /// Looks at the first bytes without taking them; nil: nothing has come yet, empty: nothing will.
    package mutating func peek(upTo limit: Int = 8) -> [UInt8]? {
        let bytes = SocketIO.peek(socket, upTo: limit)
        if bytes == nil { forget([.readable, .peerClosed]) }
        return bytes
    }

    /// Tells the peer that nothing more will come.
    func finishTLS() {
        switch transport {
        case .plain: break
        case .tls(let connection): connection.finish()
        }
    }

    /// Ends the conversation, with a word unless it is to look broken.
    mutating func endTLS(aborting: Bool) {
        if !aborting { finishTLS() }
        transport = .plain
        stalled = 0
    }

    mutating func noteTLS(_ news: Readiness) {
        if news.isReadable || news.isPeerClosed {
            switch transport {
            case .plain: break
            case .tls(let connection): connection.news(isEnding: news.isPeerClosed)
            }
            if stalled & 2 != 0 { assumeReady() }
        }
        if news.isWritable, stalled & 1 != 0 { assumeReady() }
    }

    mutating func receiveTLS(into buffer: inout ReceiveBuffer, upTo room: Int) -> Receipt {
        let received: (count: Int, progress: TLSConnection.Progress)
        switch transport {
        case .plain: return .nothing
        case .tls(let connection): received = buffer.receive(on: connection, upTo: room)
        }
        stalled &= 2
        switch received.progress {
        case .wantsRead: forget([.readable, .peerClosed])
        case .wantsWrite:
            forget([.readable, .peerClosed, .writable])
            stalled |= 1
        // What ended behind the last bytes is told by the next call.
        case .end where received.count == 0:
            forget([.readable, .peerClosed])
            return .end
        case .failed where received.count == 0: return .failed(connectionReset)
        case .cutOff where received.count == 0: return .failed(Channel.cutOff)
        case .done, .wantsContext, .end, .failed, .cutOff: break
        }
        return received.count > 0 ? .bytes(received.count) : .nothing
    }

    mutating func sendTLS(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Int {
        let sent: (count: Int, progress: TLSConnection.Progress)
        switch transport {
        case .plain: return 0
        case .tls(let connection): sent = connection.send(first, second)
        }
        return note(sent)
    }

    mutating func sendFileTLS(_ file: Int32, from offset: Int64, count: Int) -> Int {
        let sent: (count: Int, progress: TLSConnection.Progress)
        switch transport {
        case .plain: return 0
        case .tls(let connection): sent = connection.sendFile(file, from: offset, count: count)
        }
        return note(sent)
    }

    /// ECONNABORTED: what TLS counts for that its peer ended without a word.
    public static var cutOff: Int32 { 103 }

    private mutating func note(_ sent: (count: Int, progress: TLSConnection.Progress)) -> Int {
        stalled &= 1
        switch sent.progress {
        case .wantsWrite: forget(.writable)
        case .wantsRead:
            forget(.writable)
            stalled |= 2
        case .failed, .cutOff: return -Int(connectionReset)
        case .done, .end, .wantsContext: break
        }
        return sent.count
    }
}

/// ECONNRESET: what a conversation that broke is taken for.
private let connectionReset: Int32 = 104
