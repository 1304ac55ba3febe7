import ArgumentParser
import Language
import Source

/// The lint rules, one line each.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List the lint rules.",
        discussion: "`sluice why RULE` explains one of them, with examples.")

    @Option(help: "How the list is written.")
    var format: OutputFormat = .text

    @Option(help: "Only the rules that files of this dialect can break.")
    var dialect: DialectName?

    func run() {
        let rules = AllRules.list.filter { rule in
            dialect.map { AllRules.dialects(of: rule).contains($0.rawValue) } ?? true
        }
        switch format {
        case .text: Terminal.say(text(rules))
        case .json: Terminal.say(json(rules))
        }
    }

    private func text(_ rules: [LintRule]) -> String {
        let width = rules.map(\.id.count).max() ?? 0
        let paint = Terminal.paint
        return rules.map { rule in
            let gap = String(repeating: " ", count: width - rule.id.count)
            let severity = rule.severity.rawValue
            let room = String(repeating: " ", count: max(0, 7 - severity.count))
            return "\(rule.id)\(gap)  \(paint.mark(severity, rule.severity))\(room)  \(rule.summary)\n"
        }.joined()
    }

    private func json(_ rules: [LintRule]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("rules")
            json.array(of: rules) { json, rule in rule.write(to: &json) }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension LintRule {
    /// Writes the rule as a JSON object.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            json.field("severity", severity.rawValue)
            json.field("summary", summary)
            json.field("why", why)
            json.key("dialects")
            json.array(of: AllRules.dialects(of: self)) { $0.value($1) }
            json.key("examples")
            json.array(of: examples) { json, example in
                json.object { json in
                    json.field("dialect", example.dialect)
                    json.field("bad", example.bad)
                    json.field("line", example.line)
                    json.field("good", example.good)
                    json.field("path", example.path)
                }
            }
        }
    }
}
