internal import IR
internal import Routing
internal import System

/// A worker process: its serving threads, and what its first thread does for them.
///
/// It never touches a configuration file: what is to be served comes from the master, as do sockets and logs.
struct WorkerProcess<Member: ServingThread>: ~Copyable {
    private let loader: Loader
    private let store: LogStore
    private let crew: Crew<Member>
    private let poller: Poller
    private let signals: SignalReader
    private var channel: ProcessChannel
    private var flusher: LogFlusher
    /// Sockets by the numbers that the master gave them.
    private var sockets: [Int: Int32]
    /// Dropped sockets that a thread may still have in its poller: closed with the next change.
    private var retired: [Int32] = []
    private var deadline: Int64?

    private enum Watched: UInt64 { case channel, logs, crew, signals }

    /// Starts the threads; the process is already the one that serves.
    init(
        _ service: Service, threads: Int, sockets: [Int: Int32], channel: consuming ProcessChannel, loader: Loader,
        store: LogStore
    ) throws {
        let signals = try SignalReader([.terminate, .quit])
        let poller = try Poller()
        let crew = try Crew<Member>(service, threads: threads)
        self.loader = loader
        self.store = store
        self.sockets = sockets
        self.signals = signals
        self.poller = poller
        self.crew = crew
        self.channel = channel
        flusher = LogFlusher(store)
        _ = self.poller.add(self.channel.raw, .reading, token: Watched.channel.rawValue)
        _ = self.poller.add(store.pending.raw, .reading, token: Watched.logs.rawValue)
        _ = self.poller.add(self.crew.changes.raw, .reading, token: Watched.crew.rawValue)
        _ = self.poller.add(self.signals.raw, .reading, token: Watched.signals.rawValue)
    }

    /// Serves until it is told to end, or until the master is gone.
    mutating func run() throws(SystemError) {
        channel.send(.ready)
        while !crew.hasEnded {
            let count = try poller.wait(milliseconds: patience(until: flusher.tick(), deadline))
            for index in 0..<count {
                switch Watched(rawValue: poller.event(index).token) {
                case .channel: hear()
                case .logs: flusher.notice()
                case .crew: crew.changes.drain()
                case .signals: obey()
                case nil: break
                }
            }
            if let deadline, deadline <= Clock.monotonicMilliseconds() { break }
        }
        store.flush()
    }

    private mutating func obey() {
        while let signal = signals.next() {
            if signal == .quit { drain(within: nil) } else { stop() }
        }
    }

    private mutating func hear() {
        for message in channel.receive() { handle(message) }
        if channel.isClosed {
            poller.remove(channel.raw)
            stop()
        }
    }

    private mutating func handle(_ message: ProcessMessage) {
        switch message.kind {
        case .log:
            guard let raw = message.descriptors.first else { return }
            store.adopt(Descriptor(owning: raw), at: String(decoding: message.payload, as: UTF8.self))
            store.forgetComputed()
        case .socket:
            guard let raw = message.descriptors.first, message.payload.count == 4 else { return }
            sockets[Int(message.payload.word(at: 0))] = raw
        case .load:
            do throws(Refused) {
                try load(message.payload)
                channel.send(.loaded)
            } catch {
                channel.send(.refused, Array(error.report.utf8))
            }
        case .drain:
            let time = message.payload.count == 4 ? message.payload.word(at: 0) : .max
            drain(within: time == .max ? nil : Int64(time))
        case .stop: stop()
        case .ready, .loaded, .refused: break
        }
    }

    private mutating func load(_ bytes: [UInt8]) throws(Refused) {
        guard let order = ReloadOrder(bytes) else { throw Refused(report: "the master's order is garbled\n") }
        let plan = try loader.restore(order.snapshot).compiled()
        // The master has made the same already, and has said what is wrong with it.
        let tls = TLSContexts(plan, files: TLSFiles(order.tls), place: { _ in nil })
        let sockets = order.places.compactMap { place in
            self.sockets[place.number].map {
                ListeningSocket(socket: $0, listener: place.listener, port: place.port)
            }
        }
        let logs = store.sinks(for: plan)
        crew.post(.swap(Service(plan: plan, sockets: sockets, logs: logs, tls: tls, rootPrefix: store.rootPrefix)))
        store.keepOnly(plan)
        UpstreamNames.check(plan.configuration)
        for raw in retired { SocketIO.close(raw) }
        retired = order.dropped.compactMap { self.sockets.removeValue(forKey: $0) }
    }

    private mutating func drain(within milliseconds: Int64?) {
        let deadline = milliseconds.map { Clock.monotonicMilliseconds() + $0 }
        crew.post(.drain(deadline: deadline))
        self.deadline = deadline.map { $0 + 1_000 }
    }

    private mutating func stop() {
        crew.post(.stop)
        deadline = Clock.monotonicMilliseconds() + 2_000
    }
}

extension Loaded {
    /// The plan; refused when something in it cannot be compiled.
    func compiled() throws(Refused) -> Plan {
        let plan = Plan(configuration)
        if plan.problems.isEmpty { return plan }
        let lines = plan.problems.map { problem in
            (place(problem.origin).map { "\($0): " } ?? "") + "error: \(problem.message)\n"
        }
        throw Refused(report: lines.joined())
    }
}

extension LogStore {
    /// Closes the logs that a plan has no use for.
    func keepOnly(_ plan: Plan) {
        var paths = Set(plan.logPaths)
        for log in plan.errorLogs { paths.insert(log.file ?? log.other ?? "") }
        let main = plan.configuration.process.errorLog?.value
        paths.insert(main?.file ?? main?.other ?? "")
        keepOnly(paths)
    }
}
