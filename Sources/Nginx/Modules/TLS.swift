import Language

/// `ngx_http_ssl_module` and the HTTP versions that need it.
enum TLS {
    static let module = Module<NginxLowering>(
        "ngx_http_ssl_module",
        [
            .known("ssl", in: .perServer, .flag, summary: "Speaks TLS at all addresses (before 1.25)."),
            .known("ssl_certificate", in: .perServer, .one, summary: "The server's certificate."),
            .known("ssl_certificate_key", in: .perServer, .one, summary: "The key of the certificate."),
            .ignored("ssl_certificate_cache", in: .perServer, .oneToThree, summary: "Keeps certificates in memory."),
            .known("ssl_certificate_compression", in: .perServer, .flag, summary: "Compresses certificates."),
            .known("ssl_ech_file", in: .perServer, .one, summary: "Keys for an encrypted client hello."),
            .known("ssl_password_file", in: .perServer, .one, summary: "Passwords of keys."),
            .known("ssl_dhparam", in: .perServer, .one, summary: "Parameters for the exchange of keys."),
            .known("ssl_ecdh_curve", in: .perServer, .one, summary: "Curves for the exchange of keys."),
            .known("ssl_protocols", in: .perServer, .oneOrMore, summary: "TLS versions."),
            .known("ssl_ciphers", in: .perServer, .one, summary: "Ciphers."),
            .ignored("ssl_buffer_size", in: .perServer, .one, summary: "The size of TLS records."),
            .known(
                "ssl_verify_client", in: .perServer, .one, guards: true, summary: "Asks for a client's certificate."),
            .known("ssl_verify_depth", in: .perServer, .one, summary: "How long a client's chain may be."),
            .known(
                "ssl_client_certificate", in: .perServer, .one, summary: "Whom clients' certificates may come from."),
            .known("ssl_trusted_certificate", in: .perServer, .one, summary: "Whom certificates may come from."),
            .known("ssl_prefer_server_ciphers", in: .perServer, .flag, summary: "The server chooses the cipher."),
            .ignored("ssl_session_cache", in: .perServer, .oneOrTwo, summary: "Where TLS sessions are kept."),
            .known("ssl_session_tickets", in: .perServer, .flag, summary: "Gives clients their sessions to keep."),
            .known("ssl_session_ticket_key", in: .perServer, .one, summary: "The key of such sessions."),
            .ignored("ssl_session_timeout", in: .perServer, .one, summary: "How long sessions are kept."),
            .known("ssl_crl", in: .perServer, .one, guards: true, summary: "Client certificates that were withdrawn."),
            .known("ssl_ocsp", in: .perServer, .one, guards: true, summary: "Asks whether client certificates hold."),
            .known("ssl_ocsp_responder", in: .perServer, .one, summary: "Whom to ask for that."),
            .known("ssl_ocsp_cache", in: .perServer, .one, summary: "Keeps such answers."),
            .known("ssl_stapling", in: .perServer, .flag, summary: "Sends proof that the certificate holds."),
            .known("ssl_stapling_file", in: .perServer, .one, summary: "Takes that proof from a file."),
            .known("ssl_stapling_responder", in: .perServer, .one, summary: "Whom to ask for that proof."),
            .known("ssl_stapling_verify", in: .perServer, .flag, summary: "Verifies that proof."),
            .known("ssl_early_data", in: .perServer, .flag, summary: "Takes requests before the handshake is done."),
            .known("ssl_conf_command", in: .perServer, .two, summary: "Settings of the TLS library."),
            .known("ssl_reject_handshake", in: .perServer, .flag, guards: true, summary: "Refuses TLS for this name."),
        ])

    /// `ngx_http_v2_module` and `ngx_http_v3_module`.
    static let versions = Module<NginxLowering>(
        "ngx_http_v2_module",
        [
            .known("http2", in: .perServer, .flag, summary: "Speaks HTTP/2."),
            .known("http3", in: .perServer, .flag, summary: "Speaks HTTP/3."),
            .known("http3_hq", in: .perServer, .flag, summary: "Speaks the test protocol of HTTP/3."),
            .known("http2_push", in: .anyLevel, .one, summary: "Sends what was not asked for (before 1.25)."),
            .known("http2_push_preload", in: .anyLevel, .flag, summary: "Does so for preload links."),
            .known("quic_retry", in: .perServer, .flag, summary: "Validates QUIC addresses."),
            .known("quic_host_key", in: .perServer, .one, summary: "The key of QUIC tokens."),
            .ignored("http2_recv_buffer_size", in: .http, .one, summary: "A buffer of HTTP/2."),
            .ignored("http2_pool_size", in: .perServer, .one, summary: "Memory of HTTP/2."),
            .ignored("http2_max_concurrent_streams", in: .perServer, .one, summary: "Limits streams of HTTP/2."),
            .ignored("http2_max_concurrent_pushes", in: .perServer, .one, summary: "Limits pushes of HTTP/2."),
            .ignored("http2_max_requests", in: .perServer, .one, summary: "Limits requests of HTTP/2."),
            .ignored("http2_max_field_size", in: .perServer, .one, summary: "Limits fields of HTTP/2."),
            .ignored("http2_max_header_size", in: .perServer, .one, summary: "Limits heads of HTTP/2."),
            .ignored("http2_body_preread_size", in: .perServer, .one, summary: "A buffer of HTTP/2."),
            .ignored("http2_streams_index_size", in: .perServer, .one, summary: "A table of HTTP/2."),
            .ignored("http2_recv_timeout", in: .perServer, .one, summary: "A timeout of HTTP/2."),
            .ignored("http2_idle_timeout", in: .perServer, .one, summary: "A timeout of HTTP/2."),
            .ignored("http2_chunk_size", in: .anyLevel, .one, summary: "The size of HTTP/2 frames."),
            .ignored("http3_max_concurrent_streams", in: .perServer, .one, summary: "Limits streams of HTTP/3."),
            .ignored("http3_stream_buffer_size", in: .perServer, .one, summary: "A buffer of HTTP/3."),
            .ignored("quic_gso", in: .perServer, .flag, summary: "Sends QUIC packets in batches."),
            .ignored("quic_bpf", in: .main, .flag, summary: "Routes QUIC packets in the kernel."),
            .ignored("quic_active_connection_id_limit", in: .perServer, .one, summary: "A limit of QUIC."),
            .ignored("quic_mtu", in: .perServer, .one, summary: "The packet size of QUIC."),
        ])
}
