import IR

/// What the routes of a configuration compare paths with, by the statement that wrote them.
struct RouteIndex {
    private var matchers: [ID<Origin>: PathMatcher] = [:]
    private var names: [ID<Origin>: NamePattern] = [:]

    init(_ configuration: Configuration) {
        for site in configuration.sites {
            for table in site.locate { add(table) }
        }
        for scope in configuration.scopes {
            if let inner = scope.inner { add(inner) }
        }
        for listener in configuration.listeners { add(listener.names) }
    }

    private mutating func add(_ table: RouteTable) {
        for route in table.routes where matchers[route.origin] == nil { matchers[route.origin] = route.match }
    }

    private mutating func add(_ table: NameTable) {
        for name in table.names where names[name.origin] == nil { names[name.origin] = name.pattern }
        for more in table.more {
            for table in more.names { add(table) }
        }
    }

    /// A route as people name it: its path or pattern.
    func name(of origin: ID<Origin>?) -> String? {
        guard let origin, let matcher = matchers[origin] else { return nil }
        switch matcher {
        case .exact(let path): return "exactly " + path
        case .segments(let path), .bytes(let path), .glob(let path): return path
        case .pattern(let pattern, _): return "~ " + pattern.source
        }
    }

    /// Why a site's name took a host.
    func reason(for origin: ID<Origin>?, host: String) -> String {
        guard let origin, let pattern = names[origin] else { return "has the name \(host)" }
        switch pattern {
        case .exact: return "has the name \(host)"
        case .suffix(let suffix, let andItself):
            return "\(andItself ? suffix : "*" + suffix) matches \(host)"
        case .prefix(let prefix): return "\(prefix)* matches \(host)"
        case .glob(let glob): return "\(glob) matches \(host)"
        case .pattern(let pattern, _): return "~\(pattern.source) matches \(host)"
        }
    }
}
