import Language

/// TLS: known by name, place and arguments, not run.
enum KnownSSL {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_ssl", ssl + ssl2)
    ]

    private static let ssl: [Entry<ApacheLowering>] = [
        .ignored("SSLCryptoDevice", in: .main, .one, summary: "Names a device for cryptography."),
        .ignored("SSLRandomSeed", in: .main, .twoOrThree, summary: "Names sources of randomness."),
        .ignored("SSLFIPS", in: .main, .flag, summary: "Restricts cryptography to what FIPS 140 allows."),
        .ignored("SSLCompression", in: .server, .flag, summary: "Compresses inside TLS, which is unsafe."),
        .ignored(
            "SSLInsecureRenegotiation", in: .server, .flag,
            summary: "Permits an unsafe old form of renegotiation."),
        .known("SSLUserName", in: .anywhere, .one, summary: "Takes the user's name from a certificate."),
        .known("SSLSRPVerifierFile", in: .server, .one, guards: true, summary: "Names the passwords of TLS-SRP."),
        .ignored("SSLSRPUnknownUserSeed", in: .server, .one, summary: "Hides which users TLS-SRP knows."),
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
        .ignored("SSLLog", in: .anywhere, .any, summary: "Was replaced by ErrorLog."),
        .ignored("SSLLogLevel", in: .anywhere, .any, summary: "Was replaced by LogLevel."),
    ]
}
