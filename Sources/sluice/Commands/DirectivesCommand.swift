import ArgumentParser
import Language
import Source

/// What is understood, directive by directive.
struct DirectivesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directives", abstract: "List the directives that are understood, and how far.",
        discussion: """
            run: it does here what it does in its own server. ignored: it changes no answer here, such as tuning of \
            another architecture. known: its name, place and arguments are checked, and it is not run.
            """)

    @Option(help: "Only this dialect's.")
    var dialect: DialectName?

    @Option(help: "How the list is written.")
    var format: OutputFormat = .text

    func run() {
        let dialects = Dialects.all.filter { candidate in dialect.map { $0.rawValue == candidate.name } ?? true }
        switch format {
        case .text: Terminal.say(dialects.map(text).joined(separator: "\n"))
        case .json: Terminal.say(json(dialects))
        }
    }

    private func text(_ dialect: any Dialect) -> String {
        let directives = dialect.directives
        let paint = Terminal.paint
        let counts = Support.allCases.map { support in
            "\(directives.count { $0.support == support }) \(support.rawValue)"
        }
        var text = "\(paint.bold(dialect.name)): \(directives.count) directives, \(counts.joined(separator: ", "))\n"
        let width = min(36, directives.map(\.name.count).max() ?? 0)
        for directive in directives {
            let gap = String(repeating: " ", count: max(0, width - directive.name.count))
            let support = directive.support.rawValue
            let room = String(repeating: " ", count: max(0, 7 - support.count))
            text += "  \(directive.name)\(gap)  \(support)\(room)  \(directive.summary)"
            text += " " + paint.dim("[\(directive.module)]") + "\n"
        }
        return text
    }

    private func json(_ dialects: [any Dialect]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("directives")
            json.array { json in
                for dialect in dialects {
                    for directive in dialect.directives { directive.write(to: &json, dialect: dialect.name) }
                }
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension DirectiveSummary {
    /// Writes the directive as a JSON object.
    fileprivate func write(to json: inout JSONWriter, dialect: String) {
        json.object { json in
            json.field("dialect", dialect)
            json.field("name", name)
            json.field("module", module)
            json.key("contexts")
            json.array(of: contexts) { $0.value($1) }
            json.field("support", support.rawValue)
            json.field("guards", guards)
            json.field("summary", summary)
        }
    }
}
