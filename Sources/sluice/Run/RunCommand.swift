import ArgumentParser
import IR
import Serve
import Source
import System

/// Serves a configuration.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Serve a configuration, as a reverse proxy and web server.",
        discussion: """
            Stays in the foreground, whatever the configuration says. One line on standard error says that it is \
            ready, and on which addresses.

            SIGTERM and SIGINT end it at once, SIGQUIT once everything under way is answered. SIGHUP, or --reload \
            from another terminal, reads the configuration again: connections live on, and a bad one is refused. \
            SIGUSR1 opens the logs anew.

            A guard that cannot be run is closed: what it guards is answered 403.
            """)

    @ArgumentParser.Argument(
        help: ArgumentHelp("Files or folders that are one configuration; - is standard input.", valueName: "path"))
    var paths: [String]

    @Option(
        help: ArgumentHelp("Listen on another port than the configured one, such as 80=8080.", valueName: "from=to"))
    var port: [PortMapping] = []

    @Flag(help: "Refuse to start when a guard cannot be run.")
    var strict = false

    @Flag(help: "Have the running server of this configuration read it again, and wait for the outcome.")
    var reload = false

    @Option(help: ArgumentHelp("Serve with so many threads (default: as configured, one per core at most)."))
    var threads: Int?

    @Flag(help: "Serve in this process, without a worker process that can be replaced when it dies.")
    var singleProcess = false

    @OptionGroup var input: InputOptions

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024.") }
        if Set(port.map(\.from)).count < port.count { throw ValidationError("--port moves one port twice.") }
        if reload, paths.contains(standardInput) { throw ValidationError("--reload takes the paths of files.") }
    }

    func run() throws {
        if reload { return try askForReload() }
        let served = ServedConfiguration(paths: paths, input: input, isStrict: strict)
        let read: ServedConfiguration.Read
        do throws(Refused) {
            read = try served.read()
        } catch {
            Terminal.warn(error.report)
            throw ExitCode(error.status)
        }
        Terminal.warn(read.loaded.report)
        warnAboutPorts(read.loaded.configuration)
        do {
            try Server.run(read.loaded, loader: served.loader, options: options(for: read), serving: Serving.self)
        } catch {
            for line in "\(error)".split(separator: "\n") where !line.hasPrefix("  ") {
                Terminal.complain(String(line))
            }
            for line in "\(error)".split(separator: "\n") where line.hasPrefix("  ") { Terminal.warn("\(line)\n") }
            throw ExitStatus.no.code
        }
    }

    private func options(for read: ServedConfiguration.Read) -> ServerOptions {
        var options = ServerOptions()
        options.ports = Dictionary(port.map { ($0.from, $0.to) }, uniquingKeysWith: { $1 })
        options.threads = threads
        options.isSingleProcess = singleProcess
        options.rootPrefix = input.systemPrefix
        options.shape = read.shape
        guard !paths.contains(standardInput) else { return options }
        do throws(ServerFailure) {
            options.control = try Control.path(for: paths, makingFolder: true)
        } catch {
            Terminal.warn("sluice: \(error)\n")
        }
        return options
    }

    private func warnAboutPorts(_ configuration: Configuration) {
        for mapping in port where !configuration.listeners.contains(where: { $0.port == Int(mapping.from) }) {
            Terminal.warn("sluice: --port \(mapping.from)=\(mapping.to): nothing listens on port \(mapping.from)\n")
        }
    }

    private func askForReload() throws {
        do throws(ServerFailure) {
            let answer = try Control.ask("reload", at: try Control.path(for: paths))
            Terminal.warn(answer.text)
            if answer.isDone { return Terminal.warn("sluice: reloaded\n") }
            Terminal.complain("not reloaded, the old configuration goes on")
        } catch {
            Terminal.complain("\(error)")
        }
        throw ExitStatus.no.code
    }
}

/// `80=8080`.
struct PortMapping: ExpressibleByArgument, Hashable {
    var from: UInt16
    var to: UInt16

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = UInt16(parts[0]), let to = UInt16(parts[1]), from > 0, to > 0 else {
            return nil
        }
        self.from = from
        self.to = to
    }
}
