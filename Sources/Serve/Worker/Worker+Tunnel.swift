import HTTP
import Net
import Routing
import System

/// Connections that have changed to another protocol: bytes pass both ways until both sides have ended.
///
/// When one side ends, the other is told behind everything that was sent before, and may go on (RFC 9110, section 7.8
/// leaves the protocol alone). A tunnel in which nothing moves for as long as an upstream may be silent is closed.
extension Worker {
    /// So much may wait for an upstream before its client is left unread.
    private static var backlog: Int { 256 << 10 }

    /// Passes on what comes from the client.
    mutating func readTunnel(_ client: Ref<Client>, _ exchange: Ref<Exchange>, _ buffer: inout ReceiveBuffer) {
        for _ in 0..<16 {
            guard let upstream = exchange.it.upstream, !exchange.it.clientHasEnded,
                upstream.it.outbox.waiting <= Self.backlog,
                client.it.channel.canReceive || !client.it.kept.isEmpty
            else { return }
            buffer.start(with: client.it.kept)
            client.it.kept.removeAll(keepingCapacity: true)
            if client.it.channel.canReceive {
                switch client.it.channel.receive(into: &buffer) {
                case .bytes, .nothing: break
                case .end: exchange.it.clientHasEnded = true
                case .failed:
                    close(client, aborting: true)
                    return
                }
            }
            if buffer.count > 0 {
                let nothing: [UInt8] = []
                exchange.it.journey.receivedBytes += Int64(buffer.count)
                let outcome = upstream.it.outbox.send(
                    buffer.received, nothing.span, on: &upstream.it.channel)
                if case .failed = outcome {
                    tunnelBroke(exchange)
                    return
                }
                keepTunnelAlive(upstream, exchange)
            }
            if exchange.it.clientHasEnded {
                advanceTunnel(exchange)
                return
            }
        }
        loop.schedule(client.token)
    }

    /// Something has been sent, or a side has ended: ends what is over, and reads on where there is room again.
    mutating func advanceTunnel(_ exchange: Ref<Exchange>) {
        guard let client = exchange.it.client, let upstream = exchange.it.upstream else { return }
        keepTunnelAlive(upstream, exchange)
        let toClient = client.it.outbox.isEmpty
        let toUpstream = upstream.it.outbox.isEmpty
        if exchange.it.upstreamHasEnded, toClient {
            if exchange.it.clientHasEnded, toUpstream {
                endTunnel(upstream, exchange, client)
                return
            }
            client.it.channel.finishWriting()
        }
        if exchange.it.clientHasEnded, toUpstream { upstream.it.channel.finishWriting() }
        if !exchange.it.upstreamHasEnded { resumeReading(upstream) }
        if client.it.channel.canReceive || !client.it.kept.isEmpty { loop.schedule(client.token) }
    }

    /// Nothing has moved for too long.
    mutating func tunnelTimedOut(_ exchange: Ref<Exchange>) {
        complain(.error, "nothing was sent either way for too long over an upgraded connection", exchange)
        tunnelBroke(exchange)
    }

    /// Any movement starts the time anew in which the tunnel may be silent.
    private mutating func keepTunnelAlive(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) {
        awaitMove(upstream, of: exchange, exchange.it.journey.upstream.readTimeout)
    }

    private mutating func endTunnel(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ client: Ref<Client>) {
        exchange.it.journey.exchange.responseTime = (loop.now - exchange.it.askedAt) * 1_000
        upstream.it.body = .finished
        finished(upstream, exchange, leftOver: 0)
        answerQueued(client)
    }

    private mutating func tunnelBroke(_ exchange: Ref<Exchange>) {
        guard let client = exchange.it.client else { return }
        close(client)
    }
}
