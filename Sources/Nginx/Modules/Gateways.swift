import IR
import Language
import Source

/// The modules that pass requests to other protocols: FastCGI, uwsgi, SCGI, gRPC, memcached, CONNECT tunnels.
///
/// Their directives are one family with different prefixes. Only FastCGI is run: a location with another of their
/// `_pass` directives answers that its content is unavailable.
enum Gateways {
    static let modules: [Module<NginxLowering>] = [
        module("fastcgi", "FastCGI servers", [.basic, .filters, .files, .sending], besides: FastCGI.entries),
        module("uwsgi", "uwsgi servers", [.basic, .filters, .files, .parameters, .tls]) + uwsgi,
        module("scgi", "SCGI servers", [.basic, .filters, .files, .parameters]),
        module("grpc", "gRPC servers", [.basic, .filters, .tls]) + grpc,
        module("memcached", "memcached", [.basic]) + memcached,
        module("tunnel", "CONNECT tunnels", [.basic, .sending]),
    ]

    /// The parts of the family that a module may have.
    private enum Part {
        case basic, filters, files, parameters, tls, sending
    }

    /// A module of the family; what is run of it stands in `besides` and takes the place of the common rows.
    private static func module(
        _ prefix: String, _ what: String, _ parts: [Part], besides run: [Entry<NginxLowering>] = []
    ) -> Module<NginxLowering> {
        let taken = Set(run.map(\.name))
        let rows = parts.flatMap { part in
            switch part {
            case .basic: basic
            case .filters: filters
            case .files: files + cache
            case .parameters: [Row("param", .between(2, 3), "Names a parameter for", changes: true)]
            case .tls: tls
            case .sending: [Row("send_lowat", .one, "Tunes sending to")]
            }
        }
        let pass = Entry<NginxLowering>(
            "\(prefix)_pass", in: prefix == "tunnel" ? [.server, .location, .locationIf] : [.location, .locationIf],
            .one, support: .known,
            summary: "Forwards requests to \(what)."
        ) { directive, state in
            state.level.handler = .gateway(.unavailable("`\(directive.name)` is not run", guards: false))
            state.noteGateway(directive)
        }
        return Module(
            "ngx_http_\(prefix)_module",
            (run.isEmpty ? [pass] : run)
                + rows.filter { !taken.contains("\(prefix)_\($0.name)") }.map { row in
                    let contexts: ContextSet = row.name == "cache_path" ? .http : .anyLevel
                    let summary = row.summary + " \(what)."
                    if row.name == "param" {
                        return Entry("\(prefix)_param", in: contexts, row.arity, support: .known, summary: summary) {
                            directive, state in
                            _ = state.template(directive.arguments[1])
                        }
                    }
                    return row.changes
                        ? .known("\(prefix)_\(row.name)", in: contexts, row.arity, summary: summary)
                        : .ignored("\(prefix)_\(row.name)", in: contexts, row.arity, summary: summary)
                })
    }

    /// A directive of the family without its prefix; those that tune a `_pass` that is not run change nothing.
    private struct Row: Sendable {
        var name: String
        var arity: Arity
        var summary: String
        var changes: Bool

        init(_ name: String, _ arity: Arity, _ summary: String, changes: Bool = false) {
            self.name = name
            self.arity = arity
            self.summary = summary
            self.changes = changes
        }
    }

    private static let basic: [Row] = [
        Row("bind", .oneOrTwo, "The local address of connections to"),
        Row("buffer_size", .one, "The buffer for answers of"),
        Row("connect_timeout", .one, "How long connecting may take to"),
        Row("read_timeout", .one, "How long a read may wait for"),
        Row("send_timeout", .one, "How long a write may wait for"),
        Row("next_upstream", .oneOrMore, "When another server is tried among"),
        Row("next_upstream_timeout", .one, "Limits the time for further tries at"),
        Row("next_upstream_tries", .one, "Limits further tries at"),
        Row("socket_keepalive", .flag, "Probes idle connections to"),
        Row("socket_rcvbuf", .one, "A socket's buffer towards"),
        Row("socket_sndbuf", .one, "A socket's buffer towards"),
    ]

    private static let filters: [Row] = [
        Row("hide_header", .one, "Keeps back a header field of", changes: true),
        Row("pass_header", .one, "Passes on a header field of", changes: true),
        Row("ignore_headers", .oneOrMore, "Lets header fields control nothing that come from", changes: true),
        Row("intercept_errors", .flag, "Gives our error pages to answers of", changes: true),
    ]

    private static let files: [Row] = [
        Row("buffering", .flag, "Reads ahead of the client from"),
        Row("buffers", .two, "The buffers for answers of"),
        Row("busy_buffers_size", .one, "How much may wait for the client of answers of"),
        Row("force_ranges", .flag, "Answers byte ranges whatever is said by", changes: true),
        Row("ignore_client_abort", .flag, "Goes on when the client has left with"),
        Row("limit_rate", .one, "Slows reading down from"),
        Row("max_temp_file_size", .one, "How much goes to a file of answers of"),
        Row("pass_request_body", .flag, "Forwards bodies to", changes: true),
        Row("pass_request_headers", .flag, "Forwards header fields to", changes: true),
        Row("request_buffering", .flag, "Reads a body whole before it goes to"),
        Row("store", .one, "Keeps as files the answers of", changes: true),
        Row("store_access", .oneToThree, "Permissions of kept answers of"),
        Row("temp_file_write_size", .one, "How much is written at once of answers of"),
        Row("temp_path", .between(1, 4), "The folder for answers of"),
    ]

    private static let cache: [Row] = [
        Row("cache", .one, "Caches answers of", changes: true),
        Row("cache_path", .twoOrMore, "Where answers are cached of", changes: true),
        Row("cache_key", .one, "What cached answers are found by of", changes: true),
        Row("cache_valid", .oneOrMore, "How long answers are cached of", changes: true),
        Row("cache_bypass", .oneOrMore, "When the cache is not asked for answers of", changes: true),
        Row("no_cache", .oneOrMore, "When answers are not cached of", changes: true),
        Row("cache_use_stale", .oneOrMore, "When old answers do of", changes: true),
        Row("cache_methods", .oneOrMore, "Which methods are cached for", changes: true),
        Row("cache_lock", .flag, "Asks once for answers not cached yet of", changes: true),
        Row("cache_lock_age", .one, "How long the first request may take at", changes: true),
        Row("cache_lock_timeout", .one, "How long further requests wait for", changes: true),
        Row("cache_min_uses", .one, "After how many requests answers are cached of", changes: true),
        Row("cache_revalidate", .flag, "Asks whether old answers still hold at", changes: true),
        Row("cache_background_update", .flag, "Renews in the background answers of", changes: true),
        Row("cache_max_range_offset", .one, "Which ranges go past the cache to", changes: true),
    ]

    private static let tls: [Row] = [
        Row("ssl_certificate", .one, "The certificate shown to"),
        Row("ssl_certificate_key", .one, "The key of the certificate shown to"),
        Row("ssl_certificate_cache", .oneToThree, "Keeps certificates in memory for"),
        Row("ssl_ciphers", .one, "Ciphers towards"),
        Row("ssl_conf_command", .two, "Settings of the TLS library towards"),
        Row("ssl_crl", .one, "Certificates that were withdrawn of"),
        Row("ssl_name", .one, "The name that is verified of"),
        Row("ssl_password_file", .one, "Passwords of keys towards"),
        Row("ssl_protocols", .oneOrMore, "TLS versions towards"),
        Row("ssl_server_name", .flag, "Sends the name in TLS to"),
        Row("ssl_session_reuse", .flag, "Takes TLS sessions up again with"),
        Row("ssl_trusted_certificate", .one, "Whom certificates may come from of"),
        Row("ssl_verify", .flag, "Verifies the certificates of"),
        Row("ssl_verify_depth", .one, "How long a chain of certificates may be of"),
    ]

    private static let uwsgi: [Entry<NginxLowering>] = [
        .known("uwsgi_modifier1", in: .anyLevel, .one, summary: "A byte of the uwsgi head."),
        .known("uwsgi_modifier2", in: .anyLevel, .one, summary: "A byte of the uwsgi head."),
        .known("uwsgi_string", in: .anyLevel, .one, summary: "A text in the uwsgi head."),
    ]

    private static let grpc: [Entry<NginxLowering>] = [
        .known("grpc_set_header", in: .anyLevel, .two, summary: "Sets a header field of gRPC requests.")
    ]

    private static let memcached: [Entry<NginxLowering>] = [
        .known("memcached_gzip_flag", in: .anyLevel, .one, summary: "Marks compressed values.")
    ]
}

extension NginxLowering {
    /// Keeps the address of a gateway until all upstreams are known.
    mutating func noteGateway(_ directive: Directive) {
        let argument = directive.arguments[0]
        guard !argument.text.contains("$") else {
            _ = template(argument)
            return
        }
        if argument.text.hasPrefix("unix:") { return }
        let bare = argument.text.split(separator: "://").last.map(String.init) ?? argument.text
        if !bare.hasPrefix("unix:"), !bare.contains(":") {
            gateways.append(Argument(text: bare, range: argument.range))
        }
    }

    /// A gateway without a port has to be an upstream.
    mutating func checkGateways() {
        for gateway in gateways where upstreams[gateway.text] == nil {
            report(
                "missing-port", isFragment ? .warning : .error, "`\(gateway.text)` is no upstream, and has no port",
                at: gateway.range,
                why: "nginx refuses to start: no port in upstream \"\(gateway.text)\"",
                help: "write `HOST:PORT` or `unix:/path`, or define `upstream \(gateway.text) { … }`")
        }
    }
}

/// The module with more rows.
private func + (module: Module<NginxLowering>, entries: [Entry<NginxLowering>]) -> Module<NginxLowering> {
    Module(module.name, module.entries + entries)
}
