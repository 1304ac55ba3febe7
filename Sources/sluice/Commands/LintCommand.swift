import ArgumentParser
import Lint
import Source

/// All findings about some configurations, in one pass.
struct LintCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lint",
        abstract: "Find what is wrong with configurations.",
        discussion: """
            Every finding says what is wrong, on which line, why, and what to do. `sluice why RULE` says more.

            A comment `# sluice: ignore[rule] reason` on the line before a statement (with nginx also behind it) \
            hides what the rule finds there; `# sluice: ignore-file[rule] reason` hides it in the whole file.

            Exit status: 0 nothing at or above --fail-on was found; 1 something was; 2 the input could not be read.
            """)

    @Argument(help: ArgumentHelp("Files or folders; - is standard input.", valueName: "path"))
    var paths: [String]

    @Option(help: "How findings are written.")
    var format: OutputFormat = .text

    @Option(help: "The least severity that makes the exit status 1.")
    var failOn: FailureThreshold = .warning

    @Flag(help: "Mend what can be mended without changing what the configuration does.")
    var fix = false

    @Flag(help: "With --fix: print the changes instead of making them.")
    var dryRun = false

    @OptionGroup var input: InputOptions

    func validate() throws {
        if dryRun, !fix { throw ValidationError("--dry-run belongs to --fix.") }
        if fix, !dryRun, paths.contains(standardInput) {
            throw ValidationError("--fix cannot change standard input; add --dry-run to see the changes.")
        }
    }

    func run() throws {
        let surroundings = try input.surroundings()
        var session = LintSession(found: try input.find(paths), surroundings: surroundings)
        if fix {
            let changes = session.mend()
            if dryRun {
                for change in changes { Terminal.say(change.difference(paint: Terminal.paint)) }
                if changes.isEmpty { Terminal.say("nothing to fix\n") }
                return
            }
            for change in changes {
                try change.write(rootPrefix: input.systemPrefix)
                Terminal.warn("fixed \(change.path)\n")
            }
        }
        let report = session.lint()
        switch format {
        case .text: Terminal.say(report.text(isColoured: Terminal.isColoured))
        case .json: Terminal.say(report.json())
        }
        if report.severities.contains(where: failOn.includes) { throw ExitStatus.no.code }
    }
}

/// How results are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// Which findings make the exit status 1.
enum FailureThreshold: String, CaseIterable, ExpressibleByArgument {
    case error, warning, info, never

    /// Whether a finding of this severity makes the exit status 1.
    func includes(_ severity: Severity) -> Bool {
        switch self {
        case .error: severity >= .error
        case .warning: severity >= .warning
        case .info: severity >= .info
        case .never: false
        }
    }
}
