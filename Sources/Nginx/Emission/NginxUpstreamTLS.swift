import IR
import Language

/// TLS with upstreams.
extension NginxWriter {
    /// `proxy_ssl_…` of a place that forwards over TLS.
    ///
    /// nginx checks an upstream's certificate as a whole or not at all: where the source server checks a part of it,
    /// the whole is checked, so that no upstream is taken for another one.
    mutating func upstreamTLS(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        guard let forward = place.forward, let stated = settings.forward.tls, schemes(forward).contains("https") else {
            return []
        }
        let tls = stated.value
        guard tls.isPermitted else {
            // `ap_proxy_http_handler` gives up before it connects.
            var closed = FieldText("proxy_ssl off")
            closed.front = [TextLine("return 500")]
            closed.signature = "return 500"
            closed.origins = [stated.origin]
            return [closed]
        }
        var lines: [TextLine] = []
        if tls.sendsName { lines.append(TextLine("proxy_ssl_server_name on")) }
        var losses: [Loss] = []
        if let name = upstreamName(tls, settings, forward, &losses) { lines.append(TextLine("proxy_ssl_name \(name)")) }
        lines += checks(tls, stated.origin, &losses)
        for files in tls.certificates.prefix(1) {
            lines.append(TextLine("proxy_ssl_certificate \(files.certificate)"))
            lines.append(TextLine("proxy_ssl_certificate_key \(files.key)"))
            if case .file(let path) = files.passwords { lines.append(TextLine("proxy_ssl_password_file \(path)")) }
            if let chain = files.chain {
                let words = "nginx reads a chain from the certificate's own file: put \(chain) behind it"
                losses.append(Loss(.dropped(words), at: stated.origin))
            }
        }
        lines += language(tls)
        var field = FieldText("proxy_ssl", lines, relevance: .forwarding)
        field.origins = [stated.origin] + tls.certificates.map(\.origin)
        field.losses = losses
        return [field]
    }

    private func schemes(_ forward: Forward) -> Set<String> {
        switch forward.to {
        case .pool(let pool): return Set(configuration.pools[pool.at].members.map(\.scheme))
        case .computed(let template):
            if case .literal(let text)? = template.pieces.first, text.hasPrefix("http:") { return ["http"] }
            return ["https"]
        }
    }

    /// The name that an upstream is asked for and has to show; nil: it is the one in the target.
    private mutating func upstreamName(
        _ tls: UpstreamTLS, _ settings: Settings, _ forward: Forward, _ losses: inout [Loss]
    ) -> String? {
        if let own = tls.name, own != Template(.upstreamAuthority) { return word(own) }
        guard tls.name == nil else { return nil }
        let host = settings.forward.host?.value ?? Template(.upstreamAuthority)
        // Where the client's Host goes on, the upstream is asked in its name, without the port.
        if host == Template(.hostHeader) || host == Template(.requestHeader("host")) { return "$host" }
        guard case .pool(let pool) = forward.to else { return nil }
        let members = configuration.pools[pool.at].members
        guard let first = members.first, !authority(pool).contains("://\(first.host)") else { return nil }
        if members.contains(where: { $0.host != first.host }), let origin = settings.forward.tls?.origin {
            losses.append(
                Loss(
                    .approximate("nginx asks all members in one name, here that of the first"), at: origin,
                    witness: "a request that another member gets"))
        }
        return first.host
    }

    private mutating func checks(_ tls: UpstreamTLS, _ origin: ID<Origin>, _ losses: inout [Loss]) -> [TextLine] {
        guard tls.verifies || tls.checksName else {
            if tls.checksExpiry, remainder.isWritten(origin) {
                losses.append(
                    Loss(
                        .approximate("nginx does not ask whether a certificate that it does not verify has expired"),
                        at: origin, witness: "a request to an upstream whose certificate has expired"))
            }
            return authorities(tls)
        }
        if !tls.verifies {
            let words = "nginx checks the name of a certificate only together with who issued it"
            let witness = "a request to an upstream that nobody known vouches for"
            losses.append(Loss(.approximate(words), at: origin, witness: witness))
        }
        if !tls.checksName {
            let words = "nginx checks the name of a certificate that it verifies too: say it with proxy_ssl_name"
            losses.append(
                Loss(.approximate(words), at: origin, witness: "a request to an upstream that shows another name"))
        }
        var lines = [TextLine("proxy_ssl_verify on")]
        if tls.depth != 1 { lines.append(TextLine("proxy_ssl_verify_depth \(tls.depth)")) }
        var trusted = authorities(tls)
        if trusted.isEmpty {
            losses.append(Loss(.helper("\(Self.systemAuthorities), or the file of those who issue for it"), at: origin))
            trusted = [TextLine("proxy_ssl_trusted_certificate \(Self.systemAuthorities)")]
        }
        if !tls.folders.isEmpty {
            let words = "nginx reads authorities from one file, not from a folder"
            losses.append(Loss(.dropped(words), at: origin))
        }
        // A session that another place agreed on would bring its missing verification along.
        if !tls.reusesSessions { trusted.append(TextLine("proxy_ssl_session_reuse off")) }
        return lines + trusted + tls.revoked.prefix(1).map { TextLine("proxy_ssl_crl \($0)") }
    }

    /// Where Debian and its kin keep the authorities that the system trusts.
    private static var systemAuthorities: String { "/etc/ssl/certs/ca-certificates.crt" }

    private func authorities(_ tls: UpstreamTLS) -> [TextLine] {
        tls.authorities.prefix(1).map { TextLine("proxy_ssl_trusted_certificate \($0)") }
    }

    /// Versions, ciphers and sessions, where they are none that the servers choose by themselves.
    private func language(_ tls: UpstreamTLS) -> [TextLine] {
        var lines: [TextLine] = []
        if tls.versions != profile.tlsVersions, tls.versions != Set(TLSVersionName.allCases) {
            let names = tls.versions.map(\.rawValue).sorted()
            lines.append(TextLine("proxy_ssl_protocols \(names.joined(separator: " "))"))
        }
        if tls.ciphers != "DEFAULT", !tls.ciphers.hasPrefix("DEFAULT:") {
            lines.append(TextLine("proxy_ssl_ciphers \(tls.ciphers)"))
        }
        if let suites = tls.suites { lines.append(TextLine("proxy_ssl_conf_command Ciphersuites \(suites)")) }
        for command in tls.commands {
            lines.append(TextLine("proxy_ssl_conf_command \(command.name) \(command.value)"))
        }
        return lines
    }
}
