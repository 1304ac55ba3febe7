import IR
import Language
import Serve
import Source
import System

/// nginx's command line: `sluice nginx …`, and the program under the name nginx.
struct NginxCommand {
    private let arguments: NginxArguments
    private let configuration: NginxConfiguration
    private let program: [String]

    /// Does what a command line says; the exit status.
    ///
    /// `program` is what starts the same once more: the program's name and all its arguments.
    static func run(_ arguments: [String], program: [String]) -> Int32 {
        StandardError.speak(as: .nginx)
        do throws(NginxArguments.Failure) {
            let arguments = try NginxArguments(arguments)
            return NginxCommand(arguments, program).run()
        } catch {
            say(error.message)
            return 1
        }
    }

    private init(_ arguments: NginxArguments, _ program: [String]) {
        self.arguments = arguments
        self.program = program
        configuration = NginxConfiguration(places: NginxPlaces(arguments), directives: arguments.directives)
    }

    private func run() -> Int32 {
        if arguments.wantsVersion {
            Terminal.warn(NginxAbout.text(arguments))
            if !arguments.tests { return 0 }
        }
        let log = NginxLog(configuration.places.errorLog)
        let read: NginxConfiguration.Read
        do throws(Refused) {
            read = try configuration.read()
        } catch {
            // Who looks for the reason looks into the configured log first.
            let isStart = !arguments.tests && arguments.request == nil
            (isStart ? NginxLog(configuration.refusedErrorLog ?? configuration.places.errorLog) : log)
                .complain(.emerg, error.report)
            if arguments.tests { say("configuration file \(configuration.places.file) test failed") }
            return 1
        }
        if arguments.tests { return test(read, log) }
        if let request = arguments.request {
            return NginxSignal(request: request, read: read).send(log)
        }
        return serve(read, log)
    }

    private func test(_ read: NginxConfiguration.Read, _ log: NginxLog) -> Int32 {
        let file = configuration.places.file
        log.complain(.warn, read.loaded.report)
        for warning in UpstreamNames.withoutAddress(read.loaded) { log.complain(.warn, warning) }
        if !arguments.isQuiet { say("the configuration file \(file) syntax is ok") }
        do {
            for complaint in try Server.check(read.loaded, options: options(read)) { log.complain(.error, complaint) }
        } catch {
            log.complain(.emerg, words(error))
            say("configuration file \(file) test failed")
            return 1
        }
        if !arguments.isQuiet { say("configuration file \(file) test is successful") }
        if arguments.dumps { dump(read) }
        return 0
    }

    /// `-T`: every file that was read, each once.
    private func dump(_ read: NginxConfiguration.Read) {
        var seen: Set<String> = [NginxConfiguration.commandLine]
        for file in read.understanding.reading.sources.files where seen.insert(file.path).inserted {
            Terminal.say("# configuration file \(file.path):\n")
            Terminal.say(file.bytes + [10])
        }
    }

    private func serve(_ read: NginxConfiguration.Read, _ log: NginxLog) -> Int32 {
        log.complain(.warn, read.loaded.report)
        let options = options(read)
        if options.detaches { InheritedSockets.closeOthers(than: options.inherited) }
        do {
            try Server.run(read.loaded, loader: configuration.loader, options: options, serving: Serving.self)
            return 0
        } catch {
            // What went wrong is looked for in the configured log as well.
            let main = read.loaded.configuration.process.errorLog?.value.file
            NginxLog(main ?? configuration.places.errorLog).complain(.emerg, words(error))
            return 1
        }
    }

    private func options(_ read: NginxConfiguration.Read) -> ServerOptions {
        var options = ServerOptions()
        options.habits = .nginx
        options.inherited = InheritedSockets.take(predecessor: Habits.successorVariable)
        // A successor is in the background already, and so is what a service manager has opened sockets for.
        options.detaches = !read.isOff("daemon") && options.inherited.isEmpty
        options.isSingleProcess = read.isOff("master_process")
        options.pidFile = read.isOff("pid") ? nil : NginxPlaces.pidFile
        options.program = program
        return options
    }

    private func words(_ error: any Error) -> String {
        if let refused = error as? Refused { return refused.report }
        if let failure = error as? ServerFailure { return NginxWords.lines(of: failure).joined(separator: "\n") }
        return "\(error)"
    }
}

/// Says something as nginx does where there is no level (`ngx_log_stderr`).
private func say(_ message: String) { Terminal.warn("nginx: \(message)\n") }

/// Where messages go before the server runs: standard error, and a log file if there is one.
struct NginxLog {
    private let path: String?

    init(_ path: String?) {
        self.path = path
    }

    /// Writes one or more lines.
    func complain(_ level: LogLevel, _ text: String) {
        for line in text.split(separator: "\n") {
            StandardError.say(String(line), level)
            write(level, String(line))
        }
    }

    /// Writes a line into the file only.
    func write(_ level: LogLevel, _ line: String) {
        guard let path, let file = try? Descriptor.open(FilePath(path), .append) else { return }
        _ = file.write(ErrorLogShape.slashes.lineOfMaster(level, line).span)
    }
}
