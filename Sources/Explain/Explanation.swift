package import Routing

/// What a configuration does with a request, as it is told to people and programs.
package struct Explanation: Sendable {
    /// `GET http://a.test/x`.
    package var request: String
    /// What happened, in order.
    package var chapters: [Chapter]
    /// What the backends received, in order; empty if the request was not forwarded.
    package var sent: [SentMessage]
    /// The answer.
    package var answer: ExplainedAnswer
    /// What happens if the backend refuses connections; nil if that makes no difference, or was asked for itself.
    package var failure: ExplainedFailure?
    /// What was decided.
    package var outcome: Outcome
}

/// Facts that belong together: about the site, the route, the rules.
package struct Chapter: Sendable {
    /// One word.
    package var title: String
    /// What there is to know.
    package var facts: [ExplainedFact]
}

/// One thing that happened, and the line that made it happen.
package struct ExplainedFact: Sendable {
    /// How it came out.
    package enum Verdict: String, Sendable {
        case matched, lost, happened, failed
    }

    /// How it came out.
    package var verdict: Verdict
    /// What happened, in words.
    package var text: String
    /// The line; nil if there is none.
    package var place: ExplainedPlace?

    package init(_ verdict: Verdict, _ text: String, at place: ExplainedPlace? = nil) {
        self.verdict = verdict
        self.text = text
        self.place = place
    }
}

/// A line of the configuration, or why nobody wrote it.
package struct ExplainedPlace: Hashable, Sendable {
    /// The file; nil if nobody wrote the line.
    package var file: String?
    /// The line, counted from 1.
    package var line: Int?
    /// The statement's first line as it is written, or the reason why the server does so by itself.
    package var source: String
}

/// A message's head with the lines that made its fields.
package struct SentMessage: Sendable {
    /// To whom it was sent: `host:port`.
    package var authority: String
    /// The first line.
    package var start: String
    /// The fields.
    package var fields: [ExplainedField]
}

/// A header field and the line that made it.
package struct ExplainedField: Sendable {
    /// The field.
    package var field: SupposedField
    /// The line; nil: the client's, the backend's, or the server's own.
    package var place: ExplainedPlace?
}

/// The answer that a client gets.
package struct ExplainedAnswer: Sendable {
    /// The status; 0: the connection is closed without a word.
    package var status: Int
    /// The first line.
    package var start: String
    /// The fields.
    package var fields: [ExplainedField]
    /// What the body is, in words; empty if there is none.
    package var body: String
    /// Why it failed, as the error log says it; empty if it did not.
    package var complaint: String
}

/// What happens if the backend refuses connections.
package struct ExplainedFailure: Sendable {
    /// What happened behind the failure, in order.
    package var chapters: [Chapter]
    /// The answer.
    package var answer: ExplainedAnswer
}
