import IR
import Source

extension NginxLowering {
    /// What a block says, combined with the blocks around it where the IR keeps several directives as one value.
    mutating func state(
        _ level: Level, over outer: Parts, in site: SiteContext?
    ) -> (settings: Settings, parts: Parts) {
        var settings = level.settings
        let own = level.parts
        var parts = own.over(outer)
        // A `root` of its own takes the place of an `alias` outside.
        if own.alias == nil, settings.files.place != nil { parts.alias = nil }
        stateForwarding(&settings, own, parts)
        stateWaiting(&settings, own, parts)
        stateFastCGI(&settings, level, own.fastCGI, parts.fastCGI)
        stateRedirects(&settings, level, own, &parts)
        stateConnections(&settings, own, parts)
        stateAccess(&settings, own, parts)
        stateErrors(&settings, level, own, parts, site)
        if level.location != nil, own.alias == nil, settings.files.place == nil, let alias = parts.alias {
            let place = Placement(
                base: alias.base, drops: .bytes(alias.prefix.utf8.count), origin: alias.origin)
            settings.files.place = Stated(place, alias.origin)
        }
        return (settings, parts)
    }

    private mutating func stateForwarding(_ settings: inout Settings, _ own: Parts, _ all: Parts) {
        if let origin = own.connectTime?.origin ?? own.sendTime?.origin ?? own.readTime?.origin {
            settings.forward.timeouts = Stated(
                Timeouts(
                    connect: all.connectTime?.value ?? 60, send: all.sendTime?.value ?? 60,
                    read: all.readTime?.value ?? 60), origin)
        }
        if let origin = own.nextUpstream?.origin ?? own.tries?.origin ?? own.triesTime?.origin {
            let next = all.nextUpstream?.value
            let tries = all.tries.flatMap { $0.value == 0 ? nil : $0.value }
            settings.forward.retry = Stated(
                Retry(
                    on: next?.failures ?? Defaults.errors.union(Defaults.timeouts), statuses: next?.statuses ?? [],
                    unsafeMethods: next?.nonIdempotent ?? false, tries: tries,
                    time: all.triesTime.flatMap { $0.value == 0 ? nil : $0.value }, forgivesKept: true), origin)
        }
        if let origin = own.tls.origin { settings.forward.tls = Stated(all.tls.policy(profile), origin) }
        if let edits = own.upstreamHeaders, let first = edits.first {
            let named = Set(edits.map { $0.name.lowercased() })
            let origin = implied("nginx sends this field unless `proxy_set_header` names it", near: first.origin)
            let kept = impliedUpstreamHeaders(origin).filter { !named.contains($0.name.lowercased()) }
            settings.request.headers = Edit(merge: .replace, value: kept + edits, origin: first.origin)
        }
        if let origin = own.trustedProxies?.origin ?? own.addressHeader?.origin ?? own.followsAddresses?.origin {
            let address = all.trustedProxies.map {
                let header = all.addressHeader?.value ?? "X-Real-IP"
                return RealAddress(
                    source: header == "proxy_protocol" ? .proxyProtocol : .field(header),
                    trusts: $0.value.map { TrustedNetwork($0) }, recursive: all.followsAddresses?.value ?? false)
            }
            settings.request.realAddress = Stated(address, origin)
        }
    }

    /// `proxy_redirect`, written or implied by the block's own `proxy_pass`.
    private mutating func stateRedirects(
        _ settings: inout Settings, _ level: Level, _ own: Parts, _ parts: inout Parts
    ) {
        var pass: (url: UpstreamURL, origin: ID<Origin>)?
        if case .proxy(let proxy)? = level.handler, case .fixed(let url) = proxy.target { pass = (url, proxy.origin) }
        let absolute = absolute(parts)
        if let redirects = own.redirects {
            let mappings: [URLMapping] = redirects.compactMap { redirect in
                switch redirect {
                case .standard(let origin):
                    pass.map { standardMapping($0.url, level, absolute, origin) }
                case .mapping(let from, let pattern, let to, let origin):
                    URLMapping(
                        headers: ["location", "refresh"], from: from, pattern: pattern, to: to, absolute: absolute,
                        origin: origin)
                }
            }
            let origin = mappings.first?.origin ?? implied("`proxy_redirect off`", near: level.origin)
            settings.forward.locations = Edit(merge: .replace, value: mappings, origin: origin)
        } else if parts.redirects == nil, !parts.impliesRedirects, let pass {
            let origin = implied("`proxy_redirect default` maps what begins with the upstream's URL", near: pass.origin)
            let mapping = standardMapping(pass.url, level, absolute, origin)
            settings.forward.locations = Edit(merge: .replace, value: [mapping], origin: origin)
            parts.impliesRedirects = true
        }
    }

    /// `proxy_redirect default`: the URL of `proxy_pass` becomes the location's path.
    private func standardMapping(
        _ url: UpstreamURL, _ level: Level, _ absolute: AbsoluteLocation, _ origin: ID<Origin>
    ) -> URLMapping {
        var from = url
        if url.uri == nil { from.uri = "/" }
        let path = url.uri != nil && level.location?.replacesPath == true ? level.location?.text : nil
        return URLMapping(
            headers: ["location", "refresh"], from: Template(from.asWritten), to: Template(path ?? "/"),
            absolute: absolute, origin: origin)
    }

    /// How relative redirects are completed.
    private func absolute(_ parts: Parts) -> AbsoluteLocation {
        guard parts.absoluteRedirect?.value ?? true else { return .relative }
        let isNamed = parts.nameInRedirect?.value ?? false
        return .completed(
            host: Template(isNamed ? Value.siteName : Value.hostOrSiteName),
            port: parts.portInRedirect?.value ?? true ? .listener : .none)
    }

    private mutating func stateConnections(_ settings: inout Settings, _ own: Parts, _ all: Parts) {
        if let origin = own.absoluteRedirect?.origin ?? own.portInRedirect?.origin ?? own.nameInRedirect?.origin {
            settings.url.absolute = Stated(absolute(all), origin)
        }
        if let origin = own.idleTime?.origin ?? own.requestsPerConnection?.origin {
            let idle = all.idleTime?.value
            settings.limits.keepAlive = Stated(
                KeepAlive(
                    seconds: idle?.seconds ?? 75, requests: all.requestsPerConnection?.value ?? 1000,
                    announces: idle?.announces), origin)
        }
    }

    /// What `error_page` says; named locations belong to a server, so a server says again what `http` says about them.
    private mutating func stateErrors(
        _ settings: inout Settings, _ level: Level, _ own: Parts, _ all: Parts, _ site: SiteContext?
    ) {
        let namesLocations = (all.errorPages ?? []).contains { if case .named = $0.target { true } else { false } }
        let isServer = level.kind == .server
        guard let pages = own.errorPages ?? (isServer && namesLocations ? all.errorPages : nil),
            let first = pages.first
        else { return }
        var seen: Set<Int> = []
        var rules: [ErrorRule] = []
        for page in pages {
            // Of two pages for a status nginx shows the first.
            let statuses = page.statuses.filter { seen.insert($0).inserted }
            guard !statuses.isEmpty, let shown = shown(page, in: site) else { continue }
            rules += statuses.map { ErrorRule(status: $0, page: shown, result: page.result, origin: page.origin) }
        }
        settings.errors.rules = Edit(merge: .replace, value: rules, origin: first.origin)
    }

    private mutating func shown(_ page: ErrorPageDraft, in site: SiteContext?) -> Page? {
        switch page.target {
        case .uri(let path): return .request(path, method: .getUnlessHead)
        case .redirect(let url):
            if case .set(let status) = page.result, [301, 302, 303, 307, 308].contains(status) {
                return .redirect(url, status)
            }
            return .redirect(url, 302)
        case .named(let name):
            guard let site else { return nil }
            if let scope = site.named[name] { return .enter(scope) }
            reportMissingLocation(name, at: page.range)
            return nil
        }
    }

    /// A named location that a server does not have.
    mutating func reportMissingLocation(_ name: String, at range: SourceRange?) {
        report(
            "missing-named-location", .warning, "there is no location `\(name)` in this server", at: range,
            why: "nginx starts, and answers 500 when it is needed",
            help: "add `location \(name) { … }` to the server")
    }
}
