import IR
import Language

/// `ngx_http_proxy_module`: what it does; `ProxyTuning` holds the rest of its directives.
enum Proxy {
    static let module = Module<NginxLowering>(
        "ngx_http_proxy_module",
        passing + headers + exchange + encryption
            + NginxLowering.bufferEntries("proxy", \.parts.buffers) + ProxyTuning.known + ProxyTuning.ignored)

    /// Where requests go.
    private static let passing: [Entry<NginxLowering>] = [
        Entry(
            "proxy_pass", in: [.location, .locationIf, .limitExcept], .one,
            summary: "Forwards requests to a server or group of servers."
        ) { directive, state in
            state.lowerProxyPass(directive)
        },
        Entry("proxy_redirect", in: .anyLevel, .oneOrTwo, summary: "Maps locations in answers.") { directive, state in
            state.lowerProxyRedirect(directive)
        },
        Entry("proxy_cookie_domain", in: .anyLevel, .oneOrTwo, summary: "Maps the domain of cookies in answers.") {
            directive, state in
            state.lowerCookieMapping(directive, attribute: "domain")
        },
        Entry("proxy_cookie_path", in: .anyLevel, .oneOrTwo, summary: "Maps the path of cookies in answers.") {
            directive, state in
            state.lowerCookieMapping(directive, attribute: "path")
        },
    ]

    /// What is sent and what is passed on.
    private static let headers: [Entry<NginxLowering>] = [
        Entry("proxy_set_header", in: .anyLevel, .two, summary: "Sets a header field of forwarded requests.") {
            directive, state in
            let edit = HeaderEdit(
                table: .request, name: directive.arguments[0].text, operation: .set,
                value: state.template(directive.arguments[1]), skipsEmpty: true, origin: state.origin(directive))
            state.level.parts.upstreamHeaders = (state.level.parts.upstreamHeaders ?? []) + [edit]
        },
        Entry("proxy_hide_header", in: .anyLevel, .one, summary: "Keeps a header field of answers back.") {
            directive, state in
            let name = directive.arguments[0].text.lowercased()
            let before = state.settings.forward.hides
            state.settings.forward.hides = Edit(
                merge: .replace, value: (before?.value ?? Defaults.hiddenHeaders).union([name]),
                origin: before?.origin ?? state.origin(directive))
        },
        Entry(
            "proxy_pass_header", in: .anyLevel, .one, summary: "Passes a header field on that is kept back otherwise."
        ) {
            directive, state in
            let name = directive.arguments[0].text.lowercased()
            let before = state.settings.forward.passes
            state.settings.forward.passes = Edit(
                merge: .replace, value: (before?.value ?? []).union([name]),
                origin: before?.origin ?? state.origin(directive))
        },
        Entry(
            "proxy_ignore_headers", in: .anyLevel, .oneOrMore, summary: "Lets header fields of answers control nothing."
        ) {
            directive, state in
            let names = Set(directive.arguments.map { $0.text.lowercased() })
            let before = state.settings.forward.controlHeaders?.value ?? Defaults.controlHeaders
            state.settings.forward.controlHeaders = Stated(before.subtracting(names), state.origin(directive))
        },
        .flag(
            "proxy_pass_request_headers", in: .anyLevel, to: \.settings.forward.passesHeaders,
            summary: "Forwards header fields."),
        .flag("proxy_pass_request_body", in: .anyLevel, to: \.settings.forward.passesBody, summary: "Forwards bodies."),
        .flag(
            "proxy_buffering", in: .anyLevel, to: \.settings.forward.buffering,
            summary: "Reads answers ahead of the client."),
        .flag(
            "proxy_request_buffering", in: .anyLevel, to: \.settings.forward.requestBuffering,
            summary: "Reads a body whole before it is forwarded."),
        Entry("proxy_http_version", in: .anyLevel, .one, summary: "The HTTP version that is spoken to upstreams.") {
            directive, state in
            let words = ["1.0": "1.0", "1.1": "1.1", "2": "2"]
            guard let version = state.word(directive.arguments[0], of: directive.name, words) else { return }
            if version == "2" {
                state.diagnostics.append(
                    Coverage.unsupportedDirective(directive, module: "ngx_http_proxy_module", guards: false))
            }
            state.settings.forward.version = Stated(version == "2" ? "1.1" : version, state.origin(directive))
        },
        Entry("proxy_intercept_errors", in: .anyLevel, .flag, summary: "Gives answers from 300 on our error pages.") {
            directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.settings.errors.replacesUpstreams = Stated(
                isOn ? .onlyWithRule(from: 300) : .never, state.origin(directive))
        },
    ]

    /// Timeouts and further tries.
    private static let exchange: [Entry<NginxLowering>] = [
        .time(
            "proxy_connect_timeout", in: .anyLevel, to: \.parts.connectTime, summary: "How long connecting may take."),
        .time("proxy_send_timeout", in: .anyLevel, to: \.parts.sendTime, summary: "How long a write may wait."),
        .time("proxy_read_timeout", in: .anyLevel, to: \.parts.readTime, summary: "How long a read may wait."),
        .number(
            "proxy_next_upstream_tries", in: .anyLevel, to: \.parts.tries, summary: "Limits further tries; 0: no limit."
        ),
        .time(
            "proxy_next_upstream_timeout", in: .anyLevel, to: \.parts.triesTime,
            summary: "Limits the time for further tries; 0: no limit."),
        Entry("proxy_next_upstream", in: .anyLevel, .oneOrMore, summary: "When another server is tried.") {
            directive, state in
            state.lowerNextUpstream(directive)
        },
    ]

    /// TLS towards upstreams.
    private static let encryption: [Entry<NginxLowering>] = [
        .flag(
            "proxy_ssl_server_name", in: .anyLevel, to: \.parts.tls.sendsName,
            summary: "Sends the server's name in TLS."
        ),
        .flag(
            "proxy_ssl_verify", in: .anyLevel, to: \.parts.tls.verifies, summary: "Verifies upstreams' certificates."),
        Entry("proxy_ssl_name", in: .anyLevel, .one, summary: "The name that certificates are verified against.") {
            directive, state in
            state.level.parts.tls.name = Stated(state.template(directive.arguments[0]), state.origin(directive))
        },
        .number(
            "proxy_ssl_verify_depth", in: .anyLevel, to: \.parts.tls.depth,
            summary: "How long a chain of certificates may be."),
        .path(
            "proxy_ssl_trusted_certificate", in: .anyLevel, to: \.parts.tls.trusted,
            summary: "Whom upstreams' certificates may come from."),
        .path(
            "proxy_ssl_crl", in: .anyLevel, to: \.parts.tls.revoked, summary: "Certificates that were withdrawn."),
        Entry("proxy_ssl_certificate", in: .anyLevel, .one, summary: "The certificate shown to upstreams.") {
            directive, state in
            state.level.parts.tls.certificate = state.certificatePath(directive)
        },
        Entry("proxy_ssl_certificate_key", in: .anyLevel, .one, summary: "Its key.") { directive, state in
            state.level.parts.tls.key = state.certificatePath(directive)
        },
        .path("proxy_ssl_password_file", in: .anyLevel, to: \.parts.tls.passwordFile, summary: "Passwords of keys."),
        Entry("proxy_ssl_protocols", in: .anyLevel, .oneOrMore, summary: "TLS versions towards upstreams.") {
            directive, state in
            guard let versions = state.tlsVersions(directive) else { return }
            state.level.parts.tls.versions = Stated(versions, state.origin(directive))
        },
        Entry("proxy_ssl_ciphers", in: .anyLevel, .one, summary: "Ciphers towards upstreams.") { directive, state in
            state.level.parts.tls.ciphers = Stated(directive.arguments[0].text, state.origin(directive))
        },
        .flag(
            "proxy_ssl_session_reuse", in: .anyLevel, to: \.parts.tls.reusesSessions,
            summary: "Takes TLS sessions up again."),
        Entry("proxy_ssl_conf_command", in: .anyLevel, .two, summary: "Settings of the TLS library.") {
            directive, state in
            let command = LibraryCommand(directive.arguments[0].text, directive.arguments[1].text)
            let stated = Stated(command, state.origin(directive))
            state.level.parts.tls.commands = (state.level.parts.tls.commands ?? []) + [stated]
        },
    ]
}
