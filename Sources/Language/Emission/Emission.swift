package import IR

/// Writes a configuration in one dialect's language.
package protocol Emitter: Sendable {
    /// What the dialect can say directly; passes bring the IR into this shape first.
    var shape: Shape { get }

    /// Writes a configuration that has the emitter's shape. Never fails: what cannot be said becomes a loss.
    func emit(_ configuration: Configuration, _ options: EmissionOptions) -> Emission
}

/// What a dialect can say directly.
package struct Shape: Hashable, Sendable {
    /// Every section that fits a request applies; else each request stands in one scope only.
    package var overlays: Bool

    package init(overlays: Bool) {
        self.overlays = overlays
    }
}

/// How a configuration is to be written.
package struct EmissionOptions: Hashable, Sendable {
    /// What the text is written for; one of the dialect's `versions`.
    package var version: String
    /// What was already taken care of, or lost, before emission.
    package var settled: Set<ID<Origin>>
    /// What was written before passes made another shape of it, so that nothing vanishes on that way; nil: no pass ran.
    package var source: Configuration?

    package init(version: String, settled: Set<ID<Origin>> = [], source: Configuration? = nil) {
        self.version = version
        self.settled = settled
        self.source = source
    }
}

/// A configuration in another language, and what did not come through as it was.
package struct Emission: Sendable {
    /// The text.
    package var text: String
    /// What is not exact, and what needs something that it names.
    package var losses: [Loss]
    /// What the two servers do differently by themselves and nobody wrote down, one sentence each.
    package var notes: [String]

    package init(text: String, losses: [Loss], notes: [String] = []) {
        self.text = text
        self.losses = losses
        self.notes = notes
    }
}

/// How one construct came through.
package struct Loss: Hashable, Sendable {
    /// Who wrote it.
    package var origin: ID<Origin>
    /// What became of it.
    package var verdict: Verdict
    /// A request that is answered differently, such as `GET /a`; nil: none is known.
    package var witness: String?

    package init(_ verdict: Verdict, at origin: ID<Origin>, witness: String? = nil) {
        self.origin = origin
        self.verdict = verdict
        self.witness = witness
    }
}

/// What became of a construct.
package enum Verdict: Hashable, Sendable {
    /// It does the same.
    case exact
    /// It does the same if what is named here is there.
    case helper(String)
    /// It does nearly the same; the text says where it differs.
    case approximate(String)
    /// It was left out; the text says why.
    case dropped(String)

    /// "exact", "helper", "approximate" or "dropped".
    package var name: String {
        switch self {
        case .exact: "exact"
        case .helper: "helper"
        case .approximate: "approximate"
        case .dropped: "dropped"
        }
    }

    /// What is needed, how it differs, or why it was left out; empty for what is exact.
    package var text: String {
        switch self {
        case .exact: ""
        case .helper(let text), .approximate(let text), .dropped(let text): text
        }
    }
}
