internal import IR
internal import Routing
internal import System

/// Who serves: starting, replacing and ending them.
extension Master {
    private var service: Service {
        Service(
            plan: plan, sockets: Listeners.sockets(listeners.places, listeners.open), logs: sinks,
            rootPrefix: store.rootPrefix)
    }

    /// Starts a worker process, or the threads of this one.
    func startWorkforce() throws {
        backOff.started()
        if options.isSingleProcess {
            if let identity { try identity.assume() }
            let crew = try Crew<Member>(service, threads: threads)
            workforce = .threads(crew)
            watch(crew.changes.raw, .crew)
            watch(store.pending.raw, .logs)
            UpstreamNames.check(loaded.configuration)
            announce()
            return
        }
        let (ours, theirs) = try Descriptor.socketPair()
        switch try ChildProcess.fork() {
        case .parent(let process):
            Descriptor.closeRaw(theirs)
            workforce = .process(process)
            channel = ProcessChannel(owning: ours)
            watch(ours, .channel)
        case .child:
            Descriptor.closeRaw(ours)
            ChildProcess.exitNow(work(theirs))
        }
    }

    /// What the new process does until it ends; its exit status.
    private func work(_ channel: Int32) -> Int32 {
        // What belongs to the master alone: an open copy here would keep clients of the control socket waiting.
        if let raw = control?.raw { Descriptor.closeRaw(raw) }
        for asker in allAskers { Descriptor.closeRaw(asker.raw) }
        Descriptor.closeRaw(signals.raw)
        do {
            try identity?.assume()
            let sockets = Dictionary(uniqueKeysWithValues: listeners.open.map { ($0.number, $0.raw) })
            var worker = try WorkerProcess<Member>(
                service, threads: threads, sockets: sockets, channel: ProcessChannel(owning: channel), loader: loader,
                store: store)
            // The first worker has complained about what its successors would find again.
            if !isReady { UpstreamNames.check(loaded.configuration) }
            try worker.run()
            return 0
        } catch {
            StandardError.say("a worker process cannot serve: \(error)")
            return 1
        }
    }

    /// Everything listens and is served: says so, once.
    private func announce() {
        if isReady {
            sinks.complain(.notice, "a new worker serves")
            return
        }
        isReady = true
        writePidFile()
        let addresses = listeners.addresses(loaded.configuration)
        StandardError.say("ready on \(addresses.joined(separator: ", "))")
    }

    /// Writes the configured pid file; after a reload, the newly configured one.
    func writePidFile() {
        // A path that is only implied may be that of the real server, which may be running.
        guard let file = loaded.configuration.process.pidFile, !file.value.isEmpty, loaded.place(file.origin) != nil
        else { return }
        let located = below(options.rootPrefix, file.value)
        if pidFile?.path == FilePath(located) { return }
        pidFile?.remove()
        pidFile = PidFile(at: FilePath(located))
    }

    /// Takes what the worker says.
    func hearWorker() {
        guard channel != nil else { return }
        let messages = channel?.receive() ?? []
        for message in messages {
            switch message.kind {
            case .ready: announce()
            case .loaded: finishReload()
            case .refused: failReload(String(decoding: message.payload, as: UTF8.self))
            case .log, .socket, .load, .drain, .stop: break
            }
        }
        // The signal of its death brings the rest.
        if channel?.isClosed == true { channel = nil }
    }

    /// Takes note of children that have ended, and replaces a worker.
    func reap() throws {
        while let ended = ChildProcess.ended(-1) {
            guard case .process(let process) = workforce, process == ended.process else { continue }
            workforce = .nobody
            channel = nil
            if course != .serving { continue }
            if !isReady { throw ServerFailure("the worker process ended before it served (\(cause(ended.status)))") }
            failReload("the worker process died while it was reading the configuration\n")
            let delay = backOff.next()
            sinks.complain(.alert, "worker process \(process) \(cause(ended.status)); another is started")
            respawnAt = Clock.monotonicMilliseconds() + delay
        }
    }

    private func cause(_ status: Int32) -> String {
        status > 128 ? "exited on signal \(status - 128)" : "exited with status \(status)"
    }

    /// Ends all that is under way, and the server, in less than five seconds.
    func stop() {
        if case .stopping = course { return }
        course = .stopping(until: Clock.monotonicMilliseconds() + 4_000)
        listeners.stopListening()
        switch workforce {
        case .nobody: break
        case .process: if channel?.send(.stop) != true { kill() }
        case .threads(let crew): crew.post(.stop)
        }
    }

    /// Takes no new connection, and ends when what is under way is answered.
    func drain() {
        guard course == .serving else { return }
        course = .draining
        listeners.stopListening()
        let limit = loaded.configuration.process.gracefulStop.flatMap(\.value).map { Int64($0 * 1_000) }
        switch workforce {
        case .nobody: break
        case .process:
            var payload: [UInt8] = []
            payload.append(word: limit.map { UInt32(clamping: $0) } ?? .max)
            if channel?.send(.drain, payload) != true { kill() }
        case .threads(let crew):
            crew.post(.drain(deadline: limit.map { Clock.monotonicMilliseconds() + $0 }))
        }
    }

    private func kill() {
        if case .process(let process) = workforce { ChildProcess.signal(.kill, to: process) }
    }
}
