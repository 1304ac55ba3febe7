import IR
import Language

/// `ngx_http_upstream_module` and the modules that choose among its servers.
enum Upstreams {
    static let module = Module<NginxLowering>(
        "ngx_http_upstream_module",
        [
            Entry("upstream", in: .http, .one, block: true, summary: "A group of servers.") { directive, state in
                state.lowerUpstream(directive)
            },
            Entry("server", in: .upstream, .oneOrMore, summary: "A server of the group.") { directive, state in
                state.lowerMember(directive)
            },
            .known("queue", in: .upstream, .oneOrTwo, summary: "Lets requests wait for a server."),
            .known("state", in: .upstream, .one, summary: "Keeps the servers in a file."),
            .known("ntlm", in: .upstream, .none, summary: "Binds connections to clients that use NTLM."),
        ])

    /// The ways to choose a server.
    static let balancing = Module<NginxLowering>(
        "ngx_http_upstream_hash_module",
        [
            balance("ip_hash", .none, "By the client's address.") { _, _ in .addressHash },
            balance("least_conn", .none, "By the fewest connections.") { _, _ in .fewest },
            balance("least_time", .between(1, 2), "By the shortest time.") { _, _ in .leastTime },
            balance("random", .between(0, 2), "By chance.") { directive, _ in
                .random(directive.arguments.isEmpty ? 1 : 2)
            },
            balance("hash", .oneOrTwo, "By a hash of a text.") { directive, state in
                .hash(
                    state.template(directive.arguments[0]), consistent: directive.arguments.last?.text == "consistent")
            },
            .known("sticky", in: .upstream, .oneOrMore, summary: "Sends a client to the same server again."),
            .known(
                "sticky_cookie_insert", in: .upstream, .oneOrMore, summary: "Sends a client to the same server again."),
            .ignored("zone", in: .upstream, .oneOrTwo, summary: "Shares the group's state among workers."),
        ])

    /// `ngx_http_upstream_keepalive_module`.
    static let keepalive = Module<NginxLowering>(
        "ngx_http_upstream_keepalive_module",
        [
            Entry("keepalive", in: .upstream, .oneOrTwo, summary: "How many idle connections are kept.") {
                directive, state in
                guard let count = state.number(directive.arguments[0], of: directive.name) else { return }
                state.openUpstream?.connections.keepsIdle = count
            },
            Entry("keepalive_requests", in: .upstream, .one, summary: "How many requests a connection carries.") {
                directive, state in
                guard let count = state.number(directive.arguments[0], of: directive.name) else { return }
                state.openUpstream?.connections.requests = count
            },
            Entry("keepalive_timeout", in: .upstream, .one, summary: "How long an idle connection is kept.") {
                directive, state in
                guard let time = state.seconds(directive.arguments[0], of: directive.name) else { return }
                state.openUpstream?.connections.idleTime = time
            },
            .ignored("keepalive_time", in: .upstream, .one, summary: "Limits the life of a connection."),
        ])

    private static func balance(
        _ name: String, _ arity: Arity, _ summary: String,
        _ value: @escaping @Sendable (Directive, inout NginxLowering) -> Balance
    ) -> Entry<NginxLowering> {
        Entry(name, in: .upstream, arity, support: .known, summary: "Chooses a server. \(summary)") {
            directive, state in
            let balance = value(directive, &state)
            state.openUpstream?.balance = balance
        }
    }
}
