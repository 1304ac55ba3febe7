import HTTP
import Net
import Routing
import System

/// Reloads and the end.
extension Worker {
    /// Serves another plan from the next request on; connections live on where their listener does.
    mutating func begin(_ service: Service) {
        guard mode == .serving else { return }
        let last = era
        eraCount += 1
        era = eras.put(Era(service, serial: eraCount))
        sessions.removeAll()
        endIfOver(last)
        do throws(SystemError) {
            resumesAt = .max
            try listen()
        } catch {
            eras[era].it.service.logs.complain(.alert, "\(error)", thread: number)
        }
        for token in clients.tokens() {
            guard let client = clients.find(token), eras[era].it.listener(of: client.it.socket) == nil else { continue }
            client.it.side.endBehindThis()
            if isSilent(client) { close(client) }
        }
    }

    /// An exchange is over.
    @inline(__always)
    mutating func release(_ exchange: Ref<Exchange>) {
        let era = exchange.it.era
        exchanges.release(exchange)
        era.it.exchanges -= 1
        endIfOver(era.place)
    }

    @inline(__always)
    private mutating func endIfOver(_ place: Int) {
        guard place != era, eras[place].it.exchanges == 0 else { return }
        handOverLines()
        eras.remove(place)
    }

    /// Stops accepting: connections end with the answer that they are waiting for.
    mutating func drain(until deadline: Int64?) {
        guard mode != .stopped else { return }
        mode = .draining
        endsAt = deadline ?? .max
        acceptor.pause(loop.poller)
        resumesAt = .max
        for token in clients.tokens() {
            guard let client = clients.find(token) else { continue }
            client.it.side.endBehindThis()
            if isSilent(client) { close(client) }
        }
    }

    /// Whether a connection carries nothing, not even a request that has just come.
    private func isSilent(_ client: Ref<Client>) -> Bool {
        client.it.side.isIdle && client.it.kept.isEmpty && SocketIO.isQuiet(client.it.channel.socket)
    }
}
