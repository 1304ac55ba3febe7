import Routing
package import Source

/// Writes an explanation for a terminal: a word in front, what happened, and the line that made it happen.
package struct ExplanationText {
    private let explanation: Explanation
    private let paint: Paint
    private var lines: [String] = []
    /// Where the lines of the configuration begin.
    private var column = 0

    private static let label = 10
    private static let widest = 60
    /// Fields that every answer has and that say nothing about the configuration.
    private static let usual: Set<String> = ["date", "connection", "keep-alive", "content-length", "transfer-encoding"]

    /// A text of an explanation.
    package init(_ explanation: Explanation, paint: Paint) {
        self.explanation = explanation
        self.paint = paint
    }

    /// The whole text with its last line end.
    package var text: String {
        var copy = self
        copy.write()
        return copy.lines.map { $0 + "\n" }.joined()
    }

    private mutating func write() {
        column = columnOfPlaces
        lines.append(paint.bold(printable(explanation.request)))
        lines.append("")
        for chapter in explanation.chapters { write(chapter) }
        for sent in explanation.sent { write(sent) }
        lines.append("")
        write(explanation.answer)
        if let failure = explanation.failure {
            lines.append("")
            lines.append(paint.bold("If the backend refuses connections:"))
            lines.append("")
            for chapter in failure.chapters { write(chapter) }
            writeShort(failure.answer)
        }
    }

    /// Places stand behind the longest text that is not too long.
    private var columnOfPlaces: Int {
        var facts = explanation.chapters.flatMap(\.facts)
        facts += explanation.failure?.chapters.flatMap(\.facts) ?? []
        var widths = facts.filter { $0.place != nil }.map(\.text.count)
        let fields = explanation.sent.flatMap(\.fields) + explanation.answer.fields
        widths += fields.filter { $0.place != nil }.map { $0.field.name.count + 2 + $0.field.value.count }
        return Self.label + (widths.filter { $0 <= Self.widest }.max() ?? 0) + 3
    }

    private mutating func write(_ chapter: Chapter) {
        for (index, fact) in chapter.facts.enumerated() {
            write(index == 0 ? chapter.title : "", fact.text, fact.place, style(of: fact.verdict))
        }
    }

    private func style(of verdict: ExplainedFact.Verdict) -> (String) -> String {
        let paint = paint
        switch verdict {
        case .matched: return { paint.good($0) }
        case .lost: return { paint.dim($0) }
        case .failed: return { paint.mark($0, .error) }
        case .happened: return { $0 }
        }
    }

    private mutating func write(
        _ title: String, _ text: String, _ place: ExplainedPlace?, _ style: (String) -> String
    ) {
        let text = printable(text)
        let label = title + String(repeating: " ", count: max(1, Self.label - title.count))
        let head = (title.isEmpty ? label : paint.bold(label)) + style(text)
        guard let place else { return lines.append(head) }
        let used = Self.label + text.count
        if used < column {
            lines.append(head + String(repeating: " ", count: column - used) + rendered(place))
        } else {
            lines.append(head)
            lines.append(String(repeating: " ", count: column) + rendered(place))
        }
    }

    private func rendered(_ place: ExplainedPlace) -> String {
        let source = printable(shortened(place.source, to: 72))
        guard let file = place.file, let line = place.line else { return paint.dim("(\(source))") }
        return paint.dim("\(printable(file)):\(line)") + "  " + source
    }

    private mutating func write(_ sent: SentMessage) {
        write("receives", sent.start, nil) { $0 }
        for field in sent.fields { write("", "\(field.field.name): \(field.field.value)", field.place) { $0 } }
    }

    private mutating func write(_ answer: ExplainedAnswer) {
        if answer.status == 0 { return write("answer", "the connection is closed without a word", nil) { $0 } }
        let paint = paint
        write("answer", answer.start, nil) { answer.status < 400 ? paint.good($0) : paint.mark($0, .error) }
        for field in answer.fields where field.place != nil || !Self.usual.contains(field.field.name.lowercased()) {
            write("", "\(field.field.name): \(field.field.value)", field.place) { $0 }
        }
        if !answer.body.isEmpty { write("body", answer.body, nil) { $0 } }
        if !answer.complaint.isEmpty { write("log", answer.complaint, nil) { $0 } }
    }

    /// The status, where it leads, and the body: what a branch is told by.
    private mutating func writeShort(_ answer: ExplainedAnswer) {
        if answer.status == 0 { return write("answer", "the connection is closed without a word", nil) { $0 } }
        let paint = paint
        write("answer", answer.start, nil) { answer.status < 400 ? paint.good($0) : paint.mark($0, .error) }
        for field in answer.fields where field.field.name.lowercased() == "location" {
            write("", "Location: \(field.field.value)", field.place) { $0 }
        }
        if !answer.body.isEmpty { write("body", answer.body, nil) { $0 } }
    }
}

/// A text that is cut where it is too long.
private func shortened(_ text: String, to limit: Int) -> String {
    text.count <= limit ? text : text.prefix(limit - 1) + "…"
}

/// A text without control characters; bytes that are not UTF-8 are shown as U+FFFD.
private func printable(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F: result.append("\u{FFFD}")
        default: result.append(scalar.configurationByte == nil ? scalar : "\u{FFFD}")
        }
    }
    return String(result)
}
