import IR
import Language

/// `ngx_http_core_module`, by topic; `HTTPCore.module` joins the tables.
enum HTTPCore {
    static let module = Module<NginxLowering>(
        "ngx_http_core_module",
        blocks + serving + errors + connections + ClientWaiting.entries + reading + tuning + moreTuning)

    /// Blocks and what names them.
    private static let blocks: [Entry<NginxLowering>] = [
        Entry("http", in: .main, .none, block: true, summary: "Holds everything about HTTP.") { directive, state in
            state.lowerHTTP(directive)
        },
        Entry("server", in: .http, .none, block: true, summary: "A virtual server.") { directive, state in
            let server = state.read(directive, as: .server)
            state.level.children.append(server)
        },
        Entry("listen", in: .server, .oneOrMore, summary: "An address and port that the server answers at.") {
            directive, state in
            state.lowerListen(directive)
        },
        Entry("server_name", in: .server, .oneOrMore, summary: "The names that the server answers to.") {
            directive, state in
            state.lowerServerNames(directive)
        },
        Entry("location", in: [.server, .location], .oneOrTwo, block: true, summary: "Settings for some paths.") {
            directive, state in
            state.lowerLocation(directive)
        },
        Entry(
            "limit_except", in: .location, .oneOrMore, block: true, guards: true,
            summary: "Settings for all methods but the named ones."
        ) { directive, state in
            state.lowerLimitExcept(directive)
        },
        Entry("internal", in: .location, .none, summary: "Keeps requests from outside away with 404.") {
            _, state in
            state.level.onlyInternally = true
        },
        Entry("satisfy", in: .anyLevel, .one, summary: "Whether all guards must be passed or one is enough.") {
            directive, state in
            let argument = directive.arguments[0]
            guard let any = state.word(argument, of: "satisfy", ["all": false, "any": true]) else { return }
            state.level.parts.satisfiesAny = Stated(any, state.origin(directive))
        },
    ]

    /// What is served from where.
    private static let serving: [Entry<NginxLowering>] = [
        Entry("root", in: .anyLevelOrIf, .one, summary: "The folder that a request's path is looked up in.") {
            directive, state in
            state.lowerRoot(directive)
        },
        Entry("alias", in: .location, .one, summary: "The folder that stands in the place of the location's path.") {
            directive, state in
            state.lowerAlias(directive)
        },
        Entry("types", in: .anyLevel, .none, block: true, summary: "Media types by file extension.") {
            directive, state in
            state.lowerTypes(directive)
        },
        Entry("default_type", in: .anyLevel, .one, summary: "The media type of files with unknown extensions.") {
            directive, state in
            let text = directive.arguments[0].text
            state.settings.files.defaultType = Stated(text.isEmpty ? nil : text, state.origin(directive))
        },
        Entry("etag", in: .anyLevel, .flag, summary: "Sends an ETag with files.") { directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.settings.files.tag = Stated(isOn ? .timeAndSize : .none, state.origin(directive))
        },
        Entry("if_modified_since", in: .anyLevel, .one, summary: "How a file's time is compared with the client's.") {
            directive, state in
            let words: [String: Modified] = ["off": .off, "exact": .exact, "before": .notLater]
            guard let value = state.word(directive.arguments[0], of: directive.name, words) else { return }
            state.settings.files.modified = Stated(value, state.origin(directive))
        },
        Entry("max_ranges", in: .anyLevel, .one, summary: "Limits the byte ranges of a request.") { directive, state in
            guard let count = state.number(directive.arguments[0], of: directive.name) else { return }
            state.settings.files.ranges = Stated(count, state.origin(directive))
        },
        Entry(
            "disable_symlinks", in: .anyLevel, .oneOrTwo, guards: true,
            summary: "Keeps symbolic links from being followed."
        ) {
            directive, state in
            state.lowerSymlinks(directive)
        },
        .ignored("log_not_found", in: .anyLevel, .flag, summary: "Writes missing files to the error log."),
        .ignored("log_subrequest", in: .anyLevel, .flag, summary: "Writes subrequests to the access log."),
    ]

    /// Error pages and how URLs are completed.
    private static let errors: [Entry<NginxLowering>] = [
        Entry("error_page", in: .anyLevelOrIf, .twoOrMore, summary: "What is shown for some statuses.") {
            directive, state in
            state.lowerErrorPage(directive)
        },
        Entry("recursive_error_pages", in: .anyLevel, .flag, summary: "Lets an error page have error pages.") {
            directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.settings.errors.nested = Stated(isOn ? .rules(upTo: 10) : .last, state.origin(directive))
        },
        .flag(
            "absolute_redirect", in: .anyLevel, to: \.parts.absoluteRedirect,
            summary: "Completes redirects with scheme and host."),
        .flag(
            "port_in_redirect", in: .anyLevel, to: \.parts.portInRedirect, summary: "Puts the port into redirects."),
        .flag(
            "server_name_in_redirect", in: .anyLevel, to: \.parts.nameInRedirect,
            summary: "Puts the server's first name into redirects."),
        Entry("server_tokens", in: .anyLevel, .one, summary: "Says the version in answers.") { directive, state in
            state.lowerServerTokens(directive)
        },
        Entry("merge_slashes", in: .perServer, .flag, summary: "Takes several slashes for one.") { directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.settings.url.mergeSlashes = Stated(isOn, state.origin(directive))
        },
        .known("post_action", in: .anyLevelOrIf, .one, summary: "Asks a further request when one has been answered."),
        .known("early_hints", in: .anyLevel, .oneOrMore, summary: "Passes early hints to clients."),
        .ignored("msie_padding", in: .anyLevel, .flag, summary: "Makes error pages long enough for old browsers."),
        .ignored("msie_refresh", in: .anyLevel, .flag, summary: "Refreshes instead of redirecting old browsers."),
    ]

    /// Connections and limits.
    private static let connections: [Entry<NginxLowering>] = [
        Entry("keepalive_timeout", in: .anyLevel, .oneOrTwo, summary: "How long an idle connection is kept.") {
            directive, state in
            state.lowerKeepAlive(directive)
        },
        .number(
            "keepalive_requests", in: .anyLevel, to: \.parts.requestsPerConnection,
            summary: "How many requests a connection may carry."),
        Entry("client_max_body_size", in: .anyLevel, .one, summary: "Limits request bodies; 0: no limit.") {
            directive, state in
            guard let size = state.bytes(directive.arguments[0], of: directive.name) else { return }
            state.settings.limits.body = Stated(size == 0 ? nil : size, state.origin(directive))
        },
        .time(
            "client_body_timeout", in: .anyLevel, to: \.settings.limits.bodyTime,
            summary: "How long a client may pause within a body."),
        .time(
            "send_timeout", in: .anyLevel, to: \.settings.limits.sendTime,
            summary: "How long a client may pause in taking an answer."),
        .ignored("keepalive_disable", in: .anyLevel, .oneOrMore, summary: "Closes connections of old browsers."),
        .ignored("keepalive_time", in: .anyLevel, .one, summary: "Limits the life of a connection."),
        .ignored("keepalive_min_timeout", in: .anyLevel, .one, summary: "Keeps idle connections at least so long."),
        .known("limit_rate", in: .anyLevelOrIf, .one, summary: "Slows answers down."),
        .known("limit_rate_after", in: .anyLevelOrIf, .one, summary: "Slows answers down after a first part."),
        .known("auth_delay", in: .anyLevel, .one, summary: "Delays answers to unauthorised requests."),
        Entry(
            "resolver", in: [.http, .server, .location, .upstream], .oneOrMore,
            summary: "The name servers for names that are looked up while running."
        ) {
            _, _ in
            // The system's resolver is asked instead; the answers are the same.
        },
        .ignored(
            "resolver_timeout", in: [.http, .server, .location, .upstream], .one,
            summary: "How long a look-up may take."),
    ]

    /// How requests are read.
    private static let reading: [Entry<NginxLowering>] = [
        Entry("client_header_timeout", in: .perServer, .one, summary: "How long a request's head may take.") {
            directive, state in
            state.level.site.reading.headerTime = state.seconds(directive.arguments[0], of: directive.name)
        },
        Entry("client_header_buffer_size", in: .perServer, .one, summary: "The first buffer for a request's head.") {
            directive, state in
            state.level.site.reading.headerBuffer = state.bytes(directive.arguments[0], of: directive.name)
        },
        Entry(
            "large_client_header_buffers", in: .perServer, .two, summary: "The longest request line and header field."
        ) {
            directive, state in
            guard state.number(directive.arguments[0], of: directive.name) != nil else { return }
            state.level.site.reading.largeBuffer = state.bytes(directive.arguments[1], of: directive.name)
        },
        Entry("underscores_in_headers", in: .perServer, .flag, summary: "Takes header names with underscores.") {
            directive, state in
            state.level.site.reading.underscores = state.flag(directive)
        },
        Entry("ignore_invalid_headers", in: .perServer, .flag, summary: "Drops header fields with odd names.") {
            directive, state in
            state.level.site.reading.dropsInvalid = state.flag(directive)
        },
        Entry("max_headers", in: .perServer, .one, summary: "Limits the header fields of a request.") {
            directive, state in
            state.level.site.reading.headerFields = state.number(directive.arguments[0], of: directive.name)
        },
        .known("chunked_transfer_encoding", in: .anyLevel, .flag, summary: "Sends answers in chunks."),
        .ignored("client_body_in_file_only", in: .anyLevel, .one, summary: "Keeps request bodies in files."),
        .ignored("client_body_in_single_buffer", in: .anyLevel, .flag, summary: "Keeps a body in one buffer."),
        .ignored("connection_pool_size", in: .perServer, .one, summary: "Memory for a connection."),
        .ignored("request_pool_size", in: .perServer, .one, summary: "Memory for a request."),
    ]

    /// Tuning of another architecture.
    private static let tuning: [Entry<NginxLowering>] = [
        .ignored("sendfile", in: .anyLevelOrIf, .flag, summary: "Lets the kernel send files."),
        .ignored("sendfile_max_chunk", in: .anyLevel, .one, summary: "Limits one call of sendfile."),
        .ignored("tcp_nopush", in: .anyLevel, .flag, summary: "Sends full packets only."),
        .ignored("tcp_nodelay", in: .anyLevel, .flag, summary: "Sends small packets at once."),
        .ignored("aio", in: .anyLevel, .one, summary: "Reads files asynchronously."),
        .ignored("aio_write", in: .anyLevel, .flag, summary: "Writes files asynchronously."),
        .ignored("directio", in: .anyLevel, .one, summary: "Reads large files past the cache."),
        .ignored("directio_alignment", in: .anyLevel, .one, summary: "Alignment for directio."),
        .ignored("read_ahead", in: .anyLevel, .one, summary: "Lets the kernel read ahead."),
        .ignored("output_buffers", in: .anyLevel, .two, summary: "Buffers for reading files."),
        .ignored("postpone_output", in: .anyLevel, .one, summary: "Collects output before sending."),
        .ignored("send_lowat", in: .anyLevel, .one, summary: "Waits until so much can be sent."),
        .ignored("subrequest_output_buffer_size", in: .anyLevel, .one, summary: "Buffer for subrequests."),
    ]

    private static let moreTuning: [Entry<NginxLowering>] = [
        .ignored("open_file_cache", in: .anyLevel, .oneOrTwo, summary: "Keeps files open."),
        .ignored("open_file_cache_valid", in: .anyLevel, .one, summary: "How long open files are trusted."),
        .ignored("open_file_cache_min_uses", in: .anyLevel, .one, summary: "Which files are kept open."),
        .ignored("open_file_cache_errors", in: .anyLevel, .flag, summary: "Remembers missing files."),
        .ignored("open_file_cache_events", in: .anyLevel, .flag, summary: "Watches open files."),
        .ignored("server_names_hash_max_size", in: .http, .one, summary: "Size of a table."),
        .ignored("server_names_hash_bucket_size", in: .http, .one, summary: "Size of a table."),
        .ignored("types_hash_max_size", in: .anyLevel, .one, summary: "Size of a table."),
        .ignored("types_hash_bucket_size", in: .anyLevel, .one, summary: "Size of a table."),
        .ignored("variables_hash_max_size", in: .http, .one, summary: "Size of a table."),
        .ignored("variables_hash_bucket_size", in: .http, .one, summary: "Size of a table."),
        .ignored("map_hash_max_size", in: .http, .one, summary: "Size of a table."),
        .ignored("map_hash_bucket_size", in: .http, .one, summary: "Size of a table."),
        .ignored("referer_hash_max_size", in: [.server, .location], .one, summary: "Size of a table."),
        .ignored("referer_hash_bucket_size", in: [.server, .location], .one, summary: "Size of a table."),
    ]
}
