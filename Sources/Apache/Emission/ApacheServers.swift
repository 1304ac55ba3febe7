import IR
import Language

/// Virtual hosts, what they forward, and sections.
extension ApacheWriter {
    /// The whole text.
    mutating func write() -> [TextLine] {
        var hosts: [TextLine] = []
        var order = Array(configuration.sites.indices)
        let first = Set(configuration.listeners.map { $0.names.fallback.at })
        // The first virtual host of an address answers every other name.
        order = order.filter { first.contains($0) } + byName(order.filter { !first.contains($0) })
        for index in order {
            site = ID(index)
            if let host = virtualHost() { hosts.append(host) }
        }
        var top = listens()
        for pool in configuration.pools.indices {
            if let balancer = balancer(ID(pool)) { hosts.insert(balancer, at: 0) }
        }
        top += shared.map(\.line) + misdirection()
        return top + hosts
    }

    /// Virtual hosts in the order in which their names would be found by one that looks for the best match.
    private func byName(_ sites: [Int]) -> [Int] {
        var ranks: [Int: Int] = [:]
        for table in configuration.listeners.map(\.names) where table.search != .firstInOrder {
            for name in table.names {
                let rank: Int =
                    switch name.pattern {
                    case .exact: 0
                    case .suffix(let text, _): 1000 - min(text.utf8.count, 900)
                    case .prefix(let text): 2000 - min(text.utf8.count, 900)
                    case .glob, .pattern: 3000
                    }
                ranks[name.site.at] = min(ranks[name.site.at] ?? Int.max, rank)
            }
        }
        return sites.enumerated().sorted { left, right in
            let (a, b) = (ranks[left.element] ?? 0, ranks[right.element] ?? 0)
            return a != b ? a < b : left.offset < right.offset
        }.map(\.element)
    }

    /// Ports that a distribution's main file does not open.
    private mutating func listens() -> [TextLine] {
        var lines: [TextLine] = []
        for listener in configuration.listeners where listener.port != 80 && listener.port != 443 {
            lines.append(line("Listen \(address(listener.address, listener.port, wildcard: ""))", listener.origin))
        }
        return lines
    }

    private func address(_ address: Address, _ port: Int, wildcard: String) -> String {
        switch address {
        case .any, .ip("0.0.0.0"): wildcard.isEmpty ? String(port) : "\(wildcard):\(port)"
        case .ip(let ip): (ip.contains(":") ? "[\(ip)]" : ip) + ":\(port)"
        case .unix(let path): path
        }
    }

    private mutating func virtualHost() -> TextLine? {
        let node = configuration.sites[site.at]
        var addresses: [String] = []
        var names: [String] = []
        for listener in configuration.listeners {
            let tables =
                [(listener.address, listener.names)]
                + listener.names.more.flatMap { more in more.names.map { (Address.ip(more.address), $0) } }
            for (address, table) in tables
            where table.fallback == site || table.names.contains(where: { $0.site == site }) {
                remainder.take(listener.origin)
                let shown = self.address(address, listener.port, wildcard: "*")
                if !addresses.contains(shown) { addresses.append(shown) }
                for name in table.names where name.site == site { add(name, to: &names) }
            }
        }
        guard !addresses.isEmpty else { return nil }
        let comments = comment(of: node.origin)
        remainder.take(node.origin)
        let nameComments = node.locate.isEmpty ? [] : names.isEmpty ? [] : namesComment(node)
        var lines: [TextLine] = []
        let first = names.first { !$0.contains("*") && !$0.contains("?") }
        if let first { lines.append(TextLine("ServerName \(first)", comment: nameComments)) }
        let rest = names.filter { $0 != first }
        if !rest.isEmpty { lines.append(TextLine("ServerAlias \(rest.joined(separator: " "))")) }
        if let policy = node.tls { lines += apart(tls(policy)) } else { lines += encryption() }
        lines += proxies(node)
        lines += body(node)
        return TextLine(
            "VirtualHost \(addresses.joined(separator: " "))", block: lines, comment: comments, isApart: true)
    }

    /// TLS, without which what was secret would be sent in the clear.
    private mutating func encryption() -> [TextLine] {
        let own = configuration.listeners.filter { listener in
            listener.names.fallback == site || listener.names.names.contains { $0.site == site }
        }
        guard let listener = own.first(where: \.isTLS) else { return [] }
        remainder.lose(
            Loss(
                .helper("SSLCertificateFile and SSLCertificateKeyFile with the site's certificate"),
                at: listener.origin))
        return [TextLine("SSLEngine on")]
    }

    private mutating func namesComment(_ node: Site) -> [String] {
        for listener in configuration.listeners {
            for name in listener.names.names where name.site == site {
                let comments = comment(of: name.origin)
                if !comments.isEmpty { return comments }
            }
        }
        return []
    }

    private mutating func add(_ name: SiteName, to names: inout [String]) {
        remainder.take(name.origin)
        defer {
            let odd = names.filter { $0.contains { " {}<>\"'\\/".contains($0) } }
            if !odd.isEmpty {
                names.removeAll { odd.contains($0) }
                remainder.lose(Loss(.dropped("`\(odd[0])` is no name of a host"), at: name.origin))
            }
        }
        var shown: [String]
        switch name.pattern {
        case .exact(let text): shown = text.isEmpty || text == "_" ? [] : [text]
        case .glob(let text): shown = [text]
        case .suffix(let text, let andItself):
            let bare = text.hasPrefix(".") ? String(text.dropFirst()) : text
            shown = andItself ? [bare, "*." + bare] : ["*." + bare]
        case .prefix(let text): shown = [(text.hasSuffix(".") ? text : text + ".") + "*"]
        case .pattern:
            remainder.lose(
                Loss(
                    .dropped("httpd has no names by pattern; write ServerAlias lines with `*` and `?`"), at: name.origin
                ))
            shown = []
        }
        shown = shown.filter { !names.contains($0) }
        names += shown
    }

    // MARK: - The inside

    private mutating func body(_ node: Site) -> [TextLine] {
        textPages = []
        forgetSettings()
        let settings = fold(node.base, configuration)
        let routes = node.locate.flatMap(\.routes)
        let forwards = routes.contains { if case .content(.forward) = $0.yields { true } else { false } }
        let single = routes.filter { if case .content(.forward) = $0.yields { true } else { false } }.count == 1
        var place = ApachePlace(forwards: forwards)
        let outer = fields(defaults, ApachePlace())
        var merged = settings
        // What the only place that forwards says about forwarding can be said for the whole host.
        var lifted: Overlay?
        if single, !rulesForward(node), let overlay = node.overlays.first(where: { isOfForward($0, routes) }) {
            lifted = overlay
            let own = configuration.layers[overlay.layer.at].settings
            merged.forward = own.folded(over: settings).forward
            merged.request = own.folded(over: settings).request
            remainder.take(configuration.layers[overlay.layer.at].origin)
        }
        place.outer = nil
        let root = soleRoot(routes, settings)
        if let root { merged.files.place = Stated(root, root.origin) }
        let own = fields(merged, place)
        let isLog: (ApacheField) -> Bool = { $0.name == "logs" || $0.name == "error log" }
        let isReverse: (ApacheField) -> Bool = { $0.name == "reverse" || $0.name == "cookies" }
        let isElse: (ApacheField) -> Bool = { field in
            let others = ["logs", "error log", "DocumentRoot", "reverse", "cookies", "access", "listing"]
            return !others.contains(field.name)
        }
        var lines = apart(upstreamTLS(merged, node))
        lines += apart(self.lines(own.filter { $0.name == "DocumentRoot" }, over: outer))
        lines += directories(routes, merged, root)
        lines += apart(self.lines(own.filter(isElse), over: outer))
        if case .decode = settings.url.encodedSlash?.value { lines.append(TextLine("AllowEncodedSlashes On")) }
        if namesPort(settings) { lines.append(TextLine("UseCanonicalPhysicalPort On")) }
        let rules = self.rules(of: node)
        lines += self.settings() + texts(settings) + rules
        lines += self.routes(routes, root: root)
        let reverse = self.lines(own.filter(isReverse), over: outer)
        lines += reverse
        hostMappings = []
        var sections = guardSection(own)
        for overlay in node.overlays {
            sections += section(overlay, settings, own, routes, isLifted: overlay == lifted)
        }
        lines += self.settings()
        let said = Set(reverse.map(\.head))
        lines += hostMappings.filter { !said.contains($0) }.map { TextLine($0) } + sections
        lines += apart(self.lines(own.filter(isLog), over: outer))
        return lines
    }

    /// Whether redirects name the port of the connection, and that is no scheme's own.
    private mutating func namesPort(_ settings: Settings) -> Bool {
        if let absolute = settings.url.absolute { remainder.take(absolute.origin) }
        guard case .completed(_, port: .listener) = settings.url.absolute?.value else { return false }
        return configuration.listeners.contains { listener in
            listener.port != 80 && listener.port != 443
                && (listener.names.fallback == site || listener.names.names.contains { $0.site == site })
        }
    }

    /// Some rules forward by themselves.
    private func rulesForward(_ node: Site) -> Bool {
        func forwards(_ statements: [Statement]) -> Bool {
            statements.contains { statement in
                switch statement {
                case .block(let block): forwards(block.statements)
                case .rule(let rule): if case .exit(.content(.forward)) = rule.then { true } else { false }
                }
            }
        }
        let programs = [node.rules, configuration.scopes[node.scope.at].rules].compactMap { $0 }
        return programs.contains { forwards(configuration.programs[$0.at].statements) }
    }

    /// Some requests of the site are answered with files, also where nobody said from which folder.
    var servesFiles: Bool {
        let node = configuration.sites[site.at]
        guard configuration.scopes[node.scope.at].content == .files else { return false }
        let programs = [node.rules, configuration.scopes[node.scope.at].rules].compactMap { $0 }
        let answersAll = programs.flatMap { configuration.programs[$0.at].statements }.contains { statement in
            guard case .rule(let rule) = statement, case .exit = rule.then else { return false }
            return rule.when == .always || rule.when == .matches(Template(.path), Pattern(source: "^"), into: nil)
        }
        let routes = node.locate.flatMap(\.routes)
        return !answersAll && !routes.contains { $0.match == .bytes("/") || $0.match == .bytes("") }
    }

    /// What shows the texts that rules answer: an error document, even for what is no error.
    private func texts(_ settings: Settings) -> [TextLine] {
        var lines: [TextLine] = []
        for status in Set(textPages.map(\.status)).sorted() {
            let endsLine = textPages.contains { $0.status == status && $0.text.hasSuffix("\n") }
            lines.append(TextLine("ErrorDocument \(status) \"%{reqenv:TEXT}\(endsLine ? "%{unescape:%0A}" : "")\""))
        }
        guard !lines.isEmpty, let type = settings.files.defaultType?.value else { return lines }
        return lines + [
            TextLine("Header always set Content-Type \(ApacheQuoting.word(type)) \"expr=-n reqenv('TEXT')\"")
        ]
    }

    private func apart(_ lines: [TextLine]) -> [TextLine] {
        var lines = lines
        if !lines.isEmpty { lines[0].isApart = true }
        return lines
    }

    /// The folder that the only alias of an otherwise rootless host names: it may as well be the host's.
    private func soleRoot(_ routes: [Route], _ settings: Settings) -> Placement? {
        guard settings.files.place.map({ !remainder.isWritten($0.origin) }) ?? true else { return nil }
        let places = routes.compactMap { route -> Placement? in
            if case .place(let place) = route.yields { place } else { nil }
        }
        guard let first = places.first, places.allSatisfy({ $0.base == first.base && $0.drops == .nothing }) else {
            return nil
        }
        return first
    }

    /// Folders are closed by the main file of most distributions: each one that is served is opened.
    private mutating func directories(_ routes: [Route], _ settings: Settings, _ root: Placement?) -> [TextLine] {
        var folders: [String] = []
        if let place = settings.files.place, remainder.isWritten(place.origin) || servesFiles,
            let base = place.value.base.literal
        {
            folders.append(base)
        }
        for case .place(let place) in routes.map(\.yields) {
            guard let base = place.base.literal else { continue }
            if place.drops != .nothing, !folders.contains(base) { folders.append(base) }
        }
        let listing = settings.files.listing?.value == true ? "Options +Indexes" : "Options -Indexes"
        return folders.map { folder in
            TextLine(
                "Directory \(ApacheQuoting.word(folder))",
                block: [TextLine(listing), TextLine("AllowOverride None"), TextLine("Require all granted")])
        }
    }

    private func isOfForward(_ overlay: Overlay, _ routes: [Route]) -> Bool {
        routes.contains { route in
            guard case .content(.forward) = route.yields, case .url = overlay.selector else { return false }
            return configuration.layers[overlay.layer.at].settings.forward != ForwardSettings()
                || configuration.layers[overlay.layer.at].settings.request != RequestSettings()
        }
    }

    private mutating func section(
        _ overlay: Overlay, _ base: Settings, _ outer: [ApacheField], _ routes: [Route], isLifted: Bool
    ) -> [TextLine] {
        let layer = configuration.layers[overlay.layer.at]
        var settings = layer.settings.folded(over: base)
        let isForward = isOfForward(overlay, routes)
        if isLifted {
            settings.forward = base.forward
            settings.request = base.request
        }
        var place = ApachePlace(isSection: true, forwards: isForward && !isLifted)
        place.outer = base
        if case .url(.segments(let path)) = overlay.selector { place.path = path }
        let outside = outer.filter { $0.name != "headers" }
        var own = fields(settings, place)
        let comparable = fields(base, ApachePlace(isSection: true, forwards: place.forwards))
        own = own.filter { field in
            guard let known = comparable.first(where: { $0.name == field.name }), field.name != "headers" else {
                return true
            }
            if known.signature == field.signature { remainder.take(field.origins) }
            return known.signature != field.signature
        }
        let lines = self.lines(own, over: outside.filter { name in !own.contains { $0.name == name.name } })
        remainder.take(layer.origin)
        guard !lines.isEmpty else { return [] }
        let head: String
        switch overlay.selector {
        case .url(let matcher): head = sectionHead(matcher)
        case .when(.compare(let subject, .equal, let value)):
            guard case .value(.variable(let slot))? = subject.pieces.first else { fallthrough }
            head = "If \"reqenv('\(configuration.variables[slot.at].name)') == '\(value.literal ?? "")'\""
        default:
            remainder.lose(Loss(.dropped("this kind of section cannot be written yet"), at: layer.origin))
            return []
        }
        return [TextLine(head, block: lines, comment: comment(of: layer.origin), isApart: true)]
    }

    private func sectionHead(_ matcher: PathMatcher) -> String {
        switch matcher {
        case .segments(let path): return "Location \(quotedAlways(path))"
        case .exact(let path): return "LocationMatch \(quotedAlways("^\(ApacheQuoting.quoted(path))$"))"
        case .bytes(let path): return "LocationMatch \(quotedAlways("^\(ApacheQuoting.quoted(path))"))"
        case .glob(let glob): return "Location \(quotedAlways(glob))"
        case .pattern(let pattern, _):
            let source = (pattern.ignoresCase ? "(?i)" : "") + ApacheQuoting.wideSource(of: pattern)
            return "LocationMatch \(quotedAlways(source))"
        }
    }

    /// Who may enter the host at all.
    private mutating func guardSection(_ own: [ApacheField]) -> [TextLine] {
        guard let access = own.first(where: { $0.name == "access" }) else { return [] }
        for loss in access.losses { remainder.lose(loss) }
        remainder.take(access.origins)
        guard !access.signature.isEmpty else { return [] }
        let comments = access.origins.flatMap { comment(of: $0) }
        return [TextLine("Location \"/\"", block: access.lines, comment: comments, isApart: true)]
    }

    private func quotedAlways(_ text: String) -> String {
        let word = ApacheQuoting.word(text)
        return word.hasPrefix("\"") ? word : "\"\(word)\""
    }
}
