import IR
import Language

/// Proxies that stand before a virtual host, and what they say of their clients.
extension ApacheWriter {
    /// The tables of names that lead to the site.
    private var tables: [NameTable] {
        configuration.listeners.flatMap { [$0.names] + $0.names.more.flatMap(\.names) }
            .filter { table in table.fallback == site || table.names.contains { $0.site == site } }
    }

    /// RemoteIPProxyProtocol, or RemoteIPHeader and those whose word counts.
    mutating func proxies(_ node: Site) -> [TextLine] {
        let stated = fold(node.base, configuration).request.realAddress
        let entrance = tables.lazy.compactMap(\.proxy).first
        var lines: [TextLine] = []
        if let entrance {
            remainder.take(entrance.origin)
            lines.append(TextLine("RemoteIPProxyProtocol On"))
            if !entrance.exceptions.isEmpty {
                lines.append(
                    TextLine("RemoteIPProxyProtocolExceptions \(entrance.exceptions.joined(separator: " "))"))
            }
            lines += guarded(entrance, stated)
        }
        guard let stated, let real = stated.value else { return lines }
        remainder.take(stated.origin)
        guard case .field(let name) = real.source else {
            if entrance == nil {
                remainder.lose(Loss(.dropped("no proxy introduces clients at the site's addresses"), at: stated.origin))
            }
            return lines
        }
        if entrance != nil {
            remainder.lose(
                Loss(.dropped("httpd reads no field where it speaks the PROXY protocol"), at: stated.origin))
            return lines
        }
        return lines + field(name, real, stated.origin)
    }

    /// Whoever connects is believed by httpd: those whom nginx does not believe are kept out.
    private mutating func guarded(_ entrance: ProxyEntrance, _ stated: Stated<RealAddress?>?) -> [TextLine] {
        if entrance.namesClient { return [] }
        var networks: [String] = []
        if let real = stated?.value, real.source == .proxyProtocol {
            guard let trusts = real.trusts else { return [] }
            networks = trusts.map(\.network).filter { $0 != "unix:" }
        }
        if networks.contains("0.0.0.0/0") { return [] }
        if networks.isEmpty, !decidesByAddress {
            remainder.lose(
                Loss(
                    .approximate("httpd takes the address that a proxy names for the client's"), at: entrance.origin,
                    witness: "what logs and fields say of the client"))
            return []
        }
        let others = networks.isEmpty ? "since guards look at addresses, the site is closed" : "others are kept out"
        remainder.lose(
            Loss(
                .approximate("httpd believes whoever connects: \(others)"), at: entrance.origin,
                witness: "a request from a proxy that is not believed"))
        let believed = networks.map { "%{CONN_REMOTE_ADDR} -ipmatch '\($0)'" }.joined(separator: " || ")
        let condition = networks.isEmpty ? [] : [TextLine("RewriteCond expr \"!(\(believed))\"")]
        return [TextLine("RewriteEngine on")] + condition + [TextLine("RewriteRule ^ - [F]")]
    }

    /// Something depends on the client's address; nothing is missed, though what only logs may count too.
    private var decidesByAddress: Bool {
        if configuration.layers.contains(where: { $0.settings.access.addresses != nil }) { return true }
        return "\(configuration.programs)\(configuration.variables)".contains("clientAddress")
    }

    private mutating func field(_ name: String, _ real: RealAddress, _ origin: ID<Origin>) -> [TextLine] {
        var lines = [TextLine("RemoteIPHeader \(name)", comment: comment(of: origin))]
        let networks = (real.trusts ?? []).filter { $0.network != "unix:" }
        for network in networks {
            lines.append(
                TextLine("\(network.isOwn ? "RemoteIPInternalProxy" : "RemoteIPTrustedProxy") \(network.network)"))
        }
        if case .takenOut(let proxies?) = real.use { lines.append(TextLine("RemoteIPProxiesHeader \(proxies)")) }
        guard real.use == .read else { return lines }
        remainder.lose(
            Loss(
                .approximate("httpd takes what it believed out of the field"), at: origin,
                witness: "a request through a proxy"))
        if !real.recursive {
            remainder.lose(
                Loss(
                    .approximate("httpd goes on to the next address for as long as proxies are believed"), at: origin,
                    witness: "a request through two proxies that are believed"))
        }
        if networks.count < (real.trusts ?? []).count {
            remainder.lose(Loss(.dropped("httpd does not listen on local sockets"), at: origin))
        }
        return lines
    }
}
