import HTTP
import IR
import Net
import Routing
import System

/// The bodies of requests: held until they are whole, or sent on as they come.
extension Worker {
    /// As much of a body of unknown length is awaited before it is sent in chunks, so that small ones get a length.
    private static var prefetch: Int { 16 << 10 }

    /// The request is to be forwarded: asks the upstream at once, or when enough of the body is here.
    ///
    /// The effect, where something else was decided in the meantime.
    mutating func forward(
        _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) -> Effect? {
        if exchange.it.body.isFinished || exchange.it.bodyUse != .none {
            ask(exchange)
            return nil
        }
        exchange.it.bodyUse = .held
        if position < input.count {
            exchange.it.client?.it.side.bodyBegan()
            if let effect = hold(exchange, input, &position) { return effect }
        }
        askWhenReady(exchange)
        return nil
    }

    /// Takes what has come of a body.
    mutating func takeBody(_ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int) {
        switch exchange.it.bodyUse {
        case .none: dropBody(exchange, input, &position)
        case .held:
            if let effect = hold(exchange, input, &position) {
                perform(effect, exchange)
            } else {
                askWhenReady(exchange)
            }
        case .counted, .chunked: sendOn(exchange, input, &position)
        }
    }

    private mutating func dropBody(_ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int) {
        guard let client = exchange.it.client else { return }
        while true {
            switch exchange.it.body.next(input, &position) {
            case .body: continue
            case .needMore: return
            case .refused:
                close(client)
                return
            case .end:
                goOn(client, client.it.side.bodyEnded(), behind: exchange)
                return
            }
        }
    }

    /// Adds to what is held; the effect, where the body may not go on.
    private mutating func hold(
        _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) -> Effect? {
        while true {
            switch exchange.it.body.next(input, &position) {
            case .body(let range):
                exchange.it.bodyCount += Int64(range.count)
                let limit = exchange.it.era.it.decider.bodyLimit(exchange.it.journey)
                if limit >= 0, exchange.it.bodyCount > limit { return bodyFailed(exchange, .bodyTooLarge) }
                if !store(exchange, input.extracting(range)) { return bodyFailed(exchange, .bodyMalformed) }
            case .needMore:
                exchange.it.journey.receivedBytes += Int64(input.count)
                return nil
            case .end:
                bodyEnded(exchange)
                return nil
            case .refused: return bodyFailed(exchange, .bodyMalformed)
            }
        }
    }

    mutating func bodyFailed(_ exchange: Ref<Exchange>, _ event: Event) -> Effect {
        exchange.it.bodyUse = .none
        exchange.it.client?.it.side.endBehindThis()
        exchange.it.journey.now = moment
        return exchange.it.era.it.decider.resume(&exchange.it.journey, event)
    }

    private func store(_ exchange: Ref<Exchange>, _ bytes: Span<UInt8>) -> Bool {
        let buffers = exchange.it.era.it.decider.bodyBuffers(exchange.it.journey)
        // What is soon sent on stays in memory: a file has no place for the sizes of chunks.
        let fits = exchange.it.stored.count + bytes.count <= buffers.memory || goesOnEarly(exchange)
        if exchange.it.spool < 0, fits {
            unsafe bytes.withUnsafeBufferPointer { unsafe exchange.it.stored.append(contentsOf: $0) }
            return true
        }
        if exchange.it.spool < 0 { exchange.it.spool = temporaryFile(in: buffers.folder, exchange) }
        var start = 0
        while start < bytes.count {
            let n = Descriptor.writeRaw(bytes.extracting(start...), to: exchange.it.spool)
            if n <= 0 { return false }
            start += n
        }
        return true
    }

    private func bodyEnded(_ exchange: Ref<Exchange>) {
        _ = exchange.it.client?.it.side.bodyEnded()
        exchange.it.client?.it.timer.cancel()
    }

    /// Asks the upstream if the body is whole or need not be; else waits, and tells a client that waits for us.
    private mutating func askWhenReady(_ exchange: Ref<Exchange>) {
        guard let client = exchange.it.client else { return }
        if exchange.it.body.isFinished {
            ask(exchange)
            return
        }
        if goesOnEarly(exchange) {
            let facts = exchange.it.era.it.listeners[client.it.facts.listener]
            let isCounted = exchange.it.body.remaining != nil
            let forwardsExpectation = facts.forwardsExpectations && exchange.it.journey.request.has(.expect)
            if isCounted || forwardsExpectation || exchange.it.stored.count >= Self.prefetch {
                exchange.it.bodyUse = isCounted ? .counted : .chunked
                if !forwardsExpectation { sendContinue(client) }
                ask(exchange)
                return
            }
        }
        sendContinue(client)
        awaitBody(exchange, client)
        loop.schedule(client.token)
    }

    /// Whether the body is sent on before it is whole: its length is known, or the upstream knows chunks.
    private func goesOnEarly(_ exchange: Ref<Exchange>) -> Bool {
        !exchange.it.journey.upstream.buffersRequest
            && (exchange.it.body.remaining != nil || exchange.it.journey.upstream.speaks11)
    }

    /// Tells a client that waits for it to send its body.
    mutating func sendContinue(_ client: Ref<Client>) {
        guard client.it.side.bodyWanted() else { return }
        let nothing: [UInt8] = []
        if case .failed = client.it.outbox.send(continueLine.span, nothing.span, on: &client.it.channel) {
            close(client)
        }
    }

    /// Sends what has come on to the upstream.
    private mutating func sendOn(_ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int) {
        guard let upstream = exchange.it.upstream, let client = exchange.it.client else { return }
        let isChunked = exchange.it.bodyUse == .chunked
        scratch.removeAll()
        while true {
            switch exchange.it.body.next(input, &position) {
            case .body(let range):
                exchange.it.bodyIsGone = true
                exchange.it.bodyCount += Int64(range.count)
                let limit = exchange.it.era.it.decider.bodyLimit(exchange.it.journey)
                if limit >= 0, exchange.it.bodyCount > limit {
                    streamFailed(exchange, .bodyTooLarge)
                    return
                }
                let piece = input.extracting(range)
                if upstream.it.isGateway {
                    FastCGIRecords.input(piece, to: &scratch)
                } else if isChunked {
                    ChunkedEncoding.append(piece, to: &scratch)
                } else {
                    scratch.append(piece)
                }
            case .needMore:
                exchange.it.journey.receivedBytes += Int64(input.count)
                sendScratch(upstream)
                awaitBody(exchange, client)
                return
            case .end:
                if upstream.it.isGateway {
                    FastCGIRecords.endInput(to: &scratch)
                } else if isChunked {
                    ChunkedEncoding.appendEnd(to: &scratch)
                }
                bodyEnded(exchange)
                sendScratch(upstream)
                return
            case .refused:
                streamFailed(exchange, .bodyMalformed)
                return
            }
        }
    }

    /// The body broke off: what the upstream has been sent is worthless, and so is the client's connection.
    mutating func streamFailed(_ exchange: Ref<Exchange>, _ event: Event) {
        guard let client = exchange.it.client else { return }
        if client.it.side.answerHasBegun {
            close(client, aborting: client.it.side.answerFailed() == .abort)
            return
        }
        dropUpstream(of: exchange)
        perform(bodyFailed(exchange, event), exchange)
    }

    private mutating func sendScratch(_ upstream: Ref<Upstream>) {
        if scratch.isEmpty { return }
        let outcome = upstream.it.outbox.send(scratch, on: &upstream.it.channel)
        upstream.it.side.didSend()
        sent(upstream, outcome)
    }
}

private let continueLine = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
