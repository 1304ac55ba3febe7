import IR
package import Language
import Source

/// A configuration in the other dialect, and a report of how it came through.
package struct Translation: Sendable {
    /// The text.
    package var text: String
    /// What is not exact, and what needs something, in the order of the source.
    package var losses: [Loss]
    /// What the servers do differently by themselves.
    package var notes: [String]
    /// The statements of the source that say something, each once.
    package var statements: Int

    /// Translates a configuration; nil: nobody writes the target's language.
    ///
    /// Never fails otherwise: what cannot be said is in `losses`.
    package init?(
        _ reading: Language.Reading, _ lowered: Lowered, from source: any Dialect, to target: any Dialect,
        version: String
    ) {
        guard let emitter = target.emitter else { return nil }
        var configuration = lowered.configuration
        Comments.attach(reading.directives, to: &configuration)
        var losses: [Loss] = []
        var settled: Set<ID<Origin>> = []
        if !emitter.shape.overlays {
            var pass = ExclusiveScopes(configuration)
            pass.run()
            configuration = pass.configuration
            losses += pass.losses
            settled.formUnion(pass.settled)
        } else {
            var pass = OrderedSections(configuration)
            pass.run()
            configuration = pass.configuration
            losses += pass.losses
            settled.formUnion(pass.settled)
        }
        settled.formUnion(losses.map(\.origin))
        var options = EmissionOptions(version: version, settled: settled)
        if emitter.shape.overlays { options.source = lowered.configuration }
        let emission = emitter.emit(configuration, options)
        let head = Comments.head(of: reading)
        text = head.isEmpty || emission.text.hasPrefix(head) ? emission.text : head + "\n" + emission.text
        notes = emission.notes
        let order = Translation.order(configuration.origins)
        var seen: Set<Loss> = []
        self.losses = (losses + emission.losses).filter { seen.insert($0).inserted }
            .sorted { order($0.origin).lexicographicallyPrecedes(order($1.origin)) }
        statements = Set(configuration.origins.filter { if case .written = $0 { true } else { false } }).count
    }

    /// The place of an origin in the source.
    private static func order(_ origins: [Origin]) -> (ID<Origin>) -> [Int] {
        { id in
            guard origins.indices.contains(id.at) else { return [Int.max] }
            switch origins[id.at] {
            case .written(let file, let range): return [Int(file), range.lowerBound]
            case .implied, .derived: return [Int.max, id.at]
            }
        }
    }

    /// Whether the target answers every request as the source does, as far as the report says.
    package var isExact: Bool {
        losses.allSatisfy { loss in
            switch loss.verdict {
            case .exact, .helper: true
            case .approximate, .dropped: false
            }
        }
    }
}
