internal import IR
internal import Routing
internal import System

/// Who serves: starting, replacing and ending them.
extension Master {
    private var service: Service {
        Service(
            plan: plan, sockets: Listeners.sockets(listeners.places, listeners.open), logs: sinks, tls: tls,
            rootPrefix: store.rootPrefix)
    }

    /// Starts a worker process, or the threads of this one.
    func startWorkforce() throws {
        backOff.started()
        notice("start worker processes")
        if options.isSingleProcess {
            if let identity { try identity.assume() }
            let crew = try Crew<Member>(service, threads: threads)
            workforce = .threads(crew)
            watch(crew.changes.raw, .crew)
            watch(store.pending.raw, .logs)
            UpstreamNames.check(loaded.configuration)
            try announce()
            return
        }
        let (ours, theirs) = try Descriptor.socketPair()
        switch try ChildProcess.fork() {
        case .parent(let process):
            Descriptor.closeRaw(theirs)
            workforce = .process(process)
            notice("start worker process \(process)")
            channel = ProcessChannel(owning: ours)
            watch(ours, .channel)
        case .child:
            Descriptor.closeRaw(ours)
            try? Thread.run { ChildProcess.exitNow(work(theirs)) }
            ChildProcess.exitNow(1)
        }
    }

    /// What the new process does until it ends; its exit status.
    private func work(_ channel: Int32) -> Int32 {
        // What belongs to the master alone: an open copy here would keep clients of the control socket waiting.
        if let raw = control?.raw { Descriptor.closeRaw(raw) }
        for asker in allAskers { Descriptor.closeRaw(asker.raw) }
        Descriptor.closeRaw(signals.raw)
        if options.detaches {
            // Whoever waits for the start would otherwise wait for the end of this process.
            if let starter { Descriptor.closeRaw(starter) }
            redirectStandardStreams()
        }
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
    private func announce() throws {
        if isReady {
            if options.habits == .sluice { sinks.complain(.notice, "a new worker serves") }
            return
        }
        isReady = true
        try writePidFile()
        if options.habits == .sluice {
            let addresses = listeners.addresses(loaded.configuration)
            StandardError.say("ready on \(addresses.joined(separator: ", "))")
        }
        if let manager {
            manager.ready()
            nextHeartbeat = manager.heartbeat.map { Clock.monotonicMilliseconds() + $0 }
        }
        tellStarter()
    }

    /// Writes the configured pid file; after a reload, the newly configured one.
    ///
    /// A server that others find by its pid file does not start without it; `sluice run` says so and serves.
    func writePidFile() throws {
        guard let path = pidPath else { return }
        if let pidFile, pidFile.isFor(path) { return }
        do throws(SystemError) {
            let file = try PidFile(at: path)
            pidFile?.remove()
            pidFile = file
        } catch {
            if options.habits != .sluice {
                throw ServerFailure(
                    "\(error)", problems: [.file(path: path.description, code: error.code)])
            }
            StandardError.say("\(error); there is no pid file")
        }
    }

    private var pidPath: FilePath? {
        // A path that is only implied may be that of the real server, which may be running.
        if let file = loaded.configuration.process.pidFile, !file.value.isEmpty, loaded.place(file.origin) != nil {
            return FilePath(below(options.rootPrefix, file.value))
        }
        return options.pidFile.map { FilePath(below(options.rootPrefix, $0)) }
    }

    /// Takes what the worker says.
    func hearWorker() throws {
        guard channel != nil else { return }
        let messages = channel?.receive() ?? []
        for message in messages {
            switch message.kind {
            case .ready: try announce()
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
            if ended.process == successor {
                try successorEnded(cause(ended.status))
                continue
            }
            guard case .process(let process) = workforce, process == ended.process else { continue }
            workforce = .nobody
            channel = nil
            if course != .serving {
                notice("worker process \(process) \(cause(ended.status))")
                continue
            }
            if !isReady { throw ServerFailure("the worker process ended before it served (\(cause(ended.status)))") }
            failReload("the worker process died while it was reading the configuration\n")
            let delay = backOff.next()
            let level = ended.status == 0 ? LogLevel.notice : .alert
            sinks.complain(level, "worker process \(process) \(cause(ended.status)); another is started")
            respawnAt = Clock.monotonicMilliseconds() + delay
        }
    }

    private func cause(_ status: Int32) -> String {
        let word = options.habits == .nginx ? "code" : "status"
        return status > 128 ? "exited on signal \(status - 128)" : "exited with \(word) \(status)"
    }

    /// Ends all that is under way, and the server, in less than five seconds.
    func stop() {
        if case .stopping = course { return }
        course = .stopping(until: Clock.monotonicMilliseconds() + 4_000)
        manager?.stopping()
        listeners.stopListening()
        switch workforce {
        case .nobody: break
        case .process: if channel?.send(.stop) != true { kill() }
        case .threads(let crew): crew.post(.stop)
        }
    }

    /// Takes no new connection, and ends when what is under way is answered.
    func drain() {
        guard course == .serving || course == .resting else { return }
        let wasServing = course == .serving
        course = .draining
        manager?.stopping()
        listeners.stopListening()
        if wasServing { drainWorkforce() }
    }

    /// Has the worker take no new connection and end; the server stays, and what waits in the backlog with it.
    func rest() {
        guard course == .serving, !options.isSingleProcess else { return }
        course = .resting
        drainWorkforce()
    }

    private func drainWorkforce() {
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
