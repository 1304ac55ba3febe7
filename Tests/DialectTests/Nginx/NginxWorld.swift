import Foundation
import HTTP
import IR
import Language
import Nginx
import Routing
import Source

/// What became of a request, as a test looks at it.
struct NginxDecision {
    /// The last effect.
    var effect: Effect
    /// The status, 0 while it waits for an upstream.
    var status: Int32
    /// The head that goes to the client, or to the upstream if that is asked.
    var head: String
    /// The body of an answer made here, or the path of the file that is sent.
    var body: String

    /// The values of a field.
    func field(_ name: String) -> [String] {
        head.components(separatedBy: "\r\n").dropFirst().compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].lowercased() == name.lowercased() else { return nil }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
    }

    /// The first line of the head.
    var line: String { head.components(separatedBy: "\r\n")[0] }
}

/// A machine without network: decides requests for a configuration with made-up files.
struct NginxWorld {
    let plan: Plan
    /// What lies at a path.
    var files: (String) -> FileFact = { _ in FileFact(kind: .missing) }
    /// What the upstream answers; nil: the decision stops where it is asked.
    var upstream: Event?

    init(_ configuration: Configuration) {
        plan = Plan(configuration)
    }

    /// Decides a request that arrives at a listener.
    func ask(_ raw: String, listener: Int = 0, client: String = "127.0.0.1", port: Int = 80) -> NginxDecision {
        var decider = Decider(plan)
        var journey = Journey()
        journey.connection.listener = listener
        journey.connection.client = IPAddress(client) ?? IPAddress(ipv4: 0)
        journey.connection.clientText = Array(client.utf8)
        journey.connection.localText = Array("127.0.0.1".utf8)
        journey.connection.localPort = port
        var parser = HeadParser(.request)
        let bytes = Array(raw.utf8)
        var effect: Effect
        switch parser.parse(bytes.span, from: 0, into: &journey.request, rules: RequestRules()) {
        case .complete: effect = decider.begin(&journey)
        case .refused(_, let status): effect = decider.refuse(&journey, status: Int32(status))
        case .needMore: effect = decider.refuse(&journey, status: 400)
        }
        while true {
            switch effect {
            case .ask(let question):
                effect = decider.resume(&journey, .fact(fact(question, journey)))
            case .forward:
                guard let upstream else { return outcome(effect, &decider, &journey) }
                effect = decider.resume(&journey, upstream)
            case .respond, .relay, .close:
                return outcome(effect, &decider, &journey)
            }
        }
    }

    private func fact(_ question: Question, _ journey: borrowing Journey) -> Fact {
        let path = String(decoding: journey.bytes(journey.asked), as: UTF8.self)
        return switch question {
        case .stat, .open: .file(files(path))
        case .password, .member: .no
        case .list: .listing([])
        }
    }

    private func outcome(_ effect: Effect, _ decider: inout Decider, _ journey: inout Journey) -> NginxDecision {
        var head = ByteWriter()
        var body = ""
        if effect == .forward {
            _ = decider.composeRequest(&journey, framing: Routing.RequestFraming.none, into: &head)
        } else if effect != .close {
            decider.composeAnswer(
                &journey, framing: Routing.AnswerFraming.length(journey.bodyCount), closes: false, into: &head)
            if case .text(let text) = journey.body { body = String(decoding: journey.bytes(text), as: UTF8.self) }
        }
        return NginxDecision(
            effect: effect, status: journey.status, head: String(decoding: head.bytes, as: UTF8.self), body: body)
    }
}
