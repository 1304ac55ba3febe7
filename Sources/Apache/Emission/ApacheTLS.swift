import IR
import Language

/// TLS with clients.
extension ApacheWriter {
    /// `SSL…` of a virtual host.
    mutating func tls(_ policy: TLSPolicy) -> [TextLine] {
        remainder.take(policy.origin)
        var lines = [TextLine("SSLEngine on")]
        for files in policy.certificates {
            remainder.take(files.origin)
            lines.append(TextLine("SSLCertificateFile \(ApacheQuoting.word(files.certificate))"))
            if files.key != files.certificate {
                lines.append(TextLine("SSLCertificateKeyFile \(ApacheQuoting.word(files.key))"))
            }
            if let chain = files.chain {
                lines.append(TextLine("SSLCertificateChainFile \(ApacheQuoting.word(chain))"))
            }
            if files.passwords != .none {
                lose("httpd asks a program for passwords of keys: write `SSLPassPhraseDialog exec:PROGRAM`", policy)
            }
        }
        lines.append(TextLine("SSLProtocol \(versions(policy.versions))"))
        lines.append(TextLine("SSLCipherSuite \(ApacheQuoting.word(policy.ciphers))"))
        if let suites = policy.suites { lines.append(TextLine("SSLCipherSuite TLSv1.3 \(ApacheQuoting.word(suites))")) }
        if policy.prefersOwnCiphers { lines.append(TextLine("SSLHonorCipherOrder on")) }
        if let groups = policy.groups {
            lines.append(TextLine("SSLOpenSSLConfCmd Groups \(ApacheQuoting.word(groups))"))
        }
        if case .file(let path) = policy.parameters {
            lines.append(TextLine("SSLOpenSSLConfCmd DHParameters \(ApacheQuoting.word(path))"))
        }
        if policy.sessions.seconds != 300 {
            lines.append(TextLine("SSLSessionCacheTimeout \(policy.sessions.seconds)"))
        }
        if !policy.sessions.usesTickets { lines.append(TextLine("SSLSessionTickets off")) }
        lines += clients(policy)
        for command in policy.commands {
            lines.append(TextLine("SSLOpenSSLConfCmd \(command.name) \(ApacheQuoting.word(command.value))"))
        }
        if policy.staple != nil { lose("httpd staples what it asks for itself, not what is in a file", policy) }
        if policy.refusesHandshakes { lose("httpd refuses no handshake for a name", policy) }
        return lines
    }

    func versions(_ versions: Set<TLSVersionName>) -> String {
        let left = TLSVersionName.allCases.filter { !versions.contains($0) }
        return (["all"] + left.map { "-\($0.rawValue)" }).joined(separator: " ")
    }

    private mutating func clients(_ policy: TLSPolicy) -> [TextLine] {
        let clients = policy.clients
        guard clients.wish != .none else { return [] }
        let word =
            switch clients.wish {
            case .none: "none"
            case .optional: "optional"
            case .required: "require"
            case .optionalFromAnyone: "optional_no_ca"
            }
        var lines = [TextLine("SSLVerifyClient \(word)"), TextLine("SSLVerifyDepth \(clients.depth)")]
        for file in clients.authorities.prefix(1) {
            lines.append(TextLine("SSLCACertificateFile \(ApacheQuoting.word(file))"))
        }
        for folder in clients.folders.prefix(1) {
            lines.append(TextLine("SSLCACertificatePath \(ApacheQuoting.word(folder))"))
        }
        if let list = clients.revoked.first {
            lines.append(TextLine("SSLCARevocationFile \(ApacheQuoting.word(list))"))
            lines.append(TextLine("SSLCARevocationCheck \(clients.checksLeafOnly ? "leaf" : "chain")"))
        }
        if clients.failure != .handshake {
            note("httpd ends the handshake with clients without a good certificate; nginx answers them 400")
        }
        return lines
    }

    /// Requests for another host than the handshake was with, where hosts with other certificates share an address.
    ///
    /// The other server answers them, unless the host asks for certificates (`ngx_http_set_virtual_server`). An httpd
    /// that does not know the directive yet does so too.
    func misdirection() -> [TextLine] {
        let differs = configuration.listeners.contains { listener in
            guard case .refuse(_, whenPoliciesDiffer: false) = listener.names.tlsMismatch else { return false }
            let sites = Set([listener.names.fallback] + listener.names.names.map(\.site))
            let policies = sites.compactMap { configuration.sites[$0.at].tls }
            return Set(policies.flatMap { $0.certificates.map(\.certificate) }).count > 1
        }
        guard differs else { return [] }
        return [TextLine("IfDirective SSLVHostSNIPolicy", block: [TextLine("SSLVHostSNIPolicy authonly")])]
    }

    private mutating func lose(_ words: String, _ policy: TLSPolicy) {
        remainder.lose(Loss(.dropped(words), at: policy.origin))
    }
}
