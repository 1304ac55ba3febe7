import HTTP
package import IR

/// What became of a request.
package struct Outcome: Sendable {
    /// The site that answered; nil: the head was refused before a site was known.
    package var site: ID<Site>?
    /// What deciding saw, step by step.
    package var steps: [Trace.Step] = []
    /// The status; 0: the connection is closed without a word.
    package var status = 0
    /// The answer's head, with its empty line.
    package var head: [UInt8] = []
    /// The answer's body.
    package var body = OutcomeBody.none
    /// Only the head is sent, because only that was asked for.
    package var isHeadOnly = false
    /// What was sent to backends, in order.
    package var sent: [SentRequest] = []
    /// What was asked on the way, in order.
    package var questions: [AskedQuestion] = []
    /// Where the request stood in the end.
    package var scope: ID<Scope>?
    /// The layers whose fold held in the end, the undermost first.
    package var layers: [ID<Layer>] = []
    /// Why it failed, as the error log says it; empty: it did not.
    package var complaint = ""
    /// How long the backend's body is; nil: it does not say.
    var relayedLength: Int64?

    package init() {}
}

/// What the body of an answer is.
package enum OutcomeBody: Hashable, Sendable {
    case none
    /// Text that was made here.
    case text([UInt8])
    /// A file, or parts of it.
    case file(path: [UInt8])
    /// The backend's.
    case upstream
}

/// A question that a decision asked, and what it was told.
package struct AskedQuestion: Hashable, Sendable {
    /// The question.
    package var question: Question
    /// The file or directory.
    package var path: [UInt8]
    /// The answer.
    package var fact: Fact

    package init(question: Question, path: [UInt8], fact: Fact) {
        self.question = question
        self.path = path
        self.fact = fact
    }
}

extension Outcome {
    /// The value of a field of the answer, the first if it has several.
    package func field(_ name: String) -> String? { fields(name).first }

    /// The values of all fields of the answer with a name.
    package func fields(_ name: String) -> [String] {
        headFields(head).filter { $0.name.lowercasedASCII == name.lowercasedASCII }.map(\.value)
    }
}

/// The fields of a message's head that was written here.
package func headFields(_ head: [UInt8]) -> [SupposedField] {
    var fields: [SupposedField] = []
    var isFirst = true
    for line in head.split(separator: 10, omittingEmptySubsequences: true) {
        defer { isFirst = false }
        let line = line.last == 13 ? line.dropLast() : line
        guard !isFirst, let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
        let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
        fields.append(
            SupposedField(String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    return fields
}
