internal import COpenSSL
internal import CTLS

/// Writes settings into a context that is being made; the pointer is the caller's, who keeps it alive meanwhile.
@safe struct ContextBuilder: ~Copyable {
    private let raw: OpaquePointer
    /// The certificates that were taken, with a key each.
    private(set) var certificates: [CertificateFacts] = []

    @unsafe init(raw: OpaquePointer) {
        unsafe self.raw = unsafe raw
    }

    /// Versions, ciphers and the exchange of keys.
    func choose(_ settings: TLSSettings) throws(TLSProblem) {
        if unsafe sl_tls_versions(raw, settings.least?.rawValue ?? 0, settings.most?.rawValue ?? 0) != 1 {
            throw .library("the TLS versions cannot be used")
        }
        for version in settings.excluded {
            // SSL_OP_NO_TLSv1, SSL_OP_NO_TLSv1_2, SSL_OP_NO_TLSv1_1 and SSL_OP_NO_TLSv1_3.
            let bit: UInt64 =
                switch version {
                case .v10: 1 << 26
                case .v11: 1 << 28
                case .v12: 1 << 27
                case .v13: 1 << 29
                }
            unsafe SSL_CTX_set_options(raw, bit)
        }
        if let ciphers = settings.ciphers, unsafe SSL_CTX_set_cipher_list(raw, ciphers) != 1 {
            throw .library("the ciphers \"\(ciphers)\" cannot be used")
        }
        if let suites = settings.suites, unsafe SSL_CTX_set_ciphersuites(raw, suites) != 1 {
            throw .library("the cipher suites \"\(suites)\" cannot be used")
        }
        if let groups = settings.groups, unsafe sl_tls_groups(raw, groups) != 1 {
            throw .library("the curves \"\(groups)\" cannot be used")
        }
        if settings.prefersOwnCiphers {
            // SSL_OP_CIPHER_SERVER_PREFERENCE and SSL_OP_PRIORITIZE_CHACHA.
            unsafe SSL_CTX_set_options(raw, 1 << 22 | 1 << 21)
        }
        if let parameters = settings.parameters {
            let bio = unsafe MemoryBIO(parameters)
            guard let key = unsafe PEM_read_bio_Parameters(bio.raw, nil),
                unsafe SSL_CTX_set0_tmp_dh_pkey(raw, key) == 1
            else { throw .library("the parameters for the exchange of keys cannot be used") }
        } else if settings.choosesParameters {
            unsafe sl_tls_own_dh(raw)
        }
    }

    /// Takes certificates with their keys; those that cannot be used are told of.
    mutating func take(_ credentials: [TLSCredential], complaints: inout [String]) {
        for credential in credentials {
            do throws(TLSProblem) {
                certificates.append(try take(credential))
            } catch {
                complaints.append(error.description)
            }
        }
    }

    private func take(_ credential: TLSCredential) throws(TLSProblem) -> CertificateFacts {
        let chain = CertificateList(credential.chain)
        guard let own = unsafe chain.first else {
            throw .library("the certificate \(credential.certificateName) cannot be read")
        }
        guard let key = unsafe key(of: credential) else {
            throw .library("the key \(credential.keyName) cannot be read")
        }
        defer { unsafe EVP_PKEY_free(key) }
        guard unsafe X509_check_private_key(own, key) == 1 else {
            throw .library("the key \(credential.keyName) does not belong to \(credential.certificateName)")
        }
        guard unsafe SSL_CTX_use_certificate(raw, own) == 1, unsafe SSL_CTX_use_PrivateKey(raw, key) == 1 else {
            throw .library("the certificate \(credential.certificateName) cannot be used")
        }
        for index in unsafe chain.raw.indices.dropFirst() where unsafe sl_tls_chain(raw, chain.raw[index]) != 1 {
            throw .library("the chain in \(credential.certificateName) cannot be used")
        }
        return unsafe CertificateFacts(own)
    }

    private func key(of credential: TLSCredential) -> OpaquePointer? {
        if let key = unsafe sl_tls_key(credential.key, credential.key.count, nil) { return unsafe key }
        for password in credential.passwords {
            ERR_clear_error()
            if let key = unsafe sl_tls_key(credential.key, credential.key.count, password) { return unsafe key }
        }
        return nil
    }

    /// Whom the peer's certificate may come from.
    func trust(_ peer: TLSPeerCheck) throws(TLSProblem) {
        unsafe sl_tls_verify(raw, peer.wish.rawValue, peer.lenience.rawValue)
        unsafe SSL_CTX_set_verify_depth(raw, Int32(clamping: peer.depth))
        guard let store = unsafe SSL_CTX_get_cert_store(raw) else { return }
        for bytes in peer.authorities {
            let list = CertificateList(bytes)
            if unsafe list.raw.isEmpty { throw .library("the authorities' certificates cannot be read") }
            for index in 0..<list.count { _ = unsafe X509_STORE_add_cert(store, list.raw[index]) }
        }
        for bytes in peer.announced {
            let list = CertificateList(bytes)
            for index in 0..<list.count { _ = unsafe SSL_CTX_add_client_CA(raw, list.raw[index]) }
        }
        for bytes in peer.revoked {
            let bio = unsafe MemoryBIO(bytes)
            var count = 0
            while let list = unsafe PEM_read_bio_X509_CRL(bio.raw, nil, nil, nil) {
                _ = unsafe X509_STORE_add_crl(store, list)
                unsafe X509_CRL_free(list)
                count += 1
            }
            if count == 0 { throw .library("the list of withdrawn certificates cannot be read") }
        }
        if !peer.revoked.isEmpty {
            // X509_V_FLAG_CRL_CHECK and X509_V_FLAG_CRL_CHECK_ALL.
            _ = unsafe X509_STORE_set_flags(store, peer.checksLeafOnly ? 4 : 4 | 8)
        }
        ERR_clear_error()
    }

    /// Which sessions are taken up again.
    func keep(_ sessions: TLSSessions, identity: [UInt8], isServer: Bool) throws(TLSProblem) {
        guard isServer else {
            unsafe sl_tls_sessions(raw, 0, 0)
            return
        }
        unsafe sl_tls_sessions(raw, sessions.remembered ?? 0, sessions.remembered == 0 ? 0 : 1)
        _ = unsafe SSL_CTX_set_timeout(raw, sessions.seconds)
        if !sessions.usesTickets {
            // SSL_OP_NO_TICKET. TLS 1.3 then names sessions that are remembered here, so without any it names none.
            unsafe SSL_CTX_set_options(raw, 1 << 14)
            if sessions.remembered == 0 { _ = unsafe SSL_CTX_set_num_tickets(raw, 0) }
        } else if !sessions.ticketKeys.isEmpty,
            unsafe sl_tls_ticket_keys(raw, sessions.ticketKeys, sessions.ticketKeys.count) != 1
        {
            throw .library("the keys of session tickets cannot be used")
        }
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe SHA256(identity, identity.count, &digest)
        _ = unsafe SSL_CTX_set_session_id_context(raw, digest, 32)
    }

    /// Commands of OpenSSL's configuration language.
    func obey(_ commands: [TLSCommand], isServer: Bool) throws(TLSProblem) {
        guard !commands.isEmpty, let language = unsafe SSL_CONF_CTX_new() else { return }
        defer { unsafe SSL_CONF_CTX_free(language) }
        // SSL_CONF_FLAG_FILE with SSL_CONF_FLAG_SERVER or SSL_CONF_FLAG_CLIENT: commands that open files are refused.
        _ = unsafe SSL_CONF_CTX_set_flags(language, 0x2 | (isServer ? 0x8 : 0x4))
        unsafe SSL_CONF_CTX_set_ssl_ctx(language, raw)
        for command in commands where unsafe SSL_CONF_cmd(language, command.name, command.value) <= 0 {
            throw .library("OpenSSL does not take \(command.name) \"\(command.value)\"")
        }
        _ = unsafe SSL_CONF_CTX_finish(language)
    }
}

/// Bytes that OpenSSL reads as a file; it copies nothing, so they live as long as this does.
@unsafe struct MemoryBIO: ~Copyable {
    let raw: OpaquePointer?
    private let bytes: UnsafeMutableBufferPointer<UInt8>

    init(_ text: [UInt8]) {
        unsafe bytes = .allocate(capacity: max(text.count, 1))
        _ = unsafe bytes.initialize(from: text)
        unsafe raw = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: text.count))
    }

    deinit {
        unsafe BIO_free(raw)
        unsafe bytes.deallocate()
    }
}

/// The certificates of a text in PEM, in its order.
@safe final class CertificateList {
    // Each is owned and freed here.
    let raw: [OpaquePointer]

    init(_ text: [UInt8]) {
        let bio = unsafe MemoryBIO(text)
        var found: [OpaquePointer] = unsafe []
        while let certificate = unsafe PEM_read_bio_X509_AUX(bio.raw, nil, nil, nil) {
            unsafe found.append(certificate)
        }
        unsafe raw = unsafe found
        // The end of the text is an error to OpenSSL; one that stands before any certificate is kept for the message.
        if unsafe !found.isEmpty { ERR_clear_error() }
    }

    deinit {
        for index in 0..<count { unsafe X509_free(raw[index]) }
    }

    /// How many there are.
    var count: Int { unsafe raw.count }
    /// The certificate that stands first.
    var first: OpaquePointer? { unsafe raw.first }
}
