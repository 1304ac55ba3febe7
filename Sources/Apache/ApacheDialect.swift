import IR
package import Language
package import Source
package import Syntax

/// Apache httpd's configuration: what its directives are, how its files are read, and what they mean.
package struct ApacheDialect: Dialect {
    package init() {}

    /// The name of the dialect.
    package var name: String { "apache" }

    /// How its files are written.
    package var grammar: Grammar { .apache }

    /// What a configuration may be written for.
    package var versions: [String] { ["apache-2.4"] }

    /// Every directive that is known, by module.
    package var directives: [DirectiveSummary] {
        Self.modules.flatMap { module in
            module.entries.map { entry in
                DirectiveSummary(
                    name: entry.name, module: module.name, contexts: entry.contexts.names, support: entry.support,
                    guards: entry.guards, summary: entry.summary)
            }
        }
    }

    /// The main file of a folder that is laid out as httpd's configuration, or of the layout that a file lies in.
    package func layout(of path: String, files: FileAccess) -> Layout? {
        ApacheLayout(files: files).find(path)
    }

    /// Reads a configuration: parses, works in includes, conditionals, macros and variables.
    ///
    /// Never fails: what is wrong is a diagnostic.
    package func read(_ request: ReadRequest) -> Language.Reading {
        ApacheReading.read(request)
    }

    /// Writes down what it means.
    ///
    /// Never fails: what is not understood is a diagnostic, what guards is closed.
    package func lower(_ reading: Language.Reading) -> Lowered {
        var state = ApacheLowering(reading)
        state.lowerAll()
        return state.finished()
    }
}

/// A directive's row and the module that it is in.
struct DirectiveRow: Sendable {
    /// The upstream module, such as `mod_alias`.
    var module: String
    /// The row.
    var entry: Entry<ApacheLowering>
}

extension ApacheDialect {
    /// All rows by key: the name in lower case, a section with a leading `<`.
    static let rows: [String: DirectiveRow] = {
        var rows: [String: DirectiveRow] = [:]
        for module in modules {
            for entry in module.entries where rows[entry.name.lowercased()] == nil {
                rows[entry.name.lowercased()] = DirectiveRow(module: module.name, entry: entry)
            }
        }
        return rows
    }()

    /// All names in their upstream spelling.
    static let names: [String] = modules.flatMap { $0.entries.map(\.name) }

    /// The row of a directive, nil if nobody has it.
    static func row(for directive: Directive) -> DirectiveRow? { rows[directive.key] }
}
