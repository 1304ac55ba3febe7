import Language

/// All directives by name; several modules may have one of the same name in different places.
struct Registry: Sendable {
    /// A directive and the module that it belongs to.
    struct Row: Sendable {
        var entry: Entry<NginxLowering>
        var module: String
    }

    private let rows: [String: [Row]]
    /// All names.
    let names: [String]

    init(_ modules: [Module<NginxLowering>]) {
        var rows: [String: [Row]] = [:]
        for module in modules {
            for entry in module.entries { rows[entry.name, default: []].append(Row(entry: entry, module: module.name)) }
        }
        self.rows = rows
        names = rows.keys.sorted()
    }

    /// The directives of a name.
    subscript(name: String) -> [Row] { rows[name] ?? [] }

    /// The registry of all modules.
    static let shared = Registry(NginxDialect.modules)
}
