import IR
import Language
import Source

/// Servers and locations.
extension NginxWriter {
    /// The whole text: what belongs into `http` first, then the servers.
    mutating func write() -> [TextLine] {
        var servers: [TextLine] = []
        for index in configuration.sites.indices {
            site = ID(index)
            guard let server = server() else { continue }
            servers.append(server)
        }
        for index in configuration.pools.indices { writePool(ID(index)) }
        return unsetVariables(servers) + needed(shared, for: servers) + servers
    }

    /// Definitions of variables that texts name and whose rules could not be written.
    ///
    /// nginx knows no name that nothing defines, and such a variable is empty. The rules are reported as what they are.
    private func unsetVariables(_ servers: [TextLine]) -> [TextLine] {
        let text = NginxStyle().text(of: servers)
        let all = NginxStyle().text(of: shared.map(\.line)) + text
        return awaitedVariables.sorted().compactMap { name in
            if text.contains("set $\(name) ") || Self.mentions(of: name, in: all) == 0 { return nil }
            return TextLine("map \"\" $\(name)", block: [TextLine("default \"\"")], isApart: true)
        }
    }

    /// The blocks that something refers to: what was begun and could not be said leaves none behind.
    private func needed(_ blocks: [(key: String, line: TextLine)], for servers: [TextLine]) -> [TextLine] {
        var kept = blocks
        while true {
            let text = NginxStyle().text(of: kept.map(\.line) + servers)
            let rest = kept.filter { block in
                guard block.key.hasPrefix("$") else { return true }
                let name = String(block.key.dropFirst())
                // Once where it is defined, and at least once more.
                return Self.mentions(of: name, in: text) > 1
            }
            if rest.count == kept.count { return kept.map(\.line) }
            kept = rest
        }
    }

    private static func mentions(of name: String, in text: String) -> Int {
        var count = text.ranges(of: "${\(name)}").count
        for range in text.ranges(of: "$" + name) {
            let next = range.upperBound < text.endIndex ? text[range.upperBound] : " "
            if !next.isLetter, !next.isNumber, next != "_" { count += 1 }
        }
        return count
    }

    /// The listeners that lead to the site, with its names there.
    var listens: [(listener: Listener, table: NameTable, address: Address)] {
        configuration.listeners.flatMap { listener in
            let tables =
                [(listener, listener.names, listener.address)]
                + listener.names.more.flatMap { more in more.names.map { (listener, $0, Address.ip(more.address)) } }
            return tables.filter { $0.1.fallback == site || $0.1.names.contains { $0.site == site } }
        }
    }

    /// Every socket of the site has its scheme's own port, and the site says nothing else of itself.
    var isStandardPort: Bool {
        let node = configuration.sites[site.at]
        return node.port == nil && !node.isNamedSecure
            && listens.allSatisfy { $0.listener.port == ($0.table.tls == nil ? 80 : 443) }
    }

    /// What becomes of some requests of the site is more than a file.
    private var decidesByPath: Bool {
        let node = configuration.sites[site.at]
        return node.rules != nil
            || node.locate.flatMap(\.routes).contains { route in
                guard case .scope(let id) = route.yields else { return false }
                let scope = configuration.scopes[id.at]
                return scope.content != .files || scope.rules != nil
            }
    }

    private mutating func server() -> TextLine? {
        let node = configuration.sites[site.at]
        let listens = listens
        guard !listens.isEmpty else { return nil }
        serverExtras = []
        fileTests = []
        pendingScopes = []
        isServerLevel = true
        let comments = comment(of: node.origin)
        var lines: [TextLine] = []
        for (listener, table, address) in listens { lines.append(listen(listener, table, address)) }
        let names = serverNames(listens.map(\.table))
        let isFallback = listens.contains { $0.table.fallback == site }
        if !names.isEmpty {
            let origins = listens.flatMap { $0.table.names.filter { $0.site == site }.map(\.origin) }
            let comments = origins.flatMap { comment(of: $0) }
            lines.append(TextLine("server_name \(names.joined(separator: " "))", comment: comments))
        } else if !isFallback {
            // Without a name it would take requests that have none.
            lines.append(TextLine("server_name _"))
        }
        if let policy = node.tls { lines += apart(tls(policy)) }
        lines += apart(introductions())
        let settings = configuration.fold(node.base)
        // An older nginx speaks 1.0 to upstreams unless told otherwise.
        let outer = fields(defaults, FieldPlace()).filter { $0.name != "proxy_http_version" }
        var own = fields(settings, FieldPlace(servesFiles: true))
        hoist(&own, outer, node)
        let isLog: (FieldText) -> Bool = { $0.name == "access_log" || $0.name == "error_log" }
        lines += apart(self.lines(own.filter { !isLog($0) }, over: outer))
        let beginning = lines.count
        lines += apart(self.lines(of: node.early))
        if !forwardingFields(of: node).isEmpty, listens.contains(where: { $0.listener.reading.underscores == .accept })
        {
            lines.append(TextLine("underscores_in_headers on"))
            note("nginx drops request fields with odd names, such as those with dots")
        }
        lines += apart(encodedSlash(settings, node))
        lines += apart(self.lines(of: node.rules))
        let scope = configuration.scopes[node.scope.at]
        if let probe = scope.probe { lines += apart([tryFiles(probe)]) }
        if case .answer(let answer)? = scope.content { lines += apart(self.answer(answer)) }
        if !isStandardPort, !mayRedirectFolders, redirectsFolders(settings) {
            // nginx would name the port that it listens on, Apache names the one that the client knows.
            lines.append(TextLine("absolute_redirect off"))
        }
        let redirect = slashRedirect(settings)
        let forwards = !forwardingFields(of: node).isEmpty
        if !forwards, scope.content == .files, node.locate.isEmpty { lines += apart(redirect) }
        isServerLevel = false
        for table in node.locate { lines += locations(table, over: own) }
        let hasRoot = node.locate.contains { $0.routes.contains { $0.match == .bytes("/") } }
        let guards = own.flatMap(\.front)
        if !hasRoot, !guards.isEmpty || !redirect.isEmpty && !node.locate.isEmpty && scope.content == .files {
            lines.append(TextLine("location /", block: guards + redirect, isApart: true))
        }
        var written = 0
        while written < pendingScopes.count {
            let scope = pendingScopes[written]
            lines.append(named(scope, over: own))
            written += 1
        }
        lines += serverExtras.map(\.line)
        lines += apart(self.lines(own.filter(isLog), over: outer))
        lines.insert(contentsOf: apart(fileTests.flatMap { Self.lines(of: $0) }), at: beginning)
        return TextLine("server", block: lines, comment: comments, isApart: true)
    }

    private static func lines(of test: (test: String, name: String)) -> [TextLine] {
        [
            TextLine("set \(test.name) \"\""),
            TextLine("if (\(test.test))", block: [TextLine("set \(test.name) 1")]),
        ]
    }

    /// Upstreams never see a path with an encoded slash where the source server refuses it.
    private mutating func encodedSlash(_ settings: Settings, _ node: Site) -> [TextLine] {
        guard case .refuse(let status)? = settings.url.encodedSlash?.value, decidesByPath else { return [] }
        return [
            TextLine(
                "if ($request_uri ~* ^[^?]*%2f)", block: [TextLine("return \(status)")],
                comment: ["An encoded slash in the path is not taken for a slash."])
        ]
    }

    /// A folder's name without its slash is redirected to the host and port that the client named.
    ///
    /// With the scheme's own port nginx does that by itself; else it would name the port that it listens on.
    private mutating func slashRedirect(_ settings: Settings) -> [TextLine] {
        guard !isStandardPort, redirectsFolders(settings), mayRedirectFolders else { return [] }
        let url = "\(isNamedSecure ? "https" : "$scheme")://\(clientHost())$1/"
        return [
            TextLine("if (-d $request_filename)", block: [TextLine("rewrite ^(.*[^/])$ \(url) permanent")])
        ]
    }

    private func redirectsFolders(_ settings: Settings) -> Bool {
        guard case .completed(_, .asHostHeader)? = settings.url.absolute?.value else { return false }
        return settings.files.slashRedirect?.value == true && servesFiles
    }

    /// Nothing that files are served by has a guard or rules, which a redirect of its own would go before.
    private var mayRedirectFolders: Bool {
        let node = configuration.sites[site.at]
        func isOpen(_ layers: [ID<Layer>]) -> Bool {
            let access = configuration.fold(node.base + layers).access
            return access.addresses == nil && (access.required?.value ?? .granted) == .granted
        }
        func isClosed(_ layers: [ID<Layer>]) -> Bool {
            configuration.fold(node.base + layers).access.required?.value == .denied
        }
        func isPlain(_ id: ID<Scope>) -> Bool {
            let scope = configuration.scopes[id.at]
            guard scope.content == .files, !isClosed(scope.layers) else { return true }
            return scope.rules == nil && scope.probe == nil && isOpen(scope.layers)
        }
        return isOpen([])
            && node.locate.flatMap(\.routes).allSatisfy { route in
                if case .scope(let id) = route.yields { isPlain(id) } else { true }
            }
    }

    /// Sets the first of some lines apart from what stands before.
    private func apart(_ lines: [TextLine]) -> [TextLine] {
        var lines = lines
        if !lines.isEmpty { lines[0].isApart = true }
        return lines
    }

    private mutating func listen(_ listener: Listener, _ table: NameTable, _ address: Address) -> TextLine {
        var text: String
        switch address {
        case .any: text = String(listener.port)
        case .ip("0.0.0.0"): text = String(listener.port)
        case .ip(let ip): text = (ip.contains(":") ? "[\(ip)]" : ip) + ":\(listener.port)"
        case .unix(let path): text = "unix:\(path)"
        }
        let isShared = table.names.contains { $0.site != site }
        if table.fallback == site, isShared { text += " default_server" }
        if table.tls != nil { text += " ssl" }
        if let proxy = table.proxy {
            text += " proxy_protocol"
            remainder.take(proxy.origin)
        }
        return line("listen \(text)", listener.origin)
    }

    // MARK: - Locations

    /// What all places that forward say alike is said once for the server.
    private mutating func hoist(_ own: inout [FieldText], _ outer: [FieldText], _ node: Site) {
        let forwarding = forwardingFields(of: node)
        let standard = Dictionary(outer.map { ($0.name, $0) }) { first, _ in first }
        own = own.map { field in
            guard field.relevance == .forwarding else { return field }
            let said = forwarding.compactMap { $0[field.name] }
            if said.count > 1, Set(said.map(\.signature)).count == 1 { return said[0] }
            return standard[field.name] ?? FieldText(field.name, relevance: .forwarding)
        }
    }

    private mutating func forwardingFields(of node: Site) -> [[String: FieldText]] {
        var result: [[String: FieldText]] = []
        for table in node.locate {
            for route in table.routes {
                guard case .scope(let id) = route.yields else { continue }
                let scope = configuration.scopes[id.at]
                guard case .forward(let forward)? = scope.content else { continue }
                let settings = configuration.fold(node.base + scope.layers)
                let kept = (toldComments, serverExtras)
                let fields = fields(settings, place(of: route.match, scope, forward))
                (toldComments, serverExtras) = kept
                result.append(Dictionary(fields.map { ($0.name, $0) }) { first, _ in first })
            }
        }
        return result
    }

    private func place(of match: PathMatcher, _ scope: Scope, _ forward: Forward?) -> FieldPlace {
        var place = FieldPlace(isLocation: true, forward: forward)
        place.servesFiles = scope.content == .files
        if case .answer? = scope.content { place.answers = true }
        if scope.content == nil, scope.rules != nil { place.answers = true }
        switch match {
        case .exact(let text), .bytes(let text), .segments(let text): place.prefix = text
        case .pattern(let pattern, _): place.pattern = pattern
        case .glob(let glob): place.pattern = Pattern(source: Self.pattern(glob))
        }
        return place
    }

    private mutating func locations(_ table: RouteTable, over outer: [FieldText], within prefix: String = "/")
        -> [TextLine]
    {
        var lines: [TextLine] = []
        for route in table.routes {
            guard case .scope(let id) = route.yields, !isImplied(route.origin) else { continue }
            let modifier = route.endsSearch ? "^~ " : ""
            let head: String
            switch route.match {
            case .exact(let text): head = "= \(NginxQuoting.word(text))"
            case .bytes(let text), .segments(let text): head = modifier + NginxQuoting.word(text)
            case .pattern(let pattern, _): head = "\(sign(of: pattern)) \(NginxQuoting.word(source(of: pattern)))"
            case .glob(let glob): head = "~ \(NginxQuoting.word(Self.pattern(glob)))"
            }
            let comments = comment(of: route.origin)
            let block = location(id, route.match, over: outer, within: prefix)
            remainder.take(route.origin)
            // Without it, the server itself would say the same.
            if block.isEmpty, comments.isEmpty, route.match == .bytes("/") { continue }
            lines.append(TextLine("location " + head, block: block, comment: comments, isApart: true))
        }
        return lines
    }

    private func sign(of pattern: Pattern) -> String { pattern.ignoresCase ? "~*" : "~" }

    private func isImplied(_ origin: ID<Origin>) -> Bool {
        if case .implied = configuration.origins[origin.at] { return true }
        return false
    }

    private mutating func named(_ id: ID<Scope>, over outer: [FieldText]) -> TextLine {
        let scope = configuration.scopes[id.at]
        let name = scopeNames[id] ?? "@place"
        let comments = comment(of: scope.origin)
        return TextLine(
            "location \(name)", block: location(id, .pattern(Pattern(source: ""), into: nil), over: outer),
            comment: comments, isApart: true)
    }

    /// What stands in a location.
    private mutating func location(
        _ id: ID<Scope>, _ match: PathMatcher, over outer: [FieldText], within prefix: String = "/"
    ) -> [TextLine] {
        let scope = configuration.scopes[id.at]
        remainder.take(scope.origin)
        var forward: Forward?
        if case .forward(let own)? = scope.content { forward = own }
        var place = place(of: match, scope, forward)
        if place.pattern != nil { place.prefix = prefix }
        let settings = configuration.fold(configuration.sites[site.at].base + scope.layers)
        let own = fields(settings, place)
        var lines: [TextLine] = []
        if scope.onlyInternally { lines.append(TextLine("internal")) }
        // The other server redirects before it asks who may.
        if !place.answers { lines += own.flatMap(\.front) }
        let rules = self.lines(of: scope.rules)
        if let probe = scope.probe { lines.append(tryFiles(probe)) }
        lines += rules
        if scope.content == .files, scope.probe == nil { lines += slashRedirect(settings) }
        if case .process(let call)? = scope.content {
            lines += gateway(call, settings, place, isProbed: scope.probe != nil)
        } else {
            lines += content(scope.content, place)
        }
        let relevant = own.filter { field in
            switch field.relevance {
            case .always: true
            case .forwarding: forward != nil || (configuration.sites[site.at].locate.isEmpty)
            case .files: forward == nil && !place.answers
            }
        }
        lines += self.lines(relevant, over: outer)
        if let methods = scope.methods { lines.append(limitExcept(methods, over: own)) }
        if let inner = scope.inner { lines += locations(inner, over: own, within: place.prefix ?? prefix) }
        return lines
    }

    /// What stands in an `if` that is entered: only what differs from the location around it.
    mutating func body(of id: ID<Scope>) -> [TextLine] {
        let scope = configuration.scopes[id.at]
        var forward: Forward?
        if case .forward(let own)? = scope.content { forward = own }
        var place = FieldPlace(isLocation: true, forward: forward)
        place.pattern = Pattern(source: "")
        let base = configuration.sites[site.at].base
        let own = fields(configuration.fold(base + scope.layers), place)
        let outer = fields(configuration.fold(base + scope.layers.dropLast()), place)
        return content(scope.content, place) + lines(own, over: outer)
    }

    private mutating func limitExcept(_ methods: MethodSplit, over outer: [FieldText]) -> TextLine {
        let scope = configuration.scopes[methods.otherwise.at]
        let settings = configuration.fold(configuration.sites[site.at].base + scope.layers)
        let own = accessFields(settings)
        remainder.take(scope.origin)
        let shown = methods.allowed.filter { $0 != "HEAD" || !methods.allowed.contains("GET") }.sorted()
        return TextLine("limit_except \(shown.joined(separator: " "))", block: lines(own, over: outer))
    }

    private mutating func tryFiles(_ probe: Probe) -> TextLine {
        var words = probe.tries.map { candidate in (text(candidate.path) ?? "$uri") + (candidate.directory ? "/" : "") }
        switch probe.otherwise {
        case .answer(let answer): words.append("=\(answer.status)")
        case .go(.scope(let scope)): words.append(name(of: scope))
        case .redirect(let target, _): words.append(text(target) ?? "=404")
        case .go, .content, .place, .recheck: words.append("=404")
        }
        return line("try_files \(words.map { NginxQuoting.word($0) }.joined(separator: " "))", probe.origin)
    }

    /// What answers in a location.
    private mutating func content(_ content: Content?, _ place: FieldPlace) -> [TextLine] {
        switch content {
        case nil, .files: return []
        case .answer(let answer):
            remainder.take(answer.origin)
            return self.answer(answer)
        case .forward(let forward): return proxyPass(forward, place)
        case .process(let call):
            remainder.lose(Loss(.dropped("a call is not written in a condition"), at: call.origin))
            return [TextLine("return 503")]
        case .unavailable(let why, let guards):
            note("\(why): requests for it are answered \(guards ? 403 : 503)")
            return [TextLine("return \(guards ? 403 : 503)")]
        case .report: return [TextLine("return 503")]
        }
    }

    private mutating func proxyPass(_ forward: Forward, _ place: FieldPlace) -> [TextLine] {
        let comments = comment(of: forward.origin)
        remainder.take(forward.origin)
        noteImplied(forward, place)
        switch forward.to {
        case .computed(let target):
            guard let text = word(target) else {
                remainder.lose(Loss(.dropped("nginx cannot say where it leads"), at: forward.origin))
                return [TextLine("return 502")]
            }
            return [TextLine("proxy_pass \(text)", comment: comments)]
        case .pool(let pool):
            if let url = proxyURL(forward, place), place.pattern != nil, let uri = url.uri {
                // A location given by a pattern takes no URI: the path is changed before it is passed on.
                let source = "(?s)^" + Self.quoted(place.prefix ?? "/") + "(.*)"
                return [
                    TextLine(
                        "rewrite \(NginxQuoting.word(source)) \(NginxQuoting.word(uri + "$1")) break", comment: comments
                    ),
                    TextLine("proxy_pass \(url.authority)"),
                ]
            }
            if let url = proxyURL(forward, place) {
                return [TextLine("proxy_pass \(NginxQuoting.word(url.authority + (url.uri ?? "")))", comment: comments)]
            }
            let authority = authority(pool)
            switch forward.path {
            case .suffixAsReceived(let onto):
                remainder.lose(
                    Loss(
                        .approximate(
                            "the rest of the path is decoded and escaped again instead of going on as it came"),
                        at: forward.origin, witness: "GET \(place.prefix ?? "/")%7E"))
                return [
                    TextLine("proxy_pass \(NginxQuoting.word(authority + (onto.literal ?? "/")))", comment: comments)
                ]
            case .whole(let template, _):
                guard let text = text(template) else { return [TextLine("return 502")] }
                return [
                    TextLine(
                        "rewrite \(expression(place.pattern)) \(NginxQuoting.word(text)) break", comment: comments),
                    TextLine("proxy_pass \(authority)"),
                ]
            default: return [TextLine("proxy_pass \(authority)", comment: comments)]
            }
        }
    }
}
