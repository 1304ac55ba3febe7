import IR
import Source

extension NginxLowering {
    /// The pool that a URL leads to: an `upstream` by its name, else one server that the URL implies.
    mutating func pool(for url: UpstreamURL, _ pass: ProxyPass) -> ID<Pool> {
        if !url.isUnix, let upstream = upstreams[url.host] {
            if let port = url.port {
                report(
                    "upstream-with-port", .error, "upstream `\(url.host)` may not have a port", at: pass.range,
                    why: "nginx refuses to start: upstream \"\(url.host)\" may not have port \(port)",
                    help: "leave `:\(port)` out; the servers of the upstream have their own")
            }
            return pool(of: upstream, scheme: url.scheme)
        }
        let key = "\(url.scheme)://\(url.host):\(url.portOrDefault)"
        if let known = pools[key] { return known }
        let member = Member(
            scheme: url.isUnix ? "unix" : url.scheme, host: url.host, port: url.portOrDefault, origin: pass.origin)
        let origin = implied("`proxy_pass` to a host that no `upstream` defines", near: pass.origin)
        let pool = configuration.add(
            Pool(
                members: [member],
                connections: Connections(keepsIdle: profile.idleConnectionsWithoutUpstream, requests: 1000),
                origin: origin))
        pools[key] = pool
        return pool
    }

    /// The pool of an `upstream`, one for each scheme that it is reached by.
    private mutating func pool(of upstream: Upstream, scheme: String) -> ID<Pool> {
        let key = "\(scheme) \(upstream.name)"
        if let known = pools[key] { return known }
        var members = upstream.members
        for index in members.indices where members[index].scheme != "unix" { members[index].scheme = scheme }
        let pool = configuration.add(
            Pool(
                name: upstream.name, members: members, balance: upstream.balance, connections: upstream.connections,
                origin: upstream.origin))
        configuration.presentation.names[upstream.origin] = upstream.name
        pools[key] = pool
        return pool
    }

    /// Upstreams that no fixed URL names may still be named by a computed one.
    mutating func addUnusedPools() {
        for upstream in upstreams.values.sorted(by: { $0.origin.index < $1.origin.index })
        where pools["http \(upstream.name)"] == nil && pools["https \(upstream.name)"] == nil {
            _ = pool(of: upstream, scheme: "http")
        }
    }
}
