import IR
import Language
import Source

/// Templates as nginx writes them.
extension NginxWriter {
    /// A template with `$` variables; nil: nginx has no variable for a value in it.
    mutating func text(_ template: Template) -> String? {
        var result = ""
        for (index, piece) in template.pieces.enumerated() {
            let next = index + 1 < template.pieces.count ? template.pieces[index + 1] : nil
            switch piece {
            case .literal(let literal):
                result += literal.contains("$") ? literal.replacing("$", with: dollar()) : literal
            case .value(.scheme) where isNamedSecure: result += "https"
            case .value(let value):
                guard let name = variable(for: value) else { return nil }
                result += "$" + (needsBraces(name, before: next) ? "{\(name)}" : name)
            case .apply(.escape, let inner):
                // Captures in rewriting are escaped by nginx itself.
                guard inner.count == 1, let text = text(inner[0]) else { return nil }
                result += text
            case .apply(.replace(let pattern), let inner) where pattern.source == "^$" && inner.count == 2:
                guard let text = text(inner[0], orElse: inner[1]) else { return nil }
                result += text
            case .apply, .lookup: return nil
            }
        }
        return result
    }

    /// A text, or another one where it is empty.
    private mutating func text(_ template: Template, orElse other: Template) -> String? {
        guard let other = text(other) else { return nil }
        if let literal = template.literal { return literal.isEmpty ? other : text(template) }
        if template == Template(.tls("HTTPS")) { return text(template) }
        var input: String?
        if template.pieces.count == 1, case .value(.environment(let name)) = template.pieces[0],
            environment(name) == nil
        {
            // What rules set later is there by the time such a text is made; nothing sets the rest.
            guard let variable = setByRules(name) else { return other }
            input = "$" + variable
        }
        guard let input = input ?? text(template) else { return nil }
        return made("filled", from: input, [(key: "\"\"", value: other), (key: "default", value: input)])
    }

    /// A template as one word.
    mutating func word(_ template: Template) -> String? {
        text(template).map { NginxQuoting.word($0) }
    }

    /// The path as the client sent it: `$uri` has no escapes, and a line end in it would end the field.
    private mutating func rawPath() -> String {
        shareMap(
            "raw_path", of: "$request_uri", "~^([^?#]*) $1", "The path with its escapes, for redirects and queries.")
        return "raw_path"
    }

    /// The text of where a redirect leads, or of a query, which have their escapes.
    mutating func escapedText(_ template: Template) -> String? {
        writesEscaped = true
        defer { writesEscaped = false }
        return text(template)
    }

    /// As `escapedText(_:)`, as one word.
    mutating func escapedWord(_ template: Template) -> String? {
        escapedText(template).map { NginxQuoting.word($0) }
    }

    private func needsBraces(_ name: String, before next: Piece?) -> Bool {
        guard case .literal(let text)? = next, let byte = text.utf8.first else { return false }
        if name.utf8.count == 1, name >= "0", name <= "9" { return false }
        return byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// nginx cannot write a dollar sign; a variable holds one.
    private mutating func dollar() -> String {
        share("dollar", TextLine("geo $dollar", block: [TextLine("default \"$\"")], isApart: true))
        return "${dollar}"
    }

    /// The name of nginx's variable for a value; nil: there is none.
    mutating func variable(for value: Value) -> String? {
        switch value {
        case .requestHeader(let name): return "http_" + NginxQuoting.variableName(name)
        case .hostHeader: return "http_host"
        case .path where writesEscaped, .pathBeforeRules where writesEscaped: return rawPath()
        case .responseHeader(let name): return "sent_http_" + NginxQuoting.variableName(name)
        case .upstreamHeader(let name): return "upstream_http_" + NginxQuoting.variableName(name)
        case .answerTrailer(let name): return "sent_trailer_" + NginxQuoting.variableName(name)
        case .cookie(let name): return "cookie_" + name
        case .argument(let name): return "arg_" + name
        case .capture(0, let number) where (1...9).contains(number): return String(number)
        case .capture(let bank, let number) where number > 0 && namedBanks.contains(bank): return "c\(bank)_\(number)"
        case .namedCapture(let name): return name
        case .variable(let slot): return variable(slot)
        case .environment(let name): return environment(name)
        case .tls("HTTPS"):
            // mod_ssl says "off" where nginx's variable is empty.
            let rows = [(key: "\"\"", value: "off"), (key: "default", value: "on")]
            return String(made("secure", from: "$https", rows).dropFirst())
        case .tls(let name): return TLSNames.nginx(name)
        case .time(let format): return times[format]
        default: return Self.names[value]
        }
    }

    private var times: [String: String] {
        [
            "%d/%b/%Y:%H:%M:%S %z": "time_local", "%Y-%m-%dT%H:%M:%S%:z": "time_iso8601", "sec.msec": "msec",
            "%A, %d-%b-%Y %H:%M:%S %Z": "date_local",
        ]
    }

    private static let names: [Value: String] = request.merging(answer) { name, _ in name }

    /// Whether nginx has a variable of that name already.
    private static func isTaken(_ name: String) -> Bool {
        let prefixes = ["http_", "sent_", "upstream_", "cookie_", "arg_", "ssl_", "proxy_", "when", "realm", "users"]
        return names.values.contains(name) || prefixes.contains { name.hasPrefix($0) }
            || ["limit_rate", "nginx_version", "pipe", "https", "content_length", "content_type", "query_string"]
                .contains(name)
            || name.first?.isNumber ?? true
    }

    private static let request: [Value: String] = [
        .path: "uri", .pathBeforeRules: "uri", .targetAsReceived: "request_uri", .query: "args", .queryMark: "is_args",
        .hostOrSiteName: "host", .host: "host", .method: "request_method", .scheme: "scheme",
        .version: "server_protocol",
        .requestLine: "request", .requestID: "request_id", .requestLength: "request_length", .rootPath: "document_root",
        .filePath: "request_filename", .realFilePath: "request_filename", .user: "remote_user",
        .siteName: "server_name",
        .clientAddress: "remote_addr", .clientPort: "remote_port", .clientAddressBinary: "binary_remote_addr",
        .peerAddress: "realip_remote_addr", .listenerAddress: "server_addr", .listenerPort: "server_port",
        .authorityPort: "server_port", .connectionNumber: "connection", .connectionRequests: "connection_requests",
        .processID: "pid", .hostname: "hostname",
    ]

    private static let answer: [Value: String] = [
        .status: "status", .originalStatus: "status", .bodyBytes(dashForZero: false): "body_bytes_sent",
        .bodyBytes(dashForZero: true): "body_bytes_sent", .bytesSent: "bytes_sent", .bytesReceived: "request_length",
        .durationSeconds: "request_time", .upstreamAuthority: "proxy_host", .upstreamPort: "proxy_port",
        .forwardedFor: "proxy_add_x_forwarded_for", .upstreamAddress: "upstream_addr",
        .upstreamStatus: "upstream_status", .upstreamResponseTime: "upstream_response_time",
        .upstreamConnectTime: "upstream_connect_time", .upstreamHeaderTime: "upstream_header_time",
        .upstreamResponseLength: "upstream_response_length", .upstreamSentLength: "upstream_bytes_sent",
    ]

    /// A variable of the configuration; what defines it goes to `http`.
    private mutating func variable(_ slot: ID<Variable>) -> String? {
        guard configuration.variables.indices.contains(slot.at) else { return nil }
        let variable = configuration.variables[slot.at]
        var name = NginxQuoting.variableName(variable.name)
        if case .assigned = variable.definition, Self.isTaken(name) { name = "env_" + name }
        guard madeVariables.insert(name).inserted else { return name }
        // A variable that rules set has the origin of the first of them, which is told of with the rule.
        if case .assigned = variable.definition { return name }
        remainder.take(variable.origin)
        switch variable.definition {
        case .assigned, .named: return name
        case .map(let input, let cases, let standard, let hostnames, _):
            define(
                name, input, cases, standard, hostnames, variable.evaluated == .wheneverRead, variable.origin)
        case .ranges(let input, let cases):
            let head =
                input == Template(.clientAddress) ? "geo $\(name)" : "geo \(word(input) ?? "$remote_addr") $\(name)"
            let rows = cases.map { TextLine("\($0.network) \(word($0.value) ?? "\"\"")") }
            share("$" + name, TextLine(head, block: rows, comment: comment(of: variable.origin), isApart: true))
        case .split(let input, let cases):
            let rows = cases.map { TextLine("\(share($0.share)) \(word($0.value) ?? "\"\"")") }
            let head = "split_clients \(word(input) ?? "\"\"") $\(name)"
            share("$" + name, TextLine(head, block: rows, comment: comment(of: variable.origin), isApart: true))
        }
        return name
    }

    /// A variable that the site's first rules set; nil: nothing here sets it in time.
    private mutating func environment(_ name: String) -> String? {
        guard let program = configuration.sites[site.at].early else { return nil }
        for case .rule(let rule) in configuration.programs[program.at].statements {
            for case .set(let slot, _) in rule.edits where isNamed(slot.at, name) { return variable(slot) }
        }
        return nil
    }

    /// Names of the environment are the same in any case.
    func isNamed(_ slot: Int, _ name: String) -> Bool {
        configuration.variables[slot].name.lowercased() == name.lowercased()
    }

    /// A variable that some rule sets, whenever it runs; nil: none does.
    private mutating func setByRules(_ name: String) -> String? {
        guard let slot = configuration.variables.indices.first(where: { isNamed($0, name) }) else { return nil }
        let isSet = configuration.programs.contains { program in
            program.statements.contains { statement in
                guard case .rule(let rule) = statement else { return false }
                return rule.edits.contains { if case .set(let set, _) = $0 { set.at == slot } else { false } }
            }
        }
        guard isSet, let made = variable(ID(index: Int32(slot))) else { return nil }
        awaitedVariables.insert(made)
        return made
    }

    private func share(_ share: Double?) -> String {
        guard let share else { return "*" }
        let hundredths = Int((share * 10000).rounded())
        let text = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
        return (text.hasSuffix(".00") ? String(text.dropLast(3)) : text) + "%"
    }

    private mutating func define(
        _ name: String, _ input: Template, _ cases: [MapCase], _ standard: Template, _ hostnames: Bool,
        _ isVolatile: Bool, _ origin: ID<Origin>
    ) {
        var rows = isVolatile ? [TextLine("volatile")] : []
        if hostnames { rows.append(TextLine("hostnames")) }
        if standard != Template() { rows.append(TextLine("default \(word(standard) ?? "\"\"")")) }
        for row in cases {
            let key =
                switch row.key {
                case .text(let text): mapKey(text)
                case .hostSuffix(let text): text.hasPrefix(".") || text.hasPrefix("*") ? text : "*." + text
                case .hostPrefix(let text): text.hasSuffix("*") ? text : text + ".*"
                case .pattern(let pattern): NginxQuoting.word((pattern.ignoresCase ? "~*" : "~") + source(of: pattern))
                }
            rows.append(TextLine("\(key) \(word(row.value) ?? "\"\"")", comment: comment(of: row.origin)))
            remainder.take(row.origin)
        }
        let head = "map \(word(input) ?? "\"\"") $\(name)"
        share("$" + name, TextLine(head, block: rows, comment: comment(of: origin), isApart: true))
    }

    /// A key that would read as something else gets a backslash.
    private func mapKey(_ text: String) -> String {
        let words: Set<String> = ["default", "hostnames", "include", "volatile"]
        return NginxQuoting.word(words.contains(text) || text.hasPrefix("~") ? "\\" + text : text)
    }

    /// A variable that a map makes out of a text, for what nginx cannot say in place.
    mutating func made(_ name: String, from input: String, _ rows: [(key: String, value: String)]) -> String {
        let lines = rows.map { TextLine("\($0.key) \(NginxQuoting.word($0.value))") }
        var unique = name
        var number = 1
        while let other = shared.first(where: { $0.key == "$" + unique }) {
            if other.line.block == lines, other.line.head == "map \(NginxQuoting.word(input)) $\(unique)" { break }
            number += 1
            unique = "\(name)_\(number)"
        }
        share("$" + unique, TextLine("map \(NginxQuoting.word(input)) $\(unique)", block: lines, isApart: true))
        return "$" + unique
    }

    /// A pattern's source with Apache's options written into it, where they make a difference.
    func source(of pattern: Pattern, banks: Bank = 0) -> String {
        var source = pattern.source
        if banks > 0 { source = Self.named(source, bank: banks) }
        if pattern.dollarOnlyAtEnd { source = Self.replacingDollar(in: source) }
        if pattern.dotAll, Self.hasOpenDot(source) { source = "(?s)" + source }
        return source
    }
}
