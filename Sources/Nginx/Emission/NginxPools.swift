import IR
import Language

/// Where `proxy_pass` leads.
struct ProxyURL {
    /// `http://host:port`, or the name of an upstream.
    var authority: String
    /// What follows it; nil: the path goes on as it came.
    var uri: String?
}

extension NginxWriter {
    /// The URL of `proxy_pass` for a route; nil: it cannot be said by one.
    func proxyURL(_ forward: Forward, _ place: FieldPlace) -> ProxyURL? {
        guard case .pool(let pool) = forward.to else { return nil }
        let authority = authority(pool)
        switch forward.path {
        case .targetAsReceived, .unchanged(since: .received, .targetAsReceived, otherwise: _), .path:
            return ProxyURL(authority: authority)
        case .suffix(let onto, _, _), .unchanged(since: .located, .suffix(let onto, _, _), otherwise: _):
            guard let text = onto.literal else { return nil }
            return ProxyURL(authority: authority, uri: text.isEmpty ? nil : text)
        case .suffixAsReceived(let onto):
            // The whole target goes on as it came only where the prefix is what takes its place.
            guard let text = onto.literal, text == place.prefix else { return nil }
            return ProxyURL(authority: authority)
        default: return nil
        }
    }

    /// What the servers do differently with an upstream, whatever is written.
    mutating func noteImplied(_ forward: Forward, _ place: FieldPlace) {
        if case .append(keepsBareMark: true) = forward.query, proxyURL(forward, place)?.uri != nil {
            note("nginx leaves out the `?` of a request whose query is empty", witness: "GET \(place.prefix ?? "/")?")
        }
        guard case .pool(let pool) = forward.to else { return }
        let members = configuration.pools[pool.at].members
        if let member = members.first, members.count == 1, member.quarantine.evenIfAlone, member.quarantine.lasts > 0 {
            note(
                "Apache answers 503 for \(time(member.quarantine.lasts)) once an upstream has refused a connection; "
                    + "nginx asks it each time")
        }
        if members.count > 1 || members.contains(where: { !isAddress($0.host) }) {
            note(
                "nginx asks the next address also when one hangs up or takes too long, Apache only when it cannot "
                    + "connect")
        }
    }

    private func isAddress(_ host: String) -> Bool {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// `scheme://host:port` of a pool that a URL implied, or the name of its `upstream`.
    func authority(_ pool: ID<Pool>) -> String {
        let node = configuration.pools[pool.at]
        guard node.name == nil, let member = node.members.first, !needsBlock(node) else {
            let scheme = node.members.first { $0.scheme != "unix" }?.scheme ?? "http"
            return "\(scheme)://\(poolName(pool))"
        }
        return "\(member.scheme == "unix" ? "http" : member.scheme)://\(address(of: member, hidesPort: false))"
    }

    /// Whether it has an `upstream` of its own.
    func isNamed(_ pool: ID<Pool>) -> Bool {
        let node = configuration.pools[pool.at]
        return node.name != nil || needsBlock(node)
    }

    private func needsBlock(_ pool: Pool) -> Bool {
        pool.members.count != 1
    }

    /// The name of a pool's `upstream`.
    private func poolName(_ pool: ID<Pool>) -> String {
        configuration.pools[pool.at].name ?? "upstream\(pool.index + 1)"
    }

    /// A member as nginx writes it.
    func address(of member: Member, hidesPort: Bool) -> String {
        if member.scheme == "unix" { return hidesPort ? "unix:\(member.host)" : "unix:\(member.host):" }
        let host = member.host.contains(":") ? "[\(member.host)]" : member.host
        let standard = member.scheme == "https" ? 443 : 80
        return member.port == standard ? host : "\(host):\(member.port)"
    }

    /// Writes the `upstream` of a pool, if it needs one.
    mutating func writePool(_ pool: ID<Pool>) {
        let node = configuration.pools[pool.at]
        guard node.name != nil || needsBlock(node) else {
            for member in node.members { remainder.take(member.origin) }
            return
        }
        var lines: [TextLine] = []
        switch node.balance {
        case .fewest, .busyness: lines.append(TextLine("least_conn"))
        case .addressHash: lines.append(TextLine("ip_hash"))
        case .hash(let key, let consistent):
            lines.append(TextLine("hash \(word(key) ?? "$request_uri")\(consistent ? " consistent" : "")"))
        case .random(let count): lines.append(TextLine(count > 1 ? "random two" : "random"))
        case .traffic:
            remainder.lose(
                Loss(.approximate("nginx does not weigh by bytes: requests are counted instead"), at: node.origin))
        case .weighted, .requests, .leastTime: break
        }
        writeAffinity(node, &lines)
        for member in node.members {
            var text = "server \(address(of: member, hidesPort: true))"
            if member.scheme != "unix", member.port == 443 { text += ":443" }
            text += parameters(of: member, in: node)
            lines.append(line(text, member.origin))
        }
        if node.connections.keepsIdle > profile.idleUpstreamConnections, remainder.isWritten(node.origin),
            node.balance != .requests
        {
            lines.append(TextLine("keepalive \(node.connections.keepsIdle)"))
        }
        remainder.take(node.origin)
        share(
            "upstream " + poolName(pool),
            TextLine("upstream \(poolName(pool))", block: lines, comment: comment(of: node.origin), isApart: true))
    }

    private mutating func parameters(of member: Member, in pool: Pool) -> String {
        var text = ""
        let weight = pool.balance == .requests ? member.weight : member.weight
        if weight != 1 {
            let isWhole = weight == weight.rounded()
            text += " weight=\(Int(isWhole ? weight : (weight * 10).rounded()))"
        }
        if let limit = member.limit { text += " max_conns=\(limit)" }
        let quarantine = member.quarantine
        if quarantine.after != 1 { text += " max_fails=\(quarantine.after)" }
        if quarantine.after > 0, quarantine.lasts != 10 { text += " fail_timeout=\(time(quarantine.lasts))" }
        switch member.role {
        case .active: break
        case .standby: text += " backup"
        case .spare:
            text += " backup"
            remainder.lose(
                Loss(
                    .approximate("a spare takes the place of any member that is lost; in nginx it waits until all are"),
                    at: member.origin))
        case .down: text += " down"
        case .draining:
            text += " down"
            remainder.lose(
                Loss(.approximate("clients that were there before are sent elsewhere too"), at: member.origin))
        }
        if member.group > 0, member.role == .active {
            text += " backup"
            remainder.lose(Loss(.approximate("members of a later lbset all wait as backup"), at: member.origin))
        }
        return text
    }

    private mutating func writeAffinity(_ pool: Pool, _ lines: inout [TextLine]) {
        guard let affinity = pool.affinity, let first = affinity.reads.first, let name = variable(for: first) else {
            return
        }
        lines.insert(TextLine("hash $\(name) consistent"), at: 0)
        remainder.lose(
            Loss(
                .approximate(
                    "sessions stay together by a hash of `$\(name)`, not by the route in it: a session may move once"),
                at: pool.origin))
    }
}
