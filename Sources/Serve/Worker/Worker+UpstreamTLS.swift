import HTTP
import Net
import Routing
import System
import TLS

/// TLS with upstreams.
extension Worker {
    /// The number of an address in the pool of idle connections, for connections that may stand for one another.
    mutating func encryptedKey(_ address: Int, _ exchange: Ref<Exchange>) -> Int {
        // The numbers of settings are those of a plan.
        let settings = exchange.it.era.it.serial << 32 | Int(exchange.it.journey.upstream.tls)
        let name = exchange.it.journey.upstream.tlsName
        return idle.key(for: address, settings: settings, name: Array(exchange.it.journey.bytes(name)))
    }

    /// Goes on with the handshake, which begins when the connection stands; true when it is done.
    mutating func shakeHands(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) -> Bool {
        guard let exit = exchange.it.era.it.service.tls.exit(upstream.it.tls) else {
            return fail(upstream, exchange, "TLS with this upstream is not set up")
        }
        let host = Self.hostName(exchange.it.journey.bytes(exchange.it.journey.upstream.tlsName))
        if !upstream.it.isShaking {
            upstream.it.isShaking = true
            let name = exit.sendsName && SocketAddress(numeric: host, port: 0) == nil ? host : ""
            let session = exit.reusesSessions ? sessions[upstream.it.key] : nil
            guard upstream.it.channel.connectTLS(exit.context, name: name, session: session) else {
                return fail(upstream, exchange, "there is no memory for TLS")
            }
        }
        switch upstream.it.channel.handshake() {
        case .wantsRead, .wantsWrite: return false
        case .done:
            upstream.it.isShaking = false
            if exit.checksExpiry, upstream.it.channel.asking({ $0.peerIsCurrent }) != true {
                return fail(upstream, exchange, "the upstream's certificate does not hold today")
            }
            if exit.checksName, !host.isEmpty, upstream.it.channel.asking({ $0.peerIs(host) }) != true {
                return fail(upstream, exchange, "the upstream's certificate is not for \(host)")
            }
            return true
        case .wantsContext, .end, .failed, .cutOff:
            let reason = upstream.it.channel.asking { $0.failure() } ?? ""
            return fail(upstream, exchange, "the TLS handshake with the upstream failed: \(reason)")
        }
    }

    private mutating func fail(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ words: String) -> Bool {
        close(upstream, of: exchange)
        complain(.error, words, exchange)
        memberFailed(exchange, .tls)
        return false
    }

    /// The host of `host:port`, without brackets.
    private static func hostName(_ authority: [UInt8]) -> String {
        var host = authority[...]
        if host.first == UInt8(ascii: "["), let end = host.firstIndex(of: UInt8(ascii: "]")) {
            host = host[(host.startIndex + 1)..<end]
        } else if let colon = host.lastIndex(of: UInt8(ascii: ":")) {
            host = host[..<colon]
        }
        return String(decoding: host, as: UTF8.self)
    }

    /// Keeps the session of a connection, which may have been renewed by what came behind the handshake.
    mutating func keepSession(of upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) {
        guard upstream.it.key >= 0, upstream.it.requests == 1, exchange.it.era.place == era,
            exchange.it.era.it.service.tls.exit(upstream.it.tls)?.reusesSessions == true,
            let session = upstream.it.channel.asking({ $0.session }), let session
        else { return }
        sessions[upstream.it.key] = session
    }

    /// Whether an idle connection has ended: words of the protocol itself, such as tickets, do not end it.
    mutating func isOver(_ upstream: Ref<Upstream>, _ buffer: inout ReceiveBuffer) -> Bool {
        if !upstream.it.channel.canReceive { return false }
        buffer.clear()
        return upstream.it.channel.receive(into: &buffer) != .nothing
    }
}
