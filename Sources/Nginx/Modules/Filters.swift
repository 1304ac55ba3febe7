import IR
import Language

/// The modules that change answers on their way.
enum Filters {
    /// `ngx_http_gzip_filter_module` and its kin.
    static let gzip = Module<NginxLowering>(
        "ngx_http_gzip_module",
        [
            .known("gzip", in: .anyLevelOrIf, .flag, summary: "Compresses answers."),
            .known("gzip_types", in: .anyLevel, .oneOrMore, summary: "Which media types are compressed."),
            .known("gzip_min_length", in: .anyLevel, .one, summary: "The shortest answer that is compressed."),
            .known("gzip_proxied", in: .anyLevel, .oneOrMore, summary: "Whether answers to proxies are compressed."),
            .known("gzip_vary", in: .anyLevel, .flag, summary: "Sends Vary with what is compressed."),
            .known("gzip_http_version", in: .anyLevel, .one, summary: "The least HTTP version for compression."),
            .known("gzip_disable", in: .anyLevel, .oneOrMore, summary: "Clients that get nothing compressed."),
            .known("gzip_comp_level", in: .anyLevel, .one, summary: "How hard is compressed."),
            .ignored("gzip_buffers", in: .anyLevel, .two, summary: "Buffers for compression."),
            .ignored("gzip_window", in: .anyLevel, .one, summary: "Memory for compression."),
            .ignored("gzip_hash", in: .anyLevel, .one, summary: "Memory for compression."),
            .ignored("gzip_no_buffer", in: .anyLevel, .flag, summary: "Flushes what is compressed."),
            .ignored("postpone_gzipping", in: .anyLevel, .one, summary: "Waits for enough to compress."),
            .known("gunzip", in: .anyLevel, .flag, summary: "Decompresses for clients that need it."),
            .ignored("gunzip_buffers", in: .anyLevel, .two, summary: "Buffers for decompression."),
            .known("gzip_static", in: .anyLevel, .one, summary: "Takes compressed files from beside."),
        ])

    /// `ngx_http_charset_module`.
    static let charset = Module<NginxLowering>(
        "ngx_http_charset_module",
        [
            Entry("charset", in: .anyLevelOrIf, .one, summary: "The character set that answers name.") {
                directive, state in
                let name = directive.arguments[0].text
                state.settings.files.charset = Stated(name == "off" ? nil : name, state.origin(directive))
            },
            .known("source_charset", in: .anyLevelOrIf, .one, summary: "The character set that files are in."),
            .known("override_charset", in: .anyLevelOrIf, .flag, summary: "Converts answers of upstreams too."),
            .known("charset_types", in: .anyLevel, .oneOrMore, summary: "Which media types name it."),
            .known("charset_map", in: .http, .two, block: true, summary: "How characters are converted."),
        ])

    /// Other filters.
    static let others = Module<NginxLowering>(
        "ngx_http_sub_module",
        [
            .known("sub_filter", in: .anyLevel, .two, summary: "Replaces a text in answers."),
            .known("sub_filter_once", in: .anyLevel, .flag, summary: "Replaces it once only."),
            .known("sub_filter_types", in: .anyLevel, .oneOrMore, summary: "In which media types."),
            .known("sub_filter_last_modified", in: .anyLevel, .flag, summary: "Keeps the time of change."),
            .known("addition_types", in: .anyLevel, .oneOrMore, summary: "Which answers are added to."),
            .known("add_before_body", in: .anyLevel, .one, summary: "Puts another answer before."),
            .known("add_after_body", in: .anyLevel, .one, summary: "Puts another answer behind."),
            .known("ssi", in: .anyLevelOrIf, .flag, summary: "Runs server-side includes."),
            .known("ssi_types", in: .anyLevel, .oneOrMore, summary: "In which media types."),
            .known("ssi_last_modified", in: .anyLevel, .flag, summary: "Keeps the time of change."),
            .ignored("ssi_silent_errors", in: .anyLevel, .flag, summary: "Hides errors of includes."),
            .ignored("ssi_ignore_recycled_buffers", in: .anyLevel, .flag, summary: "Tunes includes."),
            .ignored("ssi_min_file_chunk", in: .anyLevel, .one, summary: "Tunes includes."),
            .ignored("ssi_value_length", in: .anyLevel, .one, summary: "The longest parameter of an include."),
            .known("xslt_stylesheet", in: .location, .oneOrMore, summary: "Transforms XML."),
            .known("xslt_param", in: .anyLevel, .two, summary: "A parameter of a stylesheet."),
            .known("xslt_string_param", in: .anyLevel, .two, summary: "A text parameter of a stylesheet."),
            .known("xslt_types", in: .anyLevel, .oneOrMore, summary: "Which media types are transformed."),
            .known("xslt_last_modified", in: .anyLevel, .flag, summary: "Keeps the time of change."),
            .known("xml_entities", in: .anyLevel, .one, summary: "Declarations for XML."),
            .known("slice", in: .anyLevel, .one, summary: "Fetches answers in parts."),
            .known("mirror", in: .anyLevel, .one, summary: "Sends a copy of requests elsewhere."),
            .known("mirror_request_body", in: .anyLevel, .flag, summary: "Sends the body along."),
        ])

    /// Modules that look at clients.
    static let clients = Module<NginxLowering>(
        "ngx_http_userid_module",
        [
            .known("userid", in: .anyLevel, .one, summary: "Marks clients by a cookie."),
            .known("userid_name", in: .anyLevel, .one, summary: "The cookie's name."),
            .known("userid_domain", in: .anyLevel, .one, summary: "The cookie's domain."),
            .known("userid_path", in: .anyLevel, .one, summary: "The cookie's path."),
            .known("userid_expires", in: .anyLevel, .one, summary: "The cookie's life."),
            .known("userid_flags", in: .anyLevel, .oneToThree, summary: "The cookie's flags."),
            .known("userid_p3p", in: .anyLevel, .one, summary: "A policy field beside the cookie."),
            .known("userid_mark", in: .anyLevel, .one, summary: "A mark in the cookie."),
            .known("userid_service", in: .anyLevel, .one, summary: "The server's number in the cookie."),
            .known("modern_browser", in: .anyLevel, .oneOrTwo, summary: "Which browsers are modern."),
            .known("modern_browser_value", in: .anyLevel, .one, summary: "The variable's value for them."),
            .known("ancient_browser", in: .anyLevel, .oneOrMore, summary: "Which browsers are old."),
            .known("ancient_browser_value", in: .anyLevel, .one, summary: "The variable's value for them."),
            .known("geoip_country", in: .http, .oneOrTwo, summary: "A table of countries."),
            .known("geoip_city", in: .http, .oneOrTwo, summary: "A table of cities."),
            .known("geoip_org", in: .http, .oneOrTwo, summary: "A table of organisations."),
            .known("geoip_proxy", in: .http, .one, summary: "Whose X-Forwarded-For is believed."),
            .known("geoip_proxy_recursive", in: .http, .flag, summary: "Follows such addresses."),
        ])
}
