internal import IR
internal import Routing
internal import System

/// A configuration that a worker has been told to serve.
struct PendingReload {
    var loaded: Loaded
    var plan: Plan
    var sinks: LogSinks
    var tls: TLSContexts
    var candidate: Listeners.Candidate
    var asker: ControlSocket.Asker?
}

/// Reloading, reopening and the commands that ask for them.
extension Master {
    /// Opens the control socket; without one everything but commands works.
    func openControl() {
        do {
            let own =
                options.habits == .sluice
                ? options.control : try Control.path(ofProcess: ChildProcess.current, makingFolder: true)
            guard let path = own else { return }
            control = try ControlSocket(at: path)
            if let raw = control?.raw { watch(raw, .control) }
        } catch {
            StandardError.say("\(error)")
        }
    }

    /// Those who wait for an answer.
    var allAskers: [ControlSocket.Asker] {
        Array(askers) + [reload?.asker].compactMap(\.self) + waitingReloads.compactMap(\.self)
    }

    /// Reads what an asker has sent, and does it.
    func hear(_ asker: ControlSocket.Asker) {
        guard askers.contains(asker), let word = control?.hear(asker) else { return }
        askers.remove(asker)
        poller.remove(asker.raw)
        switch word {
        case "reload": reload(for: asker)
        case "reopen":
            reopenLogs()
            control?.answer(asker, isDone: true, "")
        case "stop":
            control?.answer(asker, isDone: true, "")
            stop()
        case "quit":
            control?.answer(asker, isDone: true, "")
            drain()
        case "status": control?.answer(asker, isDone: true, "\(ChildProcess.current)\n")
        default: control?.answer(asker, isDone: false, "\"\(word)\" is no command\n")
        }
    }

    /// Reads the configuration again and has it served; a bad one is refused, and the old one goes on.
    func reload(for asker: ControlSocket.Asker?) {
        if course != .serving, course != .resting {
            tell(asker, isDone: false, "the server is ending\n")
            return
        }
        if reload != nil {
            waitingReloads.append(asker)
            return
        }
        do {
            try begin(for: asker)
        } catch {
            refuse(report(of: error), asker)
        }
    }

    private func begin(for asker: ControlSocket.Asker?) throws {
        let loaded = try loader.load()
        let plan = try loaded.compiled()
        let files = TLSFiles.read(
            for: loaded.configuration, rootPrefix: options.rootPrefix, ticketKeys: ticketKeys,
            answers: passwords)
        passwords = files.answers
        let tls = TLSContexts(plan, files: files, place: loaded.place)
        if !tls.failures.isEmpty { throw ServerFailure(tls.failures.joined(separator: "\n")) }
        let known = Set(store.paths)
        let sinks = try store.openedSinks(for: plan)
        let candidate = try listeners.prepare(loaded)
        manager?.reloading()
        let pending = PendingReload(
            loaded: loaded, plan: plan, sinks: sinks, tls: tls, candidate: candidate, asker: asker)
        reload = pending
        switch workforce {
        case .nobody:
            let wasResting = course == .resting
            finishReload()
            if wasResting { try startWorkforce() }
        case .threads(let crew):
            let sockets = Listeners.sockets(candidate.places, listeners.open + candidate.opened)
            let service = Service(
                plan: plan, sockets: sockets, logs: pending.sinks, tls: tls, rootPrefix: store.rootPrefix)
            crew.post(.swap(service))
            UpstreamNames.check(loaded.configuration)
            finishReload()
        case .process:
            for log in store.descriptors where !known.contains(log.path) { send(log) }
            for socket in candidate.opened {
                var number: [UInt8] = []
                number.append(word: UInt32(clamping: socket.number))
                channel?.send(.socket, number, [socket.raw])
            }
            let order = ReloadOrder(
                places: candidate.places, dropped: candidate.dropped.map(\.number), tls: files.bytes,
                snapshot: loaded.snapshot)
            if channel?.send(.load, order.bytes) != true { failReload("no worker process is there to serve it\n") }
        }
    }

    /// The new configuration is served.
    func finishReload() {
        guard let done = reload else { return }
        reload = nil
        listeners.commit(done.candidate)
        (loaded, plan, sinks, tls) = (done.loaded, done.plan, done.sinks, done.tls)
        store.keepOnly(plan)
        try? writePidFile()
        manager?.ready()
        if options.habits == .sluice {
            sinks.complain(.notice, "the configuration was reloaded")
        } else {
            // Both servers open the logs anew with every configuration, and rotation counts on it.
            reopenLogs()
            notice("configuration reloaded")
        }
        Precautions.complainAboutGuards(loaded, sinks)
        // A worker that still rests is replaced when it has ended.
        if course == .resting { course = .serving }
        for complaint in tls.complaints { sinks.complain(.error, complaint) }
        tell(done.asker, isDone: true, loaded.report + tls.complaints.map { $0 + "\n" }.joined())
        next()
    }

    /// The worker cannot serve it.
    func failReload(_ report: String) {
        guard let failed = reload else { return }
        reload = nil
        listeners.discard(failed.candidate)
        refuse(report, failed.asker)
    }

    private func report(of error: any Error) -> String {
        if let refused = error as? Refused { return refused.report }
        if let failure = error as? ServerFailure { return loader.words(failure) + "\n" }
        return "\(error)\n"
    }

    private func refuse(_ report: String, _ asker: ControlSocket.Asker?) {
        if options.habits == .sluice {
            sinks.complain(.emerg, "the configuration was not reloaded, the old one goes on:")
        }
        for line in report.split(separator: "\n") { sinks.complain(.emerg, String(line)) }
        tell(asker, isDone: false, report.hasSuffix("\n") ? report : report + "\n")
        next()
    }

    private func next() {
        if !waitingReloads.isEmpty { reload(for: waitingReloads.removeFirst()) }
    }

    private func tell(_ asker: ControlSocket.Asker?, isDone: Bool, _ text: String) {
        if let asker { control?.answer(asker, isDone: isDone, text) }
    }

    /// Opens all logs anew, here and in the worker, which may not be allowed to.
    func reopenLogs() {
        store.reopen()
        store.forgetComputed()
        if isDetached { redirectStandardStreams() }
        guard case .process = workforce else { return }
        for log in store.descriptors { send(log) }
    }

    private func send(_ log: (path: String, raw: Int32)) {
        channel?.send(.log, Array(log.path.utf8), [log.raw])
    }
}
