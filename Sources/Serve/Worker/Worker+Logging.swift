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
        let era = exchange.it.era
        exchange.it.journey.now = moment
        var next = 0
        while let sink = era.it.decider.logSink(exchange.it.journey, next) {
            let index = next
            next += 1
            if !lines.takes(sink, era.place) { handOverLines() }
            guard let target = era.it.decider.logLine(&exchange.it.journey, index, into: &lines.bytes) else { continue }
            if sink >= 0 {
                (lines.sink, lines.era) = (sink, era.place)
            } else {
                // The path was made of values of the request, and the next line may have another: it stands alone.
                era.it.service.logs.write(lines.bytes.span, to: target, thread: number)
                lines.bytes.removeAll()
            }
        }
    }

    /// Hands over the lines that were written since the last time: once for a batch of events, and not for each line.
    mutating func handOverLines() {
        if lines.bytes.isEmpty { return }
        eras[lines.era].it.service.logs.write(lines.bytes.span, toSink: Int(lines.sink), thread: number)
        lines.bytes.removeAll()
    }

    /// Writes what deciding complained about, once.
    func complain(of exchange: Ref<Exchange>) {
        complain(.error, exchange.it.journey.takeComplaint(), exchange)
    }

    /// Writes a line to the error log of the place where a request stands.
    func complain(_ level: LogLevel, _ text: String, _ exchange: Ref<Exchange>) {
        let era = exchange.it.era
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
        let era = exchange.it.era
        guard exchange.it.peer >= 0 else { return nil }
        let places = era.it.peers.peers[Int(exchange.it.peer)].places
        guard places.indices.contains(Int(exchange.it.place)) else { return nil }
        return String(decoding: places[Int(exchange.it.place)].text, as: UTF8.self)
    }
}

/// Lines of one access log, with their ends, that wait until the batch of events is over.
struct PendingLines: ~Copyable {
    var bytes = ByteWriter()
    /// The log, by the number that `LogLine.sink` gives, and the place of the era whose log it is.
    var sink: Int32 = -1
    var era = -1

    /// Whether a line of this log may stand behind those that wait.
    func takes(_ sink: Int32, _ era: Int) -> Bool {
        bytes.isEmpty || (sink >= 0 && sink == self.sink && era == self.era && bytes.count < 32 << 10)
    }
}
