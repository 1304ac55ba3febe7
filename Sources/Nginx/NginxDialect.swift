import IR
package import Language
package import Source
package import Syntax

/// nginx's configuration language.
package struct NginxDialect: Dialect {
    /// The dialect has no state.
    package init() {}

    /// How the dialect is called in options.
    package var name: String { "nginx" }

    /// Statements that end in `;` and blocks in braces.
    package var grammar: Grammar { .nginx }

    /// The versions whose differences are known, newest first.
    package var versions: [String] { Profile.all.map(\.name) }

    /// Every directive that is known, by module.
    package var directives: [DirectiveSummary] {
        Self.modules.flatMap { module in
            module.entries.filter { !$0.contexts.isEmpty }.map { entry in
                DirectiveSummary(
                    name: entry.name, module: module.name, contexts: entry.contexts.names, support: entry.support,
                    guards: entry.guards, summary: entry.summary)
            }
        }
    }

    /// The main file of `/etc/nginx` and its like; see `NginxLayout`.
    package func layout(of path: String, files: FileAccess) -> Layout? {
        NginxLayout(files: files).layout(of: path)
    }

    /// Parses, works in includes, and puts around fragments what they imply.
    package func read(_ request: ReadRequest) -> Language.Reading {
        var reader = Reader(request)
        return reader.read()
    }

    /// Writes down what the directives mean; see `NginxLowering`.
    package func lower(_ reading: Language.Reading) -> Lowered {
        var state = NginxLowering(reading, registry: .shared)
        state.walk(reading.directives)
        return Lowered(configuration: state.configuration, diagnostics: ordered(state.diagnostics))
    }

    /// Diagnostics in the order of the text; those that were found when all had been read are not last.
    private func ordered(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        let keyed = diagnostics.enumerated().map { position, diagnostic in
            (
                file: diagnostic.range?.file.index ?? -1, start: diagnostic.range?.start ?? 0, position: position,
                diagnostic: diagnostic
            )
        }
        return keyed.sorted { ($0.file, $0.start, $0.position) < ($1.file, $1.start, $1.position) }.map(\.diagnostic)
    }

    /// All modules of nginx that are known.
    static let modules: [Module<NginxLowering>] =
        [
            Core.module, Core.errorLog, Core.events, HTTPCore.module, Rewrite.module, Proxy.module, Upstreams.module,
            Upstreams.balancing, Upstreams.keepalive, AccessModules.access, AccessModules.basic, AccessModules.others,
            Files.index, Files.autoindex, Files.tryFiles, Files.contents, Headers.module, Logs.module, Tables.map,
            Tables.geo, Tables.split, Limits.module, RealAddresses.module, TLS.module, TLS.versions, Filters.gzip,
            Filters.charset, Filters.others, Filters.clients,
        ] + Gateways.modules + Streams.modules
}
