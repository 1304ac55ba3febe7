/// A third-party module and whether leaving it out could let somebody in.
struct ForeignModule: Hashable, Sendable {
    var name: String
    var guards: Bool
}

/// The third-party module that a directive belongs to, as far as it is known.
func foreignModule(of directive: String) -> ForeignModule? {
    if let module = foreignNames[directive] { return module }
    return foreignPrefixes.first { directive.hasPrefix($0.prefix) }?.module
}

private func module(_ name: String, guards: Bool = false) -> ForeignModule {
    ForeignModule(name: name, guards: guards)
}

private let foreignPrefixes: [(prefix: String, module: ForeignModule)] =
    foreignGuards.map { ($0.0, module($0.1, guards: true)) }
    + (foreignFamilies + moreForeignFamilies).map { ($0.0, module($0.1)) }

/// Families of names whose modules decide who may pass.
private let foreignGuards: [(String, String)] = [
    ("access_by_lua", "ngx_http_lua_module"), ("rewrite_by_lua", "ngx_http_lua_module"),
    ("modsecurity", "ModSecurity-nginx"), ("ModSecurity", "ModSecurity-nginx"),
    ("app_protect", "NGINX App Protect"), ("auth_ldap", "nginx-auth-ldap"), ("auth_pam", "ngx_http_auth_pam_module"),
    ("auth_oidc", "ngx_http_oidc_module"), ("auth_gss", "spnego-http-auth-nginx-module"),
    ("auth_digest", "ngx_http_auth_digest_module"), ("auth_hash", "ngx_http_auth_hash_module"),
    ("naxsi_", "naxsi"), ("BasicRule", "naxsi"), ("SecRules", "naxsi"), ("CheckRule", "naxsi"),
    ("testcookie", "testcookie-nginx-module"), ("secure_download", "ngx_http_secure_download_module"),
    ("auth_ntlm", "ngx_http_auth_ntlm_module"), ("accesskey", "ngx_http_accesskey_module"),
]

/// Families of names of all other modules.
private let foreignFamilies: [(String, String)] = [
    ("brotli", "ngx_brotli"), ("zstd", "zstd-nginx-module"), ("pagespeed", "ngx_pagespeed"),
    ("lua_", "ngx_http_lua_module"), ("init_by_lua", "ngx_http_lua_module"),
    ("init_worker_by_lua", "ngx_http_lua_module"), ("content_by_lua", "ngx_http_lua_module"),
    ("header_filter_by_lua", "ngx_http_lua_module"), ("body_filter_by_lua", "ngx_http_lua_module"),
    ("log_by_lua", "ngx_http_lua_module"), ("set_by_lua", "ngx_http_lua_module"),
    ("balancer_by_lua", "ngx_http_lua_module"), ("ssl_certificate_by_lua", "ngx_http_lua_module"),
    ("preread_by_lua", "ngx_stream_lua_module"), ("passenger_", "Passenger"), ("rails_", "Passenger"),
    ("echo", "echo-nginx-module"), ("vhost_traffic_status", "nginx-module-vts"), ("vod", "nginx-vod-module"),
    ("rtmp", "nginx-rtmp-module"), ("upload_", "nginx-upload-module"), ("push_stream", "nginx-push-stream-module"),
    ("nchan_", "nchan"), ("redis", "ngx_http_redis_module"), ("redis2_", "redis2-nginx-module"),
    ("srcache_", "srcache-nginx-module"), ("memc_", "memc-nginx-module"), ("drizzle_", "drizzle-nginx-module"),
    ("postgres_", "ngx_postgres"), ("headers_more", "headers-more-nginx-module"), ("geoip2", "ngx_http_geoip2_module"),
    ("fancyindex", "ngx-fancyindex"), ("opentracing", "nginx-opentracing"), ("otel_", "ngx_otel_module"),
    ("zipkin_", "nginx-opentracing"),
]

private let moreForeignFamilies: [(String, String)] = [
    ("js_", "njs"), ("xss_", "xss-nginx-module"), ("rds_", "rds-json-nginx-module"),
    ("array_", "array-var-nginx-module"),
    ("iconv_", "iconv-nginx-module"), ("encrypted_session", "encrypted-session-nginx-module"),
    ("dav_ext_", "nginx-dav-ext-module"), ("upstream_fair", "nginx-upstream-fair"),
    ("check_", "nginx_upstream_check_module"),
    ("sysguard", "nginx-http-sysguard"), ("concat", "nginx-http-concat"), ("sticky_", "nginx-sticky-module-ng"),
    ("rrd_graph", "rrd_graph"), ("pinba_", "ngx_http_pinba_module"), ("ssl_dyn_rec_", "the dynamic TLS records patch"),
    ("ssl_ct", "nginx-ct"), ("spdy_", "the SPDY module of old versions"), ("ipscrub", "nginx ipscrub"),
    ("cookie_flag", "nginx_cookie_flag_module"), ("subs_filter", "ngx_http_substitutions_filter_module"),
    ("replace_filter", "replace-filter-nginx-module"), ("eval", "nginx-eval-module"),
    ("pam_", "ngx_http_auth_pam_module"),
    ("statsd_", "nginx-statsd"), ("perl_", "a Perl module"), ("mogilefs_", "nginx-mogilefs"),
    ("gridfs", "nginx-gridfs"),
    ("wasm_", "ngx_wasm_module"), ("track_uploads", "nginx-upload-progress-module"),
    ("report_uploads", "nginx-upload-progress-module"), ("unit_", "nginx-unit"), ("keyval", "nginx-keyval"),
    ("cache_purge", "ngx_cache_purge"), ("hmac_", "an HMAC module"), ("image_", "a third-party image module"),
]

/// Single names.
private let foreignNames: [String: ForeignModule] = [
    "more_set_headers": module("headers-more-nginx-module"), "more_clear_headers": module("headers-more-nginx-module"),
    "more_set_input_headers": module("headers-more-nginx-module"),
    "more_clear_input_headers": module("headers-more-nginx-module"), "fair": module("nginx-upstream-fair"),
    "consistent_hash": module("ngx_http_upstream_consistent_hash"), "check": module("nginx_upstream_check_module"),
    "proxy_cache_purge": module("ngx_cache_purge"), "fastcgi_cache_purge": module("ngx_cache_purge"),
    "scgi_cache_purge": module("ngx_cache_purge"), "uwsgi_cache_purge": module("ngx_cache_purge"),
    "mp4_buffer_size": module("ngx_http_mp4_module"), "sendfile64": module("a patched nginx"),
    "quic_version": module("a patched nginx"), "srcache": module("srcache-nginx-module"),
    "uploadprogress": module("nginx-upload-progress-module"), "upload_progress": module("nginx-upload-progress-module"),
    "set_escape_uri": module("set-misc-nginx-module"), "set_unescape_uri": module("set-misc-nginx-module"),
    "set_quote_sql_str": module("set-misc-nginx-module"), "set_quote_json_str": module("set-misc-nginx-module"),
    "set_if_empty": module("set-misc-nginx-module"), "set_hashed_upstream": module("set-misc-nginx-module"),
    "set_md5": module("set-misc-nginx-module"), "set_sha1": module("set-misc-nginx-module"),
    "set_hmac_sha1": module("set-misc-nginx-module"), "set_random": module("set-misc-nginx-module"),
    "set_encode_base64": module("set-misc-nginx-module"), "set_decode_base64": module("set-misc-nginx-module"),
    "set_secure_random_alphanum": module("set-misc-nginx-module"),
    "set_formatted_gmt_time": module("set-misc-nginx-module"), "set_rotate": module("set-misc-nginx-module"),
    "load_balance": module("a third-party balancer"), "jdomain": module("ngx_upstream_jdomain"),
    "upstream_list": module("set-misc-nginx-module"), "ajp_pass": module("nginx_ajp_module"),
    "tfs_pass": module("nginx-tfs"), "rtmp": module("nginx-rtmp-module"), "slowfs_cache": module("ngx_slowfs_cache"),
    "sent_http": module("a third-party module"), "autoindex_absolute_path": module("a patched nginx"),
]
