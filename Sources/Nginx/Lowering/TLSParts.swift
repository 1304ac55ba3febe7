import IR
import Language
import Source

/// What a block says about TLS with clients; `http` and `server` say it, and a server has what it does not say itself
/// from around it.
struct TLSParts: Sendable {
    var isOn: Stated<Bool>?
    var certificates: [Stated<String>]?
    /// A certificate that only a request would tell is named here.
    var computed: ID<Origin>?
    var keys: [Stated<String>]?
    var passwordFile: Stated<String>?
    var versions: Stated<Set<TLSVersionName>>?
    var ciphers: Stated<String>?
    var prefersOwnCiphers: Stated<Bool>?
    var groups: Stated<String?>?
    var parameters: Stated<String>?
    /// How many sessions are remembered.
    var remembered: Stated<Int?>?
    var sessionTime: Stated<Double>?
    var usesTickets: Stated<Bool>?
    var ticketKeys: [Stated<String>]?
    var verify: Stated<ClientCertificates.Wish>?
    var depth: Stated<Int>?
    var authorities: Stated<String>?
    var trusted: Stated<String>?
    var revoked: Stated<String>?
    var staples: Stated<Bool>?
    var stapleFile: Stated<String>?
    var commands: [Stated<LibraryCommand>]?
    var refuses: Stated<Bool>?

    /// These parts laid over those of the block around.
    func over(_ outer: TLSParts) -> TLSParts {
        var result = self
        result.isOn = isOn ?? outer.isOn
        result.certificates = certificates ?? outer.certificates
        result.computed = computed ?? outer.computed
        result.keys = keys ?? outer.keys
        result.passwordFile = passwordFile ?? outer.passwordFile
        result.versions = versions ?? outer.versions
        result.ciphers = ciphers ?? outer.ciphers
        result.prefersOwnCiphers = prefersOwnCiphers ?? outer.prefersOwnCiphers
        result.groups = groups ?? outer.groups
        result.parameters = parameters ?? outer.parameters
        result.remembered = remembered ?? outer.remembered
        result.sessionTime = sessionTime ?? outer.sessionTime
        result.usesTickets = usesTickets ?? outer.usesTickets
        result.ticketKeys = ticketKeys ?? outer.ticketKeys
        result.verify = verify ?? outer.verify
        result.depth = depth ?? outer.depth
        result.authorities = authorities ?? outer.authorities
        result.trusted = trusted ?? outer.trusted
        result.revoked = revoked ?? outer.revoked
        result.staples = staples ?? outer.staples
        result.stapleFile = stapleFile ?? outer.stapleFile
        result.commands = commands ?? outer.commands
        result.refuses = refuses ?? outer.refuses
        return result
    }

    /// All files of a policy, with the statement that names each.
    var firstOrigin: ID<Origin>? { certificates?.first?.origin ?? computed ?? refuses?.origin ?? isOn?.origin }
}

extension NginxLowering {
    /// How a server speaks TLS; nil where it has neither a certificate nor the order to refuse.
    ///
    /// Source: `ngx_http_ssl_merge_srv_conf` in src/http/modules/ngx_http_ssl_module.c.
    mutating func tlsPolicy(_ parts: TLSParts) -> TLSPolicy? {
        let refuses = parts.refuses?.value ?? false
        guard let origin = parts.firstOrigin, refuses || parts.certificates != nil || parts.computed != nil else {
            return nil
        }
        let passwords = parts.passwordFile.map { KeyPasswords.file($0.value) } ?? .none
        var certificates: [CertificateFiles] = []
        for (index, certificate) in (parts.certificates ?? []).enumerated() {
            guard let keys = parts.keys, index < keys.count else {
                reportMissingKey(certificate)
                continue
            }
            certificates.append(
                CertificateFiles(
                    certificate: certificate.value, key: keys[index].value, passwords: passwords,
                    origin: certificate.origin))
        }
        let staple = parts.staples?.value == true ? parts.stapleFile?.value : nil
        return TLSPolicy(
            certificates: certificates, versions: parts.versions?.value ?? profile.tlsVersions,
            ciphers: parts.ciphers?.value ?? "HIGH:!aNULL:!MD5",
            prefersOwnCiphers: parts.prefersOwnCiphers?.value ?? false, groups: parts.groups?.value ?? nil,
            parameters: parts.parameters.map { .file($0.value) } ?? .none,
            sessions: SessionPolicy(
                remembered: parts.remembered.map(\.value) ?? 0, seconds: Int(parts.sessionTime?.value ?? 300),
                usesTickets: parts.usesTickets?.value ?? true, ticketKeys: (parts.ticketKeys ?? []).map(\.value)),
            clients: clientCertificates(parts), staple: staple, commands: (parts.commands ?? []).map(\.value),
            refusesHandshakes: refuses, origin: origin)
    }

    private func clientCertificates(_ parts: TLSParts) -> ClientCertificates {
        let announced = parts.authorities.map { [$0.value] } ?? []
        return ClientCertificates(
            wish: parts.verify?.value ?? .none, failure: .answer(unverified: 495, missing: 496),
            authorities: announced + (parts.trusted.map { [$0.value] } ?? []), announced: announced,
            revoked: parts.revoked.map { [$0.value] } ?? [], depth: parts.depth?.value ?? 1)
    }

    private mutating func reportMissingKey(_ certificate: Stated<String>) {
        report(
            "certificate-without-key", .error, "the certificate `\(certificate.value)` has no key",
            at: place(of: certificate.origin), why: "nginx refuses to start: no \"ssl_certificate_key\" is defined",
            help: "add `ssl_certificate_key PATH;`")
    }

    /// Where a statement was written; nil for what nobody wrote.
    private func place(of origin: ID<Origin>) -> SourceRange? {
        guard case .written(let file, let bytes) = configuration.origins[origin.at] else { return nil }
        return SourceRange(file: FileID(index: file), start: bytes.lowerBound, end: bytes.upperBound)
    }

    /// Says so where a socket with TLS has a server that nobody gave a certificate.
    ///
    /// Source: `ngx_http_ssl_init`.
    mutating func checkCertificates(_ table: NameTable, _ sites: [ID<Site>]) {
        guard let tls = table.tls, configuration.sites[table.fallback.at].tls == nil else { return }
        if sites.count > 1, !sites.contains(where: { $0 != table.fallback && configuration.sites[$0.at].tls == nil }) {
            return
        }
        report(
            "listen-without-certificate", .error, "TLS is to be spoken here, and there is no certificate for it",
            at: place(of: tls.origin),
            why: "nginx refuses to start: no \"ssl_certificate\" is defined for the \"listen … ssl\" directive",
            help: "add `ssl_certificate PATH;` and `ssl_certificate_key PATH;` to the server")
    }
}
