import IR
import Language
import Source

/// Sockets, and which virtual host answers at which address (server/vhost.c).
extension ApacheLowering {
    /// One listener for each socket.
    mutating func listeners(_ sites: [ID<Site>]) -> [Listener] {
        listens.map { listen in
            let names: NameTable
            if let host = listen.host {
                var own = table(at: host, listen.port, sites) ?? table(at: nil, listen.port, sites) ?? mainTable(sites)
                own.proxy = proxyProtocol.entrance(at: host, listen.port)
                names = own
            } else {
                var shared = table(at: nil, listen.port, sites) ?? mainTable(sites)
                shared.proxy = proxyProtocol.entrance(at: nil, listen.port)
                shared.more = addresses(at: listen.port).compactMap { address in
                    guard var own = table(at: address, listen.port, sites) else { return nil }
                    own.proxy = proxyProtocol.entrance(at: address, listen.port)
                    return AddressNames(address: address, names: [own])
                }
                names = shared
            }
            return Listener(
                address: listen.host.map { .ip($0) } ?? .any, port: listen.port,
                reading: Defaults.reading(readingDraft(for: names.fallback, sites)), names: names,
                origin: listen.origin)
        }
    }

    /// A fragment without `Listen` gets the sockets that its virtual hosts ask for, else port 80.
    mutating func implyListens() {
        guard listens.isEmpty else { return }
        var ports: [Int] = []
        for server in servers.dropFirst() {
            for address in server.addresses {
                let port = address.port ?? 80
                if !ports.contains(port) { ports.append(port) }
            }
        }
        if ports.isEmpty { ports = [80] }
        let origin = configuration.add(.implied(reason: "no Listen is written", near: nil))
        listens = ports.map { ListenDraft(port: $0, usesTLS: $0 == 443, origin: origin) }
    }

    /// What is refused before a site is known: as the site that answers unknown names has it.
    private func readingDraft(for site: ID<Site>, _ sites: [ID<Site>]) -> ReadingDraft {
        let own = servers[sites.firstIndex(of: site) ?? 0].reading
        let main = servers[0].reading
        return ReadingDraft(
            line: own.line ?? main.line, field: own.field ?? main.field, fields: own.fields ?? main.fields,
            headerPace: own.headerPace ?? main.headerPace, handshakePace: own.handshakePace ?? main.handshakePace,
            trace: own.trace ?? main.trace,
            isUnsafe: own.isUnsafe || main.isUnsafe)
    }

    /// What becomes of requests for another host than the handshake was with (`SSLVHostSNIPolicy`).
    private var mismatch: Misdirected {
        sniPolicy?.value ?? .refuse(whenClientCertificate: false, whenPoliciesDiffer: true)
    }

    private func mainTable(_ sites: [ID<Site>]) -> NameTable {
        NameTable(
            search: .firstInOrder, fallback: sites[0], tls: entrance(0),
            tlsMismatch: mismatch)
    }

    /// The literal addresses that virtual hosts of a port name, in order.
    private func addresses(at port: Int) -> [String] {
        var found: [String] = []
        for server in servers.dropFirst() {
            for address in server.addresses {
                guard let host = address.host, address.port == nil || address.port == port else { continue }
                if !found.contains(host) { found.append(host) }
            }
        }
        return found
    }

    /// The names at an address (nil: all) and port; nil if no virtual host is there.
    ///
    /// Virtual hosts of one address and port form a chain. Of chains with the port and those with any port, the one
    /// that was begun last is looked at (`add_name_vhost_config`, `find_default_server`).
    private func table(at host: String?, _ port: Int, _ sites: [ID<Site>]) -> NameTable? {
        var chains: [(port: Int?, servers: [Int])] = []
        for index in servers.indices.dropFirst() {
            for address in servers[index].addresses where address.host == host {
                guard address.port == nil || address.port == port else { continue }
                if let chain = chains.firstIndex(where: { $0.port == address.port }) {
                    if !chains[chain].servers.contains(index) { chains[chain].servers.append(index) }
                } else {
                    chains.append((address.port, [index]))
                }
            }
        }
        guard let chain = chains.last, let first = chain.servers.first else { return nil }
        var table = NameTable(
            search: .firstInOrder, fallback: sites[first], tls: entrance(first),
            tlsMismatch: mismatch)
        for index in chain.servers { table.names += names(of: index, site: sites[index]) }
        for index in chain.servers {
            for address in servers[index].addresses {
                guard let name = address.name else { continue }
                table.names.append(
                    SiteName(pattern: .exact(name), site: sites[index], origin: servers[index].origin))
            }
        }
        return table
    }

    /// ServerName, or the main server's where there is none, and ServerAlias.
    private func names(of index: Int, site: ID<Site>) -> [SiteName] {
        var names: [SiteName] = []
        if let name = servers[index].name ?? servers[0].name {
            names.append(SiteName(pattern: .exact(name.value), site: site, origin: name.origin))
        }
        for alias in servers[index].aliases {
            let isPattern = alias.value.contains("*") || alias.value.contains("?")
            names.append(
                SiteName(
                    pattern: isPattern ? .glob(alias.value) : .exact(alias.value), site: site, origin: alias.origin))
        }
        return names
    }
}
