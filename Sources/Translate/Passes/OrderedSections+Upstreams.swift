import IR
import Language

/// Upstreams of places: what they are told they are, and how they are spoken to.
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

    /// Says that members of a group are told the group's name, where nothing else is said of the Host field.
    ///
    /// Servers whose sections overlap tell each member its own. With TLS that would be the name to be checked too.
    func nameGroup(_ forward: Forward, _ scope: Scope, _ settings: inout Settings) {
        let group: ID<Pool>? =
            switch forward.to {
            case .pool(let pool): pool
            case .computed(let target): configuration.group(in: target)
            }
        guard let pool = group else { return }
        let node = configuration.pools[pool.at]
        guard let name = node.name, !node.hidesName, node.members.allSatisfy({ $0.scheme != "https" }) else { return }
        let all = folded(scope.layers)
        let own = all.request.headers?.value.last { $0.name.lowercased() == "host" }?.value
        guard (own ?? all.forward.host?.value ?? Template(.upstreamAuthority)) == Template(.upstreamAuthority) else {
            return
        }
        settings.forward.host = Stated(Template(name), forward.origin)
    }
}
