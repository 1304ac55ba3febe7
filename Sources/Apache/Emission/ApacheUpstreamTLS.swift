import IR
import Language

/// TLS with upstreams.
extension ApacheWriter {
    /// `SSLProxy…` where something is forwarded over TLS.
    mutating func upstreamTLS(_ settings: Settings, _ node: Site) -> [TextLine] {
        guard let stated = settings.forward.tls else { return [] }
        let hosts = upstreamHosts(node)
        guard !hosts.isEmpty else { return [] }
        return upstreamTLS(stated, hosts: hosts, isSection: false)
    }

    /// `SSLProxy…` of a balancer whose members are spoken to in a way of their own.
    mutating func upstreamTLS(of pool: ID<Pool>) -> [TextLine] {
        let node = configuration.pools[pool.at]
        guard let stated = node.tls else { return [] }
        return upstreamTLS(stated, hosts: Set(node.members.map(\.host)), isSection: true)
    }

    /// In a section everything is said: what is not would be taken from a virtual host.
    private mutating func upstreamTLS(
        _ stated: Stated<UpstreamTLS>, hosts: Set<String>, isSection: Bool
    ) -> [TextLine] {
        let tls = stated.value
        remainder.take(stated.origin)
        var lines = [TextLine("SSLProxyEngine on")]
        let checksExpiry = tls.checksExpiry || tls.verifies
        if tls.verifies || isSection { lines.append(TextLine("SSLProxyVerify \(tls.verifies ? "require" : "none")")) }
        if tls.depth != 1 { lines.append(TextLine("SSLProxyVerifyDepth \(tls.depth)")) }
        if !tls.checksName || isSection {
            lines.append(TextLine("SSLProxyCheckPeerName \(tls.checksName ? "on" : "off")"))
        }
        if !checksExpiry || isSection {
            lines.append(TextLine("SSLProxyCheckPeerExpire \(checksExpiry ? "on" : "off")"))
        }
        for file in tls.authorities.prefix(1) {
            lines.append(TextLine("SSLProxyCACertificateFile \(ApacheQuoting.word(file))"))
        }
        for list in tls.revoked.prefix(1) {
            lines.append(TextLine("SSLProxyCARevocationFile \(ApacheQuoting.word(list))"))
            lines.append(TextLine("SSLProxyCARevocationCheck chain"))
        }
        tellName(tls, hosts, stated.origin)
        for files in tls.certificates.prefix(1) {
            remainder.take(files.origin)
            if files.certificate == files.key, files.passwords == .none {
                lines.append(TextLine("SSLProxyMachineCertificateFile \(ApacheQuoting.word(files.certificate))"))
            } else {
                let words = "with \(files.certificate) and its key, which httpd reads from one file"
                remainder.lose(Loss(.helper("SSLProxyMachineCertificateFile \(words)"), at: files.origin))
            }
        }
        let usual: [Set<TLSVersionName>] = [[.v10, .v11, .v12], [.v12, .v13], Set(TLSVersionName.allCases)]
        if !usual.contains(tls.versions) {
            lines.append(TextLine("SSLProxyProtocol \(versions(tls.versions))"))
        }
        if tls.ciphers != "DEFAULT", !tls.ciphers.hasPrefix("DEFAULT:") {
            lines.append(TextLine("SSLProxyCipherSuite \(ApacheQuoting.word(tls.ciphers))"))
        }
        if !tls.commands.isEmpty {
            remainder.lose(Loss(.dropped("httpd hands OpenSSL no commands for upstreams"), at: stated.origin))
        }
        return lines
    }

    /// An upstream is asked for, and checked by, the host of its URL, or the client's where that goes on.
    private mutating func tellName(_ tls: UpstreamTLS, _ hosts: Set<String>, _ origin: ID<Origin>) {
        guard tls.sendsName || tls.checksName, let name = tls.name, name != Template(.upstreamAuthority),
            hosts != Set([name.literal ?? ""])
        else { return }
        let host = hosts.sorted().first ?? ""
        let effect = tls.checksName ? ", and forwards nothing to one that only shows another name" : ""
        remainder.lose(
            Loss(
                .approximate("httpd asks an upstream for the host of its URL, \(host)\(effect)"), at: origin,
                witness: "any request that is forwarded"))
    }

    /// The hosts of upstreams that are spoken to as the whole virtual host says.
    private func upstreamHosts(_ node: Site) -> Set<String> {
        var hosts: Set<String> = []
        for route in node.locate.flatMap(\.routes) {
            guard case .content(.forward(let forward)) = route.yields, case .pool(let id) = forward.to else { continue }
            let pool = configuration.pools[id.at]
            guard pool.tls == nil else { continue }
            hosts.formUnion(pool.members.filter { $0.scheme == "https" }.map(\.host))
        }
        return hosts
    }
}
