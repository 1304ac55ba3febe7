import HTTP
import Net
import Routing
import System

/// What comes from clients.
extension Worker {
    /// The poller has news of a client.
    mutating func clientReady(_ client: Ref<Client>, _ readiness: Readiness, _ buffer: inout ReceiveBuffer) {
        client.it.channel.note(readiness)
        if client.it.channel.canSend, !client.it.outbox.isEmpty { flush(client) }
        guard client.it.channel.isOpen else { return }
        if readiness.isBroken, !client.it.side.isIdle, client.it.exchange?.it.isTunnel != true {
            // There is nobody left to answer.
            close(client)
            return
        }
        if client.it.stage != .ready, !greet(client, &buffer) { return }
        read(client, &buffer)
    }

    /// Reads what the state of the connection asks for: a head, a body, what is to be dropped, or nothing.
    @inline(__always)
    private mutating func read(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) {
        if client.it.isLingering {
            drop(client, &buffer)
        } else if client.it.side.isIdle || client.it.side.isReadingHead {
            if client.it.channel.canReceive || !client.it.kept.isEmpty { readHead(client, &buffer) }
        } else if let exchange = client.it.exchange, exchange.it.isTunnel {
            readTunnel(client, exchange, &buffer)
        } else if let exchange = client.it.exchange, wantsBody(exchange) {
            readBody(client, exchange, &buffer)
        }
    }

    /// Puts what was kept and what can be received into the buffer; false when there is nothing, or the client is gone.
    @inline(__always)
    private mutating func fill(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) -> Bool {
        buffer.clear()
        if !client.it.kept.isEmpty {
            buffer.start(with: client.it.kept)
            client.it.kept.removeAll(keepingCapacity: true)
        }
        if !client.it.channel.canReceive { return buffer.count > 0 }
        switch client.it.channel.receive(into: &buffer) {
        case .bytes: return true
        case .nothing: return buffer.count > 0
        case .end:
            // What was sent before the end still counts.
            if buffer.count > 0 { return true }
            clientFinished(client)
            return false
        case .failed:
            close(client)
            return false
        }
    }

    private mutating func clientFinished(_ client: Ref<Client>) {
        switch client.it.side.peerFinished() {
        case .proceed: break
        case .abort: close(client, aborting: true)
        default: close(client)
        }
    }

    private mutating func drop(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) {
        for _ in 0..<16 where client.it.channel.canReceive {
            buffer.clear()
            switch client.it.channel.receive(into: &buffer) {
            case .bytes: lingerOn(client)
            case .nothing: return
            case .end, .failed:
                close(client)
                return
            }
        }
        if client.it.channel.canReceive { loop.schedule(client.token) }
    }

    // MARK: Heads

    @inline(__always)
    private mutating func readHead(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) {
        let hadEnd = client.it.channel.peerHasFinished
        guard fill(client, &buffer) else { return }
        let exchange: Ref<Exchange>
        let isNew = client.it.exchange == nil
        if let current = client.it.exchange {
            exchange = current
        } else {
            if client.it.era != era, !enter(client) {
                close(client)
                return
            }
            exchange = exchanges.insert()
            exchange.it.begin(for: client, in: eras[era])
            exchange.it.journey.began = moment
            client.it.exchange = exchange
            client.it.side.headBegan()
        }
        let era = exchange.it.era
        let listener = client.it.facts.listener
        let input = buffer.received
        let progress = exchange.it.parser.parse(
            input, from: 0, into: &exchange.it.journey.request, rules: era.it.listeners[listener].rules)
        switch progress {
        case .complete(var position):
            headRead(client, exchange, input, &position)
            keep(client, input, position)
        case .needMore(let consumed):
            keep(client, input, consumed)
            if client.it.channel.canReceive {
                loop.schedule(client.token)
            } else if hadEnd {
                clientFinished(client)
                return
            }
            // The clock of a further head runs from its first byte, that of the first from the connection's beginning.
            let pace = era.it.listeners[listener].headerPace
            if isNew, client.it.requests > 0 { awaitHead(client, pace) }
            extendHead(client, pace, received: exchange.it.parser.taken + client.it.kept.count)
        case .refused(let reason, let status): refuse(client, exchange, reason, status)
        }
    }

    /// Keeps what was not used, for the next event.
    @inline(__always)
    private mutating func keep(_ client: Ref<Client>, _ input: Span<UInt8>, _ position: Int) {
        guard client.it.channel.isOpen, !client.it.isLingering, position < input.count else { return }
        let rest = input.extracting(position...)
        // What was kept meanwhile stands behind: it cannot be, since nothing else reads from this client.
        unsafe rest.withUnsafeBufferPointer { unsafe client.it.kept.append(contentsOf: $0) }
        // The answer may have gone out already, before there was anything to see of the next request.
        if client.it.side.isIdle { loop.schedule(client.token) }
    }

    @inline(always)
    private mutating func headRead(
        _ client: Ref<Client>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) {
        let era = exchange.it.era
        let listener = client.it.facts.listener
        let options = exchange.it.journey.request.readConnectionOptions()
        let length: RequestLength
        switch RequestLength.judge(
            exchange.it.journey.request, rules: era.it.listeners[listener].rules)
        {
        case .success(let judged): length = judged
        case .failure(let refused):
            refuse(client, exchange, refused.reason, refused.status)
            return
        }
        let expectation = exchange.it.journey.request.expectation
        client.it.requests += 1
        client.it.side.headRead(
            persists: exchange.it.journey.request.persists(options), length: length, expectation: expectation)
        if mode != .serving { client.it.side.endBehindThis() }
        client.it.timer.cancel()
        client.it.began = 0
        exchange.it.body = BodyDecoder(length.body)
        prepare(exchange, client)
        switch length.body {
        case .exactly(let count): exchange.it.journey.bodyLength = count
        case .chunked: exchange.it.journey.bodyLength = -1
        default: exchange.it.journey.bodyLength = 0
        }
        exchange.it.journey.keepsAlive = client.it.side.persists
        exchange.it.journey.asksKeepAlive = options.contains(.keepAlive)
        if expectation == .unknown, era.it.listeners[listener].refusesUnknownExpectations {
            perform(era.it.decider.refuse(&exchange.it.journey, status: 417), exchange, input, &position)
            return
        }
        let effect = era.it.decider.begin(&exchange.it.journey)
        exchange.it.journey.receivedBytes = Int64(exchange.it.parser.taken)
        perform(effect, exchange, input, &position)
    }

    private mutating func refuse(
        _ client: Ref<Client>, _ exchange: Ref<Exchange>, _ reason: MessageRefusal, _ status: UInt16
    ) {
        client.it.requests += 1
        client.it.side.headRefused()
        client.it.timer.cancel()
        exchange.it.body = .finished
        prepare(exchange, client)
        exchange.it.journey.keepsAlive = false
        let effect = exchange.it.era.it.decider.refuse(&exchange.it.journey, status: Int32(status))
        complain(.info, "the client sent \(reason.description)", exchange)
        perform(effect, exchange)
    }

    /// Answers a request whose head cannot be had.
    mutating func refuseHead(_ exchange: Ref<Exchange>, _ client: Ref<Client>, _ status: Int32) {
        exchange.it.body = .finished
        prepare(exchange, client)
        perform(exchange.it.era.it.decider.refuse(&exchange.it.journey, status: status), exchange)
    }

    @inline(__always)
    private func prepare(_ exchange: Ref<Exchange>, _ client: Ref<Client>) {
        exchange.it.journey.sharedConnection = client.it.sharedFacts()
        exchange.it.journey.now = moment
        exchange.it.journey.requestNumber = client.it.requests
    }

    // MARK: Bodies

    /// Whether somebody can use more of the request's body now.
    func wantsBody(_ exchange: Ref<Exchange>) -> Bool {
        if exchange.it.body.isFinished || exchange.it.awaits != 0 { return false }
        switch exchange.it.bodyUse {
        case .none: return exchange.it.client?.it.side.isDraining ?? false
        case .held: return true
        case .counted, .chunked:
            guard let upstream = exchange.it.upstream else { return false }
            return upstream.it.side.connected && upstream.it.outbox.waiting < 256 << 10
        }
    }

    private mutating func readBody(_ client: Ref<Client>, _ exchange: Ref<Exchange>, _ buffer: inout ReceiveBuffer) {
        for _ in 0..<16 {
            guard client.it.channel.canReceive || !client.it.kept.isEmpty, wantsBody(exchange) else { return }
            guard fill(client, &buffer) else { return }
            let input = buffer.received
            var position = 0
            client.it.side.bodyBegan()
            takeBody(exchange, input, &position)
            keep(client, input, position)
            guard client.it.channel.isOpen, client.it.exchange?.token == exchange.token else { return }
        }
        loop.schedule(client.token)
    }
}
