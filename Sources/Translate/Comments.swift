import IR
import Language
import Source

/// Carries comments from directives to the nodes that they became.
enum Comments {
    /// Notes each directive's comment at its node; one whose directive became nothing goes to the next one that did.
    static func attach(_ directives: [Directive], to configuration: inout Configuration) {
        var places: [Place: [ID<Origin>]] = [:]
        for (index, origin) in configuration.origins.enumerated() {
            guard case .written(let file, let range) = origin else { continue }
            places[Place(file: file, start: range.lowerBound), default: []].append(ID(index))
        }
        _ = attach(directives, places, &configuration, pending: [])
    }

    /// The comment at the top of the text that is translated, where an empty line parts it from what follows.
    static func head(of reading: Language.Reading) -> String {
        guard let entry = reading.request.entries.first,
            let file = reading.sources.files.first(where: { $0.path == entry.path })
        else { return "" }
        var lines: [String] = []
        for line in String(configuration: file.bytes).split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " || $0 == "\t" }
            guard text.hasPrefix("#") else {
                return text.isEmpty && !lines.isEmpty ? lines.joined(separator: "\n") + "\n" : ""
            }
            lines.append(String(text))
        }
        return ""
    }

    private struct Place: Hashable {
        var file: Int32
        var start: Int
    }

    private static func attach(
        _ directives: [Directive], _ places: [Place: [ID<Origin>]], _ configuration: inout Configuration,
        pending: [String]
    ) -> [String] {
        var pending = pending
        for directive in directives {
            if let comment = directive.comment { pending.append(comment) }
            let place = Place(file: directive.head.file.index, start: directive.head.start)
            if let origins = places[place], !pending.isEmpty {
                for origin in origins { configuration.presentation.comments[origin] = pending.joined(separator: "\n") }
                pending = []
            }
            if directive.isBlock { pending = attach(directive.children, places, &configuration, pending: pending) }
        }
        return pending
    }
}
