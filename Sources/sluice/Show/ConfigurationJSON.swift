import IR
import Language
import Source

/// Configurations for programs: every listener, name, site, route, scope and upstream with its file and line.
struct ConfigurationJSON {
    private let understanding: Understanding
    private let configuration: Configuration
    private let words: Words

    /// The document about some configurations.
    static func write(_ understandings: [Understanding]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("configurations")
            json.array(of: understandings) { json, understanding in
                ConfigurationJSON(understanding).write(to: &json)
            }
        }
        return json.bytes + [UInt8(ascii: "\n")]
    }

    private init(_ understanding: Understanding) {
        self.understanding = understanding
        configuration = understanding.lowered.configuration
        words = Words(understanding)
    }

    private func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("path", understanding.path)
            json.field("dialect", understanding.dialect.name)
            json.field("version", understanding.reading.request.version)
            json.key("listeners")
            json.array(of: configuration.listeners) { write($1, to: &$0) }
            json.key("sites")
            json.array(of: configuration.sites.indices) { writeSite($1, to: &$0) }
            json.key("scopes")
            json.array(of: configuration.scopes.indices) { writeScope($1, to: &$0) }
            json.key("upstreams")
            json.array(of: configuration.pools.indices) { writePool($1, to: &$0) }
        }
    }

    private func write(_ listener: Listener, to json: inout JSONWriter) {
        json.object { json in
            switch listener.address {
            case .any: json.field("address", "*")
            case .ip(let address): json.field("address", address)
            case .unix(let path): json.field("unix", path)
            }
            json.field("port", listener.port)
            json.field("tls", listener.isTLS)
            json.field("proxyProtocol", listener.names.proxy != nil)
            write(listener.names, to: &json)
            writePlace(of: listener.origin, to: &json)
        }
    }

    private func write(_ table: NameTable, to json: inout JSONWriter) {
        json.field("search", table.search == .firstInOrder ? "first in order" : "exact, then longest, then patterns")
        json.field("defaultSite", table.fallback.at)
        json.key("names")
        json.array(of: table.names) { json, name in
            let (kind, text) = words.name(name.pattern)
            json.object { json in
                json.field("name", text)
                json.field("kind", kind)
                json.field("site", name.site.at)
                writePlace(of: name.origin, to: &json)
            }
        }
        guard !table.more.isEmpty else { return }
        json.key("addresses")
        json.array { json in
            for more in table.more {
                for table in more.names {
                    json.object { json in
                        json.field("address", more.address)
                        write(table, to: &json)
                    }
                }
            }
        }
    }

    private func writeSite(_ index: Int, to json: inout JSONWriter) {
        let site = configuration.sites[index]
        json.object { json in
            json.field("id", index)
            json.field("name", site.name)
            json.field("scope", site.scope.at)
            writeSettings(site.base, to: &json)
            json.key("tables")
            json.array(of: site.locate) { write($1, to: &$0) }
            json.key("overlays")
            json.array(of: site.overlays) { json, overlay in
                json.object { json in
                    write(overlay.selector, to: &json)
                    writeSettings([overlay.layer], to: &json)
                    if configuration.layers.indices.contains(overlay.layer.at) {
                        writePlace(of: configuration.layers[overlay.layer.at].origin, to: &json)
                    }
                }
            }
            json.field("hasRules", site.rules != nil)
            writePlace(of: site.origin, to: &json)
        }
    }

    private func write(_ selector: Selector, to json: inout JSONWriter) {
        switch selector {
        case .url(let matcher): writeMatcher(matcher, subject: "path", to: &json)
        case .directory(let matcher): writeMatcher(matcher, subject: "directory", to: &json)
        case .fileName(let matcher): writeMatcher(matcher, subject: "file name", to: &json)
        case .target(let matcher): writeMatcher(matcher, subject: "target", to: &json)
        case .when: json.field("subject", "condition")
        case .within(let outer, let inner):
            json.field("subject", "both")
            json.key("selectors")
            json.array(of: [outer, inner]) { json, selector in json.object { write(selector, to: &$0) } }
        }
    }

    private func writeMatcher(_ matcher: PathMatcher, subject: String, to json: inout JSONWriter) {
        let (kind, text) = words.matcher(matcher)
        json.field("subject", subject)
        json.field("kind", kind)
        json.field("match", text)
    }

    private func write(_ table: RouteTable, to json: inout JSONWriter) {
        json.object { json in
            json.field("search", words.search(table.search))
            json.field("group", table.group)
            json.key("routes")
            json.array(of: table.routes) { json, route in
                let (kind, text) = words.matcher(route.match)
                json.object { json in
                    json.field("match", text)
                    json.field("kind", kind)
                    json.field("endsSearch", route.endsSearch)
                    json.field("conditional", route.unless != nil)
                    write(route.yields, to: &json)
                    writePlace(of: route.origin, to: &json)
                }
            }
        }
    }

    private func write(_ yield: Yield, to json: inout JSONWriter) {
        json.field("leadsTo", words.yield(yield, in: configuration))
        switch yield {
        case .scope(let id): json.field("scope", id.at)
        case .content(let content): write(content, to: &json)
        case .place(let placement):
            json.field("does", "files")
            json.field("folder", words.template(placement.base))
        case .answer(let answer): write(answer, to: &json)
        case .leaveTable: json.field("does", "leave")
        }
    }

    private func write(_ content: Content, to json: inout JSONWriter) {
        switch content {
        case .forward(let forward):
            json.field("does", "forward")
            json.field("to", words.target(of: forward, in: configuration))
            if case .pool(let id) = forward.to { json.field("upstream", id.at) }
        case .files: json.field("does", "files")
        case .answer(let answer): write(answer, to: &json)
        case .process(let call): json.field("does", call.wire)
        case .report: json.field("does", "report")
        case .unavailable: json.field("does", "unavailable")
        }
    }

    private func write(_ answer: Answer, to json: inout JSONWriter) {
        json.field("does", answer.closes ? "close" : "answer")
        json.field("status", answer.status)
        json.field("location", answer.location.map(words.template))
    }

    private func writeScope(_ index: Int, to json: inout JSONWriter) {
        let scope = configuration.scopes[index]
        json.object { json in
            json.field("id", index)
            json.field("internal", scope.onlyInternally)
            if let content = scope.content { write(content, to: &json) }
            if let probe = scope.probe {
                json.key("tries")
                json.array(of: probe.tries) { $0.value(words.template($1.path)) }
            }
            writeSettings(scope.layers, to: &json)
            if let methods = scope.methods {
                json.key("methods")
                json.array(of: methods.allowed.sorted()) { $0.value($1) }
            }
            json.field("hasRules", scope.rules != nil)
            if let inner = scope.inner {
                json.key("inner")
                write(inner, to: &json)
            }
            writePlace(of: scope.origin, to: &json)
        }
    }

    /// What was written in some layers about files, errors and access.
    private func writeSettings(_ layers: [ID<Layer>], to json: inout JSONWriter) {
        let written = layers.filter { configuration.layers.indices.contains($0.at) }.map { configuration.layers[$0.at] }
        let places = written.compactMap(\.settings.files.place).filter { words.isWritten($0.origin) }
        json.field("folder", places.last.map { words.template($0.value.base) })
        let pages = written.compactMap(\.settings.errors.rules).filter { words.isWritten($0.origin) }.flatMap(\.value)
        if !pages.isEmpty {
            json.key("errorPages")
            json.array(of: pages) { json, rule in write(rule, to: &json) }
        }
        let guarded = written.contains { layer in
            let access = layer.settings.access
            return [access.required?.origin, access.addresses?.origin].contains { $0.map(words.isWritten) ?? false }
        }
        if guarded { json.field("guarded", true) }
    }

    private func write(_ rule: ErrorRule, to json: inout JSONWriter) {
        json.object { json in
            json.field("status", rule.status)
            switch rule.page {
            case .request(let path, _): json.field("path", words.template(path))
            case .enter(let scope): json.field("scope", scope.at)
            case .redirect(let url, let status):
                json.field("redirect", words.template(url))
                json.field("redirectStatus", status)
            case .text(let text, _): json.field("text", words.template(text))
            case .builtIn: json.field("builtIn", true)
            }
            writePlace(of: rule.origin, to: &json)
        }
    }

    private func writePool(_ index: Int, to json: inout JSONWriter) {
        let pool = configuration.pools[index]
        json.object { json in
            json.field("id", index)
            json.field("name", pool.name)
            json.key("members")
            json.array(of: pool.members) { json, member in
                json.object { json in
                    json.field("scheme", member.scheme)
                    json.field("host", member.host)
                    json.field("port", member.port)
                    writePlace(of: member.origin, to: &json)
                }
            }
            writePlace(of: pool.origin, to: &json)
        }
    }

    private func writePlace(of origin: ID<Origin>, to json: inout JSONWriter) {
        guard let (file, line) = words.position(of: origin) else { return }
        json.field("file", file)
        json.field("line", line)
    }
}
