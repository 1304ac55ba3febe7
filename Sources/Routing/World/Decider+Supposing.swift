import HTTP
import IR

extension Decider {
    /// Decides a request in a world: what it would be answered, and why.
    ///
    /// The head is parsed by the listener's rules; whatever the machine asks, the world answers.
    package mutating func decide(_ request: SupposedRequest, in world: World) -> Outcome {
        var journey = Journey()
        journey.trace.isOn = true
        journey.connection = request.connection
        journey.began = world.now
        journey.now = world.now
        var outcome = Outcome()
        guard tables.listeners.indices.contains(request.connection.listener) else { return outcome }
        var effect = start(request, &journey, &outcome)
        // A machine that never ends would be a defect; the number only keeps it from hanging whoever asks.
        for _ in 0..<10_000 {
            switch effect {
            case .ask(let question):
                let fact = answer(question, journey, world)
                outcome.questions.append(
                    AskedQuestion(question: question, path: Array(journey.bytes(journey.asked)), fact: fact))
                effect = resume(&journey, .fact(fact))
            case .forward: effect = forward(&journey, &outcome, request, world)
            case .respond, .relay, .close:
                finish(effect, &journey, &outcome)
                return outcome
            }
        }
        return outcome
    }

    private mutating func start(
        _ request: SupposedRequest, _ journey: inout Journey, _ outcome: inout Outcome
    ) -> Effect {
        let rules = RequestRules(tables.listeners[request.connection.listener].reading)
        var parser = HeadParser(.request)
        switch parser.parse(request.head.span, from: 0, into: &journey.request, rules: rules) {
        case .refused(let reason, let status):
            let effect = refuse(&journey, status: Int32(status))
            outcome.complaint = "the client sent \(reason.description)"
            return effect
        case .needMore:
            outcome.complaint = "the request's head is not whole"
            return refuse(&journey, status: 400)
        case .complete: break
        }
        switch RequestLength.judge(journey.request, rules: rules) {
        case .failure(let refused):
            outcome.complaint = "the client sent \(refused.reason.description)"
            return refuse(&journey, status: Int32(refused.status))
        case .success(let length):
            switch length.body {
            case .exactly(let length): journey.bodyLength = length
            case .chunked: journey.bodyLength = -1
            default: journey.bodyLength = 0
            }
        }
        let options = journey.request.readConnectionOptions()
        journey.keepsAlive = journey.request.persists(options)
        journey.asksKeepAlive = options.contains(.keepAlive)
        let effect = begin(&journey)
        outcome.site = ID(index: journey.site)
        return effect
    }

    private func answer(_ question: Question, _ journey: borrowing Journey, _ world: World) -> Fact {
        let path = Array(journey.bytes(journey.asked))
        let name = Array(journey.bytes(journey.askedName))
        let more = Array(journey.bytes(journey.askedMore))
        switch question {
        case .stat, .open: return .file(world.file(path))
        case .list: return .listing(world.listing(path))
        case .password: return world.password(path, name, more)
        case .member: return world.member(path, name, more)
        }
    }

    private mutating func forward(
        _ journey: inout Journey, _ outcome: inout Outcome, _ request: SupposedRequest, _ world: World
    ) -> Effect {
        let limit = bodyLimit(journey)
        if limit >= 0, let length = request.bodyLength, length > limit { return resume(&journey, .bodyTooLarge) }
        var head = ByteWriter()
        let framing: RequestFraming =
            switch journey.bodyLength {
            case 0: .none
            case 1...: .length(journey.bodyLength)
            // A body that is whole already is sent with its length, by both servers.
            default: request.bodyLength.map { .length($0) } ?? .chunked
            }
        if journey.upstream.speaksFastCGI {
            var pairs = ByteWriter()
            let whole = journey.bodyLength < 0 ? request.bodyLength : nil
            _ = composeParameters(&journey, bodyLength: whole, into: &pairs)
            FastCGIRecords.describe(pairs.bytes, to: &head)
        } else {
            _ = composeRequest(&journey, framing: framing, into: &head)
        }
        var sent = SentRequest(
            pool: journey.upstream.pool < 0 ? nil : ID(index: journey.upstream.pool),
            authority: String(decoding: journey.bytes(journey.upstream.authority), as: UTF8.self),
            isTLS: journey.upstream.isTLS, target: Array(journey.bytes(journey.upstream.target)), head: head.bytes)
        sent.speaksFastCGI = journey.upstream.speaksFastCGI
        sent.servers = servers(of: sent)
        sent.readTimeout = Int(journey.upstream.readTimeout)
        outcome.sent.append(sent)
        switch world.backend(sent) {
        case .fails(let failure): return resume(&journey, .upstreamFailed(failure))
        case .answers(let answer):
            let reason = answer.reason.isEmpty ? "\(standardReason(Int32(answer.status)))" : answer.reason
            journey.answer.begin(status: UInt16(clamping: answer.status), reason: reason)
            for field in answer.fields { journey.answer.add(field.name, field.value) }
            _ = journey.answer.readConnectionOptions()
            outcome.relayedLength = answer.length
            return resume(&journey, .upstreamHead)
        }
    }

    private func servers(of sent: SentRequest) -> [String] {
        guard let pool = sent.pool else { return [sent.authority] }
        let members = plan.configuration.pools[pool.at].members.filter { $0.role != .down }
        return members.map { $0.host.contains(":") ? "[\($0.host)]:\($0.port)" : "\($0.host):\($0.port)" }
    }

    private mutating func finish(_ effect: Effect, _ journey: inout Journey, _ outcome: inout Outcome) {
        outcome.scope = journey.scope < 0 ? nil : ID(index: journey.scope)
        outcome.layers = finalLayers(journey)
        if !journey.complaint.isEmpty { outcome.complaint = journey.complaint }
        defer { outcome.steps = journey.trace.steps }
        if effect == .close { return }
        outcome.status = Int(journey.status)
        outcome.isHeadOnly = journey.wantsHeadOnly
        let isBodiless = journey.status < 200 || journey.status == 204 || journey.status == 304
        let length = effect == .relay ? outcome.relayedLength : journey.bodyCount
        let framing: AnswerFraming = isBodiless ? .none : length.map { .length($0) } ?? .chunked
        var head = ByteWriter()
        composeAnswer(&journey, framing: framing, closes: !journey.keepsAlive, into: &head)
        outcome.head = head.bytes
        switch journey.body {
        case _ where isBodiless: break
        case _ where effect == .relay: outcome.body = .upstream
        case .none: break
        case .text(let text): outcome.body = .text(Array(journey.bytes(text)))
        case .file, .parts: outcome.body = .file(path: Array(journey.bytes(journey.filePath)))
        }
    }

    /// The layers that are folded where a request stands.
    private func finalLayers(_ journey: borrowing Journey) -> [ID<Layer>] {
        if journey.folded { return journey.layers.map { ID(index: $0) } }
        if journey.scope < 0 { return [] }
        return tables.scopes[journey.scope].layers.range.map { ID(index: tables.lists[$0]) }
    }
}
