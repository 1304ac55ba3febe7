internal import System

/// Going into the background, and making room for another program.
extension Master {
    /// Whether the standard streams are those of a server in the background.
    var isDetached: Bool { options.detaches && starter == nil }

    /// Goes into the background: what runs on is another process, in a session of its own.
    ///
    /// The process that was started waits until everything is served and the pid file is written, and then ends with
    /// status 0; so who waits for it can use the server at once. Until then messages reach its standard error.
    func detach() throws {
        let pipe = try Descriptor.pipe()
        switch try ChildProcess.fork() {
        case .parent(let process):
            Descriptor.closeRaw(pipe.writing)
            let reading = Descriptor(owning: pipe.reading)
            reading.waitUntilReadable()
            var word: [UInt8] = []
            if reading.append(to: &word, upTo: 1) == 1 { ChildProcess.exitNow(0) }
            ChildProcess.exitNow(ChildProcess.ended(process, blocking: true)?.status ?? 1)
        case .child:
            Descriptor.closeRaw(pipe.reading)
            ChildProcess.startSession()
            starter = pipe.writing
        }
    }

    /// Lets the process that was started end.
    func tellStarter() {
        guard let raw = starter else { return }
        starter = nil
        redirectStandardStreams()
        let pipe = Descriptor(owning: raw)
        _ = pipe.write([1].span)
    }

    /// Gives up the terminal: nothing is read, and what is said goes into the main error log.
    func redirectStandardStreams() {
        guard let null = try? Descriptor.open("/dev/null", .readAndWrite) else { return }
        for raw in [Int32(0), 1, 2] {
            let stream = Descriptor(owning: raw)
            _ = stream.become(null)
            _ = stream.release()
        }
        guard let log = sinks.mainDescriptor, let copy = try? Descriptor.duplicate(of: log) else { return }
        let stream = Descriptor(owning: 2)
        _ = stream.become(copy)
        _ = stream.release()
        StandardError.speak(into: options.shape)
    }

    /// Starts the program anew, with the listening sockets of this process (`ngx_exec_new_binary`).
    ///
    /// Both serve from then on, until one of them is told to end: this one by the process number in `.oldbin`.
    func startSuccessor() {
        guard successor == nil, !options.program.isEmpty else { return }
        do throws(SystemError) {
            try pidFile?.makeRoom()
            let sockets = listeners.open.map(\.raw)
            switch try ChildProcess.fork() {
            case .parent(let process):
                successor = process
                listeners.isSucceeded = true
                notice("start new binary process \(process)")
            case .child:
                for raw in sockets { InheritedSockets.pass(raw, on: true) }
                Environment.set(Habits.successorVariable, to: sockets.map { "\($0);" }.joined())
                let failure = ChildProcess.execute(options.program)
                sinks.complain(.alert, "execve() failed: \(failure.reason) while executing new binary process")
                ChildProcess.exitNow(2)
            }
        } catch {
            pidFile?.comeBack()
            sinks.complain(.alert, "\(error): the program is not replaced")
        }
    }

    /// The new program has ended before this one did: everything is as it was.
    func successorEnded(_ cause: String) throws {
        if let process = successor { sinks.complain(.error, "new binary process \(process) \(cause)") }
        successor = nil
        listeners.isSucceeded = false
        pidFile?.comeBack()
        if course == .resting {
            course = .serving
            if case .nobody = workforce { try startWorkforce() }
        }
    }
}
