import Language
import Source

/// Puts around a fragment the blocks that its directives imply.
struct Fragments {
    let registry: Registry

    /// The blocks that lie in each other, the outermost first.
    private static let nesting: [ContextSet] = [.main, .http, .server, .location]

    /// A whole configuration out of what stands in fragments, beside a main file's directives if there are any.
    ///
    /// All directives go to the innermost block that one of them needs; what cannot stand there goes to the nearest
    /// block outside where it can.
    func surround(_ fragments: [Directive], main: [Directive]) -> [Directive] {
        let allowed = fragments.map { levels(for: $0) }
        // A file with `http` or `events` is whole.
        if main.isEmpty, zip(fragments, allowed).contains(where: { $1 == [0] && $0.name != "stream" }) {
            return fragments
        }
        let home = allowed.compactMap(\.first).max() ?? 1
        var groups: [[Directive]] = [[], [], [], []]
        var members: [Directive] = []
        for (directive, levels) in zip(fragments, allowed) {
            if levels.isEmpty, isMember(directive) {
                members.append(directive)
            } else {
                groups[levels.last { $0 <= home } ?? max(home, 1)].append(directive)
            }
        }
        if !members.isEmpty { groups[1].append(block("upstream", ["fragment"], members)) }
        if !groups[3].isEmpty { groups[2].append(block("location", ["/"], groups[3])) }
        if !groups[2].isEmpty { groups[1].append(block("server", [], groups[2])) }
        return joined(main, groups[0], groups[1])
    }

    /// The main file's directives with more in its `http`.
    private func joined(_ main: [Directive], _ outside: [Directive], _ inside: [Directive]) -> [Directive] {
        var result = main + outside
        guard !inside.isEmpty else { return result }
        if let http = result.firstIndex(where: { $0.name == "http" && $0.isBlock }) {
            result[http].children += inside
        } else {
            result.append(block("http", [], inside))
        }
        return result
    }

    /// The blocks that a directive may stand in, as places in `nesting`.
    private func levels(for directive: Directive) -> [Int] {
        let rows = registry[directive.name].filter { $0.entry.isBlock == directive.isBlock }
        let contexts = rows.reduce(into: ContextSet()) { $0.formUnion($1.entry.contexts) }
        return Self.nesting.indices.filter { contexts.contains(Self.nesting[$0]) }
    }

    /// Whether a directive can only stand in an `upstream`.
    private func isMember(_ directive: Directive) -> Bool {
        registry[directive.name].contains {
            $0.entry.isBlock == directive.isBlock && $0.entry.contexts.contains(.upstream)
        }
    }

    /// A block that nobody wrote: its own places are empty.
    private func block(_ name: String, _ arguments: [String], _ children: [Directive]) -> Directive {
        let first = children[0].range
        let place = SourceRange(file: first.file, start: first.start, end: first.start)
        return Directive(
            name: name, key: name, arguments: arguments.map { Argument(text: $0, range: place) }, raw: "",
            isBlock: true, children: children, range: place, head: place, nameRange: place)
    }
}
