/// Where directives may stand: each dialect names its own members.
package struct ContextSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }
}

/// How many arguments a directive takes.
package enum Arity: Hashable, Sendable {
    case none, one, two, three, oneOrTwo, oneToThree, twoOrThree, oneOrMore, twoOrMore, any
    /// So many at least and at most.
    case between(Int, Int)
    /// `on` or `off`.
    case flag
    /// The raw rest of the line, or whatever the directive itself checks.
    case raw

    /// The number of arguments it allows.
    package var counts: ClosedRange<Int> {
        switch self {
        case .none: 0...0
        case .one, .flag: 1...1
        case .two: 2...2
        case .three: 3...3
        case .oneOrTwo: 1...2
        case .oneToThree: 1...3
        case .twoOrThree: 2...3
        case .oneOrMore: 1...Int.max
        case .twoOrMore: 2...Int.max
        case .between(let least, let most): least...max(least, most)
        case .any, .raw: 0...Int.max
        }
    }
}

/// How far a directive is understood.
package enum Support: String, Hashable, Sendable, CaseIterable {
    /// It does what it does in its own server.
    case run
    /// It has nothing to do here, and leaving it out changes no answer (such as tuning of another architecture).
    case ignored
    /// Its name, place and arguments are known, it is not run: `unsupported-directive`.
    case known
}

/// All that a dialect knows of one directive.
///
/// `State` is the dialect's lowering. Adding a directive is adding a row to its module's file.
package struct Entry<State: Sendable>: Sendable {
    /// The upstream spelling; a section with a leading `<`.
    package var name: String
    /// Where it may stand.
    package var contexts: ContextSet
    /// How many arguments it takes.
    package var arity: Arity
    /// Whether it has a body.
    package var isBlock: Bool
    /// How far it is understood.
    package var support: Support
    /// Leaving it out could let somebody in.
    package var guards: Bool
    /// One sentence that says what it does, ending in a period.
    package var summary: String
    /// Writes what it means into the IR; checks its arguments on the way.
    package var lower: @Sendable (Directive, inout State) -> Void

    package init(
        _ name: String, in contexts: ContextSet, _ arity: Arity, block: Bool = false, support: Support = .run,
        guards: Bool = false, summary: String, lower: @escaping @Sendable (Directive, inout State) -> Void
    ) {
        self.name = name
        self.contexts = contexts
        self.arity = arity
        self.isBlock = block
        self.support = support
        self.guards = guards
        self.summary = summary
        self.lower = lower
    }

    /// A directive that is recognised and not run.
    package static func known(
        _ name: String, in contexts: ContextSet, _ arity: Arity, block: Bool = false, guards: Bool = false,
        summary: String
    ) -> Entry {
        Entry(name, in: contexts, arity, block: block, support: .known, guards: guards, summary: summary) { _, _ in }
    }

    /// A directive that changes no answer of this server.
    package static func ignored(
        _ name: String, in contexts: ContextSet, _ arity: Arity, block: Bool = false, summary: String
    ) -> Entry {
        Entry(name, in: contexts, arity, block: block, support: .ignored, summary: summary) { _, _ in }
    }
}

/// The directives of one upstream module.
package struct Module<State: Sendable>: Sendable {
    /// The module's upstream name, such as `mod_alias` or `ngx_http_rewrite_module`.
    package var name: String
    /// Its directives.
    package var entries: [Entry<State>]

    package init(_ name: String, _ entries: [Entry<State>]) {
        self.name = name
        self.entries = entries
    }
}

/// What `sluice directives` prints of one directive.
package struct DirectiveSummary: Hashable, Sendable {
    /// The upstream spelling.
    package var name: String
    /// The upstream module.
    package var module: String
    /// The places where it may stand, by name.
    package var contexts: [String]
    /// How far it is understood.
    package var support: Support
    /// Leaving it out could let somebody in.
    package var guards: Bool
    /// What it does.
    package var summary: String

    package init(name: String, module: String, contexts: [String], support: Support, guards: Bool, summary: String) {
        self.name = name
        self.module = module
        self.contexts = contexts
        self.support = support
        self.guards = guards
        self.summary = summary
    }
}
