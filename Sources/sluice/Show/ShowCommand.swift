import ArgumentParser
import Language
import Source

/// What a configuration was understood as.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the listeners, sites, routes and upstreams as they were understood.",
        discussion: """
            With --format json everything has its file and line, and nothing is left out: hosts, ports and paths can \
            be taken from it to make requests.
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Files or folders; - is standard input.", valueName: "path"))
    var paths: [String]

    @Option(help: "How it is written.")
    var format: OutputFormat = .text

    @OptionGroup var input: InputOptions

    func run() throws {
        let understandings = try input.understand(paths)
        for understanding in understandings { complain(about: understanding) }
        switch format {
        case .text:
            let texts = understandings.map { understanding in
                let title = understandings.count > 1 ? Terminal.paint.bold(understanding.path) + "\n\n" : ""
                return title + ConfigurationText(understanding, paint: Terminal.paint).text
            }
            Terminal.say(texts.joined(separator: "\n"))
        case .json: Terminal.say(ConfigurationJSON.write(understandings))
        }
    }

    /// Says on standard error what keeps a configuration from being understood; the rest is lint's.
    private func complain(about understanding: Understanding) {
        let errors = (understanding.reading.diagnostics + understanding.lowered.diagnostics)
            .filter { $0.severity == .error }
        guard !errors.isEmpty else { return }
        let count = errors.count == 1 ? "1 error" : "\(errors.count) errors"
        Terminal.warn("\(understanding.path): \(count) in this configuration; `sluice lint` shows them\n")
    }
}
