import IR
import Language
import Source

/// What a server says about TLS with clients; a virtual host has what it does not say itself from the main server.
struct TLSDraft: Sendable {
    /// SSLEngine.
    var isOn: Stated<Bool>?
    var certificates: [Stated<String>] = []
    var keys: [Stated<String>] = []
    var chain: Stated<String>?
    var versions: Stated<Set<TLSVersionName>>?
    var ciphers: Stated<String>?
    var suites: Stated<String>?
    var prefersOwnCiphers: Stated<Bool>?
    var sessionTime: Stated<Int>?
    var usesTickets: Stated<Bool>?
    var ticketKey: Stated<String>?
    var verify: Stated<ClientCertificates.Wish>?
    var depth: Stated<Int>?
    var authorityFile: Stated<String>?
    var authorityFolder: Stated<String>?
    var announcedFile: Stated<String>?
    var revokedFile: Stated<String>?
    var revokedFolder: Stated<String>?
    var revocation: Stated<RevocationCheck>?
    var commands: [Stated<LibraryCommand>] = []
    var wantsName: Stated<Bool>?

    /// These words laid over the main server's (`ssl_config_server_merge`).
    func over(_ main: TLSDraft) -> TLSDraft {
        var result = self
        result.isOn = isOn ?? main.isOn
        if certificates.isEmpty { result.certificates = main.certificates }
        if keys.isEmpty { result.keys = main.keys }
        result.chain = chain ?? main.chain
        result.versions = versions ?? main.versions
        result.ciphers = ciphers ?? main.ciphers
        result.suites = suites ?? main.suites
        result.prefersOwnCiphers = prefersOwnCiphers ?? main.prefersOwnCiphers
        result.sessionTime = sessionTime ?? main.sessionTime
        result.usesTickets = usesTickets ?? main.usesTickets
        result.ticketKey = ticketKey ?? main.ticketKey
        result.verify = verify ?? main.verify
        result.depth = depth ?? main.depth
        result.authorityFile = authorityFile ?? main.authorityFile
        result.authorityFolder = authorityFolder ?? main.authorityFolder
        result.announcedFile = announcedFile ?? main.announcedFile
        result.revokedFile = revokedFile ?? main.revokedFile
        result.revokedFolder = revokedFolder ?? main.revokedFolder
        result.revocation = revocation ?? main.revocation
        result.commands = main.commands + commands
        result.wantsName = wantsName ?? main.wantsName
        return result
    }
}

/// SSLCARevocationCheck: which certificates of a chain are looked up.
enum RevocationCheck: Hashable, Sendable {
    case none, leaf, chain
}

extension ApacheLowering {
    /// How a server speaks TLS; nil where it does not.
    mutating func tlsPolicy(_ index: Int) -> TLSPolicy? {
        let draft = index == 0 ? servers[0].tls : servers[index].tls.over(servers[0].tls)
        guard speaksTLS(index), let origin = draft.isOn?.origin ?? draft.certificates.first?.origin else { return nil }
        var certificates: [CertificateFiles] = []
        // The port is ServerName's, or else that of HTTPS, wherever it listens (`ssl_util_vhostid`).
        let host = "\(servers[index].name?.value ?? ""):\(servers[index].port ?? 443)"
        for (place, certificate) in draft.certificates.enumerated() {
            let key = place < draft.keys.count ? draft.keys[place].value : certificate.value
            certificates.append(
                CertificateFiles(
                    certificate: certificate.value, key: key, chain: draft.chain?.value,
                    passwords: passphrases.map { .program($0, host: host) } ?? .none, origin: certificate.origin))
        }
        let cached = sessionCache.map { $0.value ? nil : 0 } ?? nil
        return TLSPolicy(
            certificates: certificates, versions: draft.versions?.value ?? Set(TLSVersionName.allCases),
            ciphers: (draft.ciphers?.value ?? "DEFAULT") + ":!aNULL:!eNULL:!EXP", suites: draft.suites?.value,
            prefersOwnCiphers: draft.prefersOwnCiphers?.value ?? false, parameters: .chosen,
            sessions: SessionPolicy(
                remembered: cached, seconds: draft.sessionTime?.value ?? 300,
                usesTickets: draft.usesTickets?.value ?? true, ticketKeys: draft.ticketKey.map { [$0.value] } ?? []),
            clients: clientCertificates(draft), commands: draft.commands.map(\.value),
            wantsName: draft.wantsName?.value ?? false, origin: origin)
    }

    private func clientCertificates(_ draft: TLSDraft) -> ClientCertificates {
        let isChecked = (draft.revocation?.value ?? .none) != .none
        let revoked = [draft.revokedFile, draft.revokedFolder].compactMap { $0?.value }
        return ClientCertificates(
            wish: draft.verify?.value ?? .none, failure: .handshake,
            authorities: draft.authorityFile.map { [$0.value] } ?? [],
            folders: draft.authorityFolder.map { [$0.value] } ?? [],
            announced: draft.announcedFile.map { [$0.value] }, revoked: isChecked ? revoked : [],
            checksLeafOnly: draft.revocation?.value == .leaf, depth: draft.depth?.value ?? 1)
    }

    /// Whether a server speaks TLS: because it says so, or because nobody does and its port is meant for it.
    ///
    /// Source: `ssl_init_Module`; port 443 is meant for TLS unless `Listen` says otherwise (`ap_set_listener`).
    func speaksTLS(_ index: Int) -> Bool {
        let own = index == 0 ? servers[0].tls : servers[index].tls.over(servers[0].tls)
        if let isOn = own.isOn { return isOn.value }
        guard !own.certificates.isEmpty, index > 0 else { return false }
        return listens.contains { listen in
            listen.usesTLS && servers[index].addresses.contains { $0.port == nil || $0.port == listen.port }
        }
    }

    /// That TLS is spoken where this server answers first.
    func entrance(_ index: Int) -> TLSEntrance? {
        guard speaksTLS(index) else { return nil }
        let draft = index == 0 ? servers[0].tls : servers[index].tls.over(servers[0].tls)
        return TLSEntrance(plain: 400, takesAllForHTTP: false, origin: draft.isOn?.origin ?? servers[index].origin)
    }

    /// Says so where a server is to speak TLS and has no certificate.
    mutating func checkCertificates() {
        for index in servers.indices.dropFirst() where speaksTLS(index) {
            let draft = servers[index].tls.over(servers[0].tls)
            guard draft.certificates.isEmpty, let origin = draft.isOn?.origin,
                case .written(let file, let bytes) = configuration.origins[origin.at]
            else { continue }
            fail(
                "tls-without-certificate", "TLS is switched on here, and there is no certificate",
                at: SourceRange(file: FileID(index: file), start: bytes.lowerBound, end: bytes.upperBound),
                why: "the server refuses to start: no SSLCertificateFile is configured",
                help: "add `SSLCertificateFile PATH` and `SSLCertificateKeyFile PATH`")
        }
    }
}
