import HTTP
import Net
import Routing
import System

/// Connections that come and go.
extension Worker {
    /// Takes the connections that wait, up to a share of one turn.
    mutating func accept(at place: Int) {
        var peer = SocketAddress.unnamed
        for _ in 0..<64 {
            switch acceptor.accept(at: place, peer: &peer) {
            case .accepted(let socket): begin(socket, peer, from: acceptor.listeners[place].socket)
            case .nobody: return
            case .exhausted(let code):
                // Whoever is connected is served; the others wait in the backlog until a descriptor is free.
                eras[era].it.service.logs.complain(
                    .crit, "no more connections are accepted for now: \(SystemError.text(of: code))", thread: number)
                acceptor.pause(loop.poller)
                resumesAt = loop.now + 500
                return
            }
        }
    }

    private mutating func begin(_ socket: Int32, _ peer: SocketAddress, from listener: Int32) {
        let client = clients.insert()
        client.it.socket = listener
        client.it.address = peer
        guard client.it.channel.open(socket, token: client.token, poller: loop.poller) >= 0, enter(client) else {
            clients.release(client)
            return
        }
        connections += 1
        shared.set(clients.count)
        client.it.facts.number = connections
        client.it.facts.clientPort = Int(peer.port)
        let words = peer.words
        client.it.facts.client =
            peer.family == .v6
            ? IPAddress(high: words.high, low: words.low) : IPAddress(ipv4: UInt32(truncatingIfNeeded: words.low))
        client.it.facts.clientText.removeAll(keepingCapacity: true)
        peer.appendHost(to: &client.it.facts.clientText)
        if awaitsIntroduction(client) {
            client.it.stage = .introducing
        } else if eras[era].it.decider.speaksTLS(client.it.facts) {
            client.it.stage = .knocking
        }
        let facts = eras[era].it.listeners[client.it.facts.listener]
        awaitHead(client, client.it.stage == .knocking ? facts.handshakePace : facts.headerPace)
    }

    /// Finds out what the current era knows of a client's listener; false when it does not have it any more.
    mutating func enter(_ client: Ref<Client>) -> Bool {
        guard let socket = eras[era].it.service.sockets.first(where: { $0.socket == client.it.socket }) else {
            return false
        }
        client.it.era = era
        client.it.facts.listener = socket.listener
        client.it.facts.localPort = Int(socket.port)
        let known = eras[era].it.listeners[socket.listener].localText
        if known.isEmpty {
            client.it.facts.localText.removeAll(keepingCapacity: true)
            SocketIO.localAddress(of: client.it.channel.socket)?.appendHost(to: &client.it.facts.localText)
        } else {
            client.it.facts.localText = known
        }
        return true
    }

    /// Accepts again after a pause.
    mutating func resumeAccepting() {
        resumesAt = .max
        guard mode == .serving else { return }
        do throws(SystemError) {
            try acceptor.resume(loop.poller)
        } catch {
            resumesAt = loop.now + 500
        }
    }

    /// Closes a client's connection and lets go of all that belongs to it.
    mutating func close(_ client: Ref<Client>, aborting: Bool = false) {
        client.it.channel.close(aborting: aborting)
        if let exchange = client.it.exchange {
            client.it.exchange = nil
            // An answer that was cut off is logged as far as it went.
            if exchange.it.journey.status != 0 { log(exchange) }
            dropUpstream(of: exchange)
            release(exchange)
        }
        clients.release(client)
        shared.set(clients.count)
        if acceptor.isPaused, mode == .serving { resumesAt = loop.now }
    }
}
