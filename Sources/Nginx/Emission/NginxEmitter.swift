package import IR
package import Language
import Source

extension NginxDialect {
    /// What writes configurations in this dialect.
    package var emitter: (any Emitter)? { NginxEmitter() }
}

/// Writes configurations for nginx: what belongs into `http`, one `server` for each site.
package struct NginxEmitter: Emitter {
    package init() {}

    /// Each request stands in one location.
    package var shape: Shape { Shape(overlays: false) }

    /// Writes a configuration in this dialect; what cannot be said is a loss.
    package func emit(_ configuration: Configuration, _ options: EmissionOptions) -> Emission {
        var writer = NginxWriter(configuration, options)
        let lines = writer.write()
        let notes = writer.notes
        return Emission(text: NginxStyle().text(of: lines), losses: writer.finish(), notes: notes)
    }
}

/// Statements end in `;`, blocks stand in braces.
struct NginxStyle: TextStyle {
    func statement(_ head: String) -> String { head + ";" }

    func block(_ head: String, isEmpty: Bool) -> (first: String, last: String?) {
        isEmpty ? (head + " {}", nil) : (head + " {", "}")
    }
}

/// A configuration on its way into nginx's language.
struct NginxWriter: ~Copyable {
    let configuration: Configuration
    let profile: Profile
    /// What nginx does where nothing is written.
    let defaults: Settings
    /// What was not written yet.
    var remainder: Remainder
    /// What the servers do differently by themselves.
    var notes: [String] = []
    /// Blocks for `http`, by what they define: maps, log formats, upstreams.
    var shared: [(key: String, line: TextLine)] = []
    /// Comments that were written already.
    var toldComments: Set<String> = []
    /// Names of variables that were made here.
    var madeVariables: Set<String> = []
    /// Variables that texts name because rules set them, whether these can be written or not.
    var awaitedVariables: Set<String> = []
    /// Banks whose groups have names in the rule that is written.
    var namedBanks: Set<Bank> = []
    /// What is written needs its escapes, as a redirect or a query does.
    var writesEscaped = false
    /// The site that is written.
    var site = ID<Site>(0)
    /// Names of named locations.
    var scopeNames: [ID<Scope>: String] = [:]
    /// Named locations that are still to be written into the server.
    var pendingScopes: [ID<Scope>] = []
    /// Blocks that a location needs in its server, by key.
    var serverExtras: [(key: String, line: TextLine)] = []
    /// What files a request's conditions ask for, each as a variable that the server sets before all else.
    var fileTests: [(test: String, name: String)] = []
    /// What is asked decides who may pass: which file it is about must not have been settled before.
    var asksForGuard = false
    /// Rules stand in the server itself.
    var isServerLevel = true

    init(_ configuration: Configuration, _ options: EmissionOptions) {
        self.configuration = configuration
        profile = Profile.named(options.version)
        defaults = Self.defaults(version: profile.name)
        remainder = Remainder(of: configuration, settled: options.settled)
    }

    /// What an empty server does.
    private static func defaults(version: String) -> Settings {
        let dialect = NginxDialect()
        let entry = ReadEntry(path: "empty", bytes: Array("server { }".utf8), isMain: false)
        let request = ReadRequest(entries: [entry], files: .memory([:]), version: version)
        let lowered = dialect.lower(dialect.read(request)).configuration
        return lowered.sites.first.map { lowered.fold($0.base) } ?? Settings()
    }

    /// What was lost on the way.
    consuming func finish() -> [Loss] {
        remainder.losses()
    }

    /// Adds a sentence about what nobody wrote down.
    mutating func note(_ text: String, witness: String? = nil) {
        if notes.contains(where: { $0.hasPrefix(text) }) { return }
        notes.append(witness.map { "\(text) (try: \($0))" } ?? text)
    }

    /// A statement that came from a node: its comment goes along, and the node counts as said.
    mutating func line(_ head: String, _ origin: ID<Origin>, block: [TextLine]? = nil) -> TextLine {
        remainder.take(origin)
        return TextLine(head, block: block, comment: comment(of: origin))
    }

    /// The comment before a node, once.
    mutating func comment(of origin: ID<Origin>) -> [String] {
        guard let text = configuration.presentation.comments[origin], toldComments.insert(text).inserted else {
            return []
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.first == " " ? line.dropFirst() : line[...])
        }
    }

    /// Adds a block to `http` unless one of that key is there.
    mutating func share(_ key: String, _ line: TextLine) {
        if !shared.contains(where: { $0.key == key }) { shared.append((key, line)) }
    }

    /// Puts a `map` of one row before the servers, once, which makes a variable out of a word.
    mutating func shareMap(_ name: String, of input: String, _ row: String, _ comment: String? = nil) {
        let comments = comment.map { [$0] } ?? []
        share(
            "$" + name, TextLine("map \(input) $\(name)", block: [TextLine(row)], comment: comments, isApart: true))
    }
}

extension Configuration {
    /// The settings that a list of layers makes together.
    func fold(_ list: [ID<Layer>]) -> Settings {
        list.reduce(Settings()) { layers[$1.at].settings.folded(over: $0) }
    }
}
