import Language

/// The server and its connections: known by name, place and arguments, not run.
enum KnownServer {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_log_debug", logDebug),
        Module("mod_log_forensic", logForensic),
        Module("mod_dumpio", dumpio),
        Module("mod_echo", echo),
        Module("mod_ident", ident),
        Module("mod_info", info),
        Module("mod_request", request),
        Module("mod_watchdog", watchdog),
        Module("mod_policy", policy + policy2),
        Module("mod_tls", tls),
        Module("mod_privileges", privileges),
    ]

    private static let logDebug: [Entry<ApacheLowering>] = [
        .ignored("LogMessage", in: .files, .oneOrMore, summary: "Writes a message to the error log.")
    ]

    private static let logForensic: [Entry<ApacheLowering>] = [
        .known("ForensicLog", in: .server, .one, summary: "Writes each request before and after it is served.")
    ]

    private static let dumpio: [Entry<ApacheLowering>] = [
        .ignored("DumpIOInput", in: .server, .flag, summary: "Writes all input to the error log."),
        .ignored("DumpIOOutput", in: .server, .flag, summary: "Writes all output to the error log."),
    ]

    private static let echo: [Entry<ApacheLowering>] = [
        .known("ProtocolEcho", in: .server, .flag, summary: "Sends back whatever comes in.")
    ]

    private static let ident: [Entry<ApacheLowering>] = [
        .known("IdentityCheck", in: .files, .flag, summary: "Asks clients' machines who they are."),
        .known("IdentityCheckTimeout", in: .files, .one, summary: "Limits the wait for that."),
    ]

    private static let info: [Entry<ApacheLowering>] = [
        .ignored("AddModuleInfo", in: .server, .two, summary: "Adds text to the report on modules.")
    ]

    private static let request: [Entry<ApacheLowering>] = [
        .ignored("KeptBodySize", in: .section, .one, summary: "Keeps bodies for those who read them later.")
    ]

    private static let watchdog: [Entry<ApacheLowering>] = [
        .ignored("WatchdogInterval", in: .main, .one, summary: "Says how often watchdogs run.")
    ]

    private static let policy: [Entry<ApacheLowering>] = [
        .known("PolicyType", in: .anywhere, .any, summary: "Checks answers' media types."),
        .known("PolicyLength", in: .anywhere, .any, summary: "Checks that answers have a length."),
        .known("PolicyKeepalive", in: .anywhere, .any, summary: "Checks that connections are kept."),
        .known("PolicyVary", in: .anywhere, .any, summary: "Checks answers' Vary."),
        .known("PolicyValidation", in: .anywhere, .any, summary: "Checks that answers can be validated."),
        .known("PolicyConditional", in: .anywhere, .any, summary: "Checks that conditions are obeyed."),
        .known("PolicyNocache", in: .anywhere, .any, summary: "Checks that answers may be kept."),
        .known("PolicyMaxage", in: .anywhere, .any, summary: "Checks how long answers stay fresh."),
        .known("PolicyVersion", in: .anywhere, .any, summary: "Checks clients' HTTP versions."),
        .known("PolicyConditionalURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyLengthURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyTypeURL", in: .anywhere, .any, summary: "Names a page about that check."),
    ]

    private static let policy2: [Entry<ApacheLowering>] = [
        .known("PolicyKeepaliveURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyMaxageURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyNocacheURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyValidationURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyVaryURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyVersionURL", in: .anywhere, .any, summary: "Names a page about that check."),
        .known("PolicyEnvironment", in: .anywhere, .any, summary: "Sets variables that steer the checks."),
        .known("PolicyFilter", in: .anywhere, .any, summary: "Switches the checks on or off."),
    ]

    private static let tls: [Entry<ApacheLowering>] = [
        .known("TLSEngine", in: .server, .any, summary: "Speaks TLS at addresses."),
        .known("TLSCertificate", in: .server, .any, summary: "Names a certificate and its key."),
        .known("TLSProtocol", in: .server, .any, summary: "Names the oldest TLS that is spoken."),
        .known("TLSCiphersPrefer", in: .server, .any, summary: "Orders ciphers."),
        .known("TLSCiphersSuppress", in: .server, .any, summary: "Leaves ciphers out."),
        .known("TLSHonorClientOrder", in: .server, .any, summary: "Says whose order of ciphers counts."),
        .known("TLSOptions", in: .server, .any, summary: "Sets what TLS tells programs."),
        .known("TLSSessionCache", in: .server, .any, summary: "Names the store of TLS sessions."),
        .known("TLSStrictSNI", in: .server, .any, summary: "Refuses clients that name no server."),
        .known("TLSProxyEngine", in: .server, .any, summary: "Permits TLS towards upstreams."),
        .known("TLSProxyCA", in: .server, .any, summary: "Names the authorities for upstreams."),
        .known("TLSProxyMachineCertificate", in: .server, .any, summary: "Names our certificate towards upstreams."),
        .known("TLSProxyProtocol", in: .server, .any, summary: "Names the oldest TLS towards upstreams."),
        .known("TLSProxyCiphersPrefer", in: .server, .any, summary: "Orders ciphers towards upstreams."),
        .known("TLSProxyCiphersSuppress", in: .server, .any, summary: "Leaves ciphers towards upstreams out."),
    ]

    private static let privileges: [Entry<ApacheLowering>] = [
        .ignored("DTracePrivileges", in: .server, .any, summary: "Permits tracing."),
        .ignored("PrivilegesMode", in: .server, .any, summary: "Sets how privileges are given up."),
        .ignored("VHostCGIMode", in: .server, .any, summary: "Sets what programs of a virtual host may do."),
        .ignored("VHostCGIPrivs", in: .server, .any, summary: "Lists what programs of a virtual host may do."),
        .ignored("VHostGroup", in: .server, .any, summary: "Names the group of a virtual host."),
        .ignored("VHostPrivs", in: .server, .any, summary: "Lists what a virtual host may do."),
        .ignored("VHostSecure", in: .server, .any, summary: "Sets whether a virtual host runs with fewer rights."),
        .ignored("VHostUser", in: .server, .any, summary: "Names the user of a virtual host."),
    ]
}
