import IR
import Language
import Serve
import Source
import System

/// httpd's command line: `sluice httpd …`, and the program under the names httpd and apache2.
struct HttpdCommand {
    /// The names that the program answers to.
    enum Name: String {
        case httpd, apache2, apachectl, apache2ctl
    }

    private let arguments: HttpdArguments
    private let configuration: HttpdConfiguration
    private let program: String

    /// Does what a command line says; the exit status.
    static func run(_ arguments: [String], as name: Name, path: String) -> Int32 {
        StandardError.speak(as: .httpd)
        switch name {
        case .apachectl, .apache2ctl: return ApachectlCommand(path: path).run(arguments)
        case .httpd, .apache2: return run(arguments, named: name.rawValue)
        }
    }

    /// Does what a command line of httpd says.
    static func run(_ arguments: [String], named program: String) -> Int32 {
        do throws(HttpdArguments.Failure) {
            return HttpdCommand(try HttpdArguments(arguments), program).run()
        } catch {
            if !error.message.isEmpty { Terminal.warn("\(program): \(error.message)\n") }
            Terminal.warn(HttpdUsage.text(program))
            return 1
        }
    }

    private init(_ arguments: HttpdArguments, _ program: String) {
        self.arguments = arguments
        self.program = program
        configuration = HttpdConfiguration(arguments, program: program)
    }

    private func run() -> Int32 {
        if let text = information {
            Terminal.say(text)
            return 0
        }
        let read: HttpdConfiguration.Read
        do throws(Refused) {
            read = try configuration.read()
        } catch {
            complain(error.report)
            return 1
        }
        if arguments.tests { return test(read) }
        let control = HttpdControl(read: read)
        switch arguments.request {
        case nil, .start:
            if let running = control.running {
                Terminal.say("httpd (pid \(running)) already running\n")
                return 0
            }
            return serve(read)
        case .stop: return control.stop(.terminate)
        case .gracefulStop: return control.stop(.windowChanged)
        case .restart, .graceful:
            if let status = control.reload(complain) { return status }
            Terminal.say("httpd not running, trying to start\n")
            return serve(read)
        }
    }

    /// What asks for no configuration.
    private var information: String? {
        if arguments.wantsHelp { return HttpdUsage.text(program) }
        if arguments.wantsVersion { return HttpdListings.shortVersion }
        if arguments.wantsBuild { return HttpdListings.build }
        if arguments.listsModules { return HttpdListings.compiledIn }
        if arguments.listsDirectives { return HttpdListings.directives }
        return nil
    }

    private func test(_ read: HttpdConfiguration.Read) -> Int32 {
        let reading = read.understanding.reading
        var dumps: [String] = []
        if arguments.defines("DUMP_INCLUDES") { dumps.append(HttpdListings.includes(reading)) }
        if arguments.defines("DUMP_MODULES") { dumps.append(HttpdListings.modules(reading)) }
        if arguments.defines("DUMP_VHOSTS") { dumps.append(HttpdHosts(reading).text) }
        if arguments.defines("DUMP_VHOSTS") || arguments.defines("DUMP_RUN_CFG") {
            dumps.append(HttpdListings.settings(read, defines: arguments.defines))
        }
        if !dumps.isEmpty {
            Terminal.say(dumps.joined())
            return 0
        }
        warn(read)
        warnAboutFolders(reading)
        let missing = HttpdKeys.missing(read)
        if !missing.isEmpty {
            complain(missing.joined(separator: "\n"))
            return 1
        }
        do {
            try Server.check(read.loaded, options: options, listens: false)
        } catch {
            complain(configuration.words(error))
            Terminal.warn("AH00014: Configuration check failed\n")
            return 1
        }
        Terminal.warn("Syntax OK\n")
        return 0
    }

    private func warn(_ read: HttpdConfiguration.Read) {
        for line in read.loaded.report.split(separator: "\n") { StandardError.say(String(line)) }
    }

    /// AH00112: a virtual host's folder that is not there.
    private func warnAboutFolders(_ reading: Language.Reading) {
        for section in reading.directives where section.key == "<virtualhost" {
            for directive in section.children where directive.key == "documentroot" {
                guard let path = directive.arguments.first?.text, path.hasPrefix("/"),
                    Files.kind(of: FilePath(path)) != .directory
                else { continue }
                Terminal.warn("AH00112: Warning: DocumentRoot [\(path)] does not exist\n")
            }
        }
    }

    private func serve(_ read: HttpdConfiguration.Read) -> Int32 {
        warn(read)
        let options = options
        if options.detaches { InheritedSockets.closeOthers(than: options.inherited) }
        do {
            try Server.run(read.loaded, loader: configuration.loader, options: options, serving: Serving.self)
            return 0
        } catch {
            complain(configuration.words(error))
            return 1
        }
    }

    private var options: ServerOptions {
        var options = ServerOptions()
        options.habits = .httpd
        options.shape = .brackets
        let isAlone = arguments.defines("DEBUG") || arguments.defines("ONE_PROCESS")
        options.isSingleProcess = isAlone
        options.detaches = !isAlone && !arguments.defines("FOREGROUND") && !arguments.defines("NO_DETACH")
        options.pidFile = HttpdConfiguration.pidFile
        options.inherited = InheritedSockets.take(predecessor: Habits.successorVariable)
        return options
    }

    private func complain(_ text: String) {
        let text = text.hasSuffix("\n") ? text : text + "\n"
        Terminal.warn(text)
        guard let path = arguments.startLog, let log = try? Descriptor.open(FilePath(path), .append) else { return }
        _ = log.write(text.configurationBytes.span)
    }
}

extension HttpdConfiguration {
    /// What keeps the server from starting, in httpd's words.
    func words(_ error: any Error) -> String {
        if let refused = error as? Refused { return refused.report }
        if let failure = error as? ServerFailure {
            return HttpdWords.lines(of: failure, program: program).joined(separator: "\n")
        }
        return "\(program): \(error)"
    }
}
