import IR

/// What differs between the versions of nginx that a configuration may be written for.
///
/// Source: nginx's CHANGES; each field names the release that brought the difference.
struct Profile: Hashable, Sendable {
    /// The name as `Dialect.versions` has it.
    var name: String
    /// What the Server field and generated pages say.
    var version: String
    /// The HTTP version that upstreams are spoken to with: 1.1 since 1.29.7.
    var upstreamVersion: String
    /// What the Connection field to upstreams says; empty, it is left out: since 1.29.7.
    var upstreamConnection: String
    /// How many idle connections an upstream group keeps without `keepalive`: 32 since 1.29.7.
    var idleUpstreamConnections: Int
    /// The same for a host that no `upstream` defines.
    var idleConnectionsWithoutUpstream: Int
    /// What CONNECT is answered: 405 since 1.21.1 as a method, 400 where the target cannot be read.
    var connectStatus: Int
    /// Cookie fields are joined to one: since 1.23.0.
    var joinsCookies: Bool
    /// The most header fields of a request: 1000 since 1.29.8.
    var headerFields: Int?
    /// A Host field goes to upstreams also when it would be empty: since 1.31.4.
    var alwaysSendsHost: Bool
    /// The TLS versions that are spoken unless `ssl_protocols` says otherwise: changed in 1.23.4 and 1.27.3.
    var tlsVersions: Set<TLSVersionName>

    /// The profiles, newest first.
    static let all: [Profile] = [
        Profile(
            name: "nginx-1.31", version: "1.31.4", upstreamVersion: "1.1", upstreamConnection: "",
            idleUpstreamConnections: 32, idleConnectionsWithoutUpstream: 0,
            connectStatus: 405, joinsCookies: true, headerFields: 1000, alwaysSendsHost: true,
            tlsVersions: [.v12, .v13]),
        Profile(
            name: "nginx-1.22", version: "1.22.1", upstreamVersion: "1.0", upstreamConnection: "close",
            idleUpstreamConnections: 0, idleConnectionsWithoutUpstream: 0,
            connectStatus: 400, joinsCookies: false, headerFields: nil, alwaysSendsHost: false,
            tlsVersions: [.v10, .v11, .v12]),
    ]

    /// The profile of that name, else the newest.
    static func named(_ name: String) -> Profile {
        all.first { $0.name == name } ?? all[0]
    }
}
