import Language

extension ApacheDialect {
    /// All modules: a file in `Modules` takes part by its line here.
    static let modules: [Module<ApacheLowering>] = run + known

    private static let run: [Module<ApacheLowering>] = [
        Module("core", CoreProcess.reading + CoreServers.entries + CoreSections.entries + CoreErrors.entries),
        Module("core", CoreFiles.entries + CoreLimits.entries + Logging.errors + CoreProcess.common),
        Module("mod_unixd", CoreProcess.unixd),
        Module("mod_so", CoreProcess.modules),
        Module("mod_macro", CoreProcess.macros),
        Alias.module,
        Proxy.module,
        FastCGI.module,
        Rewrite.module,
        Headers.module,
        AuthzCore.module,
        AccessCompat.module,
        Authentication.core,
        Authentication.basic,
        Authentication.file,
        Authentication.groups,
        Mime.module,
        Dir.module,
        Expires.module,
        Environment.env,
        Environment.setenvif,
        Logging.module,
        Logging.io,
        Reqtimeout.module,
        RemoteIP.module,
        SSL.module,
    ]

    private static let known: [Module<ApacheLowering>] =
        KnownSSL.modules + KnownMD.modules + KnownHTTP2.modules + KnownLua.modules + KnownCache.modules
        + KnownDirectories.modules + KnownPrograms.modules + KnownFilters.modules + KnownProxyHTML.modules
        + KnownAuth.modules + KnownLDAP.modules + KnownSessions.modules + KnownServer.modules
}
