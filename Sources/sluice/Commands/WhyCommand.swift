import ArgumentParser
import Language
import Source

/// One lint rule at length.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain a lint rule, with examples.")

    @ArgumentParser.Argument(
        help: ArgumentHelp("The rule's name, as it stands in brackets behind a finding.", valueName: "rule"))
    var id: String

    @Option(help: "How the explanation is written.")
    var format: OutputFormat = .text

    func run() throws {
        guard let rule = AllRules.named(id) else {
            let near = closest(to: id, in: AllRules.list.map(\.id))
            throw InputFailure(
                "there is no rule \(id)", help: near.map { "did you mean \($0)?" } ?? "`sluice rules` lists them all")
        }
        switch format {
        case .text: Terminal.say(text(rule))
        case .json:
            var json = JSONWriter()
            rule.write(to: &json)
            Terminal.say(json.bytes + [UInt8(ascii: "\n")])
        }
    }

    private func text(_ rule: LintRule) -> String {
        let paint = Terminal.paint
        var text = "\(paint.bold(rule.id)) (\(paint.mark(rule.severity.rawValue, rule.severity)))\n\n"
        text += wrapped(rule.summary) + "\n\n" + wrapped(rule.why) + "\n"
        for example in rule.examples {
            text += "\n\(paint.bold("Bad")) (\(example.dialect), line \(example.line)):\n\n\(indented(example.bad))"
            text += "\n\(paint.bold("Good")):\n\n\(indented(example.good))"
        }
        return text
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
            .map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
    }
}

/// Prose in lines of at most 80 columns.
private func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
        if !line.isEmpty, line.count + word.count + 1 > 80 {
            lines.append(line)
            line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).joined(separator: "\n")
}
