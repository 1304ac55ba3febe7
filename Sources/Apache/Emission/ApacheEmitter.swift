package import IR
package import Language
import Source

extension ApacheDialect {
    /// What writes configurations in this dialect.
    package var emitter: (any Emitter)? { ApacheEmitter() }
}

/// Writes configurations for httpd: one virtual host for each site.
package struct ApacheEmitter: Emitter {
    package init() {}

    /// Every section that fits a request applies.
    package var shape: Shape { Shape(overlays: true) }

    /// Writes a configuration in this dialect; what cannot be said is a loss.
    package func emit(_ configuration: Configuration, _ options: EmissionOptions) -> Emission {
        var writer = ApacheWriter(configuration, options)
        let written = writer.write()
        let lines = writer.naming(modulesOf: written)
        let notes = writer.notes
        return Emission(text: ApacheStyle().text(of: lines), losses: writer.finish(), notes: notes)
    }
}

/// Statements are lines, sections stand between tags.
struct ApacheStyle: TextStyle {
    func statement(_ head: String) -> String { head }

    func block(_ head: String, isEmpty: Bool) -> (first: String, last: String?) {
        ("<\(head)>", "</\(head.prefix { $0 != " " })>")
    }
}

/// A configuration on its way into httpd's language.
struct ApacheWriter: ~Copyable {
    let configuration: Configuration
    /// What httpd does where nothing is written.
    let defaults: Settings
    /// What was not written yet.
    var remainder: Remainder
    /// What the servers do differently by themselves.
    var notes: [String] = []
    /// Lines outside virtual hosts, by what they are about.
    var shared: [(key: String, line: TextLine)] = []
    /// Comments that were written already.
    var toldComments: Set<String> = []
    /// The site that is written.
    var site = ID<Site>(0)
    /// Mappings of locations that can only be said for the whole host.
    var hostMappings: [String] = []
    /// Texts that are answered with a status of their own.
    var textPages: [(status: Int, text: String, origin: ID<Origin>)] = []
    /// What groups of a rule are called: `$` those of its pattern, `%` those of a condition.
    var groupSign = "$"
    /// Rules of the server have to know who was sent to another place by one of its places.
    var remembersPlace = false
    /// Variables that some rule or line of the text sets.
    var assigned: Set<ID<Variable>> = []
    /// Variables that conditions ask for and lines before the rules have to set.
    var needed: [ID<Variable>] = []
    /// Those of the site that lines set already.
    var computed: Set<ID<Variable>> = []
    /// Lines that set parts of requests before the site's rules, and how many of them are written.
    var fetches: [String] = []
    var fetchesWritten = 0
    /// Rules of the site go on with other paths than those that were asked for.
    var changesPath = false
    /// Rules of the server are written, which run before a path becomes a file.
    var isInRules = false
    /// Upstreams that FastCGI is spoken with.
    var gatewayPools: Set<ID<Pool>> = []
    /// Modules that the text needs.
    var modules: Set<String> = []

    init(_ configuration: Configuration, _ options: EmissionOptions) {
        self.configuration = configuration
        defaults = Self.defaults()
        remainder = Remainder(of: configuration, settled: options.settled, source: options.source)
        for program in configuration.programs { noteAssignments(program.statements) }
        for content in configuration.layers.map(\.settings.files.content?.value) + configuration.scopes.map(\.content) {
            if case .process(let call)? = content, case .pool(let pool) = call.socket { gatewayPools.insert(pool) }
        }
    }

    private mutating func noteAssignments(_ statements: [Statement]) {
        for statement in statements {
            switch statement {
            case .block(let block): noteAssignments(block.statements)
            case .rule(let rule):
                for edit in rule.edits { if case .set(let slot, _) = edit { assigned.insert(slot) } }
            }
        }
    }

    /// What an empty virtual host does.
    private static func defaults() -> Settings {
        let dialect = ApacheDialect()
        let text = "<VirtualHost *:80>\n</VirtualHost>\n"
        let entry = ReadEntry(path: "empty", bytes: Array(text.utf8), isMain: false)
        let request = ReadRequest(entries: [entry], files: .memory([:]), version: dialect.versions.first ?? "")
        let lowered = dialect.lower(dialect.read(request)).configuration
        return lowered.sites.last.map { fold($0.base, lowered) } ?? Settings()
    }

    /// What was lost on the way.
    consuming func finish() -> [Loss] {
        remainder.losses()
    }

    /// Adds a sentence about what nobody wrote down.
    mutating func note(_ text: String) {
        if !notes.contains(text) { notes.append(text) }
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

    /// A statement that came from a node: its comment goes along, and the node counts as said.
    mutating func line(_ head: String, _ origin: ID<Origin>, block: [TextLine]? = nil) -> TextLine {
        remainder.take(origin)
        return TextLine(head, block: block, comment: comment(of: origin))
    }
}

/// The settings that a list of layers makes together.
func fold(_ list: [ID<Layer>], _ configuration: Configuration) -> Settings {
    list.reduce(Settings()) { configuration.layers[$1.at].settings.folded(over: $0) }
}

/// Words of httpd's language.
///
/// Source: `ap_getword_conf` in server/util.c.
enum ApacheQuoting {
    /// A word as it has to be written: in quotes where it is empty or holds blanks or quotes.
    static func word(_ text: String) -> String {
        let bytes = text.configurationBytes
        let needsQuotes =
            bytes.isEmpty || bytes.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }
            || bytes.last == UInt8(ascii: "\\") || bytes.first == UInt8(ascii: "#") || text.contains(">")
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\\")
            if byte == UInt8(ascii: "\""), needsQuotes { result.append(UInt8(ascii: "\\")) }
            if byte == UInt8(ascii: "\\"), next == UInt8(ascii: "\\") || next == UInt8(ascii: "\"") {
                result.append(byte)
            }
            result.append(byte)
        }
        let body = String(configuration: result)
        return needsQuotes ? "\"\(body)\"" : body
    }

    /// A word of a rewriting line, where a backslash keeps what follows and stays (`parseargline` in mod_rewrite.c).
    static func rewriteWord(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty || text.hasPrefix("\"") || text.hasPrefix("'") || text.hasPrefix("#")
            || text.contains { $0 == " " || $0 == "\t" }
        guard needsQuotes else { return text }
        if !text.contains("\"") { return "\"\(text)\"" }
        return text.contains("'") ? "\"\(text.replacing("\"", with: "\\\""))\"" : "'\(text)'"
    }

    /// A pattern's source as people write it for httpd, where `.` takes line breaks and `$` is the very end.
    static func source(of pattern: Pattern) -> String { pattern.source }

    /// A pattern's source that matches at least what it matches elsewhere: also before a final line break.
    static func wideSource(of pattern: Pattern) -> String {
        guard !pattern.dollarOnlyAtEnd, pattern.source.hasSuffix("$"), !pattern.source.hasSuffix("\\$") else {
            return pattern.source
        }
        return pattern.source.dropLast() + "\\n?$"
    }

    /// A literal text as part of an expression.
    static func quoted(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.configurationBytes {
            if ".^$*+?()[]{}|\\".utf8.contains(byte) { result.append(UInt8(ascii: "\\")) }
            result.append(byte)
        }
        return String(configuration: result)
    }
}
