import IR
import Language
import Source

/// An `upstream` block.
struct Upstream: Sendable {
    var name: String
    var members: [Member] = []
    var balance = Balance.weighted
    var connections: Connections
    var origin: ID<Origin>
    var head: SourceRange
}

extension NginxLowering {
    /// The `upstream` block that is being read.
    var openUpstream: Upstream? {
        get { upstreams[openUpstreamName ?? ""] }
        set { if let name = openUpstreamName { upstreams[name] = newValue } }
    }

    /// `upstream NAME { … }`.
    mutating func lowerUpstream(_ directive: Directive) {
        let name = directive.arguments[0].text
        if let first = upstreams[name] {
            report(
                "duplicate-upstream", .error, "upstream `\(name)` is defined twice", at: directive.head,
                why: "nginx refuses to start: duplicate upstream \"\(name)\"",
                help: "join the two blocks, or give one another name",
                related: [Note("first defined here", at: first.head)])
            return
        }
        upstreams[name] = Upstream(
            name: name,
            connections: Connections(keepsIdle: profile.idleUpstreamConnections, idleTime: 60, requests: 1000),
            origin: origin(directive), head: directive.head)
        openUpstreamName = name
        _ = read(directive, as: .upstream)
        openUpstreamName = nil
        if upstreams[name]?.members.isEmpty == true {
            report(
                "empty-upstream", .error, "upstream `\(name)` has no servers", at: directive.head,
                why: "nginx refuses to start: no servers are inside upstream", help: "add `server HOST:PORT;`")
        }
    }

    /// `server ADDRESS [PARAMETER…]` in an `upstream`.
    ///
    /// Source: `ngx_http_upstream_server` in src/http/ngx_http_upstream.c.
    mutating func lowerMember(_ directive: Directive) {
        let argument = directive.arguments[0]
        let url: UpstreamURL
        do throws(UpstreamURL.Problem) {
            url = try UpstreamURL("http://" + argument.text)
            guard url.uri == nil else { throw .host }
        } catch {
            let hasScheme = argument.text.contains("://")
            refuse(
                argument, "\"\(argument.text)\" is no address of a server",
                why: hasScheme ? "a server of an upstream is an address, not a URL; nginx refuses to start" : nil,
                help: hasScheme
                    ? "leave the scheme and the path out: `proxy_pass` has them"
                    : "write `server HOST:PORT;` or `server unix:/path;`")
            return
        }
        var member = Member(
            scheme: url.isUnix ? "unix" : "http", host: url.host, port: url.portOrDefault, origin: origin(directive))
        for parameter in directive.arguments.dropFirst() { read(parameter, into: &member) }
        openUpstream?.members.append(member)
    }

    private mutating func read(_ argument: Argument, into member: inout Member) {
        let parts = argument.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1]) : nil
        let part = Argument(text: value ?? "", range: argument.range)
        switch (String(parts[0]), value) {
        case ("backup", nil): member.role = .standby
        case ("down", nil): member.role = .down
        case ("drain", nil): member.role = .draining
        case ("resolve", nil): break
        case ("weight", .some):
            guard let weight = number(part, of: "weight") else { return }
            guard weight > 0 else {
                return refuse(argument, "a weight of 0 is none", help: "`down` takes a server out")
            }
            member.weight = Double(weight)
        case ("max_conns", .some): member.limit = number(part, of: "max_conns").flatMap { $0 == 0 ? nil : $0 }
        case ("max_fails", .some): member.quarantine.after = number(part, of: "max_fails") ?? 1
        case ("fail_timeout", .some):
            guard let time = seconds(part, of: "fail_timeout") else { return }
            member.quarantine.within = time
            member.quarantine.lasts = time
        case ("slow_start", .some), ("route", .some), ("service", .some):
            report(
                Coverage.unsupported, .warning, "`\(parts[0])` of an upstream's server is not run by Sluice",
                at: argument.range, why: "only the commercial nginx has it")
        default:
            let known = ["weight", "max_conns", "max_fails", "fail_timeout", "backup", "down", "resolve"]
            let near = closest(to: String(parts[0]), in: known)
            refuse(
                argument, "a server of an upstream has no parameter \"\(argument.text)\"",
                help: near.map { "did you mean `\($0)`?" })
        }
    }
}
