import HTTP
import Net
import Routing
import System

/// Requests to FastCGI applications, and what comes of them.
///
/// The answer inside the records is fields, an empty line and a body: once it is taken out, it goes the way of an
/// upstream's that speaks HTTP.
extension Worker {
    /// Makes a connection ready for an answer in records.
    func expectRecords(_ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>) {
        upstream.it.records = FastCGIDecoder()
        upstream.it.recordsHaveEnded = false
        upstream.it.parser = HeadParser(.trailers)
        // What a script says of the status comes as a field.
        exchange.it.journey.answer.begin(status: 200, reason: "OK")
    }

    /// Writes what the application is told of the request, and what is there of its body.
    mutating func sendParameters(_ exchange: Ref<Exchange>, _ upstream: Ref<Upstream>) {
        var pairs = plain.take() ?? ByteWriter()
        pairs.removeAll()
        upstream.it.mayPersist = exchange.it.era.it.decider.composeParameters(
            &exchange.it.journey, bodyLength: exchange.it.bodyUse == .held ? exchange.it.bodyCount : nil, into: &pairs)
        scratch.removeAll()
        FastCGIRecords.begin(keepingConnection: upstream.it.mayPersist, to: &scratch)
        FastCGIRecords.parameters(pairs.span, to: &scratch)
        plain = consume pairs
        FastCGIRecords.input(exchange.it.stored.span, to: &scratch)
        upstream.it.outbox.add(scratch)
        if exchange.it.spool >= 0 { addSpool(exchange, upstream) }
        if exchange.it.body.isFinished {
            scratch.removeAll()
            FastCGIRecords.endInput(to: &scratch)
            upstream.it.outbox.add(scratch)
        }
        forgetSent(exchange)
        sendQueued(exchange, upstream)
    }

    /// A body that lies in a file goes out in records, each with its head before it.
    private mutating func addSpool(_ exchange: Ref<Exchange>, _ upstream: Ref<Upstream>) {
        let count = exchange.it.bodyCount - Int64(exchange.it.stored.count)
        var from: Int64 = 0
        while from < count {
            let piece = min(Int64(FastCGIRecords.largestPiece), count - from)
            scratch.removeAll()
            FastCGIRecords.inputHead(Int(piece), to: &scratch)
            upstream.it.outbox.add(scratch)
            upstream.it.outbox.add(file: exchange.it.spool, from: from, count: piece, closing: false)
            from += piece
        }
    }

    /// How long the body of an application's answer is, once the client's conditions were judged by its head.
    mutating func gatewayLength(_ exchange: Ref<Exchange>) -> AnswerLength {
        exchange.it.journey.now = moment
        let isCommon = exchange.it.journey.upstream.isCommonGateway
        let isDropped = isCommon && exchange.it.era.it.decider.judgeGatewayAnswer(&exchange.it.journey)
        return AnswerLength.ofGateway(
            exchange.it.journey.answer, to: exchange.it.journey.request.method, isDropped: isDropped,
            commonly: isCommon)
    }

    /// Receives records once and takes what is in them; false when there is nothing more to receive for now.
    mutating func receiveRecords(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ buffer: inout ReceiveBuffer
    ) -> Bool {
        buffer.clear()
        switch upstream.it.channel.receive(into: &buffer) {
        case .nothing: return false
        case .bytes: break
        case .end:
            ended(upstream, exchange, .closedEarly)
            return false
        case .failed:
            failed(upstream, exchange, .closedEarly)
            return false
        }
        didReceive(upstream, exchange)
        takeRecords(upstream, exchange, buffer.received)
        return upstream.it.exchange?.token == exchange.token
    }

    private mutating func takeRecords(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>
    ) {
        var answer = plain.take() ?? ByteWriter()
        answer.removeAll()
        answer.append(upstream.it.kept.span)
        upstream.it.kept.removeAll(keepingCapacity: true)
        var errors: [UInt8] = []
        let isSound = unpack(upstream, exchange, input, into: &answer, &errors)
        if !errors.isEmpty {
            complain(ofScript: errors, exchange)
            if !upstream.it.side.answerHasBegun,
                exchange.it.era.it.decider.isCaught(errors, exchange.it.journey)
            {
                plain = consume answer
                failed(upstream, exchange, .badHead)
                return
            }
        }
        if !answer.isEmpty { take(upstream, exchange, answer.span) }
        plain = consume answer
        guard upstream.it.exchange?.token == exchange.token else { return }
        if !isSound {
            complain(.error, "the upstream sent what is no FastCGI record", exchange)
            // For httpd it is as if nothing had been answered, for nginx an answer that nobody understands.
            failed(upstream, exchange, exchange.it.journey.upstream.isCommonGateway ? .closedEarly : .badHead)
        } else if upstream.it.recordsHaveEnded {
            ended(upstream, exchange, .closedEarly)
        }
    }

    /// Takes the records apart; false when they are none.
    private mutating func unpack(
        _ upstream: Ref<Upstream>, _ exchange: Ref<Exchange>, _ input: Span<UInt8>, into answer: inout ByteWriter,
        _ errors: inout [UInt8]
    ) -> Bool {
        var position = 0
        while true {
            switch upstream.it.records.next(input, &position) {
            case .output(let range): answer.append(input.extracting(range))
            case .errors(let range): for index in range { errors.append(input[index]) }
            case .needMore: return true
            case .refused: return false
            case .end(let isWhole):
                upstream.it.recordsHaveEnded = true
                // Bytes behind the end belong to nobody: the connection is not used again.
                if position < input.count { upstream.it.mayPersist = false }
                return isWhole
            }
        }
    }

    private func complain(ofScript errors: [UInt8], _ exchange: Ref<Exchange>) {
        for line in errors.split(separator: 10) where !line.isEmpty {
            complain(.error, "FastCGI sent in stderr: \"\(String(decoding: line, as: UTF8.self))\"", exchange)
        }
    }
}
