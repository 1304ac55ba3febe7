import Language

/// The stream and mail modules: their directives are known, none is run.
enum Streams {
    static let modules: [Module<NginxLowering>] = [
        Module(
            "ngx_stream_core_module",
            [
                .known("stream", in: .main, .none, block: true, summary: "Holds TCP and UDP proxies."),
                .known("server", in: .stream, .none, block: true, summary: "A TCP or UDP proxy."),
                .known("upstream", in: .stream, .one, block: true, summary: "A group of servers."),
                .known("server", in: .streamUpstream, .oneOrMore, summary: "A server of the group."),
                .known("map", in: .stream, .two, block: true, summary: "A variable by a table."),
                .known("geo", in: .stream, .oneOrTwo, block: true, summary: "A variable by the client's address."),
                .known("split_clients", in: .stream, .two, block: true, summary: "A variable by chance."),
            ] + rows(serverRows, in: .streamServer) + rows(upstreamRows, in: .streamUpstream)
                + rows(tableRows, in: .stream) + rows(levelRows, in: .streams) + rows(tlsRows, in: .streams)
                + rows(proxyRows, in: .streams) + rows(proxyTLSRows, in: .streams)),
        Module(
            "ngx_mail_core_module",
            [
                .known("mail", in: .main, .none, block: true, summary: "Holds mail proxies."),
                .known("server", in: .mail, .none, block: true, summary: "A mail proxy."),
                .known("listen", in: .mailServer, .oneOrMore, summary: "An address of a mail proxy."),
                .known("imap", in: .mails, .any, summary: "IMAP (old form)."),
            ] + rows(mailRows, in: .mails) + rows(tlsRows, in: .mails) + rows(["starttls"], in: .mails)),
    ]

    /// Rows that need no more than their names: what is in such a block is not judged further.
    private static func rows(_ names: [String], in contexts: ContextSet) -> [Entry<NginxLowering>] {
        names.map { .known($0, in: contexts, .any, summary: "Belongs to a block that is not run.") }
    }

    private static let serverRows = ["listen", "server_name", "proxy_pass", "return", "pass", "set"]

    private static let upstreamRows = [
        "resolver", "resolver_timeout", "hash", "least_conn", "least_time", "random", "zone", "state", "ip_hash",
    ]

    private static let tableRows = [
        "variables_hash_max_size", "variables_hash_bucket_size", "server_names_hash_max_size",
        "server_names_hash_bucket_size", "log_format", "limit_conn_zone", "map_hash_max_size", "map_hash_bucket_size",
        "keyval", "keyval_zone",
    ]

    private static let levelRows = [
        "resolver", "resolver_timeout", "proxy_protocol_timeout", "tcp_nodelay", "preread_buffer_size",
        "preread_timeout", "access_log", "open_log_file_cache", "set_real_ip_from", "limit_conn",
        "limit_conn_log_level", "limit_conn_dry_run", "allow", "deny", "ssl_preread", "status_zone", "health_check",
    ]

    private static let proxyRows = [
        "proxy_bind", "proxy_socket_keepalive", "proxy_socket_rcvbuf", "proxy_socket_sndbuf", "proxy_connect_timeout",
        "proxy_timeout", "proxy_buffer_size", "proxy_downstream_buffer", "proxy_upstream_buffer", "proxy_upload_rate",
        "proxy_download_rate", "proxy_requests", "proxy_responses", "proxy_next_upstream", "proxy_next_upstream_tries",
        "proxy_next_upstream_timeout", "proxy_protocol", "proxy_half_close", "proxy_session_drop",
    ]

    private static let proxyTLSRows = [
        "proxy_ssl", "proxy_ssl_session_reuse", "proxy_ssl_protocols", "proxy_ssl_ciphers", "proxy_ssl_name",
        "proxy_ssl_server_name", "proxy_ssl_alpn", "proxy_ssl_verify", "proxy_ssl_verify_depth",
        "proxy_ssl_trusted_certificate", "proxy_ssl_crl", "proxy_ssl_certificate", "proxy_ssl_certificate_key",
        "proxy_ssl_certificate_cache", "proxy_ssl_password_file", "proxy_ssl_conf_command",
    ]

    private static let tlsRows = [
        "ssl", "ssl_handshake_timeout", "ssl_certificate", "ssl_certificate_key", "ssl_certificate_cache",
        "ssl_ech_file", "ssl_password_file", "ssl_certificate_compression", "ssl_dhparam", "ssl_ecdh_curve",
        "ssl_protocols", "ssl_ciphers", "ssl_verify_client", "ssl_verify_depth", "ssl_client_certificate",
        "ssl_trusted_certificate", "ssl_prefer_server_ciphers", "ssl_session_cache", "ssl_session_tickets",
        "ssl_session_ticket_key", "ssl_session_timeout", "ssl_crl", "ssl_ocsp", "ssl_ocsp_responder", "ssl_ocsp_cache",
        "ssl_stapling", "ssl_stapling_file", "ssl_stapling_responder", "ssl_stapling_verify", "ssl_conf_command",
        "ssl_reject_handshake", "ssl_alpn",
    ]

    private static let mailRows = [
        "server_name", "protocol", "timeout", "resolver", "resolver_timeout", "auth_http", "auth_http_header",
        "auth_http_pass_client_cert", "auth_http_timeout", "imap_auth", "imap_capabilities", "imap_client_buffer",
        "pop3_auth", "pop3_capabilities", "smtp_auth", "smtp_capabilities", "smtp_client_buffer",
        "smtp_greeting_delay", "proxy", "proxy_buffer", "proxy_pass_error_message", "proxy_protocol",
        "proxy_smtp_auth", "proxy_timeout", "set_real_ip_from", "xclient", "max_errors", "so_keepalive",
    ]
}
