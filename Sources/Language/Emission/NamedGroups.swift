package import IR

extension Configuration {
    /// The group that a target names by a variable which is never set to anything but the group's name.
    ///
    /// nginx looks for a group of that name before it looks for a host (`ngx_http_upstream_init_request`).
    package func group(in target: Template) -> ID<Pool>? {
        guard target.pieces.count > 1, target.pieces[0] == .literal("http://"),
            case .value(.variable(let slot)) = target.pieces[1]
        else { return nil }
        let values = Set(programs.flatMap { assignments(of: slot, in: $0.statements) })
        guard values.count == 1, let name = values.first?.literal else { return nil }
        return pools.firstIndex { $0.name == name }.map { ID($0) }
    }

    private func assignments(of slot: ID<Variable>, in statements: [Statement]) -> [Template] {
        statements.flatMap { statement -> [Template] in
            switch statement {
            case .block(let block): assignments(of: slot, in: block.statements)
            case .rule(let rule):
                rule.edits.compactMap { edit in
                    if case .set(slot, let value) = edit { value } else { nil }
                }
            }
        }
    }
}
