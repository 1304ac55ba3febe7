import ArgumentParser
import System

/// The command line; the only place that knows every verb.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Reads, checks, explains, translates and runs Apache and nginx configurations.",
        discussion: """
            A PATH is a file or a folder: /etc/apache2, one site file, nginx.conf, a file with a lone server block, an \
            .htaccess, or - for standard input.

            Exit status: 0 done; 1 the answer is "no" (findings, a failed case, a difference); 2 wrong usage, or input \
            that could not be read; 3 a translation that is not exact.
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Look",
                subcommands: [LintCommand.self, ExplainCommand.self, ShowCommand.self, TranslateCommand.self]),
            CommandGroup(name: "Learn", subcommands: [RulesCommand.self, WhyCommand.self, DirectivesCommand.self]),
            CommandGroup(name: "Serve", subcommands: [RunCommand.self, NginxEntry.self, HttpdEntry.self]),
            CommandGroup(name: "Try", subcommands: [DemoCommand.self, DemoAppCommand.self]),
        ])

    /// Runs the command of the arguments; every way out has the status that the contract gives it.
    static func main() {
        if let status = Disguise.run(CommandLine.arguments) { ChildProcess.exitNow(status) }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as InputFailure {
            Terminal.complain("\(failure)")
            Terminal.leave(with: .wrongInput)
        } catch {
            leave(because: error)
        }
    }

    private static func leave(because error: any Error) -> Never {
        let status = exitCode(for: error)
        let text = fullMessage(for: error)
        if status == .success || error is ExitCode {
            if !text.isEmpty { Terminal.say(text.hasSuffix("\n") ? text : text + "\n") }
            Terminal.leave(with: ExitStatus(rawValue: status.rawValue) ?? .wrongInput)
        }
        if status == .validationFailure {
            Terminal.warn(text.hasSuffix("\n") ? text : text + "\n")
        } else {
            Terminal.complain("\(error)")
        }
        Terminal.leave(with: .wrongInput)
    }
}

/// The program's version.
enum Version {
    /// As `--version` prints it.
    static let text = "sluice 0.1.0"
}
