import IR
import Language

/// Handlers by extension (`AddHandler`).
extension ExclusiveScopes {
    /// Makes each a handler for names, in the place where it holds: a script is never sent as a file because only its
    /// extension says what it is.
    ///
    /// Source: httpd's modules/http/mod_mime.c, find_ct, which looks at every extension of a name, in any case.
    mutating func suffixHandlers() {
        for index in configuration.sites.indices {
            let node = configuration.sites[index]
            var overlays: [Overlay] = []
            for layer in node.base { overlays += handlers(of: layer, within: nil) }
            for overlay in node.overlays { overlays += handlers(of: overlay.layer, within: overlay.selector) }
            if overlays.isEmpty { continue }
            // What is said of a file by its name comes behind what is said of its folder, and SetHandler wins.
            let place = node.overlays.firstIndex { $0.rank >= .fileName } ?? node.overlays.count
            configuration.sites[index].overlays.insert(contentsOf: overlays, at: place)
        }
    }

    private mutating func handlers(of id: ID<Layer>, within selector: Selector?) -> [Overlay] {
        guard let contents = configuration.layers[id.at].settings.files.contents else { return [] }
        return contents.value.sorted { $0.key < $1.key }.map { suffix, content in
            var layer = Layer(origin: contents.origin)
            layer.settings.files.content = Stated(content, contents.origin)
            // The option stands inside, so that the pattern can be joined with others.
            let source = "\\.(?i:" + Self.quoted(suffix) + ")(\\.|$)"
            let pattern = Pattern(source: source, dotAll: true, dollarOnlyAtEnd: true)
            let names = Selector.fileName(.pattern(pattern, into: nil))
            return Overlay(
                selector: selector.map { .within($0, names) } ?? names, layer: configuration.add(layer),
                rank: .fileName)
        }
    }

    private static func quoted(_ text: String) -> String {
        text.map { $0.isLetter || $0.isNumber ? "\($0)" : "\\\($0)" }.joined()
    }
}
