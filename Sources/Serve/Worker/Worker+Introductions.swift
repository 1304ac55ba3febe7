import HTTP
import Net
import Routing
import System

/// What proxies say of the clients that they bring (the PROXY protocol), before TLS and before the first request.
extension Worker {
    /// Does what must come before the first request; true when requests may be read.
    mutating func greet(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) -> Bool {
        if client.it.stage == .introducing, !introduce(client, &buffer) { return false }
        return client.it.stage == .ready || shakeHands(client)
    }

    /// Whether the connection is one on which a proxy speaks first.
    func awaitsIntroduction(_ client: Ref<Client>) -> Bool {
        eras[client.it.era].it.decider.proxies(client.it.facts) != nil
    }

    /// Reads the introduction; false until it is whole, and where it is none.
    ///
    /// It is looked at in the socket until all of it is there, so that what follows is left to whoever reads next.
    private mutating func introduce(_ client: Ref<Client>, _ buffer: inout ReceiveBuffer) -> Bool {
        if client.it.era != era, !enter(client) {
            close(client)
            return false
        }
        guard client.it.channel.canReceive else { return false }
        guard let rules = eras[era].it.decider.proxies(client.it.facts) else {
            // The configuration was changed meanwhile.
            client.it.stage = stageBehindIntroduction(client)
            return true
        }
        guard let bytes = client.it.channel.peek(upTo: rules.limit) else { return false }
        if bytes.isEmpty {
            close(client)
            return false
        }
        switch ProxyHeader.read(bytes.span, limit: rules.limit) {
        case .needMore:
            // A proxy that sends nothing more will not end what it has begun.
            if client.it.channel.peerHasFinished { close(client) }
            return false
        case .refused(let reason):
            turnAway(client, reason.rawValue, bytes.count, &buffer)
            return false
        case .header(let header, let count):
            guard let facts = ProxiedFacts(header), !(rules.refusesForeign && header.content == .foreign) else {
                turnAway(client, "a PROXY header of what is no TCP connection", bytes.count, &buffer)
                return false
            }
            buffer.clear()
            guard client.it.channel.receive(into: &buffer, upTo: count) == .bytes(count) else {
                close(client)
                return false
            }
            client.it.facts.proxied = facts
            client.it.stage = stageBehindIntroduction(client)
            return true
        }
    }

    private func stageBehindIntroduction(_ client: Ref<Client>) -> Client.Stage {
        eras[client.it.era].it.decider.speaksTLS(client.it.facts) ? .knocking : .ready
    }

    /// Closes without a word: what the client speaks is not known.
    private mutating func turnAway(
        _ client: Ref<Client>, _ reason: String, _ count: Int, _ buffer: inout ReceiveBuffer
    ) {
        eras[client.it.era].it.service.logs.complain(
            .error, "the client sent \(reason)", client: client.it.address, thread: number)
        // What is left unread would turn the end of the connection into a reset.
        buffer.clear()
        _ = client.it.channel.receive(into: &buffer, upTo: count)
        close(client)
    }
}
