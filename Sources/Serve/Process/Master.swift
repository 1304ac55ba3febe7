internal import IR
internal import Routing
internal import System

/// The process that was started: it holds sockets, logs, pid file, signals and the control socket, and has a worker
/// serve; or it serves itself, when it is to be the only process.
///
/// It has one thread and forks before it ever starts another; with a worker process it never starts one at all.
final class Master<Member: ServingThread> {
    /// Who serves.
    enum Workforce {
        case nobody
        /// A worker process.
        case process(Int32)
        /// Threads of this process.
        case threads(Crew<Member>)
    }

    enum Watched: UInt64 { case signals = 1, control, channel, logs, crew, asker }

    /// What the server is on its way to.
    enum Course: Equatable {
        case serving
        /// The worker has ended what was under way, or is about to; the server waits for another order.
        case resting
        /// The worker ends what is under way.
        case draining
        /// All ends, at the latest at the moment.
        case stopping(until: Int64)
    }

    let options: ServerOptions
    let loader: Loader
    let poller: Poller
    let signals: SignalReader
    let store: LogStore
    let threads: Int
    let identity: Identity?
    var loaded: Loaded
    var plan: Plan
    var sinks: LogSinks
    var tls: TLSContexts
    /// Session tickets stay good over reloads and new workers.
    let ticketKeys = TLSFiles.makeTicketKeys()
    /// What was said about the passwords of keys.
    var passwords: [String: [UInt8]]
    var listeners: Listeners
    var control: ControlSocket?
    var pidFile: PidFile?
    var workforce = Workforce.nobody
    var channel: ProcessChannel?
    var flusher: LogFlusher
    var course = Course.serving
    var isReady = false
    var backOff = BackOff()
    var respawnAt: Int64?
    /// The reload that a worker has been asked for.
    var reload: PendingReload?
    /// Reloads that were asked for meanwhile.
    var waitingReloads: [ControlSocket.Asker?] = []
    /// Commands whose words have not arrived yet.
    var askers: Set<ControlSocket.Asker> = []
    /// The process that waits for this one to serve before it ends, behind a pipe.
    var starter: Int32?
    /// The process that was started to replace this one.
    var successor: Int32?
    /// Who wants to hear how the server is.
    var manager: ServiceManager?
    var nextHeartbeat: Int64?

    /// Prepares everything but the worker: after it, all that can be refused has been.
    init(_ loaded: Loaded, loader: Loader, options: ServerOptions) throws {
        let process = loaded.configuration.process
        SignalReader.ignore(.brokenPipe)
        threads = Precautions.threads(options, process)
        Precautions.makeRoom(for: process, threads: threads)
        do throws(Refused) {
            plan = try loaded.compiled()
        } catch {
            throw ServerFailure(String(error.report.dropLast()))
        }
        // The logs come first, so that what follows can be written there.
        store = try LogStore(
            lanes: threads, shape: options.shape, rootPrefix: options.rootPrefix,
            isStrict: options.habits != .sluice)
        sinks = try store.openedSinks(for: plan)
        let files = TLSFiles.read(
            for: loaded.configuration, rootPrefix: options.rootPrefix, ticketKeys: ticketKeys)
        passwords = files.answers
        tls = TLSContexts(plan, files: files, place: loaded.place)
        if !tls.failures.isEmpty { throw ServerFailure(tls.failures.joined(separator: "\n")) }
        for complaint in tls.complaints {
            if options.habits == .sluice { StandardError.say(complaint) } else { sinks.complain(.error, complaint) }
        }
        flusher = LogFlusher(store)
        var listeners = Listeners(ports: options.ports, inherited: options.inherited)
        identity = try Identity.wanted(by: loaded)
        listeners.commit(try listeners.prepare(loaded))
        listeners.closeUnused()
        signals = try SignalReader(Habits.signals)
        poller = try Poller()
        if options.habits == .sluice { Precautions.check(loaded, rootPrefix: options.rootPrefix) }
        Precautions.complainAboutGuards(loaded, sinks)
        self.options = options
        self.loader = loader
        self.loaded = loaded
        self.listeners = listeners
    }

    /// Serves until it is told to end.
    func run() throws {
        if options.detaches { try detach() }
        // A process that was forked and has threads of its own shares locks with them.
        if options.detaches, options.isSingleProcess { try Thread.run(serve) } else { try serve() }
    }

    private func serve() throws {
        watch(signals.raw, .signals)
        manager = ServiceManager()
        openControl()
        try startWorkforce()
        while !isOver {
            let moments = patience(until: flusher.tick(), respawnAt, lastMoment, nextHeartbeat)
            let count = try poller.wait(milliseconds: moments)
            for index in 0..<count { try handle(poller.event(index).token) }
            try attend()
        }
        notice("exit")
        store.flush()
        listeners.stopListening()
        pidFile?.remove()
        control?.remove()
    }

    func watch(_ raw: Int32, _ what: Watched, of number: Int32 = 0) {
        _ = poller.add(raw, .reading, token: what.rawValue | UInt64(UInt32(bitPattern: number)) << 8)
    }

    private var lastMoment: Int64? {
        if case .stopping(let moment) = course { moment } else { nil }
    }

    private var isOver: Bool {
        if course == .serving || course == .resting { return false }
        switch workforce {
        case .nobody: return true
        case .process: return false
        case .threads(let crew): return crew.hasEnded
        }
    }

    private func handle(_ token: UInt64) throws {
        switch Watched(rawValue: token & 0xFF) {
        case .signals: while let signal = signals.next() { try obey(signal) }
        case .control:
            guard let asker = control?.accept() else { return }
            askers.insert(asker)
            watch(asker.raw, .asker, of: asker.raw)
        case .asker: hear(ControlSocket.Asker(raw: Int32(truncatingIfNeeded: token >> 8)))
        case .channel: try hearWorker()
        case .logs: flusher.notice()
        case .crew: if case .threads(let crew) = workforce { crew.changes.drain() }
        case nil: break
        }
    }

    /// Does what is due by now.
    private func attend() throws {
        let now = Clock.monotonicMilliseconds()
        if let moment = respawnAt, moment <= now, course == .serving {
            respawnAt = nil
            try startWorkforce()
        }
        if let moment = nextHeartbeat, moment <= now, let manager {
            manager.beat()
            nextHeartbeat = manager.heartbeat.map { now + $0 }
        }
        if case .stopping(let moment) = course, moment <= now {
            if case .process(let process) = workforce { ChildProcess.signal(.kill, to: process) }
            workforce = .nobody
        }
    }

    private func obey(_ signal: Signal) throws {
        guard let order = options.habits.order(of: signal) else { return }
        if order != .reap { notice("signal \(signal.rawValue) (\(signal.name)) received, \(order.words)") }
        switch order {
        case .stop: stop()
        case .drain: drain()
        case .reload: reload(for: nil)
        case .reopen: reopenLogs()
        case .succeed: startSuccessor()
        case .rest: rest()
        case .reap: try reap()
        }
    }

    /// Writes into the main error log what its own server would write there.
    func notice(_ text: String) {
        if options.habits != .sluice { sinks.complain(.notice, text) }
    }
}

/// How long to wait before a worker that died is replaced: not at all, unless it lived for less than a second.
struct BackOff {
    private var startedAt: Int64 = 0
    private var delay: Int64 = 0

    mutating func started() { startedAt = Clock.monotonicMilliseconds() }

    /// Milliseconds until the next start.
    mutating func next() -> Int64 {
        let lived = Clock.monotonicMilliseconds() - startedAt
        delay = lived > 1_000 ? 0 : min(max(delay * 2, 100), 5_000)
        return delay
    }
}
