import Language

/// TLS: known by name, place and arguments, not run.
enum KnownSSL {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_ssl", ssl + ssl2)
    ]

    private static let ssl: [Entry<ApacheLowering>] = [
        .known("SSLEngine", in: .server, .one, summary: "Switches TLS on for a virtual host."),
        .known("SSLCertificateFile", in: .server, .one, summary: "Names the server's certificate."),
        .known("SSLCertificateKeyFile", in: .server, .one, summary: "Names the key of the server's certificate."),
        .known(
            "SSLCertificateChainFile", in: .server, .one,
            summary: "Names the certificates between the server's and the authority's."),
        .ignored("SSLPassPhraseDialog", in: .main, .one, summary: "Says how the password of a key is asked for."),
        .ignored("SSLSessionCache", in: .main, .one, summary: "Names the store of TLS sessions."),
        .ignored("SSLSessionCacheTimeout", in: .server, .one, summary: "Says how long TLS sessions may be resumed."),
        .ignored(
            "SSLSessionTickets", in: .server, .flag,
            summary: "Says whether sessions may be resumed by tickets."),
        .ignored("SSLSessionTicketKeyFile", in: .server, .one, summary: "Names the key of session tickets."),
        .ignored("SSLCryptoDevice", in: .main, .one, summary: "Names a device for cryptography."),
        .ignored("SSLRandomSeed", in: .main, .twoOrThree, summary: "Names sources of randomness."),
        .ignored("SSLFIPS", in: .main, .flag, summary: "Restricts cryptography to what FIPS 140 allows."),
        .known(
            "SSLVHostSNIPolicy", in: .main, .one,
            summary: "Says which virtual hosts may answer for another's TLS name."),
        .known(
            "SSLStrictSNIVHostCheck", in: .server, .flag, guards: true,
            summary: "Refuses clients that name no server in TLS."),
        .known("SSLProtocol", in: .server, .any, summary: "Lists the versions of TLS that are spoken."),
        .known("SSLCipherSuite", in: .anywhere, .oneOrTwo, summary: "Lists the ciphers that are spoken."),
        .ignored("SSLHonorCipherOrder", in: .server, .flag, summary: "Says whose order of ciphers counts."),
        .ignored("SSLCompression", in: .server, .flag, summary: "Compresses inside TLS, which is unsafe."),
        .ignored(
            "SSLInsecureRenegotiation", in: .server, .flag,
            summary: "Permits an unsafe old form of renegotiation."),
        .known("SSLOpenSSLConfCmd", in: .server, .two, summary: "Hands a command to OpenSSL."),
        .known("SSLUserName", in: .anywhere, .one, summary: "Takes the user's name from a certificate."),
        .known("SSLVerifyClient", in: .anywhere, .one, guards: true, summary: "Asks clients for a certificate."),
        .ignored("SSLVerifyDepth", in: .anywhere, .one, summary: "Limits the length of clients' certificate chains."),
        .ignored(
            "SSLCACertificatePath", in: .anywhere, .one,
            summary: "Names the folder of authorities for clients' certificates."),
        .ignored(
            "SSLCACertificateFile", in: .anywhere, .one,
            summary: "Names the authorities for clients' certificates."),
        .ignored(
            "SSLCADNRequestPath", in: .server, .one,
            summary: "Names the folder of authorities that clients are told of."),
        .ignored("SSLCADNRequestFile", in: .server, .one, summary: "Names the authorities that clients are told of."),
        .ignored(
            "SSLCARevocationPath", in: .server, .one,
            summary: "Names the folder of revoked clients' certificates."),
        .ignored(
            "SSLCARevocationFile", in: .server, .one,
            summary: "Names the list of revoked clients' certificates."),
        .known(
            "SSLCARevocationCheck", in: .server, .any, guards: true,
            summary: "Checks whether clients' certificates were revoked."),
        .known("SSLSRPVerifierFile", in: .server, .one, guards: true, summary: "Names the passwords of TLS-SRP."),
        .ignored("SSLSRPUnknownUserSeed", in: .server, .one, summary: "Hides which users TLS-SRP knows."),
        .ignored("SSLOptions", in: .anywhere, .any, summary: "Sets what TLS tells programs and how it guards."),
        .known("SSLRequireSSL", in: .inside, .any, guards: true, summary: "Refuses requests without TLS."),
        .known(
            "SSLRequire", in: .inside, .any, guards: true,
            summary: "Refuses requests for which an expression fails."),
        .ignored(
            "SSLRenegBufferSize", in: .inside, .one,
            summary: "Limits how much of a body is held back for renegotiation."),
    ]

    private static let ssl2: [Entry<ApacheLowering>] = [
        .known(
            "SSLOCSPEnable", in: .server, .any, guards: true,
            summary: "Asks whether clients' certificates were revoked."),
        .ignored(
            "SSLOCSPDefaultResponder", in: .server, .one,
            summary: "Names the server that is asked about revocation."),
        .ignored("SSLOCSPOverrideResponder", in: .server, .flag, summary: "Asks the named server in any case."),
        .ignored("SSLOCSPResponseTimeSkew", in: .server, .one, summary: "Permits clocks to differ."),
        .ignored("SSLOCSPResponseMaxAge", in: .server, .one, summary: "Limits the age of answers about revocation."),
        .ignored(
            "SSLOCSPResponderTimeout", in: .server, .one,
            summary: "Limits the wait for answers about revocation."),
        .ignored(
            "SSLOCSPUseRequestNonce", in: .server, .flag,
            summary: "Protects questions about revocation against replay."),
        .ignored("SSLOCSPProxyURL", in: .server, .one, summary: "Names a proxy for questions about revocation."),
        .ignored(
            "SSLOCSPNoVerify", in: .server, .flag,
            summary: "Does not check the answering server's certificate."),
        .ignored(
            "SSLOCSPResponderCertificateFile", in: .server, .one,
            summary: "Names certificates of trusted answering servers."),
        .ignored("SSLUseStapling", in: .server, .flag, summary: "Sends an answer about revocation along."),
        .ignored("SSLStaplingCache", in: .main, .one, summary: "Names the store of stapled answers."),
        .ignored("SSLStaplingResponseTimeSkew", in: .server, .one, summary: "Permits clocks to differ in stapling."),
        .ignored("SSLStaplingResponderTimeout", in: .server, .one, summary: "Limits the wait for answers to staple."),
        .ignored("SSLStaplingResponseMaxAge", in: .server, .one, summary: "Limits the age of stapled answers."),
        .ignored(
            "SSLStaplingStandardCacheTimeout", in: .server, .one,
            summary: "Says how long good answers are kept."),
        .ignored("SSLStaplingReturnResponderErrors", in: .server, .flag, summary: "Staples errors too."),
        .ignored("SSLStaplingFakeTryLater", in: .server, .flag, summary: "Staples a request to try later."),
        .ignored("SSLStaplingErrorCacheTimeout", in: .server, .one, summary: "Says how long bad answers are kept."),
        .ignored("SSLStaplingForceURL", in: .server, .one, summary: "Names the server that is asked for stapling."),
        .known("SSLProxyEngine", in: .server, .flag, summary: "Permits TLS towards upstreams."),
        .known("SSLProxyProtocol", in: .server, .any, summary: "Lists the versions of TLS towards upstreams."),
        .known("SSLProxyCipherSuite", in: .server, .oneOrTwo, summary: "Lists the ciphers towards upstreams."),
        .known("SSLProxyVerify", in: .server, .one, summary: "Says whether upstreams' certificates are checked."),
        .ignored(
            "SSLProxyVerifyDepth", in: .server, .one,
            summary: "Limits the length of upstreams' certificate chains."),
        .known("SSLProxyCACertificateFile", in: .server, .one, summary: "Names the authorities for upstreams."),
        .known(
            "SSLProxyCACertificatePath", in: .server, .one,
            summary: "Names the folder of authorities for upstreams."),
        .ignored(
            "SSLProxyCARevocationPath", in: .server, .one,
            summary: "Names the folder of revoked upstreams' certificates."),
        .ignored(
            "SSLProxyCARevocationFile", in: .server, .one,
            summary: "Names the list of revoked upstreams' certificates."),
        .ignored(
            "SSLProxyCARevocationCheck", in: .server, .any,
            summary: "Checks whether upstreams' certificates were revoked."),
        .known(
            "SSLProxyMachineCertificateFile", in: .server, .one,
            summary: "Names our certificates towards upstreams."),
        .known(
            "SSLProxyMachineCertificatePath", in: .server, .one,
            summary: "Names the folder of our certificates towards upstreams."),
        .known(
            "SSLProxyMachineCertificateChainFile", in: .server, .one,
            summary: "Names the chain of our certificates towards upstreams."),
        .known(
            "SSLProxyCheckPeerExpire", in: .server, .flag,
            summary: "Refuses upstreams whose certificate is out of date."),
        .known("SSLProxyCheckPeerCN", in: .server, .flag, summary: "Compares upstreams' names the old way."),
        .known(
            "SSLProxyCheckPeerName", in: .server, .flag,
            summary: "Compares upstreams' names with their certificates."),
        .ignored("SSLLog", in: .anywhere, .any, summary: "Was replaced by ErrorLog."),
        .ignored("SSLLogLevel", in: .anywhere, .any, summary: "Was replaced by LogLevel."),
    ]
}
