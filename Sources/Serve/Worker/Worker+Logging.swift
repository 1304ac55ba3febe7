import HTTP
import Net
import Routing
import System

/// Access logs and error logs.
extension Worker {
    /// Writes the access log lines of an exchange that is over.
    mutating func log(_ exchange: Ref<Exchange>) {
        if exchange.it.isLogged { return }
        exchange.it.isLogged = true
        let era = eras[exchange.it.era]
        let count = era.it.decider.logCount(exchange.it.journey)
        if count == 0 { return }
        exchange.it.journey.now = moment
        for index in 0..<count {
            line.removeAll()
            guard let target = era.it.decider.logLine(&exchange.it.journey, index, into: &line) else { continue }
            era.it.service.logs.write(line.span, to: target, thread: number)
        }
    }

    /// Writes what deciding complained about, once.
    func complain(of exchange: Ref<Exchange>) {
        complain(.error, exchange.it.journey.takeComplaint(), exchange)
    }

    /// Writes a line to the error log of the place where a request stands.
    func complain(_ level: LogLevel, _ text: String, _ exchange: Ref<Exchange>) {
        let era = eras[exchange.it.era]
        let log = era.it.decider.errorLog(exchange.it.journey)
        guard era.it.service.logs.wants(level, log: log) else { return }
        var words = text
        let line = exchange.it.journey.request.startLine
        if !line.isEmpty { words += ", request: \"\(exchange.it.journey.request.text(line))\"" }
        if let upstream = upstreamName(exchange) { words += ", upstream: \"\(upstream)\"" }
        if let host = exchange.it.journey.request.value(of: .host) {
            words += ", host: \"\(exchange.it.journey.request.text(host))\""
        }
        era.it.service.logs.complain(
            level, words, log: log, client: exchange.it.client?.it.address, thread: number)
    }

    /// The address that was asked last, as text; nil when none was.
    private func upstreamName(_ exchange: Ref<Exchange>) -> String? {
        let era = eras[exchange.it.era]
        guard exchange.it.peer >= 0 else { return nil }
        let places = era.it.peers.peers[Int(exchange.it.peer)].places
        guard places.indices.contains(Int(exchange.it.place)) else { return nil }
        return String(decoding: places[Int(exchange.it.place)].text, as: UTF8.self)
    }
}
