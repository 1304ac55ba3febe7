import IR
package import Language
package import Routing
import Source

/// Explains what a configuration does with requests.
package struct Explainer: Sendable {
    private let reading: Language.Reading
    private let lowered: Lowered
    private let plan: Plan

    /// An explainer of a configuration that was read and lowered.
    package init(_ reading: Language.Reading, _ lowered: Lowered) {
        self.reading = reading
        self.lowered = lowered
        plan = Plan(lowered.configuration)
    }

    /// What becomes of a request in a world; with `alsoRefused`, also what happens if the backend refuses connections.
    package func explain(
        _ request: SupposedRequest, named name: String, in world: World, alsoRefused: Bool = true
    ) -> Explanation {
        var decider = Decider(plan)
        let outcome = decider.decide(request, in: world)
        var narrator = Narrator(lowered, reading)
        var explanation = Explanation(
            request: name, chapters: narrator.chapters(of: outcome.steps, outcome), sent: sent(outcome, narrator.lines),
            answer: answer(outcome, narrator.lines), failure: nil, outcome: outcome)
        if alsoRefused, !outcome.sent.isEmpty {
            explanation.failure = failure(request, world, &narrator)
        }
        return explanation
    }

    /// The same request with a backend that refuses connections.
    private func failure(_ request: SupposedRequest, _ world: World, _ narrator: inout Narrator) -> ExplainedFailure {
        var refusing = world
        refusing.backend = { _ in .fails(.refused) }
        var decider = Decider(plan)
        let outcome = decider.decide(request, in: refusing)
        let start = outcome.steps.firstIndex { $0.kind == .forwarded }.map { $0 + 1 } ?? outcome.steps.count
        let chapters = narrator.chapters(of: outcome.steps[start...], outcome)
        return ExplainedFailure(chapters: chapters, answer: answer(outcome, narrator.lines))
    }

    private func sent(_ outcome: Outcome, _ lines: Lines) -> [SentMessage] {
        var edits = edited(.requestEdited, outcome)
        return outcome.sent.map { sent in
            let fields = headFields(sent.head).map { field in
                ExplainedField(field: field, place: lines.place(of: take(field.name, &edits)))
            }
            return SentMessage(authority: sent.authority, start: startLine(sent.head), fields: fields)
        }
    }

    private func answer(_ outcome: Outcome, _ lines: Lines) -> ExplainedAnswer {
        var edits = edited(.headerEdited, outcome)
        let fields = headFields(outcome.head).map { field in
            ExplainedField(field: field, place: lines.place(of: take(field.name, &edits)))
        }
        return ExplainedAnswer(
            status: outcome.status, start: startLine(outcome.head), fields: fields, body: body(outcome),
            complaint: outcome.complaint)
    }

    private func body(_ outcome: Outcome) -> String {
        if outcome.isHeadOnly { return "" }
        switch outcome.body {
        case .none: return ""
        case .upstream: return "the backend's body"
        case .file(let path): return "the file \(String(decoding: path, as: UTF8.self))"
        case .text(let text):
            let words = String(decoding: text, as: UTF8.self)
            if words.utf8.count <= 60, !words.contains("<") {
                return "the text \"\(words.split(whereSeparator: \.isNewline).joined(separator: " "))\""
            }
            return outcome.status < 300 ? "a text of \(text.count) bytes" : "the built-in page"
        }
    }

    /// The statements that edited fields, in order.
    private func edited(_ kind: Trace.Kind, _ outcome: Outcome) -> [(name: String, origin: ID<Origin>)] {
        outcome.steps.compactMap { step in
            guard step.kind == kind, let origin = step.origin else { return nil }
            return (step.text.lowercased(), origin)
        }
    }

    /// The last statement that edited a field; those before it are forgotten.
    private func take(_ name: String, _ edits: inout [(name: String, origin: ID<Origin>)]) -> ID<Origin>? {
        guard let index = edits.firstIndex(where: { $0.name == name.lowercased() }) else { return nil }
        return edits.remove(at: index).origin
    }

    private func startLine(_ head: [UInt8]) -> String {
        String(decoding: head.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
    }
}

/// The usual words for a status (RFC 9110, section 15); empty for one that has none.
func standardWords(_ status: Int) -> String {
    let reasons: [Int: String] = [
        301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 307: "Temporary Redirect",
        308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 410: "Gone", 412: "Precondition Failed", 413: "Content Too Large",
        414: "URI Too Long", 416: "Range Not Satisfiable", 417: "Expectation Failed", 421: "Misdirected Request",
        429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
        503: "Service Unavailable", 504: "Gateway Timeout",
    ]
    return reasons[status] ?? ""
}
