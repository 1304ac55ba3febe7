/// How much a diagnostic matters.
package enum Severity: String, Comparable, CaseIterable, Sendable {
    /// A matter of taste.
    case style
    /// Worth knowing; nothing is wrong.
    case info
    /// Probably not what was meant.
    case warning
    /// The server refuses it, or it is unsafe.
    case error

    /// Orders from `style` up to `error`.
    package static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .style: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}

/// A second place that belongs to a diagnostic, and what is to be seen there.
package struct Note: Hashable, Sendable {
    /// What is to be seen at the place: lower case, no period.
    package var message: String
    /// The place, nil when there is none to show.
    package var range: SourceRange?

    /// Makes a note.
    package init(_ message: String, at range: SourceRange? = nil) {
        self.message = message
        self.range = range
    }
}

/// Something to tell the user about a configuration: what, where, why, and what to do.
package struct Diagnostic: Hashable, Sendable {
    /// The rule that found it, in kebab case, named for the bad pattern (`missing-semicolon`).
    package var rule: String
    /// How much it matters.
    package var severity: Severity
    /// What is wrong: lower case, no period.
    package var message: String
    /// Why it matters or how it comes about.
    package var why: String?
    /// What to do about it.
    package var help: String?
    /// A request that shows the effect (`GET http://a.test/x -> 502`).
    package var witness: String?
    /// The line that has no effect or the wrong one; nil for a matter of the whole configuration.
    package var range: SourceRange?
    /// The places that cause it.
    package var related: [Note]
    /// A change that removes it.
    package var fix: Fix?

    /// Makes a diagnostic.
    package init(
        _ rule: String, _ severity: Severity, _ message: String, at range: SourceRange?, why: String? = nil,
        help: String? = nil, witness: String? = nil, related: [Note] = [], fix: Fix? = nil
    ) {
        self.rule = rule
        self.severity = severity
        self.message = message
        self.why = why
        self.help = help
        self.witness = witness
        self.range = range
        self.related = related
        self.fix = fix
    }
}
