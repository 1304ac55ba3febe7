package import IR
import Language
package import Source

/// How a translation came through, for people and for programs.
package struct TranslationReport: Sendable {
    private let translation: Translation
    private let origins: [Origin]
    private let sources: SourceMap

    package init(_ translation: Translation, origins: [Origin], sources: SourceMap) {
        self.translation = translation
        self.origins = origins
        self.sources = sources
    }

    /// One line for each construct that is not exact, then what the servers do by themselves, then the tally.
    package func text(_ paint: Paint) -> String {
        var text = ""
        for loss in translation.losses {
            let verdict = loss.verdict.name
            let shown = loss.verdict.text.isEmpty ? verdict : "\(verdict): \(loss.verdict.text)"
            text += "\(place(loss.origin))\(construct(loss.origin)): \(shown)"
            if let witness = loss.witness { text += " (try: \(witness))" }
            text += "\n"
        }
        for note in translation.notes { text += paint.dim("note: \(note)") + "\n" }
        return text + tally + "\n"
    }

    /// How many constructs came through how.
    package var tally: String {
        let names = ["helper", "approximate", "dropped"]
        let counts = names.map { name in (name, translation.losses.count { $0.verdict.name == name }) }
        let touched = Set(translation.losses.map(\.origin)).count
        let exact = max(0, translation.statements - touched)
        let rest = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }
        return (["\(exact) exact"] + rest).joined(separator: ", ")
    }

    /// The report and the text as JSON.
    package func json(target: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("target", target)
            json.field("text", translation.text)
            json.key("constructs")
            json.array { json in
                for loss in translation.losses {
                    json.object { json in
                        json.field("verdict", loss.verdict.name)
                        json.field("construct", construct(loss.origin))
                        json.field("message", loss.verdict.text)
                        if let witness = loss.witness { json.field("witness", witness) }
                        if case .written(let file, let range)? = origin(loss.origin) {
                            let source = SourceRange(file: FileID(index: file), range)
                            json.field("file", sources[source.file].path)
                            json.field("line", sources.position(of: source).line)
                        }
                    }
                }
            }
            json.key("notes")
            json.array { json in
                for note in translation.notes { json.value(note) }
            }
        }
        return json.bytes
    }

    private func origin(_ id: ID<Origin>) -> Origin? {
        origins.indices.contains(id.at) ? origins[id.at] : nil
    }

    /// `path:line: `, or nothing for what nobody wrote.
    private func place(_ id: ID<Origin>) -> String {
        guard case .written(let file, let range)? = origin(id) else { return "" }
        return sources.place(of: SourceRange(file: FileID(index: file), range)) + ": "
    }

    /// The statement as it was written, in one line.
    private func construct(_ id: ID<Origin>) -> String {
        switch origin(id) {
        case .written(let file, let range):
            let text = sources.text(of: SourceRange(file: FileID(index: file), range))
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return "`\(words.count > 100 ? words.prefix(97) + "..." : words)`"
        case .implied(let reason, _): return reason
        case .derived(_, let from): return from.first.map { construct($0) } ?? "the configuration"
        case nil: return "the configuration"
        }
    }
}
