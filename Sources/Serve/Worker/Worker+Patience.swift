import HTTP
import IR
import Net
import Routing
import System

/// How long clients are waited for, and how their connections end.
extension Worker {
    // MARK: Heads

    /// The time of a head begins: with the connection, or with its first byte.
    mutating func awaitHead(_ client: Ref<Client>, _ pace: Pace) {
        client.it.began = loop.now
        client.it.timer.set(pace.deadline(from: loop.now, received: 0), client.token, on: &loop.timers)
    }

    /// More of a head has come, which may allow it more time.
    mutating func extendHead(_ client: Ref<Client>, _ pace: Pace, received count: Int) {
        if pace.rate == 0 { return }
        client.it.timer.set(
            pace.deadline(from: client.it.began, received: Int64(count)), client.token, on: &loop.timers)
    }

    // MARK: Bodies

    /// More of a body is to come.
    mutating func awaitBody(_ exchange: Ref<Exchange>, _ client: Ref<Client>) {
        let pause = Int64(exchange.it.era.it.decider.connectionPolicy(exchange.it.journey).bodyTime)
        var deadline = loop.now + pause
        // It is not the client's fault where the upstream takes its time.
        if wantsBody(exchange), let pace = exchange.it.era.it.decider.bodyPace(exchange.it.journey).map(Pace.init) {
            if client.it.began == 0 { client.it.began = loop.now }
            deadline = min(deadline, pace.deadline(from: client.it.began, received: exchange.it.bodyCount))
        }
        client.it.timer.set(deadline, client.token, on: &loop.timers)
    }

    // MARK: Answers

    /// The time begins in which the client must take more of what waits for it.
    mutating func awaitTaking(_ client: Ref<Client>, of exchange: Ref<Exchange>) {
        let patience = Int64(exchange.it.era.it.decider.connectionPolicy(exchange.it.journey).sendTime)
        client.it.timer.set(loop.now + patience, client.token, on: &loop.timers)
    }

    /// The time begins in which the upstream must do the next thing: that of the place, unless the member has its own.
    @inline(__always)
    mutating func awaitMove(_ upstream: Ref<Upstream>, of exchange: Ref<Exchange>, _ usual: Int32) {
        let own = exchange.it.era.it.peers.peers[Int(exchange.it.peer)].exchangeTimeout
        upstream.it.timer.set(loop.now + Int64(own >= 0 ? own : usual), upstream.token, on: &loop.timers)
    }

    // MARK: When the time is over

    /// The client's patience, or ours, is over.
    mutating func clientTimedOut(_ client: Ref<Client>) {
        if client.it.isLingering {
            close(client)
            return
        }
        guard let exchange = client.it.exchange else {
            close(client, aborting: client.it.side.timedOut() == .abort)
            return
        }
        if exchange.it.bodyUse == .counted || exchange.it.bodyUse == .chunked, exchange.it.upstream != nil,
            !exchange.it.body.isFinished, !wantsBody(exchange)
        {
            // The upstream is in the way, which has a limit of its own.
            awaitBody(exchange, client)
            return
        }
        if let status = statusOfDelay(exchange, client) {
            tellOfDelay(exchange, client, status)
            return
        }
        let resets = exchange.it.era.it.decider.resetsTimedOut(exchange.it.journey)
        close(client, aborting: client.it.side.timedOut() == .abort || resets)
    }

    /// What a client is told that took too long; nil: nothing, its connection is closed.
    ///
    /// httpd answers where there is a whole request line, and the answer has not begun.
    private func statusOfDelay(_ exchange: Ref<Exchange>, _ client: Ref<Client>) -> Int32? {
        guard let status = exchange.it.era.it.listeners[client.it.facts.listener].timedOut,
            !client.it.side.answerHasBegun, !exchange.it.journey.request.startLine.isEmpty
        else { return nil }
        if client.it.side.isReadingHead { return status }
        return exchange.it.body.isFinished || exchange.it.awaits != 0 ? nil : status
    }

    private mutating func tellOfDelay(_ exchange: Ref<Exchange>, _ client: Ref<Client>, _ status: Int32) {
        if client.it.side.isReadingHead {
            client.it.requests += 1
            client.it.side.headRefused()
            refuseHead(exchange, client, status)
        } else {
            streamFailed(exchange, .bodyTimedOut(status))
        }
    }

    // MARK: The end

    /// Says that nothing more comes, and reads and drops for a while what does.
    mutating func linger(_ client: Ref<Client>, _ lingering: Lingering) {
        client.it.isLingering = true
        client.it.kept.removeAll()
        client.it.channel.finishWriting()
        client.it.began = loop.now
        client.it.lingers = (Int64(lingering.time * 1_000), Int64(lingering.pause * 1_000))
        lingerOn(client)
        loop.schedule(client.token)
    }

    /// Something has come of what is dropped: the wait for the next begins, though not beyond all there is.
    mutating func lingerOn(_ client: Ref<Client>) {
        let end = client.it.began + client.it.lingers.time
        client.it.timer.set(min(loop.now + client.it.lingers.pause, end), client.token, on: &loop.timers)
    }

    /// Whether a connection that may be closed at once is read on for a while.
    func shouldLinger(_ client: Ref<Client>, _ lingering: Lingering, isUnread: Bool) -> Bool {
        switch lingering.when {
        case .never: false
        case .unread: isUnread || !client.it.kept.isEmpty
        case .always: true
        }
    }
}

extension Pace {
    /// A pace of the configuration; a time of 0 is any.
    init(_ pace: ReadingPace) {
        func milliseconds(_ seconds: Double) -> Int64 { Int64(min(max(seconds, 0), 2_000_000) * 1_000 + 0.5) }
        self.init(
            time: pace.time == 0 ? .max : milliseconds(pace.time), most: pace.most.map(milliseconds) ?? .max,
            rate: Int64(pace.rate ?? 0))
    }
}
