import IR
import Language
import Source

/// The modules that make one variable out of another.
enum Tables {
    /// `ngx_http_map_module`.
    static let map = Module<NginxLowering>(
        "ngx_http_map_module",
        [
            Entry("map", in: .http, .two, block: true, summary: "A variable by a table.") { directive, state in
                state.lowerMap(directive)
            }
        ])

    /// `ngx_http_geo_module`.
    static let geo = Module<NginxLowering>(
        "ngx_http_geo_module",
        [
            Entry("geo", in: .http, .oneOrTwo, block: true, summary: "A variable by the client's address.") {
                directive, state in
                state.lowerGeo(directive)
            }
        ])

    /// `ngx_http_split_clients_module`.
    static let split = Module<NginxLowering>(
        "ngx_http_split_clients_module",
        [
            Entry(
                "split_clients", in: .http, .two, block: true,
                summary: "A variable by chance, the same for the same client."
            ) {
                directive, state in
                state.lowerSplit(directive)
            }
        ])
}

extension NginxLowering {
    /// `map SOURCE $NAME { … }`.
    ///
    /// Source: `ngx_http_map` in src/http/modules/ngx_http_map_module.c.
    fileprivate mutating func lowerMap(_ directive: Directive) {
        let input = template(directive.arguments[0])
        guard let slot = slot(of: directive.arguments[1]) else { return }
        let usesHostnames = directive.children.contains { $0.name == "hostnames" && $0.arguments.isEmpty }
        var cases: [MapCase] = []
        var fallback = Template()
        var evaluated = Evaluation.whenFirstRead
        for row in directive.children {
            switch (row.name, row.arguments.count) {
            case ("hostnames", 0): break
            case ("volatile", 0): evaluated = .wheneverRead
            case ("default", 1): fallback = template(row.arguments[0])
            case (_, 1):
                guard let key = mapKey(row, usesHostnames) else { continue }
                if case .pattern(let pattern) = key { variables.groupsAtHand = namedGroups(of: pattern) }
                cases.append(MapCase(key: key, value: template(row.arguments[0]), origin: origin(row)))
                variables.groupsAtHand = [:]
            default: refuseRow(row, of: "map", "a key and a value")
            }
        }
        configuration.variables[slot.at].definition = .map(
            input: input, cases: cases, default: fallback, hostnames: usesHostnames, into: 0)
        configuration.variables[slot.at].evaluated = evaluated
        configuration.variables[slot.at].origin = origin(directive)
    }

    private mutating func mapKey(_ row: Directive, _ usesHostnames: Bool) -> Key? {
        let text = row.name
        if text.hasPrefix("~") {
            let ignoresCase = text.hasPrefix("~*")
            return pattern(String(text.dropFirst(ignoresCase ? 2 : 1)), ignoresCase: ignoresCase, at: row.nameRange)
                .map { .pattern($0) }
        }
        // A backslash takes its meaning from what would be special behind it.
        if text.hasPrefix("\\") { return .text(String(text.dropFirst())) }
        if usesHostnames {
            if text.hasPrefix("*.") || text.hasPrefix(".") { return .hostSuffix(text.lowercased()) }
            if text.hasSuffix(".*") { return .hostPrefix(text.lowercased()) }
        }
        return .text(text)
    }

    /// `geo [$ADDRESS] $NAME { … }`.
    fileprivate mutating func lowerGeo(_ directive: Directive) {
        guard let last = directive.arguments.last, let slot = slot(of: last) else { return }
        let input = directive.arguments.count == 2 ? template(directive.arguments[0]) : Template(Value.clientAddress)
        var ranges: [RangeCase] = []
        for row in directive.children {
            switch (row.name, row.arguments.count) {
            case ("ranges", 0), ("proxy_recursive", 0), ("delete", 1): break
            case ("proxy", 1):
                report(
                    Coverage.unsupported, .warning, "`proxy` in `geo` is not run by Sluice", at: row.head,
                    why: "the address is taken from the connection, not from X-Forwarded-For",
                    help: "use `set_real_ip_from`")
            case (_, 1):
                // The values of geo are plain text: nginx looks for no variables in them.
                ranges.append(RangeCase(network: row.name, value: Template(row.arguments[0].text)))
            default: refuseRow(row, of: "geo", "a network and a value")
            }
        }
        configuration.variables[slot.at].definition = .ranges(input: input, ranges)
        configuration.variables[slot.at].evaluated = .wheneverRead
        configuration.variables[slot.at].origin = origin(directive)
    }

    /// `split_clients TEXT $NAME { SHARE VALUE; … }`.
    fileprivate mutating func lowerSplit(_ directive: Directive) {
        let input = template(directive.arguments[0])
        guard let slot = slot(of: directive.arguments[1]) else { return }
        var shares: [ShareCase] = []
        for row in directive.children {
            guard row.arguments.count == 1 else {
                refuseRow(row, of: "split_clients", "a share and a value")
                continue
            }
            let value = Template(row.arguments[0].text)
            if row.name == "*" {
                shares.append(ShareCase(value: value))
            } else if row.name.hasSuffix("%"), let percent = Double(row.name.dropLast()), percent > 0, percent <= 100 {
                shares.append(ShareCase(share: percent / 100, value: value))
            } else {
                report(
                    "invalid-value", .error, "\"\(row.name)\" is no share", at: row.nameRange,
                    why: "nginx refuses to start with it", help: "write `12.5%`, or `*` for the rest")
            }
        }
        if shares.compactMap(\.share).reduce(0, +) > 1.000_01 {
            report(
                "invalid-value", .error, "the shares add up to more than 100%", at: directive.head,
                why: "nginx refuses to start: percent total is greater than 100%")
        }
        configuration.variables[slot.at].definition = .split(input: input, shares)
        configuration.variables[slot.at].evaluated = .wheneverRead
        configuration.variables[slot.at].origin = origin(directive)
    }

    private mutating func refuseRow(_ row: Directive, of name: String, _ what: String) {
        report(
            "wrong-arguments", .error, "a row of `\(name)` is \(what)", at: row.head,
            why: "nginx refuses to start: invalid number of the \(name) parameters",
            help: "is a `;` missing, or a text with blanks not in quotes?")
    }
}
