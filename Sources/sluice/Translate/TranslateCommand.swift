import ArgumentParser
import IR
import Language
import Source
import System
import Translate

/// A configuration in the other server's language.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate",
        abstract: "Translate a configuration into the other server's language.",
        discussion: """
            The configuration goes to standard output (or below -o DIR), the report to standard error: one line for \
            each construct that is not exact, then a tally. Exact: the target answers as the source does. Helper: it \
            does if what the line names is there. Approximate: the line says how it differs, with a request to try. \
            Dropped: it was left out. A guard that cannot be said is closed, and reported.

            Exit status 3 if something is approximate or dropped and --allow does not say that it may be.
            """)

    @ArgumentParser.Argument(help: ArgumentHelp("Files or folders; - is standard input.", valueName: "path"))
    var paths: [String]

    @Option(help: "The language of the translation, nginx or apache.")
    var to: DialectName

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write one file for each configuration below this folder.", valueName: "dir"))
    var output: String?

    @Option(help: ArgumentHelp("What may differ: approximate, dropped, or both with a comma.", valueName: "verdicts"))
    var allow: String = ""

    @Option(
        help: ArgumentHelp(
            "What the translation is for, such as nginx-1.22 (default: the newest).", valueName: "version"))
    var targetVersion: String?

    @Option(help: "How the report is written; with json it holds the text too and goes to standard output.")
    var format: OutputFormat = .text

    @OptionGroup var input: InputOptions

    func validate() throws {
        for word in allowed where !["approximate", "dropped"].contains(word) {
            throw ValidationError("--allow takes approximate and dropped, not \(word).")
        }
        if let targetVersion, !target.versions.contains(targetVersion) {
            throw ValidationError(
                "--target-version \(targetVersion) is not known; it is one of \(target.versions.joined(separator: ", "))."
            )
        }
    }

    func run() throws {
        var isAccepted = true
        var texts: [String] = []
        for understanding in try input.understand(paths) {
            let result = try translated(understanding)
            let report = TranslationReport(
                result, origins: understanding.lowered.configuration.origins, sources: understanding.reading.sources)
            switch format {
            case .json: Terminal.say(report.json(target: target.name) + [0x0A])
            case .text:
                texts.append(result.text)
                Terminal.warn(report.text(Terminal.paint))
            }
            if let output { try write(result.text, for: understanding, below: output) }
            if !result.losses.allSatisfy({ isAllowed($0.verdict) }) { isAccepted = false }
        }
        if format == .text, output == nil { Terminal.say(texts.joined(separator: "\n")) }
        if !isAccepted { throw ExitStatus.inexact.code }
    }

    private var target: any Dialect { Dialects.writing(to.grammar) }

    private var allowed: [String] {
        allow.split(separator: ",").map { String($0.filter { $0 != " " }) }
    }

    private func isAllowed(_ verdict: Verdict) -> Bool {
        switch verdict {
        case .exact, .helper: true
        case .approximate, .dropped: allowed.contains(verdict.name)
        }
    }

    private func translated(_ understanding: Understanding) throws -> Translation {
        let diagnostics = understanding.reading.diagnostics + understanding.lowered.diagnostics
        let errors = diagnostics.count { $0.severity == .error }
        if errors > 0 {
            let count = errors == 1 ? "1 error" : "\(errors) errors"
            Terminal.warn("\(understanding.path): \(count) in this configuration; `sluice lint` shows them\n")
        }
        let version = targetVersion ?? target.versions.first ?? ""
        guard
            let result = Translation(
                understanding.reading, understanding.lowered, from: understanding.dialect, to: target, version: version)
        else { throw InputFailure("nothing can be written in the language of \(target.name)") }
        return result
    }

    private func write(_ text: String, for understanding: Understanding, below folder: String) throws {
        let name = understanding.path.split(separator: "/").last.map(String.init) ?? "translation"
        let stem = name.split(separator: ".").first.map(String.init) ?? name
        let path = "\(folder)/\(stem == "-" ? "translation" : stem).conf"
        do {
            let place = FilePath(bytes: folder.configurationBytes)
            if Files.kind(of: place) == nil { try Files.makeDirectory(place) }
            try Files.write(text.configurationBytes, to: FilePath(bytes: path.configurationBytes))
        } catch {
            throw InputFailure("cannot write \(path): \(error)", help: "choose a folder that may be written to with -o")
        }
    }
}
