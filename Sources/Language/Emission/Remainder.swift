package import IR

/// What a configuration says and nobody has written in the other language yet: whatever is left in the end is lost.
///
/// The unit is the statement that somebody wrote. Emission takes each one that it says; one that it can only say in
/// part it loses, with a reason. So nothing can vanish in silence.
package struct Remainder: ~Copyable {
    private var left: [ID<Origin>: String]
    private var order: [ID<Origin>]
    private var lost: [Loss] = []
    private var told: Set<Loss> = []
    private let origins: [Origin]

    /// Everything that was written in a configuration, apart from what is settled already.
    ///
    /// What the configuration said before passes changed its shape counts too.
    package init(of configuration: Configuration, settled: Set<ID<Origin>>, source: Configuration? = nil) {
        origins = configuration.origins
        var collector = StatementCollector(configuration)
        collector.collect()
        left = collector.found
        order = collector.order
        if let source {
            var before = StatementCollector(source)
            before.collect()
            for origin in before.order where left[origin] == nil {
                left[origin] = before.found[origin]
                order.append(origin)
            }
        }
        for origin in settled { left[origin] = nil }
    }

    /// Says that a statement was written in the other language.
    package mutating func take(_ origin: ID<Origin>) {
        left[origin] = nil
        guard origins.indices.contains(origin.at) else { return }
        if case .derived(_, let from) = origins[origin.at] { for source in from { take(source) } }
    }

    /// Says that some statements were written in the other language.
    package mutating func take(_ origins: [ID<Origin>]) {
        for origin in origins { take(origin) }
    }

    /// Says what became of a statement that is not the same in the other language.
    package mutating func lose(_ loss: Loss) {
        take(loss.origin)
        if told.insert(loss).inserted { lost.append(loss) }
    }

    /// Whether somebody wrote a statement, rather than a server or a pass implying it.
    package func isWritten(_ origin: ID<Origin>) -> Bool {
        guard origins.indices.contains(origin.at) else { return false }
        if case .written = origins[origin.at] { return true }
        return false
    }

    /// All losses; what was never taken was dropped.
    package consuming func losses() -> [Loss] {
        let silent = order.compactMap { origin in
            left[origin].map { Loss(.dropped("nothing in the other language says this (\($0))"), at: origin) }
        }
        return lost + silent
    }
}

/// Walks a configuration and notes every statement that was written.
private struct StatementCollector {
    let configuration: Configuration
    var found: [ID<Origin>: String] = [:]
    var order: [ID<Origin>] = []
    private var seen: Set<ID<Scope>> = []

    init(_ configuration: Configuration) {
        self.configuration = configuration
    }

    mutating func collect() {
        for site in configuration.sites where isUsed(site) { collect(site) }
        for pool in configuration.pools {
            for member in pool.members { note(member.origin, "an upstream server") }
        }
    }

    /// Apache's main server is a site even where every request goes to a virtual host.
    private func isUsed(_ site: Site) -> Bool {
        configuration.listeners.contains { listener in
            let tables = [listener.names] + listener.names.more.flatMap(\.names)
            return tables.contains { table in
                configuration.sites[table.fallback.at] == site
                    || table.names.contains { configuration.sites[$0.site.at] == site }
            }
        }
    }

    private mutating func collect(_ site: Site) {
        for layer in site.base { collect(layer) }
        if let policy = site.tls {
            note(policy.origin, "TLS")
            for files in policy.certificates { note(files.origin, "a certificate") }
        }
        for overlay in site.overlays { collect(overlay.layer) }
        for program in [site.early, site.rules] { collect(program) }
        for table in site.locate { collect(table) }
        collect(site.scope)
    }

    private mutating func collect(_ table: RouteTable) {
        for route in table.routes {
            note(route.origin, "a route")
            if case .scope(let scope) = route.yields { collect(scope) }
        }
    }

    private mutating func collect(_ scope: ID<Scope>) {
        guard seen.insert(scope).inserted else { return }
        let node = configuration.scopes[scope.at]
        for layer in node.layers { collect(layer) }
        collect(node.rules)
        if let inner = node.inner { collect(inner) }
        if let probe = node.probe {
            note(probe.origin, "a probe for files")
            if case .go(.scope(let other)) = probe.otherwise { collect(other) }
        }
        if case .forward(let forward)? = node.content { note(forward.origin, "a route to an upstream") }
        if let others = node.methods?.otherwise { collect(others) }
    }

    private mutating func collect(_ layer: ID<Layer>) {
        let settings = configuration.layers[layer.at].settings
        for (field, origins) in settings.statements {
            for origin in origins { note(origin, field) }
        }
        for rule in settings.errors.rules?.value ?? [] {
            if case .enter(let scope) = rule.page { collect(scope) }
        }
        let slots = [
            settings.programs.variables, settings.programs.lateRules, settings.programs.lateAnswers,
            settings.programs.lateVariables,
        ]
        for program in slots.compactMap({ $0?.value }).flatMap({ $0 }) { collect(program) }
    }

    private mutating func collect(_ program: ID<Program>?) {
        guard let program else { return }
        collect(configuration.programs[program.at].statements)
    }

    private mutating func collect(_ statements: [Statement]) {
        for statement in statements {
            switch statement {
            case .rule(let rule): note(rule.origin, "a rule")
            case .block(let block):
                note(block.origin, "a condition")
                collect(block.statements)
                if let scope = block.enters { collect(scope) }
            }
        }
    }

    private mutating func note(_ origin: ID<Origin>, _ what: String) {
        guard configuration.origins.indices.contains(origin.at), found[origin] == nil else { return }
        guard case .written = configuration.origins[origin.at] else { return }
        found[origin] = what
        order.append(origin)
    }
}
