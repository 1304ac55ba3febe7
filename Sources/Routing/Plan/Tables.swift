import HTTP
import IR
import Pattern

/// Everything that a plan decides with: flat lists that refer to each other by index.
///
/// It is not copyable, because the compiler would otherwise copy all of it to read one element of one list; `copy()`
/// shares the lists' storage, and is what a thread does when it adds a fold that the plan did not foresee.
struct Tables: ~Copyable, Sendable {
    /// All texts.
    var bytes: ByteWriter
    var ops: [Op]
    var calls: [Call]
    var escapes: [EscapeTable]
    var patterns: [CompiledPattern]
    var conditions: [ConditionOp]
    /// Children of conditions, access nodes and the like.
    var lists: [Int32]
    /// Texts that are compared with.
    var names: [Slice]
    /// Names of fields of answers that templates ask for.
    var sentNames: [Slice]
    var candidates: [TemplateRef]
    var networks: [Network]

    var instructions: [Instruction]
    var programs: [ProgramRecord]
    var rules: [RuleRecord]
    var edits: [EditRecord]
    var exits: [ExitRecord]
    var answers: [AnswerRecord]
    var contents: [ContentRecord]
    var forwards: [ForwardRecord]
    var gateways: [GatewayRecord]
    var gatewayParameters: [GatewayParameterRecord]
    var gatewaySettings: [GatewaySettingsRecord]
    var gatewayEdits: [GatewayEditRecord]
    var sentPaths: [SentPathRecord]
    var placements: [PlacementRecord]

    /// The groups of upstreams that have a name, by it.
    var pools: ByteMap
    /// All groups of upstreams, in the configuration's order.
    var poolFacts: [PoolRecord]
    var listeners: [ListenerRecord]
    var nameTables: [NamesRecord]
    var sites: [SiteRecord]
    var tables: [TableRecord]
    var routes: [RouteRecord]
    var scopes: [ScopeRecord]
    var probes: [ProbeRecord]
    var tries: [TryRecord]
    var overlays: [OverlayRecord]
    var selectors: [SelectorRecord]
    var allowances: [AllowanceRecord]

    var effectives: [Effective]
    var folds: FoldIndex
    var headerEdits: [HeaderEditRecord]
    var errorRules: [ErrorRecord]
    var mappings: [MappingRecord]
    var access: [AccessRecord]
    var accessLines: [AccessLine]
    var logs: [LogRecord]
    var logPieces: [LogPiece]
    var expiries: [ExpiryRecord]
    var pages: [PagesRecord]
    var types: [ByteMap]
    var handlers: [ByteMap]
    var methodAnswers: [MethodAnswers]
    var realAddresses: [RealAddressRecord]
    var answerBuffers: [AnswerBuffers]
    var waiting: [WaitingRecord]
    var failureCodes: [[Int32]]
    var retries: [Retry]
    var upstreamTLS: [UpstreamTLS]
    var variables: [VariableRecord]
    var lookups: [LookupRecord]
    /// Error logs that effectives name.
    var errorLogs: [ErrorLog]
    /// The paths of access logs without values in them, in the order of `LogRecord.sink`.
    var logPaths: [String]

    /// Tables of nothing.
    ///
    /// No list has a value of its own where it is declared, so that neither this nor `copy()` can forget one.
    static func empty() -> Tables {
        Tables(
            bytes: ByteWriter(), ops: [], calls: [], escapes: [], patterns: [], conditions: [], lists: [], names: [],
            sentNames: [],
            candidates: [], networks: [], instructions: [], programs: [], rules: [], edits: [], exits: [],
            answers: [], contents: [], forwards: [], gateways: [], gatewayParameters: [], gatewaySettings: [],
            gatewayEdits: [], sentPaths: [], placements: [], pools: ByteMap(), poolFacts: [], listeners: [],
            nameTables: [], sites: [], tables: [], routes: [], scopes: [], probes: [], tries: [], overlays: [],
            selectors: [], allowances: [], effectives: [], folds: FoldIndex(), headerEdits: [], errorRules: [],
            mappings: [], access: [], accessLines: [], logs: [], logPieces: [], expiries: [], pages: [], types: [],
            handlers: [],
            methodAnswers: [], realAddresses: [], answerBuffers: [], waiting: [], failureCodes: [], retries: [],
            upstreamTLS: [], variables: [], lookups: [], errorLogs: [], logPaths: [])
    }

    /// The same lists; the storage of all but the texts is shared until one is added to.
    func copy() -> Tables {
        Tables(
            bytes: bytes.copy(), ops: ops, calls: calls, escapes: escapes, patterns: patterns, conditions: conditions,
            lists: lists, names: names, sentNames: sentNames, candidates: candidates, networks: networks,
            instructions: instructions,
            programs: programs, rules: rules, edits: edits, exits: exits, answers: answers, contents: contents,
            forwards: forwards, gateways: gateways, gatewayParameters: gatewayParameters,
            gatewaySettings: gatewaySettings, gatewayEdits: gatewayEdits, sentPaths: sentPaths,
            placements: placements, pools: pools, poolFacts: poolFacts, listeners: listeners, nameTables: nameTables,
            sites: sites, tables: tables, routes: routes, scopes: scopes, probes: probes, tries: tries,
            overlays: overlays, selectors: selectors, allowances: allowances, effectives: effectives, folds: folds,
            headerEdits: headerEdits, errorRules: errorRules, mappings: mappings, access: access,
            accessLines: accessLines, logs: logs, logPieces: logPieces, expiries: expiries, pages: pages, types: types,
            handlers: handlers,
            methodAnswers: methodAnswers, realAddresses: realAddresses, answerBuffers: answerBuffers,
            waiting: waiting, failureCodes: failureCodes, retries: retries, upstreamTLS: upstreamTLS,
            variables: variables, lookups: lookups, errorLogs: errorLogs, logPaths: logPaths)
    }
}

/// A compiled variable.
struct VariableRecord: Sendable {
    var kind: Kind
    /// The name in the plan's texts.
    var name: Slice
    /// The initial value or the input.
    var input: TemplateRef = .none
    /// The values by case.
    var values: [TemplateRef] = []
    /// Literal keys in lower case, host suffixes and prefixes: index of the value.
    var texts = ByteMap()
    var suffixes = ByteMap()
    var prefixes = ByteMap()
    /// Patterns and the index of their value, in order.
    var patterns: [(pattern: Int32, value: Int32)] = []
    /// Networks and the index of their value, the narrowest first.
    var ranges: [(network: Network, value: Int32)] = []
    /// Upper bounds of shares of 2^32 and the index of their value.
    var shares: [(bound: UInt64, value: Int32)] = []
    /// The index of the value where nothing fits; -1: empty.
    var otherwise: Int32 = -1
    var bank: Int8 = -1
    var evaluated: Evaluation = .whenFirstRead
    var survives: Survival = .kept
    /// The variable that has its value when the request enters anew; -1: none.
    var renamed: Int32 = -1

    enum Kind: UInt8, Sendable { case assigned, map, ranges, split, named }
}

/// A compiled external table.
struct LookupRecord: Sendable {
    /// Keys and the index of their value.
    var keys = ByteMap()
    var values: [TemplateRef] = []
}

/// Where the client's address comes from.
struct RealAddressRecord: Sendable {
    /// The field's name in the plan's texts, in lower case; absent: the proxy that introduced the connection tells.
    var header: Slice
    /// Trusted networks; nil: everybody is trusted.
    var trusts: Span32?
    /// Which of them are of the own house.
    var own: [Bool]
    var recursive: Bool
    /// What was believed is taken out of the field.
    var isTakenOut: Bool
    /// The field that is told of the proxies passed.
    var proxiesHeader: Slice
    var origin: Int32
}

/// How clients are waited for, and what waits for them.
struct WaitingRecord: Hashable, Sendable {
    var bodyPace: ReadingPace?
    var bodyBuffers: BodyBuffers
    var lingering: Lingering
    var resetsTimedOut: Bool
}

/// Finds the fold of a list of layers that was made before.
struct FoldIndex: Sendable {
    private var keys: [Int32] = []
    private var entries: [(hash: UInt64, start: Int32, count: Int32, effective: Int32)] = []
    private var buckets: [Int32] = Array(repeating: 0, count: 16)

    /// How many folds are known.
    var count: Int { entries.count }

    /// The fold of these layers.
    func find(_ layers: [Int32]) -> Int32? {
        let hash = Self.hash(layers)
        let mask = UInt64(buckets.count - 1)
        var slot = hash & mask
        while true {
            let index = buckets[Int(slot)]
            if index == 0 { return nil }
            let entry = entries[Int(index) - 1]
            if entry.hash == hash, Int(entry.count) == layers.count, equals(entry.start, layers) {
                return entry.effective
            }
            slot = (slot &+ 1) & mask
        }
    }

    /// Remembers the fold of these layers.
    mutating func insert(_ layers: [Int32], _ effective: Int32) {
        if entries.count * 2 >= buckets.count {
            buckets = Array(repeating: 0, count: buckets.count * 2)
            for index in entries.indices { place(Int32(index + 1), entries[index].hash) }
        }
        let hash = Self.hash(layers)
        entries.append((hash, Int32(keys.count), Int32(layers.count), effective))
        keys.append(contentsOf: layers)
        place(Int32(entries.count), hash)
    }

    private func equals(_ start: Int32, _ layers: [Int32]) -> Bool {
        for index in layers.indices where keys[Int(start) + index] != layers[index] { return false }
        return true
    }

    private mutating func place(_ index: Int32, _ hash: UInt64) {
        let mask = UInt64(buckets.count - 1)
        var slot = hash & mask
        while buckets[Int(slot)] != 0 { slot = (slot &+ 1) & mask }
        buckets[Int(slot)] = index
    }

    private static func hash(_ layers: [Int32]) -> UInt64 {
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        for layer in layers {
            hash = (hash ^ UInt64(UInt32(bitPattern: layer))) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
        }
        return hash
    }
}
