import Language

/// What belongs to forwarding beside mod_proxy: known by name, place and arguments, not run.
enum KnownProxyHTML {
    /// The modules.
    static let modules: [Module<ApacheLowering>] = [
        Module("mod_proxy_html", proxyHtml),
        Module("mod_proxy_connect", proxyConnect),
        Module("mod_proxy_express", proxyExpress),
        Module("mod_proxy_ftp", proxyFtp),
        Module("mod_proxy_hcheck", proxyHcheck),
        Module("mod_proxy_scgi", proxyScgi),
        Module("mod_proxy_wstunnel", proxyWstunnel),
        Module("mod_lbmethod_heartbeat", lbmethodHeartbeat),
        Module("mod_heartbeat", heartbeat),
        Module("mod_heartmonitor", heartmonitor),
    ]

    private static let proxyHtml: [Entry<ApacheLowering>] = [
        .known("ProxyHTMLEnable", in: .files, .flag, summary: "Changes links in forwarded HTML."),
        .known("ProxyHTMLURLMap", in: .files, .any, summary: "Says which links become which."),
        .known("ProxyHTMLLinks", in: .files, .twoOrMore, summary: "Lists attributes that hold links."),
        .known("ProxyHTMLEvents", in: .files, .oneOrMore, summary: "Lists attributes that hold scripts."),
        .known("ProxyHTMLDoctype", in: .files, .oneOrTwo, summary: "Sets the document type."),
        .known("ProxyHTMLFixups", in: .files, .oneOrMore, summary: "Cleans up forwarded HTML."),
        .known("ProxyHTMLMeta", in: .files, .flag, summary: "Looks at meta elements."),
        .known("ProxyHTMLInterp", in: .files, .flag, summary: "Puts variables into the map."),
        .known("ProxyHTMLExtended", in: .files, .flag, summary: "Looks at scripts and styles too."),
        .known("ProxyHTMLStripComments", in: .files, .flag, summary: "Takes comments out."),
        .known("ProxyHTMLBufSize", in: .files, .one, summary: "Tunes the buffer."),
        .known("ProxyHTMLCharsetOut", in: .files, .one, summary: "Names the character set that clients get."),
    ]

    private static let proxyConnect: [Entry<ApacheLowering>] = [
        .ignored("AllowCONNECT", in: .server, .oneOrMore, summary: "Lists ports that a forward proxy connects to.")
    ]

    private static let proxyExpress: [Entry<ApacheLowering>] = [
        .known("ProxyExpressEnable", in: .anywhere, .flag, summary: "Finds upstreams by host name in a table."),
        .known("ProxyExpressDBMFile", in: .anywhere, .one, summary: "Names that table."),
        .known("ProxyExpressDBMType", in: .anywhere, .one, summary: "Names the kind of that table."),
    ]

    private static let proxyFtp: [Entry<ApacheLowering>] = [
        .known("ProxyFtpListOnWildcard", in: .files, .flag, summary: "Lists folders for patterns."),
        .known("ProxyFtpEscapeWildcards", in: .files, .flag, summary: "Escapes patterns towards FTP servers."),
        .known("ProxyFtpDirCharset", in: .files, .one, summary: "Names the character set of FTP listings."),
    ]

    private static let proxyHcheck: [Entry<ApacheLowering>] = [
        .known("ProxyHCTemplate", in: .anywhere, .any, summary: "Names a set of parameters for health checks."),
        .known("ProxyHCExpr", in: .anywhere, .any, summary: "Names an expression for health checks."),
        .known("ProxyHCTPsize", in: .main, .one, summary: "Sets the number of threads for health checks."),
    ]

    private static let proxyScgi: [Entry<ApacheLowering>] = [
        .known("ProxySCGISendfile", in: .files, .one, summary: "Lets SCGI servers name a file to send."),
        .known("ProxySCGIInternalRedirect", in: .files, .one, summary: "Lets SCGI servers name another URL."),
    ]

    private static let proxyWstunnel: [Entry<ApacheLowering>] = [
        .ignored(
            "ProxyWebsocketFallbackToProxyHttp", in: .files, .flag,
            summary: "Lets mod_proxy_http handle WebSockets.")
    ]

    private static let lbmethodHeartbeat: [Entry<ApacheLowering>] = [
        .ignored("HeartbeatStorage", in: .main, .one, summary: "Names the file of members' messages.")
    ]

    private static let heartbeat: [Entry<ApacheLowering>] = [
        .ignored("HeartbeatAddress", in: .main, .one, summary: "Names where messages about this server go.")
    ]

    private static let heartmonitor: [Entry<ApacheLowering>] = [
        .ignored("HeartbeatListen", in: .main, .one, summary: "Names where members' messages come in."),
        .ignored("HeartbeatMaxServers", in: .main, .one, summary: "Limits the number of members."),
    ]
}
