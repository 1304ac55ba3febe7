import Language

/// Certificates that renew themselves: known by name, place and arguments, not run.
enum KnownMD {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_md", md + md2)
    ]

    private static let md: [Entry<ApacheLowering>] = [
        .known("MDomain", in: .server, .any, summary: "Names domains that get certificates by themselves."),
        .known("<MDomain", in: .server, .any, block: true, summary: "Sets how certificates of a domain are got."),
        .known("<MDomainSet", in: .server, .any, block: true, summary: "Sets how certificates of a domain are got."),
        .known("MDMember", in: .server, .any, summary: "Adds a name to a certificate."),
        .known("MDMembers", in: .server, .any, summary: "Says whether names are added by themselves."),
        .known("MDCertificateAuthority", in: .server, .any, summary: "Names the authority that is asked."),
        .known("MDCertificateAgreement", in: .server, .one, summary: "Accepts the authority's terms."),
        .known(
            "MDCertificateProtocol", in: .server, .one,
            summary: "Names the protocol that is spoken with the authority."),
        .known("MDCertificateFile", in: .server, .one, summary: "Names a certificate that is there already."),
        .known("MDCertificateKeyFile", in: .server, .one, summary: "Names the key of that certificate."),
        .known("MDCAChallenges", in: .server, .any, summary: "Lists the proofs that are offered."),
        .known("MDContactEmail", in: .server, .one, summary: "Names whom the authority may write to."),
        .known("MDDriveMode", in: .server, .one, summary: "The old name of MDRenewMode."),
        .known("MDRenewMode", in: .server, .one, summary: "Says when certificates are renewed."),
        .known("MDRenewWindow", in: .server, .one, summary: "Says how long before its end a certificate is renewed."),
        .known("MDRenewViaARI", in: .server, .one, summary: "Asks the authority when to renew."),
        .known("MDMustStaple", in: .server, .one, summary: "Asks for certificates that need stapling."),
        .known("MDPortMap", in: .server, .oneOrTwo, summary: "Says which ports the outside sees."),
        .known("MDPrivateKeys", in: .server, .any, summary: "Says what kind of keys is made."),
        .known("MDHttpProxy", in: .server, .one, summary: "Names a proxy towards the authority."),
        .known("MDHttpProxyCACertificateFile", in: .server, .one, summary: "Names the authorities for that proxy."),
        .known("MDStoreDir", in: .server, .one, summary: "Names the folder of keys and certificates."),
        .known("MDRequireHttps", in: .anywhere, .one, summary: "Redirects clients to TLS."),
        .known("MDNotifyCmd", in: .server, .any, summary: "Names a program that is told of new certificates."),
        .known("MDMessageCmd", in: .server, .any, summary: "Names a program that is told of events."),
        .known("MDBaseServer", in: .server, .one, summary: "Includes the main server."),
        .known("MDChallengeDns01", in: .server, .any, summary: "Names a program that proves domains by DNS."),
        .known("MDChallengeDns01Version", in: .server, .one, summary: "Sets how that program is called."),
        .known("MDServerStatus", in: .server, .one, summary: "Shows certificates in the status report."),
        .known("MDCertificateStatus", in: .server, .one, summary: "Serves a report on a certificate."),
        .known("MDWarnWindow", in: .server, .one, summary: "Says when to warn of an end."),
        .known("MDStapling", in: .server, .one, summary: "Staples answers about revocation."),
        .known("MDStapleOthers", in: .server, .one, summary: "Staples for other certificates too."),
        .known("MDStaplingKeepResponse", in: .server, .one, summary: "Says how long stapled answers are kept."),
        .known("MDStaplingRenewWindow", in: .server, .one, summary: "Says when stapled answers are renewed."),
    ]

    private static let md2: [Entry<ApacheLowering>] = [
        .known("MDCertificateCheck", in: .server, .two, summary: "Names a page that checks certificates."),
        .known("MDActivationDelay", in: .server, .one, summary: "Waits before a new certificate is used."),
        .known(
            "MDCACertificateFile", in: .server, .one,
            summary: "Names the authorities for the authority's server."),
        .known("MDExternalAccountBinding", in: .server, .oneOrTwo, summary: "Names an account at the authority."),
        .known("MDRetryDelay", in: .server, .one, summary: "Waits before another try."),
        .known("MDRetryFailover", in: .server, .one, summary: "Turns to another authority after so many tries."),
        .known("MDStoreLocks", in: .server, .one, summary: "Locks the folder of certificates."),
        .known("MDMatchNames", in: .server, .one, summary: "Says how names and virtual hosts are matched."),
        .known("MDInitialDelay", in: .server, .one, summary: "Waits before the first check."),
        .known("MDCheckInterval", in: .server, .one, summary: "Says how often certificates are checked."),
        .known("MDProfile", in: .server, .one, summary: "Names the kind of certificate."),
        .known("MDProfileMandatory", in: .server, .one, summary: "Insists on that kind."),
    ]
}
