import IR
import Language
import Source

/// The drafts become sites, once everything has been read.
extension ApacheLowering {
    /// Reads everything: whole files in the server's context, an `.htaccess` file in that of its folder.
    mutating func lowerAll() {
        let entry = reading.request.entries.first
        guard reading.request.entries.count == 1, let entry, !entry.isMain, isAccessFile(entry.path) else {
            return lower(reading.directives)
        }
        let folder = filePath(parentFolder(of: entry.path))
        let origin = configuration.add(.implied(reason: "the folder of \(entry.path)", near: nil))
        servers[0].settings.files.place = Stated(
            Placement(base: Template(folder), drops: .nothing, origin: origin), origin)
        context = .htaccess
        sections.append(
            SectionDraft(
                kind: .htaccess, selector: .directory(.segments(folder)), path: folder, title: entry.path,
                origin: origin))
        lower(reading.directives)
        closeSection()
        context = .main
    }

    private func isAccessFile(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map { String($0) } ?? path
        return name == ".htaccess" || name.hasSuffix(".htaccess")
    }

    /// The whole configuration.
    mutating func finished() -> Lowered {
        reportLooseConditions()
        settleHandlerPools()
        let implied = configuration.add(.implied(reason: "httpd's defaults", near: nil))
        let defaults = configuration.add(Defaults.layer(implied))
        implyListens()
        checkCertificates()
        let main = configuration.add(serverLayer(0))
        var sites: [ID<Site>] = []
        for index in servers.indices {
            var base = [defaults, main]
            if index > 0 { base.append(configuration.add(serverLayer(index))) }
            sites.append(site(index, base: base))
        }
        configuration.listeners = listeners(sites)
        configuration.process.errorLog = errorLog(0)
        settleHandlerBalancers()
        return Lowered(configuration: configuration, diagnostics: diagnostics)
    }

    /// A server's own settings, those included that several directives say together.
    private mutating func serverLayer(_ index: Int) -> Layer {
        let draft = servers[index]
        var settings = draft.settings
        let main = servers[0].connection
        let own = draft.connection
        if let origin = own.keepsAlive?.origin ?? own.idle?.origin ?? own.requests?.origin {
            settings.limits.keepAlive = Stated(keepAlive(own, main), origin)
        }
        if let timeout = own.timeout {
            settings.limits.bodyTime = settings.limits.bodyTime ?? timeout
            settings.limits.sendTime = timeout
        }
        if let timeout = own.proxyTimeout ?? (main.proxyTimeout == nil ? own.timeout : nil) {
            settings.forward.timeouts = Stated(
                Timeouts(connect: timeout.value, send: timeout.value, read: timeout.value), timeout.origin)
        }
        settings.request.realAddress = draft.remoteIP.address(
            over: index == 0 ? RemoteIPDraft() : servers[0].remoteIP)
        if let origin = draft.upstreamTLS.origin {
            let outside = index == 0 ? UpstreamTLSDraft() : servers[0].upstreamTLS
            settings.forward.tls = Stated(draft.upstreamTLS.over(outside).policy(), origin)
        }
        complete(&settings, index)
        settings.log.access = accessLogs(index)
        settings.log.error = errorLog(index)
        settings.answer.expires = expirySettings(
            draft.expires, below: index == 0 ? nil : servers[0].expires, origin: draft.origin)
        return Layer(settings: settings, origin: draft.origin)
    }

    /// Gives mapped locations the host and port that the server gives its redirects (`ap_construct_url`).
    func complete(_ settings: inout Settings, _ index: Int) {
        guard
            let absolute = settings.url.absolute?.value ?? servers[index].settings.url.absolute?.value
                ?? servers[0].settings.url.absolute?.value, let mappings = settings.forward.locations
        else { return }
        settings.forward.locations?.value = mappings.value.map { mapping in
            var mapping = mapping
            mapping.absolute = absolute
            return mapping
        }
    }

    private func keepAlive(_ own: ConnectionDraft, _ main: ConnectionDraft) -> KeepAlive {
        let isOn = own.keepsAlive?.value ?? main.keepsAlive?.value ?? true
        let idle = own.idle?.value ?? main.idle?.value ?? 5
        let count = own.requests?.value ?? main.requests?.value ?? 100
        let shown = idle == idle.rounded() ? String(Int(min(idle, 1e9))) : String(idle)
        return KeepAlive(
            seconds: isOn ? idle : 0, requests: count == 0 ? nil : count,
            announces: count == 0 ? "timeout=\(shown)" : "timeout=\(shown), max=\(count)")
    }

    /// The site of a server: what it inherits from the main server comes first.
    private mutating func site(_ index: Int, base: [ID<Layer>]) -> ID<Site> {
        let draft = servers[index]
        let main = servers[0]
        let scope = configuration.add(Scope(content: .files, origin: draft.origin))
        var site = Site(
            name: draft.name?.value ?? main.name?.value, tls: tlsPolicy(index), base: base, scope: scope,
            origin: draft.origin)
        // Without a name of its own it has the main server's, with all that belongs to it.
        site.port = draft.name == nil ? main.port : draft.port
        site.isNamedSecure = draft.name == nil ? main.isNamedSecure : draft.isNamedSecure
        site.early = early(index)
        site.rules = rewriting(index)
        site.tellsURL = (draft.rewriting.isOn ?? servers[0].rewriting.isOn)?.value ?? false
        site.locate = tables(index)
        site.overlays = overlays(index)
        let overrides = (index > 0 ? main.overrides : []) + draft.overrides
        if overrides.contains(where: { !$0.groups.isEmpty }) {
            site.discovery = Discovery(
                names: draft.accessFiles ?? main.accessFiles ?? [".htaccess"], allowed: overrides)
        }
        if let tag = draft.name?.origin { configuration.presentation.names[tag] = draft.name?.value }
        return configuration.add(site)
    }

    /// Variables before anything is matched; the main server's come first.
    private mutating func early(_ index: Int) -> ID<Program>? {
        var statements = index > 0 ? servers[0].early : []
        statements += servers[index].early
        guard !statements.isEmpty else { return nil }
        return configuration.add(Program(statements: statements, origin: servers[index].origin))
    }

    /// The tables, in the order in which httpd asks: proxies, redirects, aliases.
    ///
    /// The main server's proxies come first (`merge_proxy_config`), its redirects and aliases last.
    private func tables(_ index: Int) -> [RouteTable] {
        let draft = servers[index]
        let main = index > 0 ? servers[0] : ServerDraft(origin: draft.origin)
        let tables = [
            RouteTable(
                subject: .path, search: .lastInOrder,
                routes: (main.sectionProxies + draft.sectionProxies).map { finished($0) }, group: 1),
            RouteTable(search: .firstInOrder, routes: (main.proxies + draft.proxies).map { finished($0) }, group: 1),
            RouteTable(search: .firstInOrder, routes: draft.redirects + main.redirects, group: 2),
            RouteTable(search: .firstInOrder, routes: draft.aliasRoutes + main.aliasRoutes, group: 3),
        ]
        return tables.filter { !$0.routes.isEmpty }
    }

    /// A route with what only the whole configuration tells: whether `no-proxy` is ever set, and the members' path.
    private func finished(_ route: Route) -> Route {
        var route = route
        if environmentNames.contains("no-proxy") { route.unless = .isSet(Template(.environment("no-proxy"))) }
        switch route.yields {
        case .content(.forward(var forward)):
            forward.path = behindMembersPath(forward.path, of: forward.to)
            // Only now are the members of a balancer known.
            let url = UpstreamURL(forward.written)
            route.yields = .content(url.map { content(forward, to: $0) } ?? .forward(forward))
        default: break
        }
        return route
    }

    /// Conditions that no rule follows.
    private mutating func reportLooseConditions() {
        for server in servers {
            for condition in server.rewriting.pending {
                report(
                    Diagnostic(
                        "condition-without-rule", .warning, "no RewriteRule follows this condition",
                        at: condition.range,
                        why: "a condition belongs to the next rule of the same place, and has no effect alone",
                        help: "write the rule behind it, or remove the line"))
            }
        }
    }
}
