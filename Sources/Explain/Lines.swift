import IR
import Source

/// Finds the line that a node of a configuration was written in.
struct Lines {
    let configuration: Configuration
    let sources: SourceMap

    /// The line of an origin; nil where there is nothing to show.
    func place(of origin: ID<Origin>?) -> ExplainedPlace? {
        guard let origin, configuration.origins.indices.contains(origin.at) else { return nil }
        switch configuration.origins[origin.at] {
        case .written(let file, let range):
            guard sources.files.indices.contains(Int(file)) else { return nil }
            let range = SourceRange(file: FileID(index: file), range)
            return ExplainedPlace(
                file: sources[range.file].path, line: sources.position(of: range).line, source: source(of: range))
        case .implied(let reason, let near):
            if let place = place(of: near), place.file != nil {
                return ExplainedPlace(file: place.file, line: place.line, source: reason)
            }
            return ExplainedPlace(file: nil, line: nil, source: reason)
        case .derived(let pass, let from):
            return place(of: from.first) ?? ExplainedPlace(file: nil, line: nil, source: pass)
        }
    }

    /// The first line of a statement, its white space made single.
    private func source(of range: SourceRange) -> String {
        let line = sources[range.file].lines.bytes(ofLine: sources.position(of: range).line)
        let end = min(max(range.end, range.start), line.upperBound)
        let text = sources.text(of: SourceRange(file: range.file, start: range.start, end: end))
        return text.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }.joined(separator: " ")
    }
}
