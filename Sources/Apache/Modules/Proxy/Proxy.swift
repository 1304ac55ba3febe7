import IR
import Language
import Source

/// mod_proxy: forwarding requests to upstreams.
enum Proxy {
    /// The module.
    static let module = Module<ApacheLowering>("mod_proxy", forwarding + settings + balancing + other)

    private static let forwarding: [Entry<ApacheLowering>] = [
        Entry("ProxyPass", in: .files, .oneOrMore, summary: "Forwards a URL path to an upstream, or with `!` does not.")
        {
            $1.lowerProxyPass($0, isMatch: false)
        },
        Entry("ProxyPassMatch", in: .files, .oneOrMore, summary: "Forwards URL paths that match a pattern.") {
            $1.lowerProxyPass($0, isMatch: true)
        },
        Entry("ProxyPassReverse", in: .files, .oneToThree, summary: "Maps the upstream's URLs in answers to ours.") {
            $1.lowerProxyPassReverse($0)
        },
        Entry(
            "ProxyPassReverseCookiePath", in: .files, .twoOrThree, summary: "Maps the paths of the upstream's cookies."
        ) {
            $1.lowerCookie($0, attribute: "path")
        },
        Entry("ProxyPassReverseCookieDomain", in: .files, .twoOrThree, summary: "Maps the domains of cookies.") {
            $1.lowerCookie($0, attribute: "domain")
        },
        Entry("<Proxy", in: .server, .oneOrMore, block: true, summary: "Applies to what is forwarded to a URL.") {
            $1.lowerProxySection($0, isPattern: false)
        },
        Entry(
            "<ProxyMatch", in: .server, .one, block: true, summary: "Applies to what is forwarded to URLs that match."
        ) {
            $1.lowerProxySection($0, isPattern: true)
        },
    ]

    private static let settings: [Entry<ApacheLowering>] = [
        Entry("ProxyPreserveHost", in: .files, .flag, summary: "Sends the client's Host field to the upstream.") {
            directive, state in
            guard let on = state.flag(directive) else { return }
            state.settings.forward.host = Stated(
                Template(on ? .requestHeader("host") : .upstreamAuthority), state.origin(directive))
        },
        Entry("ProxyErrorOverride", in: .files, .oneOrMore, summary: "Shows our error pages for the upstream's errors.")
        {
            $1.lowerErrorOverride($0)
        },
        Entry("ProxyAddHeaders", in: .files, .flag, summary: "Adds X-Forwarded-For, -Host and -Server.") {
            directive, state in
            guard let on = state.flag(directive) else { return }
            state.settings.request.forwardedFor = Stated(on ? .appended : .untouched, state.origin(directive))
        },
        Entry("ProxyVia", in: .server, .one, summary: "Says what happens to Via fields.") { directive, state in
            let forms: [(String, Via)] = [
                ("Off", .untouched), ("On", .added), ("Full", .addedWithVersion), ("Block", .removed),
            ]
            guard let argument = directive.arguments.first,
                let form = state.word(argument, of: directive, among: forms)
            else { return }
            state.settings.request.via = Stated(form, state.origin(directive))
        },
        Entry("ProxyTimeout", in: .server, .one, summary: "Says how long an upstream may take.") { directive, state in
            guard let argument = directive.arguments.first, let time = state.seconds(argument, of: directive) else {
                return
            }
            state.servers[state.server].connection.proxyTimeout = Stated(time, state.origin(directive))
        },
        Entry("ProxyRequests", in: .server, .flag, summary: "Lets clients name any server: a forward proxy.") {
            directive, state in
            guard state.flag(directive) == true else { return }
            state.notRun(
                "Sluice is no forward proxy", at: directive.head,
                why: "with this line httpd fetches any URL for anybody who may use it, which ProxyPass does not need",
                help: "write `ProxyRequests Off`, or remove the line")
        },
        Entry("Proxy100Continue", in: .files, .flag, summary: "Forwards Expect: 100-continue.") { directive, state in
            if state.flag(directive) == false { state.reportUnsupported(directive) }
        },
        .known("ProxyBadHeader", in: .server, .one, summary: "Says what a bad header line from an upstream does."),
        .known("ProxyPassInterpolateEnv", in: .files, .flag, summary: "Puts variables into ProxyPass lines."),
    ]

    private static let balancing: [Entry<ApacheLowering>] = [
        Entry("BalancerMember", in: .files, .oneOrMore, summary: "Adds a member to a balancer.") {
            $1.lowerBalancerMember($0)
        },
        Entry("ProxySet", in: .files, .oneOrMore, summary: "Sets parameters of an upstream or balancer.") {
            $1.lowerProxySet($0)
        },
        .ignored("BalancerGrowth", in: .server, .one, summary: "Reserves room for members that are added later."),
        .ignored("BalancerPersist", in: .server, .flag, summary: "Keeps what the manager changed over restarts."),
        .ignored(
            "BalancerInherit", in: .server, .flag, summary: "Lets virtual hosts have the main server's balancers."),
        .known("ProxyPassInherit", in: .server, .flag, summary: "Lets virtual hosts have the main server's ProxyPass."),
        .ignored("ProxyStatus", in: .server, .one, summary: "Shows upstreams in the status report."),
    ]

    private static let other: [Entry<ApacheLowering>] = [
        .known("ProxyRemote", in: .server, .twoOrThree, summary: "Forwards by way of another proxy."),
        .known("ProxyRemoteMatch", in: .server, .twoOrThree, summary: "Forwards what matches by way of another proxy."),
        .known("ProxyBlock", in: .server, .oneOrMore, guards: true, summary: "Forbids a forward proxy some hosts."),
        .ignored("NoProxy", in: .server, .oneOrMore, summary: "Lists hosts that a forward proxy asks itself."),
        .ignored("ProxyDomain", in: .server, .one, summary: "Completes short host names in a forward proxy."),
        .ignored("ProxyReceiveBufferSize", in: .server, .one, summary: "Sets the size of buffers towards upstreams."),
        .ignored("ProxyIOBufferSize", in: .server, .one, summary: "Sets the size of buffers of forwarded data."),
        .known("ProxyMaxForwards", in: .server, .one, summary: "Limits how many proxies a request may pass."),
        .known("ProxySourceAddress", in: .server, .one, summary: "Names the address that upstreams see."),
    ]
}

extension ApacheLowering {
    /// `ProxyPassReverse [path] url`: answers that begin with the URL begin with the path instead.
    fileprivate mutating func lowerProxyPassReverse(_ directive: Directive) {
        var arguments = directive.arguments
        if arguments.last?.text.lowercased() == "interpolate" { arguments.removeLast() }
        var path: String
        if arguments.count == 1 {
            guard let section = sections.last, case .location = section.kind, let own = section.path else {
                return fail(
                    "wrong-arguments", "`ProxyPassReverse` needs a path and a URL here", at: directive.head,
                    why: "only in a `<Location>` is the path known", help: "write the path before the URL")
            }
            path = own
        } else {
            path = arguments[0].text
            arguments.removeFirst()
        }
        guard let url = arguments.first else { return }
        let origin = origin(directive)
        if path.isEmpty { path = "/" }
        addMappings(from: url.text, to: path, origin)
    }

    private mutating func addMappings(from url: String, to path: String, _ origin: ID<Origin>) {
        let mapping = URLMapping(
            headers: ["location", "content-location", "uri", "destination"], from: Template(url), to: Template(path),
            absolute: .completed(host: Template(.hostOrSiteName), port: .asHostHeader), origin: origin)
        let before = settings.forward.locations
        settings.forward.locations = Edit(
            merge: .before, value: (before?.value ?? []) + [mapping], origin: before?.origin ?? origin)
    }

    /// `ProxyPassReverseCookiePath internal public`.
    fileprivate mutating func lowerCookie(_ directive: Directive, attribute: String) {
        let origin = origin(directive)
        var mapping = CookieMapping(
            attribute: attribute, from: Template(directive.arguments[0].text),
            to: Template(directive.arguments[1].text),
            origin: origin)
        // A path that begins with the prefix is replaced as a whole (proxy_util.c, ap_proxy_cookie_reverse_map).
        if attribute == "path" { mapping.pattern = anchored(directive.arguments[0].text, behind: "(?:.*)$") }
        let before = settings.forward.cookies
        settings.forward.cookies = Edit(
            merge: .before, value: (before?.value ?? []) + [mapping], origin: before?.origin ?? origin)
    }

    /// `ProxyErrorOverride On [status …]|Off`.
    fileprivate mutating func lowerErrorOverride(_ directive: Directive) {
        guard let first = directive.arguments.first,
            let on = word(first, of: directive, among: [("On", true), ("Off", false)])
        else { return }
        var only: Set<Int> = []
        for argument in directive.arguments.dropFirst() {
            guard let status = number(argument, of: directive, in: 400...599) else { return }
            only.insert(status)
        }
        settings.errors.replacesUpstreams = Stated(
            on ? .all(400...599, only: only.isEmpty ? nil : only) : .never, origin(directive))
    }

    /// `<Proxy balancer://name>` defines a balancer; `<Proxy url>` and `<Proxy *>` guard what is forwarded there.
    fileprivate mutating func lowerProxySection(_ directive: Directive, isPattern: Bool) {
        guard var argument = directive.arguments.first else { return }
        var isPattern = isPattern
        if argument.text == "~", directive.arguments.count > 1 {
            argument = directive.arguments[1]
            isPattern = true
        }
        if isPattern {
            guard let pattern = pattern(argument.text, at: argument.range) else { return }
            return lowerSection(directive, kind: .proxy, selector: .target(.pattern(pattern, into: nil)))
        }
        let origin = origin(directive)
        var parameters = ProxyParameters()
        for extra in directive.arguments.dropFirst() { read(extra, of: directive, into: &parameters) }
        if let url = UpstreamURL(argument.text), !isGlob(argument.text) {
            _ = pool(for: url, parameters, origin: origin)
            if url.scheme == "balancer" { apply(parameters, toBalancer: url.host, at: directive.head) }
        }
        let matcher: PathMatcher = isGlob(argument.text) ? .glob(argument.text) : .bytes(argument.text)
        lowerSection(
            directive, kind: .proxy, selector: .target(argument.text == "*" ? .bytes("") : matcher), path: argument.text
        )
    }

    /// `BalancerMember [balancer://name] url [key=value …]`.
    fileprivate mutating func lowerBalancerMember(_ directive: Directive) {
        var arguments = directive.arguments
        let section = sections.last?.path.flatMap { UpstreamURL($0) }
        var name = section?.scheme == "balancer" ? section?.host : nil
        if let first = arguments.first, let url = UpstreamURL(first.text), url.scheme == "balancer" {
            name = url.host
            arguments.removeFirst()
        }
        let origin = origin(directive)
        guard let name, let first = arguments.first else {
            return fail(
                "wrong-arguments", "`BalancerMember` belongs to no balancer", at: directive.head,
                why: "it stands outside `<Proxy balancer://…>` and names none; the server refuses to start",
                help: "put it into a `<Proxy balancer://name>` section")
        }
        guard let url = UpstreamURL(first.text) else {
            return invalid(
                "`\(first.text)` is no URL of a member", at: first, why: "the server refuses to start",
                help: "write it as in `http://127.0.0.1:8000`")
        }
        var parameters = ProxyParameters()
        for argument in arguments.dropFirst() { read(argument, of: directive, into: &parameters) }
        let isGateway = url.scheme == "fcgi"
        guard UpstreamURL.run.contains(url.scheme) || isGateway else {
            return notRun(
                "members by `\(url.scheme)` are not run", at: first.range, why: "the balancer goes without this one",
                help: nil)
        }
        let pool = balancer(named: name, origin: origin).at
        if let known = balancers[name.lowercased()]?.speaksFastCGI, known != isGateway {
            return notRun(
                "members that speak FastCGI and others are not run together", at: first.range,
                why: "the balancer goes without this one", help: "make two balancers of them")
        }
        balancers[name.lowercased()]?.speaksFastCGI = isGateway
        setMembersPath(withoutFinalSlash(url.path), of: name, first)
        configuration.pools[pool].members.append(member(url, parameters, origin: origin))
        if parameters.disablesReuse { configuration.pools[pool].connections.reuse = false }
    }

    /// `ProxySet [url] key=value …`.
    fileprivate mutating func lowerProxySet(_ directive: Directive) {
        var arguments = directive.arguments
        var name = sections.last?.path
        if let first = arguments.first, UpstreamURL(first.text) != nil, !first.text.contains("=") {
            name = first.text
            arguments.removeFirst()
        }
        guard let name, let url = UpstreamURL(name) else {
            return fail(
                "wrong-arguments", "`ProxySet` belongs to no upstream", at: directive.head,
                why: "it stands outside `<Proxy>` and names none; the server refuses to start",
                help: "write the upstream's URL first, or put the line into its `<Proxy>` section")
        }
        var parameters = ProxyParameters()
        for argument in arguments { read(argument, of: directive, into: &parameters) }
        let origin = origin(directive)
        let pool = pool(for: url, parameters, origin: origin)
        if url.scheme == "balancer" { return apply(parameters, toBalancer: url.host, at: directive.head) }
        set(parameters, ofPool: pool.at)
    }

    /// Writes the parameters of an upstream that has a pool already.
    private mutating func set(_ parameters: ProxyParameters, ofPool pool: Int) {
        for index in configuration.pools[pool].members.indices {
            if let connect = parameters.connect { configuration.pools[pool].members[index].timeouts.connect = connect }
            if let exchange = parameters.exchange {
                configuration.pools[pool].members[index].timeouts.exchange = exchange
            }
            if let retry = parameters.retry {
                configuration.pools[pool].members[index].quarantine.lasts = retry
                configuration.pools[pool].members[index].quarantine.after = retry == 0 ? 0 : 1
            }
        }
        if parameters.disablesReuse { configuration.pools[pool].connections.reuse = false }
        if parameters.asksReuse {
            configuration.pools[pool].connections.reuse = true
            configuration.pools[pool].connections.keepsIdle = 64
        }
    }
}
