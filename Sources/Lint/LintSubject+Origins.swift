import IR
import Language
import Source

extension LintSubject {
    /// The IR.
    var configuration: Configuration { lowered.configuration }

    /// Where a node was written; nil when nobody wrote it.
    func range(of origin: ID<Origin>) -> SourceRange? {
        guard configuration.origins.indices.contains(origin.at),
            case .written(let file, let range) = configuration.origins[origin.at],
            reading.sources.files.indices.contains(Int(file))
        else { return nil }
        return SourceRange(file: FileID(index: file), range)
    }

    /// The statement that wrote a node, on one line and not too long, as messages quote it.
    func statement(_ origin: ID<Origin>) -> String {
        guard let range = range(of: origin) else { return "the server's own rule" }
        let words = reading.sources.text(of: range).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 80 ? "`\(words.prefix(77))...`" : "`\(words)`"
    }

    /// `line 12`, with the file where it is another one than that of a range.
    func place(_ origin: ID<Origin>, seenFrom range: SourceRange?) -> String {
        guard let own = range.flatMap({ _ in self.range(of: origin) }) else { return "elsewhere" }
        let line = reading.sources.position(of: own).line
        let path = reading.sources[own.file].path
        if let range, reading.sources[range.file].path == path { return "line \(line)" }
        return "\(path):\(line)"
    }
}
