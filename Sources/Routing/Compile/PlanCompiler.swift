import HTTP
import IR
import Pattern

/// Turns a configuration into a plan's lists.
///
/// Scopes and programs keep the index of their `ID`; they are compiled when a site first leads to them, because their
/// settings lie above that site's base.
struct PlanCompiler: ~Copyable {
    let configuration: Configuration
    var tables: Tables
    var problems: [PlanProblem] = []

    /// What becomes, on any listener, of requests for another site than the handshake was with.
    lazy var mismatches = configuration.mismatches
    /// The layers below every scope of the site that is being compiled.
    var base: [ID<Layer>] = []
    var compiledScopes: Set<Int32> = []
    var compiledPrograms: Set<Int32> = []
    var pendingScopes: [ID<Scope>] = []

    // What was compiled before is found again by value.
    private var texts: [String: Slice] = [:]
    private var templates: [Template: TemplateRef] = [:]
    private var patterns: [IR.Pattern: Int32] = [:]
    private var escapings: [Escaping: Int32] = [:]
    var conditionsByValue: [Condition: Int32] = [:]
    var typesByValue: [TypesKey: Int32] = [:]
    var pagesByValue: [GeneratedPages: Int32] = [:]
    var logSinks: [String: Int32] = [:]

    init(_ configuration: Configuration) {
        self.configuration = configuration
        tables = Tables.empty()
    }

    /// Continues with lists that exist, to add what the plan did not foresee.
    init(_ configuration: Configuration, adding tables: consuming Tables) {
        self.configuration = configuration
        compiledScopes = Set((0..<Int32(configuration.scopes.count)))
        // A program of a section that no fold had yet was left out and is compiled with its first fold.
        for index in tables.programs.indices where tables.programs[index].origin >= 0 {
            compiledPrograms.insert(Int32(index))
        }
        self.tables = tables
    }

    /// Compiles everything that can be reached from a site.
    mutating func compile() {
        tables.scopes = Array(repeating: .unreached, count: configuration.scopes.count)
        tables.programs = Array(repeating: .unreached, count: configuration.programs.count)
        for variable in configuration.variables { compileVariable(variable) }
        for lookup in configuration.lookups { compileLookup(lookup) }
        for (index, pool) in configuration.pools.enumerated() {
            let name = pool.hidesName ? nil : pool.name
            if let name { tables.pools.insert(name.planBytes, Int32(index)) }
            tables.poolFacts.append(
                PoolRecord(
                    authority: text(name ?? pool.members.first?.authority ?? ""),
                    isTLS: pool.members.first?.scheme == "https", hidesName: pool.hidesName))
        }
        for site in configuration.sites { compileSite(site) }
        for listener in configuration.listeners { compileListener(listener) }
        compileUpstreamTLS()
    }

    /// Notes that something could not be compiled.
    mutating func problem(_ message: String, _ origin: ID<Origin>) {
        problems.append(PlanProblem(message: message, origin: origin))
    }

    // MARK: Texts, patterns and escapings

    /// The place of a text in the plan.
    mutating func text(_ string: String) -> Slice {
        if let known = texts[string] { return known }
        let bytes = string.planBytes
        let slice = Slice(start: Int32(tables.bytes.count), count: Int32(bytes.count))
        tables.bytes.append(contentsOf: bytes)
        texts[string] = slice
        return slice
    }

    /// A list of texts in the plan.
    mutating func names(_ strings: some Sequence<String>) -> Span32 {
        let start = Int32(tables.names.count)
        for string in strings.sorted() {
            let slice = text(string)
            tables.names.append(slice)
        }
        return Span32(start: start, end: Int32(tables.names.count))
    }

    /// A list of numbers in the plan.
    mutating func list(_ numbers: some Sequence<Int32>) -> Span32 {
        let start = Int32(tables.lists.count)
        tables.lists.append(contentsOf: numbers)
        return Span32(start: start, end: Int32(tables.lists.count))
    }

    /// The index of a compiled pattern; one that cannot be compiled becomes one that never matches, and a problem.
    mutating func pattern(_ pattern: IR.Pattern, _ origin: ID<Origin>?) -> Int32 {
        if let known = patterns[pattern] { return known }
        var options: PatternOptions = [.duplicateNames]
        if pattern.ignoresCase { options.insert(.ignoresCase) }
        if pattern.dotAll { options.insert(.dotAll) }
        if pattern.dollarOnlyAtEnd { options.insert(.dollarEndOnly) }
        do {
            tables.patterns.append(try CompiledPattern(pattern.source.planBytes, options: options))
        } catch {
            problem("the pattern `\(pattern.source)` cannot be used: \(error.message)", origin ?? ID(0))
            // `(?!)` matches nothing and always compiles; if even that fails there is no PCRE2 to speak of.
            guard let never = try? CompiledPattern("(?!)") else { return -1 }
            tables.patterns.append(never)
        }
        let index = Int32(tables.patterns.count - 1)
        patterns[pattern] = index
        return index
    }

    /// The index of an escaping.
    mutating func escaping(_ escaping: Escaping?) -> Int32 {
        guard let escaping else { return -1 }
        if let known = escapings[escaping] { return known }
        var words: [UInt64] = [0, 0, 0, 0]
        for byte in escaping.passes { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        tables.escapes.append(
            EscapeTable(
                words: (words[0], words[1], words[2], words[3]), keepsEscapes: escaping.keepsEscapes,
                keepsEncodedSlashes: escaping.keepsEncodedSlashes,
                upperHex: escaping.upperHex, onlyIfDecoded: escaping.onlyIfDecoded))
        let index = Int32(tables.escapes.count - 1)
        escapings[escaping] = index
        return index
    }

    /// The operations of a template.
    mutating func template(_ template: Template) -> TemplateRef {
        if let known = templates[template] { return known }
        let ops = template.pieces.map { operation($0) }
        let start = Int32(tables.ops.count)
        tables.ops.append(contentsOf: ops)
        let reference = TemplateRef(start: start, end: Int32(tables.ops.count))
        templates[template] = reference
        return reference
    }

    /// The operations of a template that may be missing.
    mutating func template(_ template: Template?) -> TemplateRef {
        guard let template else { return .noTemplate }
        return self.template(template)
    }
}

extension String {
    /// The bytes of a text of the configuration; a scalar from U+10FF00 on stands for one byte that is not UTF-8.
    var planBytes: [UInt8] {
        if utf8.allSatisfy({ $0 < 0xF4 }) { return Array(utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if scalar.value >= 0x10FF00 {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                bytes.append(contentsOf: String(scalar).utf8)
            }
        }
        return bytes
    }
}

extension ScopeRecord {
    /// What stands where no site leads.
    static let unreached = ScopeRecord(
        effective: 0, layers: .none, rules: -1, inner: -1, methods: .none, otherwise: -1, probe: -1, content: -1,
        onlyInternally: true, isStraight: false, prefixLength: 0, origin: -1)
}

extension ProgramRecord {
    /// What stands where no site leads.
    static let unreached = ProgramRecord(
        instructions: .none, base: .noTemplate, directory: .noTemplate, ends: -1, origin: -1)
}
