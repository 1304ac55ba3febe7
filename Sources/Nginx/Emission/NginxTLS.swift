import IR
import Language

/// TLS with clients.
extension NginxWriter {
    /// `ssl_…` of a server.
    mutating func tls(_ policy: TLSPolicy) -> [TextLine] {
        remainder.take(policy.origin)
        var lines: [TextLine] = []
        for files in policy.certificates {
            remainder.take(files.origin)
            lines.append(TextLine("ssl_certificate \(files.certificate)"))
            lines.append(TextLine("ssl_certificate_key \(files.key)"))
            if let chain = files.chain {
                lose("nginx reads a chain from the certificate's own file: put \(chain) behind it", policy)
            }
            switch files.passwords {
            case .none: break
            case .file(let path): lines.append(TextLine("ssl_password_file \(path)"))
            case .program: lose("nginx asks no program for passwords: write them to a file", policy)
            }
        }
        if policy.versions != profile.tlsVersions {
            let names = policy.versions.map(\.rawValue).sorted()
            lines.append(TextLine("ssl_protocols \(names.joined(separator: " "))"))
        }
        if !policy.ciphers.hasPrefix("DEFAULT:"), policy.ciphers != "HIGH:!aNULL:!MD5" {
            lines.append(TextLine("ssl_ciphers \(policy.ciphers)"))
        }
        if policy.prefersOwnCiphers { lines.append(TextLine("ssl_prefer_server_ciphers on")) }
        if let suites = policy.suites { lines.append(TextLine("ssl_conf_command Ciphersuites \(suites)")) }
        if let groups = policy.groups { lines.append(TextLine("ssl_ecdh_curve \(groups)")) }
        if case .file(let path) = policy.parameters { lines.append(TextLine("ssl_dhparam \(path)")) }
        lines += sessions(policy.sessions) + clients(policy)
        if let staple = policy.staple {
            lines += [TextLine("ssl_stapling on"), TextLine("ssl_stapling_file \(staple)")]
        }
        for command in policy.commands { lines.append(TextLine("ssl_conf_command \(command.name) \(command.value)")) }
        if policy.refusesHandshakes { lines.append(TextLine("ssl_reject_handshake on")) }
        if case .refuse(_, whenPoliciesDiffer: true)? = listens.first?.table.tlsMismatch, hasOtherPolicies(policy) {
            note("nginx answers requests for a host with another certificate than the handshake was with; httpd 421")
        }
        if policy.wantsName { lose("nginx serves clients that name no host in the handshake", policy) }
        return lines
    }

    private func hasOtherPolicies(_ policy: TLSPolicy) -> Bool {
        configuration.sites.contains { $0.tls.map { $0.certificates != policy.certificates } ?? false }
    }

    private func sessions(_ sessions: SessionPolicy) -> [TextLine] {
        var lines: [TextLine] = []
        if let count = sessions.remembered, count > 0 {
            lines.append(TextLine("ssl_session_cache shared:tls:\(max(1, count * 262 >> 20))m"))
        }
        if sessions.seconds != 300 { lines.append(TextLine("ssl_session_timeout \(sessions.seconds)s")) }
        if !sessions.usesTickets { lines.append(TextLine("ssl_session_tickets off")) }
        for key in sessions.ticketKeys { lines.append(TextLine("ssl_session_ticket_key \(key)")) }
        return lines
    }

    private mutating func clients(_ policy: TLSPolicy) -> [TextLine] {
        let clients = policy.clients
        guard clients.wish != .none else { return [] }
        let word =
            switch clients.wish {
            case .none: "off"
            case .optional: "optional"
            case .required: "on"
            case .optionalFromAnyone: "optional_no_ca"
            }
        var lines = [TextLine("ssl_verify_client \(word)")]
        if clients.depth != 1 { lines.append(TextLine("ssl_verify_depth \(clients.depth)")) }
        let announced = clients.announced ?? clients.authorities
        if let first = announced.first { lines.append(TextLine("ssl_client_certificate \(first)")) }
        if let other = clients.authorities.first(where: { !announced.contains($0) }) {
            lines.append(TextLine("ssl_trusted_certificate \(other)"))
        }
        for list in clients.revoked { lines.append(TextLine("ssl_crl \(list)")) }
        if !clients.folders.isEmpty { lose("nginx reads authorities from one file, not from a folder", policy) }
        if clients.failure == .handshake {
            note("nginx answers clients without a good certificate 400; httpd ends the handshake")
        }
        return lines
    }

    private mutating func lose(_ words: String, _ policy: TLSPolicy) {
        remainder.lose(Loss(.dropped(words), at: policy.origin))
    }
}
