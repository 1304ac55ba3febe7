import IR
import Language
import Source

/// A server that was written down as a site.
struct FinishedServer: Sendable {
    var id: ID<Site>
    var draft: SiteDraft
    var reading: ReadingParts
    var origin: ID<Origin>
}

/// An address and port with the servers that listen there.
private struct Socket {
    struct Member {
        var server: FinishedServer
        var listen: Listen
    }

    var address: Address
    var port: Int
    var members: [Member] = []
}

/// A socket's address and port, to find it by.
private struct SocketName: Hashable {
    var address: Address
    var port: Int
}

extension NginxLowering {
    /// Writes the sockets down, each with the names that are asked for there.
    mutating func addListeners(_ servers: [FinishedServer]) {
        var sockets: [Socket] = []
        var places: [SocketName: Int] = [:]
        for server in servers {
            for listen in server.draft.listens.isEmpty ? [impliedListen(server)] : server.draft.listens {
                let name = SocketName(address: listen.address, port: listen.port)
                let index = places[name] ?? sockets.count
                if index == sockets.count {
                    places[name] = index
                    sockets.append(Socket(address: listen.address, port: listen.port))
                }
                sockets[index].members.append(Socket.Member(server: server, listen: listen))
            }
        }
        let listeners = sockets.map { listener($0) }
        configuration.listeners = joined(listeners)
    }

    private mutating func impliedListen(_ server: FinishedServer) -> Listen {
        Listen(
            address: .ip("0.0.0.0"), port: 80,
            origin: implied("a server without `listen` listens on port 80", near: server.origin),
            range: SourceRange(file: FileID(index: 0), start: 0, end: 0))
    }

    private mutating func listener(_ socket: Socket) -> Listener {
        var standard = socket.members[0]
        var explicit: Listen?
        for member in socket.members where member.listen.isDefault {
            if let first = explicit {
                report(
                    "duplicate-default-server", .error, "a second default server for \(member.listen.written)",
                    at: member.listen.range,
                    why: "nginx refuses to start: one server of an address answers names that no server has",
                    help: "remove `default_server` from one of them",
                    related: [Note("the first is here", at: first.range)])
                continue
            }
            explicit = member.listen
            standard = member
        }
        var table = NameTable(
            search: .exactThenLongestSuffixThenLongestPrefixThenPatterns, fallback: standard.server.id)
        table.names = names(of: socket)
        let encrypted = socket.members.first { $0.listen.usesTLS || $0.server.draft.tls.isOn?.value == true }
        if let encrypted {
            table.tls = TLSEntrance(plain: 497, takesAllForHTTP: true, origin: encrypted.listen.origin)
            table.tlsMismatch = .refuse(whenClientCertificate: true, whenPoliciesDiffer: false)
            checkCertificates(table, socket.members.map(\.server.id))
        }
        if let introduced = socket.members.first(where: \.listen.takesProxies) {
            // What one server says of an address holds for all that listen there (`ngx_http_add_server`).
            table.proxy = ProxyEntrance(
                namesClient: false, refusesForeign: false, limit: Self.longestIntroduction,
                origin: introduced.listen.origin)
        }
        return Listener(
            address: socket.address, port: socket.port, reading: reading(standard.server.reading),
            names: table,
            backlog: socket.members.lazy.compactMap(\.listen.backlog).first, origin: standard.listen.origin)
    }

    /// `NGX_PROXY_PROTOCOL_MAX_HEADER` in src/core/ngx_proxy_protocol.h.
    private static let longestIntroduction = 4096

    /// The names at a socket in the order of the servers; of two equal ones the first counts.
    private mutating func names(of socket: Socket) -> [SiteName] {
        var seen: [NamePattern: (range: SourceRange, site: ID<Site>)] = [:]
        var result: [SiteName] = []
        for member in socket.members {
            var names = member.server.draft.names
            if names.isEmpty {
                names = [
                    ServerName(
                        pattern: .exact(""), text: "", origin: member.server.origin, range: member.listen.range)
                ]
            }
            for name in names {
                if let first = seen[name.pattern] {
                    if case .pattern = name.pattern { continue }
                    reportConflict(name, first.range, member.listen, isSameServer: first.site == member.server.id)
                    continue
                }
                seen[name.pattern] = (name.range, member.server.id)
                result.append(SiteName(pattern: name.pattern, site: member.server.id, origin: name.origin))
            }
        }
        return result
    }

    private mutating func reportConflict(
        _ name: ServerName, _ first: SourceRange, _ listen: Listen, isSameServer: Bool
    ) {
        let shown = name.text.isEmpty ? "the empty server name" : "the server name `\(name.text)`"
        report(
            "conflicting-server-name", .warning, "\(shown) is taken already at \(listen.written)",
            at: name.range.isEmpty ? nil : name.range,
            why: isSameServer
                ? "nginx ignores the second one"
                : "nginx ignores it here: requests with this name go to the server that had it first",
            help: isSameServer ? "remove one of the two" : "give the servers different names, or join them",
            related: first.isEmpty ? [] : [Note("taken here", at: first)])
    }

    /// One wildcard socket takes in what arrives at the addresses of its port and family; the names stay apart.
    private func joined(_ listeners: [Listener]) -> [Listener] {
        var wildcards: [SocketName: Int] = [:]
        var result: [Listener] = []
        for listener in listeners where isWildcard(listener.address) {
            wildcards[SocketName(address: family(of: listener.address), port: listener.port)] = result.count
            result.append(listener)
        }
        for listener in listeners where !isWildcard(listener.address) {
            let name = SocketName(address: family(of: listener.address), port: listener.port)
            if case .ip(let address) = listener.address, let owner = wildcards[name] {
                result[owner].names.more.append(AddressNames(address: address, names: [listener.names]))
            } else {
                result.append(listener)
            }
        }
        return result
    }

    private func isWildcard(_ address: Address) -> Bool {
        address == .any || address == .ip("0.0.0.0") || address == .ip("::")
    }

    /// The wildcard of an address's family.
    private func family(of address: Address) -> Address {
        switch address {
        case .any: .ip("::")
        case .ip(let text): text.contains(":") ? .ip("::") : .ip("0.0.0.0")
        case .unix: address
        }
    }
}
