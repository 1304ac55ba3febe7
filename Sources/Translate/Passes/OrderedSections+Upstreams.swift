import IR
import Language

/// Upstreams of places that speak another TLS with them than their server does.
extension OrderedSections {
    /// The same target, as a group of its own where the place speaks TLS with it in a way of its own.
    ///
    /// Servers whose sections overlap say how TLS is spoken of an upstream, not of a place.
    mutating func speaking(_ forward: Forward, _ scope: Scope) -> Forward {
        guard case .pool(let pool) = forward.to, let own = folded(scope.layers).forward.tls,
            own.value != folded([]).forward.tls?.value
        else { return forward }
        let node = configuration.pools[pool.at]
        guard node.members.contains(where: { $0.scheme == "https" }) else { return forward }
        settled.insert(own.origin)
        var result = forward
        let known = configuration.pools.firstIndex { $0.tls?.value == own.value && $0.members == node.members }
        if let known {
            result.to = .pool(ID(known))
            return result
        }
        var copy = node
        copy.tls = own
        let number = configuration.pools.count { $0.tls != nil } + 1
        copy.name = (node.name ?? "upstream") + "-tls\(number)"
        result.to = .pool(configuration.add(copy))
        return result
    }
}
