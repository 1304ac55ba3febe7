import HTTP
import IR
import Net
import Routing
import System

/// What the machine wants done.
extension Worker {
    /// Does what was decided, and what is decided upon that, until something must be awaited.
    ///
    /// `input[position...]` is what came behind the request's head and is not used yet.
    mutating func perform(
        _ first: Effect, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) {
        var effect = first
        while true {
            if !exchange.it.journey.complaint.isEmpty { complain(of: exchange) }
            switch effect {
            case .ask(let question):
                guard let fact = answer(question, exchange) else { return }
                exchange.it.journey.now = moment
                effect = exchange.it.era.it.decider.resume(&exchange.it.journey, .fact(fact))
            case .forward:
                guard let next = forward(exchange, input, &position) else { return }
                effect = next
            case .respond:
                respond(exchange)
                return
            case .relay:
                // Only the upstream's head leads here, and `relay` takes it from there.
                return
            case .close:
                if let client = exchange.it.client { close(client) }
                return
            }
        }
    }

    /// Does what was decided when nothing of the client's input is at hand.
    mutating func perform(_ effect: Effect, _ exchange: Ref<Exchange>) {
        let nothing: [UInt8] = []
        var position = 0
        perform(effect, exchange, nothing.span, &position)
    }

    /// Tells the machine what happened to the request's body, or to the upstream, and does what it wants.
    mutating func resume(_ exchange: Ref<Exchange>, _ event: Event) {
        exchange.it.journey.now = moment
        perform(exchange.it.era.it.decider.resume(&exchange.it.journey, event), exchange)
    }

    // MARK: Answers made here

    /// Files up to this size are read and leave with their heads: that costs less than telling the kernel twice.
    private static var readFiles: Int64 { 32 << 10 }

    private mutating func respond(_ exchange: Ref<Exchange>) {
        guard let client = exchange.it.client else { return }
        dropUpstream(of: exchange)
        exchange.it.bodyUse = .none
        exchange.it.journey.now = moment
        let status = exchange.it.journey.status
        let isBodiless = exchange.it.journey.wantsHeadOnly || status < 200 || status == 204 || status == 304
        let version = exchange.it.journey.request.version
        let length = exchange.it.journey.bodyCount
        if !exchange.it.journey.keepsAlive { client.it.side.endBehindThis() }
        limitRequests(exchange, client)
        let frame = client.it.side.answerBegins(length: length, isBodiless: isBodiless, version: version)
        scratch.removeAll()
        if version != .v09 {
            let hasLength = status >= 200 && status != 204 && status != 304
            exchange.it.era.it.decider.composeAnswer(
                &exchange.it.journey, framing: hasLength ? .length(length) : .none, closes: !frame.persists,
                into: &scratch)
        }
        let headCount = scratch.count
        let body = isBodiless ? Body.none : exchange.it.journey.body
        switch body {
        case .none: send(scratchOf: exchange, to: client)
        case .text(let text):
            scratch.append(text.range, of: exchange.it.journey.arena)
            send(scratchOf: exchange, to: client)
        case .file(let offset, let count)
        where count <= Self.readFiles && scratch.append(file: exchange.it.file, from: offset, count: Int(count)):
            Descriptor.closeRaw(exchange.it.file)
            exchange.it.file = -1
            send(scratchOf: exchange, to: client)
        case .file(let offset, let count):
            client.it.outbox.add(scratch)
            client.it.outbox.add(file: exchange.it.file, from: offset, count: count, closing: true)
            exchange.it.file = -1
            flush(client)
        case .parts:
            addParts(exchange, client)
            flush(client)
        }
        guard client.it.exchange?.token == exchange.token else { return }
        exchange.it.journey.sentBytes += Int64(headCount) + (isBodiless ? 0 : length)
        exchange.it.journey.sentBodyBytes += isBodiless ? 0 : length
        answerQueued(client)
    }

    private mutating func addParts(_ exchange: Ref<Exchange>, _ client: Ref<Client>) {
        client.it.outbox.add(scratch)
        let file = exchange.it.file
        for index in exchange.it.journey.parts.indices {
            let part = exchange.it.journey.parts[index]
            client.it.outbox.add(Array(exchange.it.journey.bytes(part.text)))
            if part.length > 0 {
                client.it.outbox.add(file: file, from: part.offset, count: part.length, closing: false)
            }
        }
        // An empty piece at the end carries the duty to close the file once everything before it is out.
        client.it.outbox.add(closing: file)
        exchange.it.file = -1
    }

    private mutating func send(scratchOf exchange: Ref<Exchange>, to client: Ref<Client>) {
        if case .failed = client.it.outbox.send(scratch, on: &client.it.channel) { close(client) }
    }

    /// Whether the connection has carried as many requests as it may.
    @inline(__always)
    mutating func limitRequests(_ exchange: Ref<Exchange>, _ client: Ref<Client>) {
        let policy = exchange.it.era.it.decider.connectionPolicy(exchange.it.journey)
        if policy.keepAlive == 0 || (policy.requests >= 0 && client.it.requests >= Int(policy.requests)) {
            client.it.side.endBehindThis()
        }
    }

    // MARK: The end of an answer

    /// Sends what waits for a client, and goes on where the outbox was in the way.
    mutating func flush(_ client: Ref<Client>) {
        switch client.it.outbox.flush(on: &client.it.channel) {
        case .flushed:
            if client.it.isFinishing {
                finish(client)
            } else if let exchange = client.it.exchange, let upstream = exchange.it.upstream {
                client.it.timer.cancel()
                if exchange.it.isTunnel { advanceTunnel(exchange) } else { resumeReading(upstream) }
            }
        case .waits:
            if client.it.channel.canSend {
                loop.schedule(client.token)
            } else if let exchange = client.it.exchange {
                awaitTaking(client, of: exchange)
            }
        case .failed: close(client, aborting: true)
        }
    }

    /// All of an answer is in the outbox: when that is empty, the exchange is over.
    @inline(__always)
    mutating func answerQueued(_ client: Ref<Client>) {
        guard client.it.channel.isOpen else { return }
        client.it.isFinishing = true
        if client.it.outbox.isEmpty {
            finish(client)
        } else if let exchange = client.it.exchange {
            awaitTaking(client, of: exchange)
        }
    }

    private mutating func finish(_ client: Ref<Client>) {
        client.it.isFinishing = false
        guard let exchange = client.it.exchange else { return }
        log(exchange)
        let remaining = exchange.it.body.remaining
        let action = client.it.side.answerEnded(remaining: remaining, drainsUpTo: 64 << 10)
        if action == .drain {
            client.it.timer.set(loop.now + 5_000, client.token, on: &loop.timers)
            loop.schedule(client.token)
            return
        }
        goOn(client, action, behind: exchange)
    }

    /// What becomes of a connection behind an exchange, which is over.
    @inline(__always)
    mutating func goOn(_ client: Ref<Client>, _ action: ClientSide.Action, behind exchange: Ref<Exchange>) {
        client.it.exchange = nil
        if case .readNext = action {
            let keepAlive = Int64(exchange.it.era.it.decider.connectionPolicy(exchange.it.journey).keepAlive)
            release(exchange)
            client.it.timer.set(loop.now + keepAlive, client.token, on: &loop.timers)
            if !client.it.kept.isEmpty || client.it.channel.canReceive { loop.schedule(client.token) }
        } else {
            let lingering = exchange.it.era.it.decider.lingering(exchange.it.journey)
            release(exchange)
            end(client, action, lingering)
        }
    }

    private mutating func end(_ client: Ref<Client>, _ action: ClientSide.Action, _ lingering: Lingering) {
        switch action {
        case .linger, .close:
            if shouldLinger(client, lingering, isUnread: action == .linger) {
                linger(client, lingering)
            } else {
                close(client)
            }
        case .abort: close(client, aborting: true)
        case .proceed, .drain, .readNext: close(client)
        }
    }
}
