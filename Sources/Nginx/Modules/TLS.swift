import IR
import Language

/// `ngx_http_ssl_module` and the HTTP versions that need it.
enum TLS {
    static let module = Module<NginxLowering>(
        "ngx_http_ssl_module", certificates + exchange + sessions + clients + others)

    /// What is shown to clients.
    private static let certificates: [Entry<NginxLowering>] = [
        .flag("ssl", in: .perServer, to: \.site.tls.isOn, summary: "Speaks TLS at all addresses (before 1.25)."),
        Entry("ssl_certificate", in: .perServer, .one, summary: "The server's certificate.") { directive, state in
            guard let path = state.certificatePath(directive) else {
                state.level.site.tls.computed = state.origin(directive)
                return
            }
            state.level.site.tls.certificates = (state.level.site.tls.certificates ?? []) + [path]
        },
        Entry("ssl_certificate_key", in: .perServer, .one, summary: "The key of the certificate.") {
            directive, state in
            guard let path = state.certificatePath(directive) else { return }
            state.level.site.tls.keys = (state.level.site.tls.keys ?? []) + [path]
        },
        .path("ssl_password_file", to: \.site.tls.passwordFile, summary: "Passwords of keys."),
        .flag(
            "ssl_stapling", in: .perServer, to: \.site.tls.staples, summary: "Sends proof that the certificate holds."),
        .path("ssl_stapling_file", to: \.site.tls.stapleFile, summary: "Takes that proof from a file."),
        .known("ssl_stapling_responder", in: .perServer, .one, summary: "Whom to ask for that proof."),
        .known("ssl_stapling_verify", in: .perServer, .flag, summary: "Verifies that proof."),
        .flag(
            "ssl_reject_handshake", in: .perServer, to: \.site.tls.refuses, summary: "Refuses TLS for this name."),
    ]

    /// How keys and ciphers are agreed on.
    private static let exchange: [Entry<NginxLowering>] = [
        Entry("ssl_protocols", in: .perServer, .oneOrMore, summary: "TLS versions.") { directive, state in
            guard let versions = state.tlsVersions(directive) else { return }
            state.level.site.tls.versions = Stated(versions, state.origin(directive))
        },
        Entry("ssl_ciphers", in: .perServer, .one, summary: "Ciphers.") { directive, state in
            state.level.site.tls.ciphers = Stated(directive.arguments[0].text, state.origin(directive))
        },
        .flag(
            "ssl_prefer_server_ciphers", in: .perServer, to: \.site.tls.prefersOwnCiphers,
            summary: "The server chooses the cipher."),
        .path("ssl_dhparam", to: \.site.tls.parameters, summary: "Parameters for the exchange of keys."),
        Entry("ssl_ecdh_curve", in: .perServer, .one, summary: "Curves for the exchange of keys.") {
            directive, state in
            let text = directive.arguments[0].text
            state.level.site.tls.groups = Stated(text == "auto" ? nil : text, state.origin(directive))
        },
        Entry("ssl_conf_command", in: .perServer, .two, summary: "Settings of the TLS library.") { directive, state in
            let command = LibraryCommand(directive.arguments[0].text, directive.arguments[1].text)
            let stated = Stated(command, state.origin(directive))
            state.level.site.tls.commands = (state.level.site.tls.commands ?? []) + [stated]
        },
        .ignored("ssl_buffer_size", in: .perServer, .one, summary: "The size of TLS records."),
        .known("ssl_early_data", in: .perServer, .flag, summary: "Takes requests before the handshake is done."),
    ]

    /// Sessions that are taken up again.
    private static let sessions: [Entry<NginxLowering>] = [
        Entry("ssl_session_cache", in: .perServer, .oneOrTwo, summary: "Where TLS sessions are kept.") {
            directive, state in
            guard let count = state.sessionCache(directive) else { return }
            state.level.site.tls.remembered = Stated(count, state.origin(directive))
        },
        .time(
            "ssl_session_timeout", in: .perServer, to: \.site.tls.sessionTime, summary: "How long sessions are kept."),
        .flag(
            "ssl_session_tickets", in: .perServer, to: \.site.tls.usesTickets,
            summary: "Gives clients their sessions to keep."),
        Entry("ssl_session_ticket_key", in: .perServer, .one, summary: "The key of such sessions.") {
            directive, state in
            let path = Stated(state.confPath(directive.arguments[0].text), state.origin(directive))
            state.level.site.tls.ticketKeys = (state.level.site.tls.ticketKeys ?? []) + [path]
        },
    ]

    /// Certificates of clients.
    private static let clients: [Entry<NginxLowering>] = [
        Entry("ssl_verify_client", in: .perServer, .one, guards: true, summary: "Asks for a client's certificate.") {
            directive, state in
            let words: [String: ClientCertificates.Wish] = [
                "off": .none, "on": .required, "optional": .optional, "optional_no_ca": .optionalFromAnyone,
            ]
            guard let wish = state.word(directive.arguments[0], of: directive.name, words) else { return }
            state.level.site.tls.verify = Stated(wish, state.origin(directive))
        },
        .number(
            "ssl_verify_depth", in: .perServer, to: \.site.tls.depth, summary: "How long a client's chain may be."),
        .path(
            "ssl_client_certificate", to: \.site.tls.authorities, summary: "Whom clients' certificates may come from."),
        .path("ssl_trusted_certificate", to: \.site.tls.trusted, summary: "Whom certificates may come from."),
        .path("ssl_crl", to: \.site.tls.revoked, guards: true, summary: "Client certificates that were withdrawn."),
        .known("ssl_ocsp", in: .perServer, .one, guards: true, summary: "Asks whether client certificates hold."),
        .known("ssl_ocsp_responder", in: .perServer, .one, summary: "Whom to ask for that."),
        .known("ssl_ocsp_cache", in: .perServer, .one, summary: "Keeps such answers."),
    ]

    private static let others: [Entry<NginxLowering>] = [
        .ignored("ssl_certificate_cache", in: .perServer, .oneToThree, summary: "Keeps certificates in memory."),
        .known("ssl_certificate_compression", in: .perServer, .flag, summary: "Compresses certificates."),
        .known("ssl_ech_file", in: .perServer, .one, summary: "Keys for an encrypted client hello."),
    ]

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
