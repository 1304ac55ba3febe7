import HTTP
import IR
import Net
import Routing
import System

/// What becomes of upstream connections: used again, closed, failed and asked elsewhere.
extension Worker {
    /// Lets go of an upstream behind a whole answer; it waits in the pool if it can be used again.
    mutating func finished(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, leftOver: Int) {
        exchange.it.upstream = nil
        upstream.it.exchange = nil
        exchange.it.era.it.peers.succeeded(Int(exchange.it.peer))
        if upstream.it.body.isFinished { upstream.it.side.bodyEnded() }
        if upstream.it.tls >= 0 { keepSession(of: upstream, exchange) }
        let pool = Int(exchange.it.journey.upstream.pool)
        guard pool >= 0, upstream.it.mayPersist, upstream.it.side.isReusable(leftOver: leftOver),
            upstream.it.outbox.isEmpty, !upstream.it.channel.peerHasFinished, mode == .serving,
            !upstream.it.isGateway || upstream.it.recordsHaveEnded
        else {
            close(upstream)
            return
        }
        let group = exchange.it.era.it.peers.groups[pool]
        if group.idleLimit == 0 || upstream.it.requests >= group.requestLimit {
            close(upstream)
            return
        }
        upstream.it.timer.set(loop.now + group.idleTime, upstream.token, on: &loop.timers)
        if let surplus = idle.put(upstream.token, key: upstream.it.key, limit: group.idleLimit),
            let oldest = upstreams.find(surplus)
        {
            close(oldest)
        }
    }

    /// Closes an upstream's connection.
    mutating func close(_ upstream: Ref<Upstream>) {
        upstream.it.exchange = nil
        upstreams.release(upstream)
    }

    /// Closes the connection to the upstream that an exchange asks.
    mutating func close(_ upstream: Ref<Upstream>, of exchange: Ref<Exchange>) {
        exchange.it.upstream = nil
        close(upstream)
    }

    /// Lets go of the upstream of an exchange, if it has one.
    mutating func dropUpstream(of exchange: Ref<Exchange>) {
        if let upstream = exchange.it.upstream { close(upstream, of: exchange) }
    }

    /// The upstream took too long.
    mutating func upstreamTimedOut(_ upstream: Ref<Upstream>) {
        guard let exchange = upstream.it.exchange else {
            idle.remove(upstream.token, key: upstream.it.key)
            close(upstream)
            return
        }
        if exchange.it.isTunnel {
            tunnelTimedOut(exchange)
        } else if !upstream.it.side.connected {
            failed(upstream, exchange, .connectTimeout)
        } else {
            failed(upstream, exchange, upstream.it.isSending ? .sendTimeout : .readTimeout)
        }
    }

    /// An exchange over this connection cannot go on.
    ///
    /// `wasReset`: the peer's system threw away what was sent, so nobody has read it.
    mutating func failed(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ failure: UpstreamSide.Failure, wasReset: Bool = false
    ) {
        // With TLS, an error that is pending may be that of the farewell to a peer that has left.
        let isUnread = wasReset || !upstream.it.channel.isTLS && upstream.it.channel.pendingError() != 0
        let rules = exchange.it.era.it.decider.retry(exchange.it.journey)
        // nginx takes it for a failure like any other, but not for one of the tries (`ngx_http_upstream_next`).
        let isForgiven = rules?.forgivesKept == true && failure == .closedEarly && upstream.it.side.isReused
        let verdict = upstream.it.side.failed(
            failure, canReplay: exchange.it.canReplay && isUnread && rules?.forgivesKept != true)
        if isForgiven { exchange.it.forgiven += 1 }
        close(upstream, of: exchange)
        switch verdict {
        case .retry:
            // The connection had been idle for too long; the member itself is as good as before.
            exchange.it.journey.answer.removeAll()
            connect(exchange, Int(exchange.it.peer))
        case .failed(let failure): memberFailed(exchange, UpstreamFailure(failure))
        case .cutOff(let failure):
            exchange.it.era.it.peers.failed(Int(exchange.it.peer), .closedEarly, now: loop.now)
            complain(.error, failure.wordsBehindHead(isTunnel: exchange.it.isTunnel), exchange)
            guard let client = exchange.it.client else { return }
            _ = client.it.side.answerFailed()
            // A length or a missing last chunk tells the client; without either, only a broken connection does.
            close(client, aborting: exchange.it.answerBody == .untilClose)
        }
    }

    /// A member failed before an answer began: another one is asked, or the failure is answered.
    mutating func memberFailed(_ exchange: Ref<Exchange>, _ failure: UpstreamFailure) {
        exchange.it.era.it.peers.failed(Int(exchange.it.peer), Failure(failure), now: loop.now)
        if let rules = exchange.it.era.it.decider.retry(exchange.it.journey), rules.on.contains(Failure(failure)),
            mayAskAnother(exchange, rules, wasSent: failure != .refused && failure != .connectTimeout)
        {
            let isAlone = exchange.it.era.it.peers.groups[Int(exchange.it.journey.upstream.pool)].range.count == 1
            let next = isAlone ? "is asked again" : "another one is asked"
            complain(.error, "the upstream failed and \(next): \(failure.words)", exchange)
            // A lone member is only asked again because the last try does not count.
            if isAlone { exchange.it.tried = 0 }
            exchange.it.journey.answer.removeAll()
            ask(exchange)
            return
        }
        upstreamFailed(exchange, failure)
    }

    /// Whether an answer with this status is to be asked for elsewhere.
    mutating func asksAnother(_ exchange: Ref<Exchange>, status: Int) -> Bool {
        // Most statuses are nobody's failure, which is seen without looking at the rules.
        if status < 400 { return false }
        let peer = Int(exchange.it.peer)
        if exchange.it.era.it.peers.peers[peer].quarantine.alsoOn.contains(status) {
            exchange.it.era.it.peers.failed(peer, nil, now: loop.now)
        }
        guard let rules = exchange.it.era.it.decider.retry(exchange.it.journey), rules.statuses.contains(status)
        else { return false }
        return mayAskAnother(exchange, rules, wasSent: true)
    }

    private func mayAskAnother(_ exchange: Ref<Exchange>, _ rules: Retry, wasSent: Bool) -> Bool {
        let pool = Int(exchange.it.journey.upstream.pool)
        guard pool >= 0, exchange.it.canReplay else { return false }
        let members = exchange.it.era.it.peers.groups[pool].attempts
        let elapsed = loop.now - exchange.it.askedAt
        let tries = Int(exchange.it.tries - exchange.it.forgiven)
        if !rules.permits(tries: tries, of: members, after: elapsed) || exchange.it.tries >= 64 { return false }
        return !wasSent || rules.unsafeMethods || exchange.it.journey.request.method.isRepeated
    }

    /// There is no upstream left to ask.
    mutating func upstreamFailed(_ exchange: Ref<Exchange>, _ failure: UpstreamFailure) {
        exchange.it.journey.exchange.responseTime = (loop.now - exchange.it.askedAt) * 1_000
        // A body that was held is whole, and an error's page may ask another upstream with it.
        if exchange.it.bodyUse == .counted || exchange.it.bodyUse == .chunked { exchange.it.bodyUse = .none }
        (exchange.it.tries, exchange.it.tried, exchange.it.forgiven, exchange.it.placesTried) = (0, 0, 0, 0)
        resume(exchange, .upstreamFailed(failure))
    }
}

extension Method {
    /// A request that was sent goes to another member, unless it is of those that nginx knows to change something
    /// each time (`ngx_http_upstream_next`).
    fileprivate var isRepeated: Bool {
        switch self {
        case .post, .lock, .patch: false
        default: true
        }
    }
}

extension UpstreamFailure {
    init(_ failure: UpstreamSide.Failure) {
        switch failure {
        case .refused: self = .refused
        case .connectTimeout: self = .connectTimeout
        case .closedEarly: self = .closedEarly
        case .sendTimeout: self = .sendTimeout
        case .readTimeout: self = .readTimeout
        case .badHead: self = .badHead
        }
    }
}

extension UpstreamSide.Failure {
    /// What became of an answer that had begun, for the error log.
    fileprivate func wordsBehindHead(isTunnel: Bool) -> String {
        switch self {
        case _ where isTunnel: "the upstream broke an upgraded connection"
        case .sendTimeout, .readTimeout: "the upstream fell silent in the middle of its answer"
        case .badHead: "the upstream's answer turned out to be malformed in its middle"
        case .refused, .connectTimeout, .closedEarly: "the upstream broke off in the middle of its answer"
        }
    }
}

extension Failure {
    init(_ failure: UpstreamFailure) {
        // The two lists have the same raw values, as `UpstreamFailure` promises.
        self = Failure(rawValue: failure.rawValue) ?? .noMember
    }
}
