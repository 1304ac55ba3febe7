import IR
import Language
import Source

/// The modules about rates and addresses.
enum Limits {
    /// `ngx_http_limit_req_module` and `ngx_http_limit_conn_module`.
    static let module = Module<NginxLowering>(
        "ngx_http_limit_req_module",
        [
            zone("limit_req_zone", .three, at: 1, "What requests are counted by, and how many a second pass."),
            zone("limit_conn_zone", .two, at: 1, "What connections are counted by."),
            zone("limit_zone", .three, at: 0, "What connections are counted by (before 1.7)."),
            Entry("limit_req", in: .anyLevel, .oneToThree, support: .known, summary: "Limits the rate of requests.") {
                directive, state in
                for argument in directive.arguments where argument.text.hasPrefix("zone=") {
                    state.zoneUses.append(Argument(text: String(argument.text.dropFirst(5)), range: argument.range))
                }
                state.addLimit(directive, to: \.rates)
            },
            Entry("limit_conn", in: .anyLevel, .two, support: .known, summary: "Limits connections at once.") {
                directive, state in
                state.zoneUses.append(directive.arguments[0])
                state.addLimit(directive, to: \.connections)
            },
            .known("limit_req_status", in: .anyLevel, .one, summary: "What others are answered."),
            .ignored("limit_req_log_level", in: .anyLevel, .one, summary: "How loudly that is logged."),
            .known("limit_req_dry_run", in: .anyLevel, .flag, summary: "Counts without limiting."),
            .known("limit_conn_status", in: .anyLevel, .one, summary: "What others are answered."),
            .ignored("limit_conn_log_level", in: .anyLevel, .one, summary: "How loudly that is logged."),
            .known("limit_conn_dry_run", in: .anyLevel, .flag, summary: "Counts without limiting."),
        ])

    /// A directive that defines a zone: `zone=NAME:SIZE`, or its name alone.
    private static func zone(
        _ name: String, _ arity: Arity, at position: Int, _ summary: String
    ) -> Entry<NginxLowering> {
        Entry(name, in: .http, arity, support: .known, summary: summary) { directive, state in
            _ = state.template(directive.arguments[position == 0 ? 1 : 0])
            let text = directive.arguments[position].text
            let zone = text.hasPrefix("zone=") ? text.dropFirst(5) : Substring(text)
            state.zones.insert(String(zone.prefix { $0 != ":" }))
        }
    }
}

/// `ngx_http_realip_module`.
enum RealAddresses {
    static let module = Module<NginxLowering>(
        "ngx_http_realip_module",
        [
            Entry("set_real_ip_from", in: .anyLevel, .one, summary: "A proxy whose word about addresses is taken.") {
                directive, state in
                state.lowerTrustedProxy(directive)
            },
            Entry("real_ip_header", in: .anyLevel, .one, summary: "The field that names the client's address.") {
                directive, state in
                state.level.parts.addressHeader = Stated(directive.arguments[0].text, state.origin(directive))
            },
            .flag(
                "real_ip_recursive", in: .anyLevel, to: \.parts.followsAddresses,
                summary: "Follows addresses as long as they are believed."),
        ])
}

extension NginxLowering {
    /// A limit, so that a translation cannot lose it; it is not run.
    fileprivate mutating func addLimit(
        _ directive: Directive, to limits: WritableKeyPath<LimitSettings, Edit<[Rate]>?>
    ) {
        let place = origin(directive)
        let before = settings.limits[keyPath: limits]
        let rate = Rate(key: Template(Value.clientAddress), perSecond: 0, origin: place)
        settings.limits[keyPath: limits] = Edit(
            merge: .replace, value: (before?.value ?? []) + [rate], origin: before?.origin ?? place)
    }

    /// `set_real_ip_from NETWORK | unix:`.
    fileprivate mutating func lowerTrustedProxy(_ directive: Directive) {
        let argument = directive.arguments[0]
        if argument.text != "unix:", !isNetwork(argument.text) {
            report(
                Coverage.unsupported, .warning, "`set_real_ip_from` with a host name is not run by Sluice",
                at: argument.range, why: "the proxy of that name is not believed", help: "write its address")
            return
        }
        let before = level.parts.trustedProxies
        level.parts.trustedProxies = Stated(
            (before?.value ?? []) + [argument.text], before?.origin ?? origin(directive))
    }

    /// A limit needs its zone.
    mutating func checkZones() {
        for use in zoneUses where !zones.contains(use.text) {
            let near = closest(to: use.text, in: zones.sorted())
            report(
                "unknown-zone", isFragment ? .warning : .error, "no zone `\(use.text)` is defined", at: use.range,
                why: "nginx refuses to start: zero size shared memory zone \"\(use.text)\"",
                help: near.map { "did you mean `\($0)`?" }
                    ?? "define it with `limit_req_zone` or `limit_conn_zone` in `http`")
        }
    }
}
