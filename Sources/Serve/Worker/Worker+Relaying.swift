import HTTP
import Net
import Routing
import System

/// What comes from upstreams, and its way to the clients.
extension Worker {
    /// Copying so few bytes behind a head costs less than telling the kernel of two pieces.
    private static var copied: Int { 2_048 }

    /// The poller has news of an upstream.
    mutating func upstreamReady(_ upstream: Ref<Upstream>, _ readiness: Readiness, _ buffer: inout ReceiveBuffer) {
        upstream.it.channel.note(readiness)
        guard let exchange = upstream.it.exchange else {
            // An idle connection has nothing to say: whatever it says, it is over.
            if upstream.it.channel.isTLS, !readiness.isBroken, !isOver(upstream, &buffer) { return }
            if upstream.it.channel.canReceive || readiness.isBroken || upstream.it.channel.isTLS {
                idle.remove(upstream.token, key: upstream.it.key)
                close(upstream)
            }
            return
        }
        if !upstream.it.side.connected, upstream.it.channel.canSend || upstream.it.isShaking {
            if !upstream.it.isShaking, upstream.it.channel.pendingError() != 0 {
                close(upstream, of: exchange)
                connectionRefused(exchange)
                return
            }
            if upstream.it.tls >= 0, !shakeHands(upstream, exchange) { return }
            upstream.it.side.didConnect()
            exchange.it.era.it.peers.accepted(Int(exchange.it.peer), at: Int(exchange.it.place))
            exchange.it.journey.exchange.connectTime = (loop.now - exchange.it.askedAt) * 1_000
            upstream.it.side.didSend()
            sent(upstream, upstream.it.outbox.flush(on: &upstream.it.channel))
        } else if upstream.it.channel.canSend, !upstream.it.outbox.isEmpty {
            sent(upstream, upstream.it.outbox.flush(on: &upstream.it.channel))
        }
        if upstream.it.side.connected { receive(upstream, exchange, &buffer) }
    }

    /// The client has room again.
    mutating func resumeReading(_ upstream: Ref<Upstream>) {
        if upstream.it.channel.canReceive { loop.schedule(upstream.token) }
    }

    @inline(__always)
    private mutating func receive(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ buffer: inout ReceiveBuffer
    ) {
        for _ in 0..<16 {
            guard upstream.it.channel.canReceive, upstream.it.exchange?.token == exchange.token else { return }
            if let client = exchange.it.client, !client.it.outbox.isEmpty, !readsAhead(exchange, of: client) {
                // The client's own patience counts while it is in the way.
                upstream.it.timer.cancel()
                return
            }
            if upstream.it.isGateway {
                guard receiveRecords(upstream, exchange, &buffer) else { return }
                continue
            }
            buffer.clear()
            if !upstream.it.kept.isEmpty {
                buffer.start(with: upstream.it.kept)
                upstream.it.kept.removeAll(keepingCapacity: true)
            }
            switch upstream.it.channel.receive(into: &buffer) {
            case .nothing: return
            case .bytes:
                didReceive(upstream, exchange)
                take(upstream, exchange, buffer.received)
            case .end:
                ended(upstream, exchange, .closedEarly)
                return
            case .failed(let error):
                // An application that ends TLS without a word has read what it was sent before.
                failed(upstream, exchange, .closedEarly, wasReset: error != Channel.cutOff)
                return
            }
        }
        loop.schedule(upstream.token)
    }

    /// Bytes of an answer have come: the time for the next begins.
    @inline(__always)
    mutating func didReceive(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) {
        upstream.it.side.didReceive()
        awaitMove(upstream, of: exchange, exchange.it.journey.upstream.readTimeout)
    }

    /// Takes what has come of an answer.
    mutating func take(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>) {
        var position = 0
        scratch.removeAll()
        if !upstream.it.side.answerHasBegun {
            guard readHead(upstream, exchange, input, &position) else { return }
        }
        relayBody(upstream, exchange, input, &position)
    }

    /// Reads the answer's head; true when its body is to be relayed, behind the head that stands in `scratch`.
    @inline(__always)
    private mutating func readHead(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) -> Bool {
        while true {
            let progress = upstream.it.parser.parse(
                input, from: position, into: &exchange.it.journey.answer, rules: answerRules)
            switch progress {
            case .needMore(let consumed):
                let longest = exchange.it.journey.upstream.longestHead
                if longest > 0, upstream.it.parser.taken + input.count - consumed > Int(longest) {
                    headIsTooLong(upstream, exchange)
                    return false
                }
                let rest = input.extracting(consumed...)
                unsafe rest.withUnsafeBufferPointer { unsafe upstream.it.kept.append(contentsOf: $0) }
                return false
            case .refused(let reason, _):
                close(upstream, of: exchange)
                complain(.error, "the upstream sent \(reason.description)", exchange)
                memberFailed(exchange, .badHead)
                return false
            case .complete(let consumed):
                position = consumed
                let longest = exchange.it.journey.upstream.longestHead
                if longest > 0, upstream.it.parser.taken > Int(longest) {
                    headIsTooLong(upstream, exchange)
                    return false
                }
                if upstream.it.isGateway {
                    let isCommon = exchange.it.journey.upstream.isCommonGateway
                    exchange.it.journey.answer.takeGatewayStatus(commonly: isCommon)
                    return headRead(upstream, exchange, input, &position)
                }
                let status = exchange.it.journey.answer.status
                if status >= 200 { return headRead(upstream, exchange, input, &position) }
                if status == 101 {
                    if exchange.it.journey.upstream.asksUpgrade, exchange.it.body.isFinished {
                        return headRead(upstream, exchange, input, &position)
                    }
                    // Nothing was offered that could be switched to.
                    close(upstream, of: exchange)
                    memberFailed(exchange, .badHead)
                    return false
                }
                if !upstream.it.side.interimHeadRead() {
                    close(upstream, of: exchange)
                    complain(.error, "the upstream sent too many interim answers", exchange)
                    memberFailed(exchange, .badHead)
                    return false
                }
                if status == 100, let client = exchange.it.client { sendContinue(client) }
                upstream.it.parser = HeadParser(.answer)
                exchange.it.journey.answer.removeAll()
            }
        }
    }

    @inline(always)
    private mutating func headRead(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) -> Bool {
        let options = exchange.it.journey.answer.readConnectionOptions()
        let length: AnswerLength
        let judged =
            upstream.it.isGateway
            ? .success(gatewayLength(exchange))
            : AnswerLength.judge(exchange.it.journey.answer, to: exchange.it.journey.request.method)
        switch judged {
        case .success(let judged) where judged.body != .tunnel || exchange.it.journey.answer.status == 101:
            length = judged
        case .success, .failure:
            close(upstream, of: exchange)
            complain(.error, "the upstream sent a body whose length is in doubt", exchange)
            memberFailed(exchange, .badHead)
            return false
        }
        exchange.it.journey.now = moment
        exchange.it.journey.exchange.headerTime = (loop.now - exchange.it.askedAt) * 1_000
        exchange.it.journey.exchange.responseLength = 0
        if asksAnother(exchange, status: Int(exchange.it.journey.answer.status)) {
            close(upstream, of: exchange)
            ask(exchange)
            return false
        }
        let isHeld = upstream.it.isGateway || exchange.it.journey.answer.persists(options)
        upstream.it.side.headRead(persists: isHeld, length: length)
        upstream.it.body = BodyDecoder(length.body)
        let effect = exchange.it.era.it.decider.resume(&exchange.it.journey, .upstreamHead)
        guard case .relay = effect, let client = exchange.it.client else {
            // A page of ours stands for the answer, whose body nobody wants.
            skipBody(upstream, input, &position)
            finished(upstream, exchange, leftOver: input.count - position)
            // The page may come from an upstream too, and that search begins anew.
            (exchange.it.tries, exchange.it.tried, exchange.it.placesTried) = (0, 0, 0)
            perform(effect, exchange)
            return false
        }
        beginRelay(exchange, client, length.body)
        return true
    }

    /// An answer's head is longer than the buffer for it may be (`proxy_buffer_size`).
    private mutating func headIsTooLong(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) {
        close(upstream, of: exchange)
        complain(.error, "the upstream sent a head that is too long", exchange)
        memberFailed(exchange, .badHead)
    }

    /// Composes the head for the client into `scratch`.
    @inline(__always)
    private mutating func beginRelay(_ exchange: Ref<Exchange>, _ client: Ref<Client>, _ length: MessageLength) {
        let status = exchange.it.journey.status
        let isHead = exchange.it.journey.wantsHeadOnly
        let isBodiless = isHead || status == 204 || status == 304
        let known: Int64? =
            switch length {
            case .none: 0
            case .exactly(let count): count
            default: nil
            }
        if !exchange.it.journey.keepsAlive { client.it.side.endBehindThis() }
        limitRequests(exchange, client)
        let version = exchange.it.journey.request.version
        let frame = client.it.side.answerBegins(
            length: known, isBodiless: isBodiless, version: version, isTunnel: length == .tunnel)
        exchange.it.answerBody = frame.body
        if version == .v09 { return }
        let framing: Routing::AnswerFraming
        switch frame.body {
        case .none where isHead: framing = declaredLength(exchange)
        case .none: framing = isBodiless ? .none : .length(0)
        case .exactly(let count): framing = .length(count)
        case .chunked: framing = .chunked
        case .untilClose: framing = .untilClose
        case .tunnel: framing = .none
        }
        exchange.it.era.it.decider.composeAnswer(
            &exchange.it.journey, framing: framing, closes: !frame.persists, into: &scratch)
        // What the client sent behind its request belongs to the other protocol.
        if frame.body == .tunnel { loop.schedule(client.token) }
        exchange.it.journey.sentBytes += Int64(scratch.count)
    }

    /// What HEAD is told of the length that GET would have; httpd does not believe scripts.
    private func declaredLength(_ exchange: Ref<Exchange>) -> Routing::AnswerFraming {
        guard !exchange.it.journey.upstream.isCommonGateway,
            let value = exchange.it.journey.answer.value(of: .contentLength),
            let length = exchange.it.journey.answer.number(value)
        else { return .none }
        return .length(length)
    }

    // MARK: Bodies

    /// Sends what has come of the body, behind what stands in `scratch`, in as few calls as can be.
    @inline(always)
    private mutating func relayBody(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, _ position: inout Int
    ) {
        guard let client = exchange.it.client else { return }
        let isChunked = exchange.it.answerBody == .chunked
        var piece = 0..<0
        var isWhole = upstream.it.body.isFinished
        var isBroken = false
        steps: while !isWhole {
            switch upstream.it.body.next(input, &position) {
            case .body(let range):
                exchange.it.journey.exchange.responseLength += Int64(range.count)
                if exchange.it.answerBody == .none { continue }
                exchange.it.journey.sentBodyBytes += Int64(range.count)
                exchange.it.journey.sentBytes += Int64(range.count)
                if isChunked {
                    ChunkedEncoding.append(input.extracting(range), to: &scratch)
                } else if piece.isEmpty {
                    piece = range
                } else {
                    // Several pieces only come from chunks, for a client that does not know them.
                    scratch.append(input.extracting(piece))
                    piece = range
                }
                if upstream.it.body.isFinished { isWhole = true }
            case .needMore: break steps
            case .end: isWhole = true
            case .refused:
                isBroken = true
                break steps
            }
        }
        if isWhole, isChunked { scratch.append(ChunkedEncoding.end) }
        if piece.count <= Self.copied {
            scratch.append(input.extracting(piece))
            piece = 0..<0
        }
        let outcome = client.it.outbox.send(scratch, input.extracting(piece), on: &client.it.channel)
        if case .failed = outcome {
            close(client)
            return
        }
        if outcome == .waits { spill(exchange, for: client) }
        if isBroken {
            ended(upstream, exchange, .badHead)
        } else if isWhole {
            complete(upstream, exchange, client, leftOver: input.count - position)
        } else if outcome == .waits, client.it.timer.deadline == .max {
            // It runs from when the client stopped taking, however much more comes for it meanwhile.
            awaitTaking(client, of: exchange)
        }
    }

    /// Runs through what is here of a body that nobody wants.
    private func skipBody(_ upstream: Ref<Upstream>, _ input: Span<UInt8>, _ position: inout Int) {
        while !upstream.it.body.isFinished {
            if case .body = upstream.it.body.next(input, &position) { continue }
            return
        }
    }

    @inline(__always)
    private mutating func complete(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ client: Ref<Client>, leftOver: Int
    ) {
        exchange.it.journey.exchange.responseTime = (loop.now - exchange.it.askedAt) * 1_000
        finished(upstream, exchange, leftOver: leftOver)
        answerQueued(client)
    }

    /// The upstream closed, or cannot be read on.
    mutating func ended(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ failure: UpstreamSide.Failure
    ) {
        if exchange.it.isTunnel, failure == .closedEarly {
            exchange.it.upstreamHasEnded = true
            advanceTunnel(exchange)
            return
        }
        if upstream.it.side.answerHasBegun, failure == .closedEarly, upstream.it.body.endsWithConnection,
            !upstream.it.isGateway || upstream.it.recordsHaveEnded,
            let client = exchange.it.client
        {
            if exchange.it.answerBody == .chunked {
                let nothing: [UInt8] = []
                let end = ChunkedEncoding.end
                _ = client.it.outbox.send(end.span, nothing.span, on: &client.it.channel)
            }
            upstream.it.body = .finished
            complete(upstream, exchange, client, leftOver: 0)
            return
        }
        failed(upstream, exchange, failure)
    }
}
