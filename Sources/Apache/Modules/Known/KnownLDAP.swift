import Language

/// Directories and databases: known by name, place and arguments, not run.
enum KnownLDAP {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_ldap", ldap),
        Module("mod_dbd", dbd),
    ]

    private static let ldap: [Entry<ApacheLowering>] = [
        .ignored("LDAPSharedCacheSize", in: .main, .one, summary: "Sets the memory of what directories said."),
        .ignored("LDAPSharedCacheFile", in: .main, .one, summary: "Names the file of that memory."),
        .ignored("LDAPCacheEntries", in: .main, .one, summary: "Limits how many answers are kept."),
        .ignored("LDAPCacheTTL", in: .main, .one, summary: "Says how long answers are kept."),
        .ignored("LDAPOpCacheEntries", in: .main, .one, summary: "Limits how many comparisons are kept."),
        .ignored("LDAPOpCacheTTL", in: .main, .one, summary: "Says how long comparisons are kept."),
        .ignored("LDAPTrustedGlobalCert", in: .main, .twoOrThree, summary: "Names authorities for all directories."),
        .ignored("LDAPTrustedClientCert", in: .inside, .twoOrThree, summary: "Names certificates for a directory."),
        .ignored("LDAPTrustedMode", in: .server, .one, summary: "Says how directories are spoken to."),
        .ignored("LDAPVerifyServerCert", in: .main, .flag, summary: "Checks directories' certificates."),
        .ignored("LDAPConnectionTimeout", in: .main, .one, summary: "Limits the wait for a connection."),
        .ignored("LDAPReferrals", in: .inside, .one, summary: "Follows referrals."),
        .ignored("LDAPReferralHopLimit", in: .inside, .one, summary: "Limits how many are followed."),
        .ignored("LDAPLibraryDebug", in: .main, .one, summary: "Makes the library talk."),
        .ignored("LDAPTimeout", in: .main, .one, summary: "Limits the wait for answers."),
        .ignored("LDAPConnectionPoolTTL", in: .server, .one, summary: "Says how long idle connections are kept."),
        .ignored("LDAPRetries", in: .main, .one, summary: "Says how often to try again."),
        .ignored("LDAPRetryDelay", in: .main, .one, summary: "Waits before another try."),
    ]

    private static let dbd: [Entry<ApacheLowering>] = [
        .ignored("DBDriver", in: .server, .one, summary: "Names the kind of database."),
        .ignored("DBDParams", in: .server, .one, summary: "Says how to reach the database."),
        .ignored("DBDPersist", in: .server, .flag, summary: "Keeps connections to the database."),
        .ignored("DBDPrepareSQL", in: .server, .oneOrTwo, summary: "Prepares a statement."),
        .ignored("DBDInitSQL", in: .server, .one, summary: "Runs a statement on each connection."),
        .ignored("DBDMin", in: .server, .one, summary: "Keeps so many connections at least."),
        .ignored("DBDKeep", in: .server, .one, summary: "Keeps so many connections at most."),
        .ignored("DBDMax", in: .server, .one, summary: "Opens so many connections at most."),
        .ignored("DBDExptime", in: .server, .one, summary: "Closes idle connections."),
    ]
}
