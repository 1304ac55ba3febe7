import HTTP
import Net
import Routing
import System

/// Choosing an upstream, connecting to it, and sending it the request.
extension Worker {
    /// Asks an upstream for the answer; the exchange goes on when it has answered or failed.
    mutating func ask(_ exchange: Ref<Exchange>) {
        if exchange.it.tries == 0 { exchange.it.askedAt = loop.now }
        if exchange.it.journey.upstream.isTLS,
            exchange.it.era.it.service.tls.exit(exchange.it.journey.upstream.tls) == nil
        {
            complain(.error, "TLS with this upstream is not set up", exchange)
            upstreamFailed(exchange, .tls)
            return
        }
        let group = Int(exchange.it.journey.upstream.pool)
        if group < 0 {
            askComputed(exchange)
            return
        }
        switch exchange.it.era.it.peers.choose(group, now: loop.now, tried: exchange.it.tried) {
        case .failure(let none): upstreamFailed(exchange, none.isQuarantined ? .quarantined : .noMember)
        case .success(let index):
            let offset = index - exchange.it.era.it.peers.groups[group].range.lowerBound
            if offset < 64 { exchange.it.tried |= 1 << UInt64(offset) }
            exchange.it.tries += 1
            exchange.it.peer = Int32(index)
            exchange.it.placesTried = 0
            askAgain(exchange)
        }
    }

    /// Asks the member that was chosen, once its address is known.
    @inline(__always)
    mutating func askAgain(_ exchange: Ref<Exchange>) {
        guard exchange.it.peer >= 0 else {
            askComputed(exchange)
            return
        }
        let era = exchange.it.era
        let index = Int(exchange.it.peer)
        if era.it.peers.peers[index].places.isEmpty, !era.it.peers.settle(index, &idle) {
            let host = era.it.peers.peers[index].host
            if resolved[host]?.isEmpty == true {
                // It has just been asked, and the next request asks anew.
                resolved[host] = nil
                memberFailed(exchange, .resolve)
            } else {
                resolve(exchange, host)
            }
            return
        }
        connect(exchange, index)
    }

    /// Asks the address that a template named.
    private mutating func askComputed(_ exchange: Ref<Exchange>) {
        let socket = exchange.it.journey.upstream.socket
        let bytes = exchange.it.journey.bytes(socket.isAbsent ? exchange.it.journey.upstream.authority : socket)
        // The port that httpd takes for FastCGI where none is written.
        let usual: UInt16 =
            exchange.it.journey.upstream.isCommonGateway ? 8000 : exchange.it.journey.upstream.isTLS ? 443 : 80
        let (host, port) = Self.split(String(decoding: bytes, as: UTF8.self), usual: usual)
        let addresses = Peer.known(host, port).map { [$0] } ?? resolved[host]
        guard let addresses else {
            resolve(exchange, host)
            return
        }
        let era = exchange.it.era
        guard exchange.it.tries == 0,
            let index = era.it.peers.peer(host: host, port: port, at: addresses, &idle)
        else {
            if addresses.isEmpty { resolved[host] = nil }
            upstreamFailed(exchange, addresses.isEmpty ? .resolve : .noMember)
            return
        }
        exchange.it.tries = 1
        exchange.it.peer = Int32(index)
        exchange.it.placesTried = 0
        connect(exchange, index)
    }

    /// `host:port`, `[address]:port`, `host` or `unix:/path`.
    private static func split(_ authority: String, usual: UInt16) -> (host: String, port: UInt16) {
        if authority.hasPrefix("unix:") {
            var path = authority
            if path.hasSuffix(":") { path.removeLast() }
            return (path, 0)
        }
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            let host = authority[authority.index(after: authority.startIndex)..<end]
            return (String(host), UInt16(authority[authority.index(after: end)...].dropFirst()) ?? usual)
        }
        guard let colon = authority.lastIndex(of: ":") else { return (authority, usual) }
        return (String(authority[..<colon]), UInt16(authority[authority.index(after: colon)...]) ?? usual)
    }

    private mutating func resolve(_ exchange: Ref<Exchange>, _ host: String) {
        let isAwaited = delegate(exchange) { token, number in
            .addresses(token, number, host, (try? Resolver.addresses(of: host, port: 0)) ?? [])
        }
        if !isAwaited { upstreamFailed(exchange, .resolve) }
    }

    /// A name has been resolved, or has no address: then the list is empty.
    mutating func nameResolved(_ name: String, _ addresses: [SocketAddress]) {
        resolved[name] = addresses
        if addresses.isEmpty { return }
        for place in eras.taken {
            let era = eras[place]
            for index in era.it.peers.peers.indices
            where era.it.peers.peers[index].places.isEmpty && era.it.peers.peers[index].host == name {
                era.it.peers.settle(index, at: addresses, &idle)
            }
        }
    }

    // MARK: Connecting

    /// Uses an idle connection to the peer, or makes one.
    mutating func connect(_ exchange: Ref<Exchange>, _ index: Int) {
        let era = exchange.it.era
        let count = era.it.peers.peers[index].places.count
        let next = era.it.peers.peers[index].preferred + Int(exchange.it.placesTried)
        let place = next < count ? next : next % max(count, 1)
        exchange.it.place = Int32(place)
        var key = era.it.peers.peers[index].places[place].key
        if exchange.it.journey.upstream.isTLS { key = encryptedKey(key, exchange) }
        while let token = idle.take(key) {
            guard let upstream = upstreams.find(token), upstream.it.exchange == nil else { continue }
            // Whatever has come unasked must not be taken for the answer.
            if upstream.it.channel.canReceive || loop.isYetToRead(token) {
                close(upstream)
                continue
            }
            attach(upstream, to: exchange, isReused: true)
            send(exchange, upstream)
            return
        }
        let socket = SocketIO.connect(to: era.it.peers.peers[index].places[place].address)
        if socket < 0 {
            if SocketIO.isShortage(socket) { upstreamFailed(exchange, .noSocket) } else { connectionRefused(exchange) }
            return
        }
        let upstream = upstreams.insert()
        upstream.it.key = key
        upstream.it.tls = exchange.it.journey.upstream.isTLS ? exchange.it.journey.upstream.tls : -1
        guard upstream.it.channel.open(socket, token: upstream.token, poller: loop.poller) >= 0 else {
            upstreams.release(upstream)
            upstreamFailed(exchange, .noSocket)
            return
        }
        attach(upstream, to: exchange, isReused: false)
        send(exchange, upstream)
    }

    /// An address of a member does not take connections: the next of its addresses is tried, then another member.
    mutating func connectionRefused(_ exchange: Ref<Exchange>) {
        let index = Int(exchange.it.peer)
        exchange.it.placesTried += 1
        if Int(exchange.it.placesTried) < exchange.it.era.it.peers.peers[index].places.count {
            connect(exchange, index)
        } else {
            memberFailed(exchange, .refused)
        }
    }

    @inline(__always)
    private mutating func attach(_ upstream: Ref<Upstream>, to exchange: Ref<Exchange>, isReused: Bool) {
        upstream.it.exchange = exchange
        upstream.it.requests += 1
        upstream.it.side = UpstreamSide(isReused: isReused, method: exchange.it.journey.request.method)
        upstream.it.parser = HeadParser(.answer)
        upstream.it.body = .finished
        exchange.it.upstream = upstream
        exchange.it.journey.answer.removeAll()
        upstream.it.isGateway = exchange.it.journey.upstream.speaksFastCGI
        if upstream.it.isGateway { expectRecords(upstream, exchange) }
        let peer = Int(exchange.it.peer)
        upstream.it.outbox.taken = 0
        exchange.it.journey.exchange.sentLength = 0
        exchange.it.journey.exchange.member.removeAll()
        if exchange.it.journey.upstream.hidesName {
            exchange.it.journey.exchange.member.append(
                exchange.it.era.it.peers.peers[peer].authority)
        }
        exchange.it.journey.exchange.address.removeAll()
        if exchange.it.era.it.decider.tellsAddresses {
            exchange.it.journey.exchange.address.append(
                exchange.it.era.it.peers.peers[peer].places[Int(exchange.it.place)].text)
        }
    }

    /// Writes the request's head and what is there of its body.
    private mutating func send(_ exchange: Ref<Exchange>, _ upstream: Ref<Upstream>) {
        scratch.removeAll()
        if !exchange.it.journey.upstream.passesBody, exchange.it.bodyUse == .held { exchange.it.dropHeldBody() }
        let framing: Routing::RequestFraming
        switch exchange.it.bodyUse {
        case .none: framing = exchange.it.journey.request.has(.contentLength) ? .length(0) : .none
        case .held: framing = .length(exchange.it.bodyCount)
        case .counted: framing = .length(exchange.it.journey.bodyLength)
        case .chunked: framing = .chunked
        }
        exchange.it.journey.now = moment
        if upstream.it.isGateway {
            sendParameters(exchange, upstream)
            return
        }
        upstream.it.mayPersist = exchange.it.era.it.decider.composeRequest(
            &exchange.it.journey, framing: framing, into: &scratch)
        let isChunked = exchange.it.bodyUse == .chunked
        if isChunked {
            ChunkedEncoding.append(exchange.it.stored.span, to: &scratch)
            if exchange.it.body.isFinished { ChunkedEncoding.appendEnd(to: &scratch) }
        }
        if upstream.it.side.connected, exchange.it.spool < 0 {
            let outcome =
                isChunked || exchange.it.stored.isEmpty
                ? upstream.it.outbox.send(scratch, on: &upstream.it.channel)
                : upstream.it.outbox.send(scratch, exchange.it.stored.span, on: &upstream.it.channel)
            forgetSent(exchange)
            upstream.it.side.didSend()
            sent(upstream, outcome)
            return
        }
        upstream.it.outbox.add(scratch)
        if !isChunked { upstream.it.outbox.add(exchange.it.stored.span) }
        if exchange.it.spool >= 0 {
            let count = exchange.it.bodyCount - Int64(exchange.it.stored.count)
            upstream.it.outbox.add(file: exchange.it.spool, from: 0, count: count, closing: false)
        }
        forgetSent(exchange)
        sendQueued(exchange, upstream)
    }

    /// Sends what is in the outbox, as soon as the connection is made.
    mutating func sendQueued(_ exchange: Ref<Exchange>, _ upstream: Ref<Upstream>) {
        if upstream.it.side.connected {
            upstream.it.side.didSend()
            sent(upstream, upstream.it.outbox.flush(on: &upstream.it.channel))
        } else {
            let peer = exchange.it.era.it.peers.peers[Int(exchange.it.peer)]
            let timeout = peer.connectTimeout >= 0 ? peer.connectTimeout : exchange.it.journey.upstream.connectTimeout
            upstream.it.timer.set(loop.now + Int64(timeout), upstream.token, on: &loop.timers)
        }
    }

    /// What a body that is sent as it comes has handed over cannot be sent again.
    @inline(__always)
    func forgetSent(_ exchange: Ref<Exchange>) {
        guard exchange.it.bodyUse == .counted || exchange.it.bodyUse == .chunked else { return }
        if !exchange.it.stored.isEmpty {
            exchange.it.bodyIsGone = true
            exchange.it.stored.removeAll(keepingCapacity: true)
        }
    }

    /// What follows when the upstream has been sent something.
    mutating func sent(_ upstream: Ref<Upstream>, _ outcome: Outbox.Outcome) {
        guard let exchange = upstream.it.exchange else { return }
        exchange.it.journey.exchange.sentLength = upstream.it.outbox.taken
        switch outcome {
        case .flushed where exchange.it.isTunnel: advanceTunnel(exchange)
        case .flushed:
            if exchange.it.body.isFinished { upstream.it.side.requestEnded() }
            upstream.it.isSending = false
            awaitMove(upstream, of: exchange, exchange.it.journey.upstream.readTimeout)
            if !exchange.it.body.isFinished, let client = exchange.it.client {
                awaitBody(exchange, client)
                loop.schedule(client.token)
            }
        case .waits:
            if upstream.it.channel.canSend { loop.schedule(upstream.token) }
            upstream.it.isSending = true
            awaitMove(upstream, of: exchange, exchange.it.journey.upstream.sendTimeout)
        case .failed:
            // The upstream may have answered before it closed: reading tells, as soon as the poller says so.
            upstream.it.outbox.clear()
            upstream.it.channel.note(.readable)
            loop.schedule(upstream.token)
        }
    }
}
