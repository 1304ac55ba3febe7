import IR
import Language
import Source

/// A rule whose findings are proven by the deciding machine.
struct DecisionRule: Sendable {
    /// Its name, documentation and examples.
    var rule: LintRule
    /// Looks at a configuration with the machine at hand.
    var check: @Sendable (LintSubject, inout Oracle, inout Findings) -> Void

    init(_ rule: LintRule, check: @escaping @Sendable (LintSubject, inout Oracle, inout Findings) -> Void) {
        self.rule = rule
        self.check = check
    }

    /// The rules of this kind.
    static let all: [DecisionRule] = [
        proxyPassSlashMismatch, errorPageBehindProxy, incompleteGatewayErrors, forwardedForOverwritten,
        forwardedForPassedThrough, redirectLoop,
    ]

    /// What all of them find; a configuration without sites cannot be asked anything.
    static func findings(in subject: LintSubject) -> [Diagnostic] {
        guard !subject.configuration.sites.isEmpty, !subject.configuration.listeners.isEmpty else { return [] }
        var oracle = Oracle(subject)
        var diagnostics: [Diagnostic] = []
        for rule in all {
            var findings = Findings(of: rule.rule)
            rule.check(subject, &oracle, &findings)
            diagnostics += findings.diagnostics
        }
        return diagnostics
    }
}

/// A route that forwards what begins with a literal path.
struct ForwardingRoute {
    /// The site.
    var site: Int
    /// The route.
    var route: Route
    /// Who wrote the target.
    var forward: Forward
    /// The path's beginning.
    var prefix: String
}

extension Configuration {
    /// The routes of all sites, nested ones included, that forward a literal prefix.
    var forwardingRoutes: [ForwardingRoute] {
        sites.indices.flatMap { site in
            sites[site].locate.flatMap { table in routes(in: table, depth: 0) }.compactMap { route in
                guard let prefix = route.match.prefix, let forward = forward(of: route.yields) else { return nil }
                return ForwardingRoute(site: site, route: route, forward: forward, prefix: prefix)
            }
        }
    }

    /// The routes of a table and of the tables inside its scopes.
    func routes(in table: RouteTable, depth: Int) -> [Route] {
        table.routes.flatMap { route -> [Route] in
            guard depth < 16, case .scope(let id) = route.yields, scopes.indices.contains(id.at),
                let inner = scopes[id.at].inner
            else { return [route] }
            return [route] + routes(in: inner, depth: depth + 1)
        }
    }

    /// The forwarding that a route leads to.
    func forward(of yields: Yield) -> Forward? {
        switch yields {
        case .content(.forward(let forward)): return forward
        case .scope(let id):
            guard scopes.indices.contains(id.at), case .forward(let forward)? = scopes[id.at].content else {
                return nil
            }
            return forward
        default: return nil
        }
    }
}

extension PathMatcher {
    /// What the paths that it takes begin with; nil for other kinds of matchers.
    var prefix: String? {
        switch self {
        case .segments(let text), .bytes(let text): text
        case .exact, .glob, .pattern: nil
        }
    }
}
