import Language
import Source

/// The page `docs/rules.md`, made from what the rules say of themselves.
enum RulesPage {
    /// The whole page.
    static var markdown: String {
        let rules = AllRules.list
        let rows = rules.map { rule in
            let dialects = AllRules.dialects(of: rule).joined(separator: ", ")
            return "| [`\(rule.id)`](#\(rule.id)) | \(rule.severity.rawValue) | \(dialects) | \(cell(rule.summary)) |\n"
        }
        return """
            # Lint rules

            Made from the rules themselves; `make docs` rewrites it. `sluice why RULE` prints one of them, and a comment \
            `# sluice: ignore[RULE] reason` on the line before hides what it finds.

            | rule | severity | dialects | what it finds |
            |---|---|---|---|

            """ + rows.joined() + rules.map(section).joined()
    }

    private static func section(_ rule: LintRule) -> String {
        var text = "\n## \(rule.id)\n\n\(rule.summary) (\(rule.severity.rawValue))\n\n\(rule.why)\n"
        for example in rule.examples {
            let name = example.path?.split(separator: "/").last.map { ", `\($0)`" } ?? ""
            text += "\nBad (\(example.dialect)\(name), line \(example.line)):\n\n\(block(example.bad, example.dialect))"
            text += "\nGood:\n\n\(block(example.good, example.dialect))"
        }
        return text
    }

    private static func block(_ text: String, _ language: String) -> String {
        "```\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")```\n"
    }
}

/// The page `docs/directives.md`, made from the dialects' tables.
enum DirectivesPage {
    /// The whole page.
    static var markdown: String {
        """
        # Directives

        Made from the tables of the dialects; `make docs` rewrites it, and `sluice directives` prints it.

        **run**: it does here what it does in its own server. **ignored**: it changes no answer here, such as tuning of \
        another architecture. **known**: its name, place and arguments are checked, and it is not run; lint says so. A \
        directive that restricts access and is not run closes its place: what it guards is answered 403.

        """ + Dialects.all.map(section).joined()
    }

    private static func section(_ dialect: any Dialect) -> String {
        let directives = dialect.directives
        let counts = Support.allCases.map { support in
            "\(directives.count { $0.support == support }) \(support.rawValue)"
        }
        var text = "\n## \(dialect.name)\n\n\(directives.count) directives: \(counts.joined(separator: ", ")).\n"
        var modules: [String] = []
        for directive in directives where !modules.contains(directive.module) { modules.append(directive.module) }
        for module in modules {
            text += "\n### \(module)\n\n| directive | where | | what it does |\n|---|---|---|---|\n"
            for directive in directives where directive.module == module {
                let name = directive.name.hasPrefix("<") ? directive.name + ">" : directive.name
                let places = directive.contexts.joined(separator: ", ")
                let support = directive.support.rawValue + (directive.guards ? ", guards" : "")
                text += "| `\(name)` | \(places) | \(support) | \(cell(directive.summary)) |\n"
            }
        }
        return text
    }
}

/// A text that a cell of a table can hold.
private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
