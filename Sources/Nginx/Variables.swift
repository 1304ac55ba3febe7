import IR

/// nginx's own variables, in one place.
///
/// Times are `strftime` formats, with `%:z` for `+02:00`.
enum BuiltinVariable {
    /// What a builtin name stands for; nil for a name that nginx does not define itself.
    static func value(of name: String, profile: Profile) -> Template? {
        if let value = values[name] { return Template(value) }
        if let text = texts[name] { return Template(text) }
        if name == "nginx_version" { return Template(profile.version) }
        return prefixed(name).map { Template($0) } ?? (isUnavailable(name) ? Template() : nil)
    }

    /// The names that a `set` may change, and nothing else may define.
    static let assignable: Set<String> = ["args", "limit_rate"]

    /// All names that are no prefixes, for suggestions.
    static var names: [String] { values.keys.sorted() + texts.keys.sorted() + unavailable.sorted() }

    /// Whether `set`, `map` and the like may define a variable of that name anew.
    static func isReserved(_ name: String) -> Bool {
        values[name] != nil || texts[name] != nil || unavailable.contains(name) || name == "nginx_version"
    }

    private static let values: [String: Value] = request.merging(connection) { a, _ in a }
        .merging(answer) { a, _ in a }

    private static let request: [String: Value] = [
        "uri": .path, "document_uri": .path, "request_uri": .targetAsReceived, "args": .query, "query_string": .query,
        "is_args": .queryMark, "host": .hostOrSiteName, "request_method": .method, "scheme": .scheme,
        "server_protocol": .version, "request": .requestLine, "request_id": .requestID,
        "request_length": .requestLength, "content_length": .requestHeader("content-length"),
        "content_type": .requestHeader("content-type"), "document_root": .rootPath, "realpath_root": .rootPath,
        "request_filename": .filePath, "remote_user": .user, "server_name": .siteName,
        "fastcgi_script_name": .scriptName, "fastcgi_path_info": .scriptInfo,
        "https": .tls("https"),
    ]

    private static let connection: [String: Value] = [
        "remote_addr": .clientAddress, "remote_port": .clientPort, "binary_remote_addr": .clientAddressBinary,
        "realip_remote_addr": .peerAddress, "realip_remote_port": .peerPort,
        "proxy_protocol_addr": .proxied("addr"), "proxy_protocol_port": .proxied("port"),
        "proxy_protocol_server_addr": .proxied("server_addr"), "proxy_protocol_server_port": .proxied("server_port"),
        "server_addr": .listenerAddress, "server_port": .listenerPort,
        "connection": .connectionNumber, "connection_requests": .connectionRequests, "pid": .processID,
        "hostname": .hostname, "msec": .time("sec.msec"), "time_iso8601": .time("%Y-%m-%dT%H:%M:%S%:z"),
        "time_local": .time("%d/%b/%Y:%H:%M:%S %z"), "date_local": .time("%A, %d-%b-%Y %H:%M:%S %Z"),
    ]

    private static let answer: [String: Value] = [
        "status": .status, "body_bytes_sent": .bodyBytes(dashForZero: false), "bytes_sent": .bytesSent,
        "request_time": .durationSeconds, "proxy_host": .upstreamAuthority, "proxy_port": .upstreamPort,
        "proxy_add_x_forwarded_for": .forwardedFor, "upstream_addr": .upstreamAddress,
        "upstream_status": .upstreamStatus, "upstream_response_time": .upstreamResponseTime,
        "upstream_connect_time": .upstreamConnectTime, "upstream_header_time": .upstreamHeaderTime,
        "upstream_response_length": .upstreamResponseLength, "upstream_bytes_sent": .upstreamSentLength,
    ]

    private static let texts: [String: String] = [
        "pipe": ".", "limit_rate": "0", "request_completion": "OK", "spdy": "", "http3": "", "quic": "",
    ]

    /// Families of names: what follows the prefix names a header field, cookie or argument.
    private static func prefixed(_ name: String) -> Value? {
        func rest(_ prefix: String) -> String? {
            name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count ? String(name.dropFirst(prefix.count)) : nil
        }
        func field(_ prefix: String) -> String? {
            rest(prefix).map { String($0.lowercased().map { $0 == "_" ? "-" : $0 }) }
        }
        if let field = field("http_") { return .requestHeader(field) }
        if let field = field("sent_http_") { return .responseHeader(field) }
        if let field = field("sent_trailer_") { return .answerTrailer(field) }
        if let field = field("upstream_http_") { return .upstreamHeader(field) }
        if let name = rest("cookie_") { return .cookie(name) }
        if let name = rest("arg_") { return .argument(name) }
        if let name = rest("ssl_") { return .tls(name) }
        if let name = rest("proxy_protocol_"), name.hasPrefix("tlv_"), name != "tlv_" { return .proxied(name) }
        return nil
    }

    /// Names of modules that are not run: they are empty here.
    private static func isUnavailable(_ name: String) -> Bool {
        unavailable.contains(name)
            || unavailablePrefixes.contains { name.hasPrefix($0) && name.utf8.count > $0.utf8.count }
    }

    private static let unavailable: Set<String> = [
        "ancient_browser", "modern_browser", "msie", "connections_active", "connections_reading",
        "connections_writing", "connections_waiting", "connection_time", "date_gmt", "gzip_ratio",
        "http2", "invalid_referer", "limit_conn_status", "limit_req_status",
        "request_body", "request_body_file", "request_port", "is_request_port", "secure_link", "secure_link_expires",
        "server_port_in_redirect", "slice_range", "uid_got", "uid_reset", "uid_set", "upstream_bytes_received",
        "upstream_cache_status", "upstream_queue_time", "upstream_last_modified",
        "upstream_server_name",
    ]

    private static let unavailablePrefixes = [
        "tcpinfo_", "upstream_cookie_", "upstream_trailer_", "geoip_", "jwt_", "session_log_",
        "upstream_last_server_name", "proxy_internal_",
    ]
}
