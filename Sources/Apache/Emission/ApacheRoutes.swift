import IR
import Language

/// ProxyPass, Alias, and balancers.
extension ApacheWriter {
    /// The routes of a host in order.
    mutating func routes(_ routes: [Route], root: Placement?) -> [TextLine] {
        var lines: [TextLine] = []
        for route in routes {
            let own: TextLine?
            switch route.yields {
            case .content(.forward(let forward)): own = proxyPass(route, forward)
            case .leaveTable: own = exclusion(route)
            case .place(let place): own = place == root ? nil : alias(route, place)
            case .content, .scope, .answer: own = nil
            }
            remainder.take(route.origin)
            if let own { lines.append(own) }
        }
        if !lines.isEmpty { lines[0].isApart = true }
        return lines
    }

    private mutating func exclusion(_ route: Route) -> TextLine {
        let comments = comment(of: route.origin)
        switch route.match {
        case .segments(let path): return TextLine("ProxyPass \(ApacheQuoting.word(path)) !", comment: comments)
        case .bytes(let path) where path.hasSuffix("/"):
            return TextLine("ProxyPass \(ApacheQuoting.word(path)) !", comment: comments)
        default:
            return TextLine(
                "ProxyPassMatch \(ApacheQuoting.word(expression(route.match, rest: ""))) !", comment: comments)
        }
    }

    private func expression(_ match: PathMatcher, rest: String) -> String {
        switch match {
        case .exact(let path): "^\(ApacheQuoting.quoted(path))$"
        case .bytes(let path), .segments(let path): "^\(ApacheQuoting.quoted(path))\(rest)"
        case .glob(let glob): glob
        case .pattern(let pattern, _): (pattern.ignoresCase ? "(?i)" : "") + ApacheQuoting.source(of: pattern)
        }
    }

    private mutating func proxyPass(_ route: Route, _ forward: Forward) -> TextLine? {
        let comments = comment(of: route.origin) + comment(of: forward.origin)
        remainder.take(forward.origin)
        guard case .pool(let pool) = forward.to else {
            guard case .computed(let target) = forward.to, let text = text(target), !text.contains("%{") else {
                remainder.lose(Loss(.dropped("httpd cannot compute where a request goes"), at: forward.origin))
                return nil
            }
            return TextLine(
                "ProxyPassMatch \(ApacheQuoting.word(expression(route.match, rest: ""))) \(ApacheQuoting.word(text))",
                comment: comments)
        }
        let authority = authority(pool)
        let options = parameters(pool)
        let path = route.match
        switch forward.path {
        case .targetAsReceived, .unchanged(since: .received, .targetAsReceived, otherwise: _), .path:
            return raw(path, authority, options, comments)
        case .suffix(let onto, _, _), .unchanged(since: .located, .suffix(let onto, _, _), otherwise: _):
            return mapped(path, authority, onto.literal ?? "/", options, comments)
        case .suffixAsReceived(let onto):
            return mapped(path, authority, onto.literal ?? "/", " nocanon" + options, comments)
        case .whole(let template, _):
            guard let text = text(template) else { return nil }
            return TextLine(
                "ProxyPassMatch \(ApacheQuoting.word(expression(path, rest: ""))) \(ApacheQuoting.word(authority + text))\(options)",
                comment: comments)
        default: return raw(path, authority, options, comments)
        }
    }

    /// The target goes on as it came.
    ///
    /// `ProxyPass` would take slashes that come twice for one; a pattern leaves them.
    private func raw(_ match: PathMatcher, _ authority: String, _ options: String, _ comments: [String]) -> TextLine {
        TextLine(
            "ProxyPassMatch \(ApacheQuoting.word(expression(match, rest: ""))) \(authority) nocanon\(options)",
            comment: comments)
    }

    /// What follows the prefix is put behind another one.
    private func mapped(
        _ match: PathMatcher, _ authority: String, _ onto: String, _ options: String, _ comments: [String]
    ) -> TextLine {
        switch match {
        case .bytes(let path) where path.hasSuffix("/"), .segments(let path):
            return TextLine(
                "ProxyPass \(ApacheQuoting.word(path)) \(ApacheQuoting.word(authority + onto))\(options)",
                comment: comments)
        case .bytes(let path):
            return TextLine(
                "ProxyPassMatch \(ApacheQuoting.word("^\(ApacheQuoting.quoted(path))(.*)$")) \(ApacheQuoting.word(authority + onto))$1\(options)",
                comment: comments)
        case .exact, .glob, .pattern:
            return TextLine(
                "ProxyPassMatch \(ApacheQuoting.word(expression(match, rest: ""))) \(ApacheQuoting.word(authority + onto))\(options)",
                comment: comments)
        }
    }

    private mutating func alias(_ route: Route, _ place: Placement) -> TextLine? {
        remainder.take(place.origin)
        guard let base = text(place.base) else {
            remainder.lose(Loss(.dropped("httpd cannot compute where files lie"), at: place.origin))
            return nil
        }
        let comments = comment(of: place.origin)
        switch (route.match, place.drops) {
        case (.bytes(let path), .nothing), (.segments(let path), .nothing):
            return TextLine("Alias \(ApacheQuoting.word(path)) \(ApacheQuoting.word(base + path))", comment: comments)
        case (.bytes(let path), _), (.segments(let path), _):
            if path.hasSuffix("/") {
                return TextLine("Alias \(ApacheQuoting.word(path)) \(ApacheQuoting.word(base))", comment: comments)
            }
            return TextLine(
                "AliasMatch \(ApacheQuoting.word("^\(ApacheQuoting.quoted(path))(.*)$")) \(ApacheQuoting.word(base))$1",
                comment: comments)
        case (.exact(let path), .nothing):
            return TextLine(
                "AliasMatch \(ApacheQuoting.word("^\(ApacheQuoting.quoted(path))$")) \(ApacheQuoting.word(base + path))",
                comment: comments)
        case (.exact(let path), _):
            return TextLine(
                "AliasMatch \(ApacheQuoting.word("^\(ApacheQuoting.quoted(path))$")) \(ApacheQuoting.word(base))",
                comment: comments)
        case (.pattern, .everything), (.glob, .everything):
            return TextLine(
                "AliasMatch \(ApacheQuoting.word(expression(route.match, rest: ""))) \(ApacheQuoting.word(base))",
                comment: comments)
        case (.pattern(let pattern, _), .nothing):
            let source = pattern.source
            let inner =
                source.contains("|") || !source.hasPrefix("^") ? ".*?(?:\(source))" : String(source.dropFirst())
            // The path as a whole comes first, so that it is the first group.
            let whole = "\(pattern.ignoresCase ? "(?i)" : "")^(?=(.*)$)(?=\(inner))"
            return TextLine(
                "AliasMatch \(ApacheQuoting.word(whole)) \(ApacheQuoting.word(base))$1", comment: comments)
        case (.pattern, _), (.glob, _):
            return nil
        }
    }

    // MARK: - Upstreams

    /// `scheme://host:port` of a pool, or its balancer's name.
    func authority(_ pool: ID<Pool>) -> String {
        let node = configuration.pools[pool.at]
        guard node.tls == nil, node.members.count == 1, let member = node.members.first else {
            return "balancer://\(name(of: pool))"
        }
        return url(of: member, in: pool)
    }

    func name(of pool: ID<Pool>) -> String {
        configuration.pools[pool.at].name ?? "pool\(pool.index + 1)"
    }

    private func url(of member: Member, in pool: ID<Pool>) -> String {
        let protocolName = gatewayPools.contains(pool) ? "fcgi" : member.scheme
        if member.scheme == "unix" {
            return "unix:\(member.host)|\(protocolName == "unix" ? "http" : protocolName)://localhost"
        }
        let host = member.host.contains(":") ? "[\(member.host)]" : member.host
        let standard = protocolName == "https" ? 443 : protocolName == "fcgi" ? 8000 : 80
        return "\(protocolName)://\(host)" + (member.port == standard ? "" : ":\(member.port)")
    }

    /// Parameters of a lone upstream: one that was lost is asked again at once, as nginx does.
    private mutating func parameters(_ pool: ID<Pool>) -> String {
        let node = configuration.pools[pool.at]
        for member in node.members { remainder.take(member.origin) }
        remainder.take(node.origin)
        guard node.tls == nil, node.members.count == 1, let member = node.members.first else { return "" }
        return member.quarantine.evenIfAlone ? (member.quarantine.after == 0 ? " retry=0" : "") : " retry=0"
    }

    /// The balancer of a pool with several members.
    mutating func balancer(_ pool: ID<Pool>) -> TextLine? {
        let node = configuration.pools[pool.at]
        guard node.members.count > 1 || node.tls != nil else {
            for member in node.members { remainder.take(member.origin) }
            return nil
        }
        modules.insert("balancer")
        var lines: [TextLine] = []
        for member in node.members {
            var text = "BalancerMember \(url(of: member, in: pool))"
            if member.weight != 1 { text += " loadfactor=\(Int(member.weight))" }
            if member.role == .standby { text += " status=+H" }
            if member.role == .down { text += " status=+D" }
            if member.role == .spare { text += " status=+R" }
            if let limit = member.limit { text += " max=\(limit)" }
            let isAlone = node.members.count == 1 && !member.quarantine.evenIfAlone
            text += " retry=\(member.quarantine.after == 0 || isAlone ? 0 : Int(member.quarantine.lasts))"
            lines.append(line(text, member.origin))
        }
        switch node.balance {
        case .fewest, .busyness: lines.append(TextLine("ProxySet lbmethod=bybusyness"))
        case .weighted, .requests: break
        case .traffic: lines.append(TextLine("ProxySet lbmethod=bytraffic"))
        case .addressHash, .hash, .random, .leastTime:
            remainder.lose(
                Loss(.approximate("httpd counts requests instead: a client may reach another member"), at: node.origin))
        }
        lines += upstreamTLS(of: pool)
        let comments = comment(of: node.origin)
        remainder.take(node.origin)
        return TextLine("Proxy balancer://\(name(of: pool))", block: lines, comment: comments, isApart: true)
    }
}
