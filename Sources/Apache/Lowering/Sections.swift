import IR
import Language
import Source

/// Sections: how they nest, and how they become overlays.
extension ApacheLowering {
    /// Reads a section's content into a draft of its own and adds what comes out to the server's overlays.
    mutating func lowerSection(
        _ directive: Directive, kind: SectionDraft.Kind, selector: Selector, path: String? = nil,
        telling pattern: Pattern? = nil
    ) {
        let before = context
        let limits = limited
        context = .section
        limited = nil
        sections.append(
            SectionDraft(
                kind: kind, selector: selector, path: path, title: title(of: directive), origin: origin(directive)))
        if let pattern { tellGroups(of: pattern, in: Template(.path), origin(directive)) }
        lower(directive.children)
        closeSection()
        context = before
        limited = limits
    }

    /// Takes the innermost section from the stack and makes an overlay of it.
    mutating func closeSection() {
        guard var section = sections.popLast() else { return }
        finishGuards(of: &section)
        finishOlderAccess(of: &section)
        var selector = section.selector
        for outer in sections.reversed() { selector = .within(outer.selector, selector) }
        let layer = Layer(
            settings: section.settings, origin: section.origin,
            directory: section.kind == .directory || section.kind == .htaccess ? section.path.map { Template($0) } : nil
        )
        servers[server].overlays.append(
            OverlayDraft(
                selector: selector, layer: layer, rank: rank(of: section), nesting: nesting, expires: section.expires,
                upstreamTLS: section.upstreamTLS, rewriting: section.rewriting, path: section.path))
    }

    /// The place of a section in the fold.
    private func rank(of section: SectionDraft) -> Rank {
        switch section.kind {
        case .directory: .directory(depth: depth(of: section.path ?? "/"), step: 0)
        case .htaccess: .directory(depth: depth(of: section.path ?? "/"), step: 1)
        case .directoryPattern: .directoryPattern
        case .proxy: .target
        case .files: .fileName
        case .location: .url
        case .condition: .condition
        }
    }

    /// In which order sections inside others come: those of directories before those of files and of locations.
    private var nesting: Int {
        switch sections.last?.kind {
        case nil: 0
        case .directory, .directoryPattern, .htaccess: 1
        case .proxy, .files: 2
        case .location: 3
        case .condition: 4
        }
    }

    private func title(of directive: Directive) -> String {
        let arguments = directive.arguments.map(\.text).joined(separator: " ")
        return arguments.isEmpty ? "<\(directive.name)>" : "<\(directive.name) \(arguments)>"
    }
}

/// The number of segments of a directory's path; the root has none.
func depth(of path: String) -> Int {
    path.split(separator: "/").count
}
