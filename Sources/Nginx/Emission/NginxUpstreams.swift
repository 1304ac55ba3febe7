import IR
import Language

/// What concerns the exchange with upstreams.
extension NginxWriter {
    /// Timeouts, buffering, TLS and mappings.
    mutating func upstreamFields(_ settings: Settings, _ place: FieldPlace) -> [FieldText] {
        let forward = settings.forward
        var fields: [FieldText] = []
        if let version = forward.version {
            // Said also where a newer nginx would do so by itself: older ones speak 1.0.
            let isDefault = version.value == "1.0" && profile.upstreamVersion == "1.0"
            fields.append(
                field(
                    "proxy_http_version", isDefault ? nil : "proxy_http_version \(version.value)", version.origin,
                    relevance: .forwarding))
        }
        fields += requestHeaders(settings, place)
        if let buffering = forward.buffering {
            fields.append(
                field(
                    "proxy_buffering", buffering.value ? nil : "proxy_buffering off", buffering.origin,
                    relevance: .forwarding))
        }
        if let buffering = forward.requestBuffering, remainder.isWritten(buffering.origin) {
            fields.append(
                field(
                    "proxy_request_buffering", buffering.value ? nil : "proxy_request_buffering off", buffering.origin,
                    relevance: .forwarding))
        }
        fields += timeouts(forward, place)
        fields += retries(forward, place)
        fields += waiting(forward)
        fields += answerHeaders(forward)
        fields += mappings(forward, place)
        fields += upstreamTLS(settings, place)
        return fields
    }

    private func timeouts(_ forward: ForwardSettings, _ place: FieldPlace) -> [FieldText] {
        guard let stated = forward.timeouts else { return [] }
        var times = stated.value
        var origin = stated.origin
        if case .pool(let pool)? = place.forward?.to, let member = configuration.pools[pool.at].members.first {
            if let connect = member.timeouts.connect { times.connect = connect }
            if let exchange = member.timeouts.exchange {
                times.send = exchange
                times.read = exchange
            }
            if member.timeouts != MemberTimeouts() { origin = member.origin }
        }
        let rows = [("connect", times.connect), ("send", times.send), ("read", times.read)]
        return rows.map { name, value in
            var field = field(
                "proxy_\(name)_timeout", value == 60 ? nil : "proxy_\(name)_timeout \(time(value))", origin,
                relevance: .forwarding)
            field.reset = [TextLine("proxy_\(name)_timeout 60s")]
            return field
        }
    }

    private func retries(_ forward: ForwardSettings, _ place: FieldPlace) -> [FieldText] {
        guard let retry = forward.retry else { return [] }
        guard remainder.isWritten(retry.origin) else {
            // Nobody says when another member is asked, but the group how many are.
            guard case .pool(let id)? = place.forward?.to else { return [] }
            let pool = configuration.pools[id.at]
            guard let attempts = pool.attempts, attempts < pool.members.count else { return [] }
            let line = TextLine("proxy_next_upstream_tries \(attempts)")
            var field = FieldText("proxy_next_upstream", [line], relevance: .forwarding)
            field.origins = [pool.origin]
            return [field]
        }
        var words: [String] = []
        if retry.value.on.isSuperset(of: Defaults.errors) { words.append("error") }
        if retry.value.on.isSuperset(of: Defaults.timeouts) { words.append("timeout") }
        if retry.value.on.contains(.badHead) { words.append("invalid_header") }
        words += retry.value.statuses.sorted().map { "http_\($0)" }
        if retry.value.unsafeMethods { words.append("non_idempotent") }
        let isDefault = words == ["error", "timeout"]
        var lines =
            isDefault ? [] : [TextLine("proxy_next_upstream \(words.isEmpty ? "off" : words.joined(separator: " "))")]
        if let time = retry.value.time { lines.append(TextLine("proxy_next_upstream_timeout \(self.time(time))")) }
        if let tries = retry.value.tries { lines.append(TextLine("proxy_next_upstream_tries \(tries)")) }
        var field = FieldText("proxy_next_upstream", lines, relevance: .forwarding)
        field.origins = [retry.origin]
        return [field]
    }

    private func answerHeaders(_ forward: ForwardSettings) -> [FieldText] {
        var fields: [FieldText] = []
        if let hides = forward.hides {
            let names = hides.value.subtracting(Defaults.hiddenHeaders).sorted()
            var field = FieldText(
                "proxy_hide_header", names.map { TextLine("proxy_hide_header \(shown($0))") }, relevance: .forwarding)
            field.origins = [hides.origin]
            fields.append(field)
        }
        if let passes = forward.passes {
            let names = passes.value.sorted()
            var field = FieldText(
                "proxy_pass_header", names.map { TextLine("proxy_pass_header \(shown($0))") }, relevance: .forwarding)
            field.origins = [passes.origin]
            fields.append(field)
        }
        if let control = forward.controlHeaders, remainder.isWritten(control.origin) {
            let ignored = Defaults.controlHeaders.subtracting(control.value).sorted()
            let names = ignored.map { shown($0) }.joined(separator: " ")
            fields.append(
                field(
                    "proxy_ignore_headers", ignored.isEmpty ? nil : "proxy_ignore_headers \(names)", control.origin,
                    relevance: .forwarding))
        }
        return fields
    }

    /// A field's name as people write it.
    func shown(_ name: String) -> String {
        name.split(separator: "-", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    // MARK: - Mappings of answers

    private mutating func mappings(_ forward: ForwardSettings, _ place: FieldPlace) -> [FieldText] {
        var fields: [FieldText] = []
        if let locations = forward.locations {
            let implied = impliedMapping(place)
            var lines: [TextLine] = []
            var origins: [ID<Origin>] = []
            for mapping in locations.value {
                origins.append(mapping.origin)
                guard let to = word(complete(mapping)) else { continue }
                let from = mapping.pattern.map { NginxQuoting.word("~" + source(of: $0)) } ?? word(mapping.from) ?? ""
                lines.append(TextLine("proxy_redirect \(from) \(to)"))
            }
            let heads = lines.map(\.head)
            if heads == [implied] {
                lines = []
            } else if heads.isEmpty, implied != nil {
                lines = [TextLine("proxy_redirect off")]
            }
            var field = FieldText("proxy_redirect", lines, relevance: .forwarding)
            field.origins = origins.isEmpty ? [locations.origin] : origins
            if place.isLocation, place.forward == nil { field.lines = [] }
            fields.append(field)
        }
        if let cookies = forward.cookies {
            var lines: [TextLine] = []
            for mapping in cookies.value {
                guard let to = word(mapping.to) else { continue }
                let from = mapping.pattern.map { NginxQuoting.word("~" + source(of: $0)) } ?? word(mapping.from) ?? ""
                lines.append(TextLine("proxy_cookie_\(mapping.attribute) \(from) \(to)"))
            }
            var field = FieldText("proxy_cookie", lines, relevance: .forwarding)
            field.origins = cookies.value.map(\.origin)
            fields.append(field)
        }
        return fields
    }

    /// Apache completes a mapped location with the host and port that the client named, nginx with its own port.
    private mutating func complete(_ mapping: URLMapping) -> Template {
        guard case .completed(_, .asHostHeader) = mapping.absolute, !isStandardPort,
            case .literal(let text)? = mapping.to.pieces.first, text.hasPrefix("/")
        else { return mapping.to }
        return clientURL(mapping.to)
    }

    /// A path behind the scheme, host and port that the client named.
    mutating func clientURL(_ path: Template) -> Template {
        var result = Template(.scheme)
        result.append("://")
        result.append(.hostOrSiteName)
        result.append(.namedCapture(clientPort()))
        result.append(path)
        return result
    }

    /// The host that the client named, in lower case, with the port if the client named one.
    mutating func clientHost() -> String { "$host$" + clientPort() }

    /// What the site says of itself begins with `https`, however it is spoken to.
    var isNamedSecure: Bool { configuration.sites[site.at].isNamedSecure }

    /// The variable of the port that the client named, else of the site's own, with its colon.
    private mutating func clientPort() -> String {
        shareMap("host_port", of: "$http_host", "~(:[0-9]+)$ $1", "The port, where the client names one.")
        guard let own = configuration.sites[site.at].port, own != (isNamedSecure ? 443 : 80) else { return "host_port" }
        let rows = [(key: "\"\"", value: ":\(own)"), (key: "default", value: "$host_port")]
        return String(made("named_port", from: "$host_port", rows).dropFirst())
    }

    /// What `proxy_redirect default` maps in a location; nil where there is no default.
    private func impliedMapping(_ place: FieldPlace) -> String? {
        guard let forward = place.forward, case .pool = forward.to else { return nil }
        guard let url = proxyURL(forward, place) else { return nil }
        guard let uri = url.uri else { return "proxy_redirect \(url.authority)/ /" }
        return "proxy_redirect \(NginxQuoting.word(url.authority + uri)) \(NginxQuoting.word(place.prefix ?? "/"))"
    }
}
