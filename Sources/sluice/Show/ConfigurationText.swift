import IR
import Language
import Source

/// A configuration for people: listeners with their names, sites with their routes, upstreams.
struct ConfigurationText {
    private let configuration: Configuration
    private let words: Words
    private let paint: Paint

    init(_ understanding: Understanding, paint: Paint) {
        configuration = understanding.lowered.configuration
        words = Words(understanding)
        self.paint = paint
    }

    /// All of it.
    var text: String {
        let parts =
            configuration.listeners.map(text(of:)) + configuration.sites.indices.map { site($0) }
            + configuration.pools.filter { $0.name != nil }.map(text(of:))
        return parts.isEmpty ? "nothing is served\n" : parts.joined(separator: "\n")
    }

    private func text(of listener: Listener) -> String {
        let spoken = (listener.names.proxy == nil ? [] : ["PROXY protocol"]) + (listener.isTLS ? ["TLS"] : [])
        let scheme = spoken.isEmpty ? "" : " (\(spoken.joined(separator: ", ")))"
        var lines = ["\(paint.bold("listener \(words.address(listener))"))\(scheme)" + cite(listener.origin)]
        lines += names(listener.names)
        for more in listener.names.more {
            for table in more.names {
                lines.append("  at \(more.address)" + (table.proxy == nil ? "" : " (PROXY protocol)"))
                lines += names(table).map { "  " + $0 }
            }
        }
        return joined(lines)
    }

    private func names(_ table: NameTable) -> [String] {
        table.names.map { "  \(words.name($0.pattern).text) -> site \($0.site.at)" + cite($0.origin) }
            + ["  any other -> site \(table.fallback.at)"]
    }

    private func site(_ index: Int) -> String {
        let site = configuration.sites[index]
        let name = site.name.map { " " + $0 } ?? ""
        var lines = ["\(paint.bold("site \(index)\(name)"))" + cite(site.origin)]
        for layer in site.base { lines += settings(of: layer) }
        for table in site.locate where !table.routes.isEmpty {
            lines.append("  routes, \(words.search(table.search)):")
            lines += routes(table, depth: 2)
        }
        if configuration.scopes.indices.contains(site.scope.at) {
            lines.append("  else: " + words.content(configuration.scopes[site.scope.at].content, in: configuration))
        }
        return joined(lines)
    }

    private func routes(_ table: RouteTable, depth: Int) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        return table.routes.flatMap { route -> [String] in
            let (kind, text) = words.matcher(route.match)
            let mark = route.endsSearch ? "\(kind), ends the search" : kind
            let end = words.yield(route.yields, in: configuration)
            var lines = ["\(indent)\(text) (\(mark)) -> \(end)" + cite(route.origin)]
            guard depth < 32, case .scope(let id) = route.yields, configuration.scopes.indices.contains(id.at) else {
                return lines
            }
            let scope = configuration.scopes[id.at]
            for layer in scope.layers { lines += settings(of: layer).map { indent + $0 } }
            if let inner = scope.inner { lines += routes(inner, depth: depth + 1) }
            return lines
        }
    }

    /// What a layer says about files and errors.
    private func settings(of layer: ID<Layer>) -> [String] {
        guard configuration.layers.indices.contains(layer.at) else { return [] }
        let settings = configuration.layers[layer.at].settings
        var lines: [String] = []
        if let place = settings.files.place, words.isWritten(place.origin) {
            lines.append("  files in \(words.template(place.value.base))" + cite(place.origin))
        }
        if let errors = settings.errors.rules, words.isWritten(errors.origin) {
            lines += words.pages(errors.value).map { "  error \($0)" + cite(errors.origin) }
        }
        return lines
    }

    private func text(of pool: Pool) -> String {
        var lines = ["\(paint.bold("upstream \(pool.name ?? "")"))" + cite(pool.origin)]
        lines += pool.members.map { "  \(words.member($0))" + cite($0.origin) }
        return joined(lines)
    }

    private func cite(_ origin: ID<Origin>) -> String {
        let place = words.place(of: origin)
        return place.isEmpty ? "" : "  " + paint.dim("[\(place)]")
    }

    private func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}
