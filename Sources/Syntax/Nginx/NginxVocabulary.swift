import Source

/// Words by which a reader sees that a new statement begins.
///
/// They serve guesses about missing punctuation only; which directives there are and what they mean is the dialect's
/// knowledge.
enum NginxVocabulary {
    /// Whether a word is the name of a directive and can hardly be anything else.
    static func isDistinct(_ word: String) -> Bool { distinct.contains(word) }

    /// Whether a word is the name of a directive, though it might be an argument too.
    static func isCommon(_ word: String) -> Bool { common.contains(word) }

    /// Whether a statement of this name has as many words as one likes, none of which nginx finds wrong.
    static func takesAnyNumber(_ name: String) -> Bool {
        switch name {
        case "server_name", "index", "try_files", "gzip_types", "log_format", "valid_referers", "proxy_cache_bypass",
            "proxy_no_cache", "fastcgi_cache_bypass", "fastcgi_no_cache":
            true
        default: false
        }
    }

    /// Whether a statement of this name and number of arguments is always a block.
    static func isBlock(_ name: String, argumentCount: Int) -> Bool {
        switch name {
        case "server", "http", "events", "stream", "types": argumentCount == 0
        case "location": argumentCount == 1 || argumentCount == 2
        case "upstream": argumentCount == 1
        case "if", "limit_except": argumentCount > 0
        default: false
        }
    }

    private static let common: Set<String> = [
        "server", "location", "listen", "root", "alias", "index", "include", "return", "rewrite", "set", "if",
        "allow", "deny", "expires", "upstream", "internal", "gzip", "break", "map", "http", "events", "types", "user",
        "pid", "charset", "etag", "resolver", "sendfile", "autoindex",
    ]

    private static let distinct: Set<String> = Set(distinctCore + distinctProxy)

    private static let distinctCore = [
        "server_name", "try_files", "error_page", "error_log", "access_log", "log_format", "add_header", "auth_basic",
        "auth_basic_user_file", "client_max_body_size", "client_body_buffer_size", "client_body_timeout",
        "client_header_timeout", "default_type", "gzip_types", "gzip_vary", "gzip_proxied", "gzip_min_length",
        "gzip_comp_level", "gzip_disable", "keepalive_timeout", "keepalive_requests", "limit_req", "limit_conn",
        "limit_req_zone", "log_not_found", "real_ip_header", "send_timeout", "server_names_hash_bucket_size",
        "server_tokens", "set_real_ip_from", "tcp_nodelay", "tcp_nopush", "types_hash_max_size", "worker_connections",
        "worker_processes", "worker_rlimit_nofile", "open_file_cache",
    ]

    private static let distinctProxy = [
        "proxy_pass", "proxy_set_header", "proxy_redirect", "proxy_http_version", "proxy_buffering", "proxy_buffers",
        "proxy_buffer_size", "proxy_busy_buffers_size", "proxy_cache", "proxy_cache_bypass", "proxy_cache_key",
        "proxy_cache_valid", "proxy_connect_timeout", "proxy_hide_header", "proxy_intercept_errors",
        "proxy_next_upstream", "proxy_pass_header", "proxy_read_timeout", "proxy_send_timeout",
        "proxy_request_buffering", "proxy_ssl_verify", "proxy_ssl_server_name", "fastcgi_pass", "fastcgi_param",
        "fastcgi_index", "fastcgi_split_path_info", "fastcgi_read_timeout", "uwsgi_pass", "ssl_certificate",
        "ssl_certificate_key", "ssl_ciphers", "ssl_dhparam", "ssl_prefer_server_ciphers", "ssl_protocols",
        "ssl_session_cache", "ssl_session_timeout", "ssl_stapling", "ssl_stapling_verify",
    ]
}
