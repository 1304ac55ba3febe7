import IR
import Language
import Source

/// The modules about rates and addresses.
enum Limits {
    /// `ngx_http_limit_req_module` and `ngx_http_limit_conn_module`.
    static let module = Module<NginxLowering>(
        "ngx_http_limit_req_module",
        [
            .known(
                "limit_req_zone", in: .http, .three,
                summary: "What requests are counted by, and how many a second pass."),
            .known("limit_req", in: .anyLevel, .oneToThree, summary: "Limits the rate of requests."),
            .known("limit_req_status", in: .anyLevel, .one, summary: "What others are answered."),
            .ignored("limit_req_log_level", in: .anyLevel, .one, summary: "How loudly that is logged."),
            .known("limit_req_dry_run", in: .anyLevel, .flag, summary: "Counts without limiting."),
            .known("limit_conn_zone", in: .http, .two, summary: "What connections are counted by."),
            .known("limit_zone", in: .http, .three, summary: "What connections are counted by (before 1.7)."),
            .known("limit_conn", in: .anyLevel, .two, summary: "Limits connections at once."),
            .known("limit_conn_status", in: .anyLevel, .one, summary: "What others are answered."),
            .ignored("limit_conn_log_level", in: .anyLevel, .one, summary: "How loudly that is logged."),
            .known("limit_conn_dry_run", in: .anyLevel, .flag, summary: "Counts without limiting."),
        ])

    /// `ngx_http_realip_module`.
    static let realAddress = Module<NginxLowering>(
        "ngx_http_realip_module",
        [
            Entry("set_real_ip_from", in: .anyLevel, .one, summary: "A proxy whose word about addresses is taken.") {
                directive, state in
                let argument = directive.arguments[0]
                if argument.text != "unix:", !isNetwork(argument.text) {
                    state.report(
                        Coverage.unsupported, .warning, "`set_real_ip_from` with a host name is not run by Sluice",
                        at: argument.range, why: "the proxy of that name is not believed", help: "write its address")
                    return
                }
                let before = state.level.parts.trustedProxies
                state.level.parts.trustedProxies = Stated(
                    (before?.value ?? []) + [argument.text], before?.origin ?? state.origin(directive))
            },
            Entry("real_ip_header", in: .anyLevel, .one, summary: "The field that names the client's address.") {
                directive, state in
                let argument = directive.arguments[0]
                if argument.text == "proxy_protocol" {
                    state.diagnostics.append(
                        Coverage.unsupportedDirective(directive, module: "ngx_http_realip_module", guards: false))
                }
                state.level.parts.addressHeader = Stated(argument.text, state.origin(directive))
            },
            .flag(
                "real_ip_recursive", in: .anyLevel, to: \.parts.followsAddresses,
                summary: "Follows addresses as long as they are believed."),
        ])
}
