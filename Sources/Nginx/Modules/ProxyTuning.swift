import Language

/// The directives of `ngx_http_proxy_module` that are not run, or have nothing to do here.
enum ProxyTuning {
    static let known: [Entry<NginxLowering>] = [
        .known("proxy_method", in: .anyLevel, .one, summary: "Forwards with another method."),
        .known("proxy_set_body", in: .anyLevel, .one, summary: "Forwards another body."),
        .known("proxy_bind", in: .anyLevel, .oneOrTwo, summary: "The local address of connections to upstreams."),
        .known("proxy_cookie_flags", in: .anyLevel, .between(1, 4), summary: "Sets flags of cookies in answers."),
        .known("proxy_force_ranges", in: .anyLevel, .flag, summary: "Answers byte ranges whatever the upstream says."),
        .known("proxy_pass_trailers", in: .anyLevel, .flag, summary: "Passes trailers on."),
        .known("proxy_limit_rate", in: .anyLevel, .one, summary: "Slows reading from upstreams down."),
        .known("proxy_store", in: .anyLevel, .one, summary: "Keeps answers as files."),
        .known("proxy_store_access", in: .anyLevel, .oneToThree, summary: "Permissions of kept answers."),
        .known("proxy_cache", in: .anyLevel, .one, summary: "Caches answers."),
        .known("proxy_cache_path", in: .http, .twoOrMore, summary: "Where cached answers are kept."),
        .known("proxy_cache_key", in: .anyLevel, .one, summary: "What cached answers are found by."),
        .known("proxy_cache_valid", in: .anyLevel, .oneOrMore, summary: "How long answers are cached."),
        .known("proxy_cache_bypass", in: .anyLevel, .oneOrMore, summary: "When the cache is not asked."),
        .known("proxy_no_cache", in: .anyLevel, .oneOrMore, summary: "When answers are not cached."),
        .known("proxy_cache_use_stale", in: .anyLevel, .oneOrMore, summary: "When old answers do."),
        .known("proxy_cache_methods", in: .anyLevel, .oneOrMore, summary: "Which methods are cached."),
        .known("proxy_cache_lock", in: .anyLevel, .flag, summary: "Asks once for answers that are not cached yet."),
        .known("proxy_cache_lock_age", in: .anyLevel, .one, summary: "How long the first one may take."),
        .known("proxy_cache_lock_timeout", in: .anyLevel, .one, summary: "How long the others wait."),
        .known("proxy_cache_min_uses", in: .anyLevel, .one, summary: "After how many requests answers are cached."),
        .known("proxy_cache_revalidate", in: .anyLevel, .flag, summary: "Asks whether old answers still hold."),
        .known("proxy_cache_background_update", in: .anyLevel, .flag, summary: "Renews answers in the background."),
        .known("proxy_cache_convert_head", in: .anyLevel, .flag, summary: "Fetches the body for HEAD."),
        .known("proxy_cache_max_range_offset", in: .anyLevel, .one, summary: "Which ranges go past the cache."),
        .known("proxy_ssl_alpn", in: .anyLevel, .oneOrMore, summary: "Protocols offered to upstreams."),
    ]

    static let ignored: [Entry<NginxLowering>] = [
        .ignored("proxy_busy_buffers_size", in: .anyLevel, .one, summary: "How much may wait for the client."),
        .ignored("proxy_temp_file_write_size", in: .anyLevel, .one, summary: "How much is written at once."),
        .ignored("proxy_send_lowat", in: .anyLevel, .one, summary: "Tunes sending."),
        .ignored("proxy_socket_keepalive", in: .anyLevel, .flag, summary: "Probes idle connections."),
        .ignored("proxy_socket_rcvbuf", in: .anyLevel, .one, summary: "A socket's buffer."),
        .ignored("proxy_socket_sndbuf", in: .anyLevel, .one, summary: "A socket's buffer."),
        .ignored("proxy_ignore_client_abort", in: .anyLevel, .flag, summary: "Goes on when the client has left."),
        .ignored("proxy_headers_hash_max_size", in: .anyLevel, .one, summary: "Size of a table."),
        .ignored("proxy_headers_hash_bucket_size", in: .anyLevel, .one, summary: "Size of a table."),
        .ignored("proxy_ssl_certificate_cache", in: .anyLevel, .oneToThree, summary: "Keeps certificates in memory."),
    ]
}
