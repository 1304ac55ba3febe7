import IR
import Language
import Source

/// What the places of one server share while they are written down.
struct SiteContext: Sendable {
    /// The named locations.
    var named: [String: ID<Scope>] = [:]
}

/// What lies around a block.
struct Surroundings: Sendable {
    /// The layers after the site's base, outermost first.
    var layers: [ID<Layer>] = []
    var parts: Parts
    var site: SiteContext
    /// The location around.
    var location: Level?
}

extension NginxLowering {
    /// `http { … }`: reads it all, then writes down sites and listeners.
    mutating func lowerHTTP(_ directive: Directive) {
        collectVariables(directive.children)
        let http = read(directive, as: .http)
        let defaults = defaults()
        let base = configuration.add(
            Layer(settings: defaults, origin: implied("nginx's defaults", near: http.origin)))
        let (settings, parts) = state(http, over: Parts(), in: nil)
        checkLogin(http, parts)
        let layer = configuration.add(Layer(settings: settings, origin: http.origin))
        var servers: [FinishedServer] = []
        for server in http.children where server.kind == .server {
            servers.append(finish(server, base: [base, layer], parts, http.site))
        }
        addListeners(servers)
        addUnusedPools()
        checkGateways()
        checkZones()
    }

    /// Writes one server down as a site.
    private mutating func finish(
        _ server: Level, base: [ID<Layer>], _ outer: Parts, _ http: SiteDraft
    ) -> FinishedServer {
        var context = SiteContext()
        for child in server.children {
            guard let name = child.location, name.modifier == .named else { continue }
            context.named[name.text] = configuration.add(Scope(origin: child.origin))
        }
        let (settings, parts) = state(server, over: outer, in: context)
        checkLogin(server, parts)
        let layer = configuration.add(Layer(settings: settings, origin: server.origin))
        let around = Surroundings(parts: parts, site: context)
        let table = table(of: server, around)
        for child in server.children {
            guard let name = child.location, name.modifier == .named, let id = context.named[name.text] else {
                continue
            }
            configuration.scopes[id.at] = scope(of: child, around)
        }
        let fallback = Scope(
            probe: probe(of: server, context), content: content(of: server, parts) ?? .files,
            origin: implied("requests that no location takes", near: server.origin))
        let statements =
            nameStatements(server) + statements(of: server.statements, in: server.children, scopes: [:])
        let tls = server.site.tls.over(http.tls)
        var draft = server.site
        draft.tls = tls
        var site = Site(
            name: server.site.names.first?.text, tls: tlsPolicy(tls), base: base + [layer],
            scope: configuration.add(fallback),
            origin: server.origin)
        site.locate = table.map { [$0] } ?? []
        if !statements.isEmpty {
            site.rules = configuration.add(Program(statements: statements, origin: server.origin))
        }
        if let name = site.name { configuration.presentation.names[server.origin] = name }
        return FinishedServer(
            id: configuration.add(site), draft: draft, reading: server.site.reading.over(http.reading),
            origin: server.origin)
    }

    /// What the named groups of a server's names assign, before its own statements.
    private func nameStatements(_ server: Level) -> [Statement] {
        server.site.names.compactMap { name in
            guard case .pattern(let pattern, _) = name.pattern else { return nil }
            let edits = captureEdits(of: pattern)
            guard !edits.isEmpty else { return nil }
            let when = Condition.matches(Template(Value.host), pattern, into: 0)
            return .rule(Rule(when: when, edits: edits, origin: name.origin))
        }
    }

    /// The table of a block's locations; nil where there are none.
    mutating func table(of level: Level, _ around: Surroundings) -> RouteTable? {
        var routes: [Route] = []
        for child in level.children {
            guard let name = child.location, name.modifier != .named else { continue }
            let scope = scope(of: child, around)
            let id = configuration.add(scope)
            let matcher: PathMatcher =
                switch name.modifier {
                case .exact: .exact(name.text)
                case .pattern(let pattern): .pattern(pattern, into: 0)
                case .prefix, .prefixThatEndsSearch, .named: .bytes(name.text)
                }
            routes.append(
                Route(
                    match: matcher, endsSearch: name.modifier == .prefixThatEndsSearch, yields: .scope(id),
                    origin: child.origin))
            if let redirect = slashRedirect(child, name, among: level.children, scope) { routes.append(redirect) }
        }
        return routes.isEmpty ? nil : RouteTable(search: .exactThenLongestThenPatterns, routes: routes)
    }

    /// A location that passes requests on and ends in a slash redirects its name without the slash to itself.
    ///
    /// Source: `auto_redirect` in `ngx_http_core_find_static_location`.
    private mutating func slashRedirect(
        _ level: Level, _ name: LocationName, among siblings: [Level], _ scope: Scope
    ) -> Route? {
        guard name.replacesPath, name.text.hasSuffix("/"), name.text.utf8.count > 1, passesOn(level.handler)
        else { return nil }
        let path = String(name.text.dropLast())
        let isTaken = siblings.contains { $0.location?.text == path && $0.location?.replacesPath == true }
        guard !isTaken else { return nil }
        let origin = implied(
            "a location that passes requests on and ends in a slash redirects its name without the slash",
            near: level.origin)
        let answer = Answer(status: 301, location: Template(escaped(name.text)), keepsQuery: true, origin: origin)
        let rules = configuration.add(
            Program(statements: [.rule(Rule(then: .exit(.answer(answer)), origin: origin))], origin: origin))
        let place = configuration.add(
            Scope(
                layers: scope.layers, rules: rules, content: .answer(answer), onlyInternally: scope.onlyInternally,
                origin: origin))
        return Route(match: .exact(path), yields: .scope(place), origin: origin)
    }

    private func passesOn(_ handler: Handler?) -> Bool {
        switch handler {
        case .proxy, .gateway, .fastCGI: true
        case .content, nil: false
        }
    }

    /// A location's text as a URL.
    private func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.configurationBytes {
            if Escaping.upstreamPath.passes.contains(byte) {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
