import IR

/// `proxy_ssl_…`.
struct UpstreamTLSParts: Sendable {
    var sendsName: Stated<Bool>?
    var name: Stated<Template>?
    var verifies: Stated<Bool>?
    var depth: Stated<Int>?
    var trusted: Stated<String>?
    var revoked: Stated<String>?
    var certificate: Stated<String>?
    var key: Stated<String>?
    var passwordFile: Stated<String>?
    var versions: Stated<Set<TLSVersionName>>?
    var ciphers: Stated<String>?
    var reusesSessions: Stated<Bool>?
    var commands: [Stated<LibraryCommand>]?

    /// These parts laid over those of the block around.
    func over(_ outer: UpstreamTLSParts) -> UpstreamTLSParts {
        var result = self
        result.sendsName = sendsName ?? outer.sendsName
        result.name = name ?? outer.name
        result.verifies = verifies ?? outer.verifies
        result.depth = depth ?? outer.depth
        result.trusted = trusted ?? outer.trusted
        result.revoked = revoked ?? outer.revoked
        result.certificate = certificate ?? outer.certificate
        result.key = key ?? outer.key
        result.passwordFile = passwordFile ?? outer.passwordFile
        result.versions = versions ?? outer.versions
        result.ciphers = ciphers ?? outer.ciphers
        result.reusesSessions = reusesSessions ?? outer.reusesSessions
        result.commands = commands ?? outer.commands
        return result
    }

    /// The first statement; nil: nothing was said.
    var origin: ID<Origin>? {
        sendsName?.origin ?? name?.origin ?? verifies?.origin ?? depth?.origin ?? trusted?.origin ?? revoked?.origin
            ?? secondOrigin
    }

    private var secondOrigin: ID<Origin>? {
        certificate?.origin ?? key?.origin ?? passwordFile?.origin ?? versions?.origin ?? ciphers?.origin
            ?? reusesSessions?.origin ?? commands?.first?.origin
    }

    /// What is spoken, with nginx's defaults where nothing is said.
    func policy(_ profile: Profile) -> UpstreamTLS {
        var certificates: [CertificateFiles] = []
        if let certificate, let key {
            certificates = [
                CertificateFiles(
                    certificate: certificate.value, key: key.value,
                    passwords: passwordFile.map { .file($0.value) } ?? .none, origin: certificate.origin)
            ]
        }
        return UpstreamTLS(
            sendsName: sendsName?.value ?? false, name: name?.value ?? Template(Value.upstreamAuthority),
            verifies: verifies?.value ?? false, checksName: verifies?.value ?? false,
            authorities: trusted.map { [$0.value] } ?? [], revoked: revoked.map { [$0.value] } ?? [],
            depth: depth?.value ?? 1, certificates: certificates, versions: versions?.value ?? profile.tlsVersions,
            ciphers: ciphers?.value ?? "DEFAULT", reusesSessions: reusesSessions?.value ?? true,
            commands: (commands ?? []).map(\.value))
    }
}
