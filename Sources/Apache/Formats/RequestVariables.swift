import IR

/// The variables that rewriting and expressions have in common: `%{NAME}` (mod_rewrite, server/util_expr_eval.c).
enum RequestVariables {
    /// What a variable stands for; nil if nobody has one of this name, or if it is not run.
    ///
    /// In a server's rules the file of a request is not known yet: `REQUEST_FILENAME` is the path then.
    static func template(_ name: String, knowsFile: Bool, documentRoot: Template) -> Template? {
        if let value = plain[name.uppercased()] { return Template(value) }
        switch name.uppercased() {
        case "REQUEST_FILENAME", "SCRIPT_FILENAME": return Template(knowsFile ? .filePath : .path)
        case "HTTPS": return https
        case "DOCUMENT_ROOT", "CONTEXT_DOCUMENT_ROOT": return documentRoot
        case "CONTEXT_PREFIX", "REMOTE_IDENT", "IPV6_SCOPE": return Template()
        case "SERVER_SOFTWARE": return Template(ServerTokens.full)
        case "IS_SUBREQ", "CONN_IS_SUBREQ": return "false"
        case "IPV6": return "off"
        case "API_VERSION": return "20120211:150"
        case "SERVER_ADMIN": return "[no address given]"
        default: return nil
        }
    }

    /// `on` or `off`.
    private static let https = orElse("off", Template(.tls("https")))

    /// A text, or another one where it is empty.
    static func orElse(_ other: String, _ template: Template) -> Template {
        let empty = Pattern(source: "^$", dotAll: true, dollarOnlyAtEnd: true)
        return Template(pieces: [.apply(.replace(empty), [template, Template(other)])])
    }

    private static let plain: [String: Value] = [
        "HTTP_ACCEPT": .requestHeader("accept"), "HTTP_COOKIE": .requestHeader("cookie"),
        "HTTP_FORWARDED": .requestHeader("forwarded"), "HTTP_HOST": .requestHeader("host"),
        "HTTP_PROXY_CONNECTION": .requestHeader("proxy-connection"), "HTTP_REFERER": .requestHeader("referer"),
        "HTTP_USER_AGENT": .requestHeader("user-agent"), "CONTENT_TYPE": .responseHeader("content-type"),
        "REQUEST_METHOD": .method, "REQUEST_SCHEME": .scheme, "REQUEST_URI": .path, "DOCUMENT_URI": .path,
        "PATH_INFO": .pathInfo, "QUERY_STRING": .query, "THE_REQUEST": .requestLine,
        "REMOTE_ADDR": .clientAddress, "REMOTE_HOST": .clientAddress, "REMOTE_PORT": .clientPort,
        "CONN_REMOTE_ADDR": .peerAddress, "REMOTE_USER": .user, "SERVER_NAME": .hostOrSiteName,
        "SERVER_PORT": .authorityPort, "SERVER_ADDR": .listenerAddress, "SERVER_PROTOCOL": .version,
        "REQUEST_STATUS": .status, "REQUEST_LOG_ID": .requestID, "HANDLER": .handler,
        "TIME": .time("%Y%m%d%H%M%S"), "TIME_YEAR": .time("%Y"), "TIME_MON": .time("%m"), "TIME_DAY": .time("%d"),
        "TIME_HOUR": .time("%H"), "TIME_MIN": .time("%M"), "TIME_SEC": .time("%S"), "TIME_WDAY": .time("%w"),
    ]
}

extension ApacheLowering {
    /// The folder that files are served from at this level, as text.
    var documentRoot: Template {
        servers[server].settings.files.place?.value.base ?? servers[0].settings.files.place?.value.base
            ?? Template(.rootPath)
    }

    /// A variable of the environment; what mod_ssl exports is asked of the connection.
    func environmentValue(_ name: String) -> Value {
        if name == "HTTPS" { return .tls("https") }
        return name.hasPrefix("SSL_") ? .tls(name) : .environment(name)
    }
}
