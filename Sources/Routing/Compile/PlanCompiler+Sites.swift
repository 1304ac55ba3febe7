import IR

extension PlanCompiler {
    /// Compiles a site and every scope that it leads to.
    mutating func compileSite(_ site: Site) {
        base = site.base
        let record = SiteRecord(
            name: site.name.map { text($0) } ?? .absent, port: Int32(clamping: site.port ?? 0),
            isNamedSecure: site.isNamedSecure, base: effective([]), early: program(site.early),
            rules: program(site.rules), tables: tables(site.locate), scope: scope(site.scope),
            overlays: overlays(site.overlays), looksAtFiles: site.overlays.contains { $0.selector.looksAtFiles },
            discovered: names(site.discovery?.names ?? []), allowances: allowances(site.discovery),
            tellsURL: site.tellsURL, rounds: Int32(site.rounds),
            likeness: likeness(of: site),
            clients: site.tls?.clients.wish ?? .none, clientFailure: site.tls?.clients.failure ?? .handshake,
            wantsTLSName: site.tls?.wantsName ?? false, origin: site.origin.index)
        while let next = pendingScopes.popLast() { compileScope(next) }
        tables.sites.append(record)
    }

    /// A number that is the same for sites between which a request may change on one connection.
    private mutating func likeness(of site: Site) -> UInt64 {
        let own = UInt64(tables.sites.count)
        guard let tls = site.tls else { return own }
        if mismatches.contains(.refuseOthers) { return own }
        return tls.likeness(onlyOfClients: mismatches.contains(.refuseOtherClients))
    }

    /// The index of a scope, which is compiled before the site is done.
    mutating func scope(_ id: ID<Scope>) -> Int32 {
        if compiledScopes.insert(id.index).inserted { pendingScopes.append(id) }
        return id.index
    }

    private mutating func compileScope(_ id: ID<Scope>) {
        let scope = configuration.scopes[id.at]
        var record = ScopeRecord(
            effective: effective(scope.layers), layers: list((base + scope.layers).map(\.index)),
            rules: program(scope.rules), inner: -1, methods: .none, otherwise: -1, probe: -1,
            content: content(scope.content, scope.origin), onlyInternally: scope.onlyInternally,
            isStraight: false, prefixLength: Int32(scope.prefixLength), origin: scope.origin.index)
        if let inner = scope.inner { record.inner = tables([inner]).start }
        if let split = scope.methods {
            record.methods = names(split.allowed)
            record.otherwise = self.scope(split.otherwise)
        }
        if let probe = scope.probe { record.probe = self.probe(probe) }
        record.isStraight = isStraight(record)
        tables.scopes[id.at] = record
    }

    /// Whether the phases between a scope and its content have nothing to do, wherever no section is laid over it.
    ///
    /// Files are looked for in some of these phases, so only what is forwarded or answered qualifies.
    private func isStraight(_ scope: ScopeRecord) -> Bool {
        guard scope.content >= 0, scope.rules < 0, scope.probe < 0 else { return false }
        switch tables.contents[scope.content].kind {
        case .forward, .answer: break
        case .files, .unavailable: return false
        }
        let effective = tables.effectives[scope.effective]
        guard effective.required < 0 || tables.access[effective.required].kind == .granted else { return false }
        return effective.addresses < 0 && !effective.requiresTLS && effective.realAddress < 0
            && effective.variables.isEmpty && effective.lateRules.isEmpty && effective.lateAnswers.isEmpty
            && effective.lateVariables.isEmpty
    }

    private mutating func probe(_ probe: Probe) -> Int32 {
        let tries = probe.tries.map {
            TryRecord(path: template($0.path), directory: $0.directory, isLiteral: $0.path.literal != nil)
        }
        let start = Int32(tables.tries.count)
        tables.tries.append(contentsOf: tries)
        let record = ProbeRecord(
            tries: Span32(start: start, end: Int32(tables.tries.count)), otherwise: exit(probe.otherwise),
            origin: probe.origin.index)
        tables.probes.append(record)
        return Int32(tables.probes.count - 1)
    }

    // MARK: Tables

    private mutating func tables(_ routeTables: [RouteTable]) -> Span32 {
        let records = routeTables.map { table($0) }
        let start = Int32(tables.tables.count)
        tables.tables.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.tables.count))
    }

    private mutating func table(_ table: RouteTable) -> TableRecord {
        let routes = table.routes.map { route($0) }
        let start = Int32(tables.routes.count)
        tables.routes.append(contentsOf: routes)
        var record = TableRecord(
            search: table.search, beforeRules: table.subject == .pathBeforeRules, group: Int32(table.group),
            routes: Span32(start: start, end: Int32(tables.routes.count)), exact: ByteMap(), prefixes: PrefixTrie(),
            patterns: [])
        for (position, route) in table.routes.enumerated() {
            let index = start + Int32(position)
            switch route.match {
            case .exact(let path): record.exact.insert(path.planBytes, index)
            case .segments(let prefix), .bytes(let prefix): insert(prefix.planBytes, index, into: &record)
            case .glob, .pattern: record.patterns.append(index)
            }
        }
        return record
    }

    /// Adds a prefix route; further routes of the same prefix are chained behind the first.
    private mutating func insert(_ prefix: [UInt8], _ index: Int32, into record: inout TableRecord) {
        let first = record.prefixes.insert(prefix, index)
        if first == index { return }
        var last = first
        while tables.routes[last].next >= 0 { last = tables.routes[last].next }
        tables.routes[last].next = index
    }

    private mutating func route(_ route: Route) -> RouteRecord {
        var record = matcher(route.match, route.origin)
        record.endsSearch = route.endsSearch
        record.unless = route.unless.map { condition($0) } ?? -2
        switch route.yields {
        case .scope(let id):
            record.yields = .scope
            record.index = scope(id)
        case .content(let content):
            record.yields = .content
            record.index = self.content(content, route.origin)
        case .place(let placement):
            record.yields = .place
            record.index = self.placement(placement)
        case .answer(let answer):
            record.yields = .answer
            record.index = self.answer(answer)
        case .leaveTable: record.yields = .leaveTable
        }
        return record
    }

    private mutating func matcher(_ match: PathMatcher, _ origin: ID<Origin>) -> RouteRecord {
        var record = RouteRecord(
            kind: .exact, text: .empty, pattern: -1, bank: -1, endsSearch: false, unless: -2, yields: .leaveTable,
            index: -1, next: -1, origin: origin.index)
        switch match {
        case .exact(let path): record.text = text(path)
        case .segments(let prefix):
            record.kind = .segments
            record.text = text(prefix)
        case .bytes(let prefix):
            record.kind = .bytes
            record.text = text(prefix)
        case .glob(let glob):
            record.kind = .glob
            record.text = text(glob)
        case .pattern(let pattern, let bank):
            record.kind = .pattern
            record.pattern = self.pattern(pattern, origin)
            record.bank = Int8(bank ?? -1)
        }
        return record
    }

    /// A matcher that stands alone, as an unlisted route.
    private mutating func loneMatcher(_ match: PathMatcher, _ origin: ID<Origin>) -> Int32 {
        let record = matcher(match, origin)
        tables.routes.append(record)
        return Int32(tables.routes.count - 1)
    }

    // MARK: Overlays

    private mutating func overlays(_ overlays: [Overlay]) -> Span32 {
        let records = overlays.map { overlay in
            OverlayRecord(
                selector: selector(overlay.selector, configuration.layers[overlay.layer.at].origin),
                layer: overlay.layer.index)
        }
        let start = Int32(tables.overlays.count)
        tables.overlays.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.overlays.count))
    }

    private mutating func selector(_ selector: Selector, _ origin: ID<Origin>) -> Int32 {
        let record: SelectorRecord
        switch selector {
        case .url(let match): record = SelectorRecord(subject: .url, index: loneMatcher(match, origin))
        case .directory(let match): record = SelectorRecord(subject: .directory, index: loneMatcher(match, origin))
        case .fileName(let match): record = SelectorRecord(subject: .fileName, index: loneMatcher(match, origin))
        case .target(let match): record = SelectorRecord(subject: .target, index: loneMatcher(match, origin))
        case .when(let condition): record = SelectorRecord(subject: .condition, index: self.condition(condition))
        case .within(let outer, let inner):
            let first = self.selector(outer, origin)
            let second = self.selector(inner, origin)
            record = SelectorRecord(subject: .both, index: first, second: second)
        }
        tables.selectors.append(record)
        return Int32(tables.selectors.count - 1)
    }

    private mutating func allowances(_ discovery: Discovery?) -> Span32 {
        guard let discovery else { return .none }
        let records = discovery.allowed.map {
            AllowanceRecord(matcher: loneMatcher($0.below, ID(0)), allowsAny: !$0.groups.isEmpty)
        }
        let start = Int32(tables.allowances.count)
        tables.allowances.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.allowances.count))
    }
}

extension Selector {
    /// Whether it looks at the file's path.
    fileprivate var looksAtFiles: Bool {
        switch self {
        case .directory, .fileName: true
        case .url, .target, .when: false
        case .within(let outer, let inner): outer.looksAtFiles || inner.looksAtFiles
        }
    }
}

extension Configuration {
    /// What becomes, on any listener, of requests for another site than the handshake was with.
    var mismatches: Set<Misdirected> {
        Set(listeners.flatMap { [$0.names] + $0.names.more.flatMap(\.names) }.map(\.tlsMismatch))
    }
}
