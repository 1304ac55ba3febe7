import HTTP
import IR
import Pattern
import Synchronization
import System

/// Decides requests by a plan: the one machine behind `run`, `explain`, `test` and `diff`.
///
/// Each thread has one. It is pure: what it cannot know it asks as a value, and the asking step runs again with the
/// answer. Between two calls everything about a request lies in its `Journey`.
package struct Decider: ~Copyable {
    /// What it decides by.
    package let plan: Plan
    private var shared: SharedTables
    /// Holds the decider in its place, as in `Journey`.
    private let place = Atomic<Bool>(false)
    var scratch = MatchScratch()
    var date = DateStamp()
    /// The date of the file that was dated last.
    var modified = DateStamp()
    var logTime = LogTime()
    /// Facts about the process that templates may name.
    package var process = ProcessFacts()
    /// Where `composeAnswer` collects fields.
    var fields = FieldList()

    /// A decider for a plan.
    package init(_ plan: Plan) {
        self.plan = plan
        shared = plan.shared
    }

    /// The plan's lists, with the folds that were added since.
    var tables: Tables {
        @inline(__always) _read { yield shared.tables }
    }

    /// Whether some text names the address of the upstream that was asked, `ExchangeFacts.address`.
    package var tellsAddresses: Bool { shared.tellAddresses }

    /// Adds what was not foreseen to the lists.
    mutating func addToTables(_ add: (inout PlanCompiler) -> Int32) -> Int32 {
        var compiler = PlanCompiler(plan.configuration, adding: shared.tables.copy())
        let index = add(&compiler)
        shared = SharedTables(compiler.tables.copy())
        return index
    }

    /// Decides a request whose head was parsed into `journey.request`.
    package mutating func begin(_ journey: inout Journey) -> Effect {
        journey.reset()
        if let refused = receive(&journey) {
            if journey.isRefusedBySite { return settle(fail(&journey, refused), &journey) }
            return refuse(&journey, status: refused)
        }
        if mayHaveRealAddress(journey) { takeRealAddress(&journey) }
        return run(&journey)
    }

    /// Decides what a request is answered whose head was refused by the parser.
    package mutating func refuse(_ journey: inout Journey, status: Int32) -> Effect {
        journey.reset()
        journey.keepsAlive = false
        if journey.connection.tls == nil, !journey.connection.isTLS,
            let plain = plainStatus(journey.connection), status == 400, plain == 400
        {
            journey.explains = 497
        }
        if !journey.request.target.isEmpty { journey.target = journey.putRequest(journey.request.target) }
        journey.site = fallbackSite(journey)
        journey.effective = tables.sites[journey.site].base
        journey.scope = tables.sites[journey.site].scope
        if journey.path.isEmpty { journey.path = journey.put("/") }
        if status == 405 {
            let allow = tables.methodAnswers[Int(tables.effectives[journey.effective].methods)].allow
            // A server that refuses TRACE names no method at all (httpd's ap_send_http_trace).
            if !allow.isEmpty { journey.allow = journey.put(journey.request.method == .trace ? "".utf8 : allow.utf8) }
        }
        return settle(fail(&journey, status), &journey)
    }

    /// Goes on with what has happened since the last effect.
    package mutating func resume(_ journey: inout Journey, _ event: Event) -> Effect {
        switch event {
        case .fact(let fact):
            journey.learn(fact)
            return run(&journey)
        case .upstreamHead: return settle(upstreamAnswered(&journey), &journey)
        case .upstreamFailed(let failure): return settle(upstreamFailed(&journey, failure), &journey)
        case .bodyTooLarge:
            journey.keepsAlive = false
            return settle(fail(&journey, 413), &journey)
        case .bodyMalformed:
            journey.keepsAlive = false
            return settle(fail(&journey, 400), &journey)
        case .bodyTimedOut(let status):
            journey.keepsAlive = false
            return settle(fail(&journey, status), &journey)
        case .fileFailed:
            return settle(fail(&journey, Int32(tables.effectives[journey.effective].failures.forbidden)), &journey)
        }
    }

    /// The longest request body that is taken where the request stands, in bytes; -1: any.
    package func bodyLimit(_ journey: borrowing Journey) -> Int64 {
        tables.effectives[journey.effective].bodyLimit
    }

    /// Goes on from a step until something is to be done outside.
    @inline(__always)
    private mutating func settle(_ step: Step, _ journey: inout Journey) -> Effect {
        switch step {
        case .next: run(&journey)
        case .done(let effect): effect
        }
    }

    /// Runs phase after phase until something is to be done outside.
    private mutating func run(_ journey: inout Journey) -> Effect {
        while true {
            if case .done(let effect) = advance(&journey) { return effect }
        }
    }

    private mutating func advance(_ journey: inout Journey) -> Step {
        switch journey.phase {
        case .read, .early: early(&journey)
        case .siteRules: siteRules(&journey)
        case .locate: locate(&journey)
        case .place: place(&journey)
        case .scopeRules: scopeRules(&journey)
        case .limits: limits(&journey)
        case .access: access(&journey)
        case .lateRules: lateRules(&journey)
        case .probe: probe(&journey)
        case .content: content(&journey)
        case .answer, .log: .done(.respond)
        }
    }
}

/// What a phase leads to.
enum Step {
    /// Go on with `Journey.phase`.
    case next
    /// Something is to be done outside.
    case done(Effect)
}

/// Facts about the process that templates may name.
package struct ProcessFacts: Sendable {
    /// The host's name.
    package var hostname: [UInt8] = []
    /// The process's number.
    package var number: Int = 0
    /// The TLS library: `OpenSSL/3.0.1`.
    package var library: [UInt8] = []
    /// The environment.
    package var environment: [String: String] = [:]

    package init() {}
}

extension Journey {
    /// Forgets the last request and keeps the memory; heads, connection and moments stay.
    mutating func reset() {
        arena.removeAll()
        (target, path, pathBeforeRules, pathBeforeProgram) = (.empty, .empty, .empty, .empty)
        (query, host, hostPort, method, authority) = (.absent, .absent, .absent, .absent, .absent)
        queryBeforeProgram = .absent
        (hadEscapes, changedSinceReceived, changedSinceLocated) = (false, false, false)
        isHead = request.method == .head
        isGet = request.method == .get
        listener = Int32(connection.listener)
        peer = .absent
        (site, scope, effective) = (0, -1, 0)
        phase = .early
        (pc, program, listPosition, leaving) = (-1, -1, 0, -1)
        (rulesEnded, isInternal, placedAtRoot, folded) = (false, false, false, false)
        (rounds, loops, matched, route, content, placement) = (0, 0, 0, -1, -1, -1)
        isHandled = false
        filePath = .absent
        if hasGroups {
            for index in groups.indices { groups[index] = .absent }
            hasGroups = false
        }
        // Emptying an array that is empty costs as much as emptying a full one.
        if !values.isEmpty { values.removeAll(keepingCapacity: true) }
        if !told.isEmpty { told.removeAll(keepingCapacity: true) }
        if !redirected.path.isAbsent { redirected = RedirectedRequest() }
        if !headerEdits.isEmpty { headerEdits.removeAll(keepingCapacity: true) }
        if !cookies.isEmpty { cookies.removeAll(keepingCapacity: true) }
        if !facts.isEmpty { facts.removeAll(keepingCapacity: true) }
        if !keptFields.isEmpty { keptFields.removeAll(keepingCapacity: true) }
        if !sentFields.isEmpty { sentFields.removeAll(keepingCapacity: true) }
        if !parts.isEmpty { parts.removeAll(keepingCapacity: true) }
        if !listing.isEmpty { listing.removeAll() }
        (user, mediaType, failedLogin) = (.absent, .absent, false)
        (isRefusedBySite, explains) = (false, 0)
        look = IndexLook()
        upstream = UpstreamTarget()
        exchange.reset()
        (forward, answered, isRelayed) = (-1, false, false)
        resetAnswer()
        (originalStatus, errorStatus, errorDepth, handlingError) = (0, 0, 0, false)
        (sentBodyBytes, sentBytes, receivedBytes) = (0, 0, 0)
        if !complaint.isEmpty { complaint = "" }
        if trace.isOn { trace.clear() }
    }

    /// Forgets the answer that was being made.
    mutating func resetAnswer() {
        status = 0
        body = .none
        (location, retryHeader, allow, tag, contentType) = (.absent, .absent, .absent, .absent, .absent)
        (isBuiltIn, redirectsAtOnce, challenge, isUnedited) = (false, false, false, false)
        (rangeStart, rangeEnd) = (-1, -1)
        file = FileFact(kind: .missing)
    }

    /// Goes to a phase; no program is running there yet.
    mutating func enter(_ phase: Phase) {
        self.phase = phase
        pc = -1
        listPosition = 0
        leaving = -1
    }
}
