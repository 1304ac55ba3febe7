import IR
import Language
import Source

/// ProxyPass and ProxyPassMatch (`add_pass` in mod_proxy.c).
extension ApacheLowering {
    /// `ProxyPass [path] !|url [key=value …]`.
    mutating func lowerProxyPass(_ directive: Directive, isMatch: Bool) {
        var arguments = directive.arguments
        if let section = sections.last, !isProxySection(section) {
            return fail(
                "wrong-context", "`\(directive.name)` is not allowed \(placeName)", at: directive.nameRange,
                why: "only a `<Location>` says which URLs are forwarded",
                help: "write it outside the section, with the URL path before the target")
        }
        guard let matcher = proxyPath(directive, isMatch: isMatch, arguments: &arguments) else { return }
        guard let target = arguments.first, !target.text.contains("=") || target.text.contains(":") else {
            return fail(
                "wrong-arguments", "`\(directive.name)` has no target", at: directive.head,
                why: "the server refuses to start, because nothing says where to forward to",
                help: "write the upstream behind the path, as in `ProxyPass /app http://127.0.0.1:8000/app`")
        }
        arguments.removeFirst()
        let origin = origin(directive)
        var parameters = ProxyParameters()
        for argument in arguments { read(argument, of: directive, into: &parameters) }
        if target.text == "!" { return add(proxy: matcher, .leaveTable, origin) }
        if let query = target.text.firstIndex(of: "?"), !isMatch {
            report(
                Diagnostic(
                    "proxy-target-with-query", .warning, "the target has a query string", at: target.range,
                    why:
                        "ProxyPass puts the rest of the path behind it and escapes the `?`: the upstream sees no query",
                    help: "write `\(target.text[..<query])`, and add the query by a RewriteRule with [P,QSA]"))
        }
        guard let content = forward(target, matcher, parameters, directive, origin) else { return }
        add(proxy: matcher, .content(content), origin)
    }

    private func isProxySection(_ section: SectionDraft) -> Bool {
        if case .location = section.kind { return true }
        return false
    }

    /// Which paths it is about: its own first argument, or what the section says.
    private mutating func proxyPath(
        _ directive: Directive, isMatch: Bool, arguments: inout [Argument]
    ) -> PathMatcher? {
        if case .url(let matcher)? = sections.last?.selector {
            if let first = arguments.first, first.text.hasPrefix("/") || first.text.hasPrefix("^") {
                fail(
                    "wrong-arguments", "`\(directive.name)` takes no path in a `<Location>`", at: first.range,
                    why: "the section says the path already; the server refuses to start", help: "leave the path out")
                return nil
            }
            return sectionPath(matcher, directive, isMatch: isMatch)
        }
        guard arguments.count > 1 || arguments.first.map({ $0.text.hasPrefix("/") || $0.text.hasPrefix("^") }) == true
        else {
            let what = arguments.first.map { $0.range } ?? directive.head
            fail(
                "wrong-arguments", "`\(directive.name)` needs a path and a target here", at: what,
                why: "only in a `<Location>` is the path known; the server refuses to start",
                help: "write it as in `ProxyPass /app http://127.0.0.1:8000/app`")
            return nil
        }
        let path = arguments.removeFirst()
        guard isMatch else { return .segments(path.text) }
        guard let pattern = pattern(path.text, at: path.range) else { return nil }
        return .pattern(pattern, into: 0)
    }

    /// ProxyPass takes a section's pattern for a path, and ProxyPassMatch a section's path for a pattern.
    private mutating func sectionPath(_ matcher: PathMatcher, _ directive: Directive, isMatch: Bool) -> PathMatcher? {
        switch matcher {
        case .pattern(let pattern, _) where !isMatch:
            report(
                Diagnostic(
                    "proxy-pass-in-pattern-section", .warning, "`ProxyPass` takes the section's pattern for a path",
                    at: directive.head, why: "no URL begins with the text `\(pattern.source)`, so nothing is forwarded",
                    help: "write `ProxyPassMatch`"))
            return .segments(pattern.source)
        // A section's own look at the path keeps no groups: a rule that was decided before has use for its own.
        case .pattern(let pattern, _): return .pattern(pattern, into: 0)
        case .segments(let path) where isMatch:
            return pattern(path, at: directive.head).map { .pattern($0, into: 0) }
        default: return matcher
        }
    }

    private mutating func add(proxy matcher: PathMatcher, _ yields: Yield, _ origin: ID<Origin>) {
        if case .pattern(let pattern, _) = matcher, case .content(.forward(var forward)) = yields,
            case .suffixAsReceived(let base) = forward.path
        {
            // The target goes on as it came where the pattern is found in it too (`proxy_trans`: "reduced the URI").
            var path = base
            path.append(.path)
            var canonical = forward
            canonical.path = .whole(path, escaping)
            forward.path = .targetAsReceived
            let isFound = Condition.matches(Template(.targetAsReceived), pattern, into: nil)
            add(Route(match: matcher, unless: .not(isFound), yields: .content(.forward(forward)), origin: origin))
            add(Route(match: matcher, yields: .content(.forward(canonical)), origin: origin))
            return
        }
        add(Route(match: matcher, yields: yields, origin: origin))
    }

    private mutating func add(_ route: Route) {
        if isInside {
            servers[server].sectionProxies.append(route)
        } else {
            servers[server].proxies.append(route)
        }
    }

    /// What forwards to a target.
    private mutating func forward(
        _ target: Argument, _ matcher: PathMatcher, _ parameters: ProxyParameters, _ directive: Directive,
        _ origin: ID<Origin>
    ) -> Content? {
        guard let mark = target.text.firstRange(of: "://") ?? target.text.firstRange(of: "unix:") else {
            invalid(
                "`\(target.text)` is no URL", at: target,
                why: "the target needs a scheme and a host; the server refuses to start",
                help: "write it as in `http://127.0.0.1:8000/`")
            return nil
        }
        guard let url = UpstreamURL(target.text) else {
            // A host that only a request's groups complete: the whole URL is computed.
            if case .pattern = matcher, target.text[mark.upperBound...].contains("$") {
                let forward = computed(target.text, parameters, origin)
                guard case .computed(let url) = forward.to else { return .forward(forward) }
                return content(forward, computing: url)
            }
            invalid(
                "`\(target.text)` has no host, or a port that is none", at: target, why: "the server refuses to start",
                help: "write it as in `http://127.0.0.1:8000/`")
            return nil
        }
        guard UpstreamURL.run.contains(url.scheme) || url.scheme == "balancer" || url.scheme == "fcgi" else {
            notRun(
                "forwarding by `\(url.scheme)` is not run", at: target.range,
                why: "requests that this line takes are answered 503", help: nil)
            return .unavailable("forwarding by `\(url.scheme)` is not run by Sluice", guards: false)
        }
        let forward: Forward
        if case .pattern = matcher {
            forward = matched(url, target, parameters, origin)
        } else {
            forward = prefixed(url, matcher, target, parameters, origin)
        }
        // A balancer's members may be named later.
        return url.scheme == "balancer" ? .forward(forward) : content(forward, to: url)
    }

    /// ProxyPass: the rest of the path is put behind the target, byte by byte.
    private mutating func prefixed(
        _ url: UpstreamURL, _ matcher: PathMatcher, _ target: Argument, _ parameters: ProxyParameters,
        _ origin: ID<Origin>
    ) -> Forward {
        var fake = ""
        if case .segments(let path) = matcher { fake = path }
        if url.path.isEmpty, url.scheme != "balancer", fake.hasSuffix("/"), url.socket == nil {
            // `ProxyPass /a/ http://h:80` and a request for /a/b make "http://h:80b", whatever host that is.
            var whole = Template(target.text)
            whole.append(.pathBehindMatch)
            return Forward(
                to: .computed(whole),
                path: .inTarget(parameters.isRaw ? nil : escaping, otherwise: .whole("/", escaping)),
                query: .append(keepsBareMark: true), written: target.text, origin: origin)
        }
        let pool = pool(for: url, parameters, origin: origin)
        let path = url.path.split(separator: "?", omittingEmptySubsequences: false).joined(separator: "%3F")
        let base = path.isEmpty && fake.hasSuffix("/") ? "/" : path
        return Forward(
            to: .pool(pool),
            path: parameters.isRaw
                ? .suffixAsReceived(onto: Template(base)) : .suffix(onto: Template(base), of: .matched, escaping),
            query: .append(keepsBareMark: true), written: target.text, origin: origin)
    }

    /// ProxyPassMatch: groups stand in the target; if there are none the whole path is put behind it.
    private mutating func matched(
        _ url: UpstreamURL, _ target: Argument, _ parameters: ProxyParameters, _ origin: ID<Origin>
    ) -> Forward {
        if url.host.contains("$") || url.host.contains("&") { return computed(target.text, parameters, origin) }
        var path = captures(in: url.path, bank: 0)
        let isWhole = path.literal != nil
        let base = path
        if isWhole { path.append(.path) }
        var plain = url
        plain.path =
            url.path.split(separator: "$", maxSplits: 1, omittingEmptySubsequences: false).first.map { String($0) }
            ?? ""
        let pool = pool(for: plain, parameters, origin: origin)
        return Forward(
            to: .pool(pool),
            path: parameters.isRaw && isWhole && base == Template()
                ? .suffixAsReceived(onto: base) : .whole(path, parameters.isRaw ? nil : escaping),
            query: .append(keepsBareMark: true), written: target.text, origin: origin)
    }

    /// A target that is only known when the request is.
    private func computed(_ text: String, _ parameters: ProxyParameters, _ origin: ID<Origin>) -> Forward {
        Forward(
            to: .computed(captures(in: text, bank: 0)),
            path: .inTarget(parameters.isRaw ? nil : escaping, otherwise: .whole("/", escaping)),
            query: .append(keepsBareMark: true), written: text, origin: origin)
    }

    /// How paths are escaped on their way to an upstream; NoDecode keeps `%2F`.
    var escaping: Escaping {
        servers[server].settings.url.encodedSlash?.value == .keep
            ? Escapings.upstreamKeepingSlashes : Escapings.upstream
    }
}
