import IR
import Language
import Source

/// The IR's small parts in words, for people and programs alike.
struct Words {
    private let configuration: Configuration
    private let sources: SourceMap

    init(_ understanding: Understanding) {
        configuration = understanding.lowered.configuration
        sources = understanding.reading.sources
    }

    /// Where a node was written, or the place that implies it.
    func range(of origin: ID<Origin>) -> SourceRange? {
        guard configuration.origins.indices.contains(origin.at) else { return nil }
        switch configuration.origins[origin.at] {
        case .written(let file, let range):
            guard sources.files.indices.contains(Int(file)) else { return nil }
            return SourceRange(file: FileID(index: file), range)
        case .implied(_, let near): return near.flatMap(range)
        case .derived(_, let from): return from.first.flatMap(range)
        }
    }

    /// `path:line`, or why nobody wrote it.
    func place(of origin: ID<Origin>) -> String {
        if let range = range(of: origin), isWritten(origin) { return sources.place(of: range) }
        guard configuration.origins.indices.contains(origin.at) else { return "" }
        switch configuration.origins[origin.at] {
        case .implied(let reason, _): return "implied: " + reason
        case .derived(let pass, _): return "by " + pass
        case .written: return ""
        }
    }

    /// Whether somebody wrote the node.
    func isWritten(_ origin: ID<Origin>) -> Bool {
        guard configuration.origins.indices.contains(origin.at) else { return false }
        if case .written = configuration.origins[origin.at] { return true }
        return false
    }

    /// The path and the line of a node.
    func position(of origin: ID<Origin>) -> (file: String, line: Int)? {
        guard isWritten(origin), let range = range(of: origin) else { return nil }
        return (sources[range.file].path, sources.position(of: range).line)
    }

    /// `*:80`, `[::1]:80`, `unix:/run/x`.
    func address(_ listener: Listener) -> String {
        switch listener.address {
        case .any: "*:\(listener.port)"
        case .ip(let text): text.contains(":") ? "[\(text)]:\(listener.port)" : "\(text):\(listener.port)"
        case .unix(let path): "unix:" + path
        }
    }

    /// A name as it is compared with hosts: its kind and its text.
    func name(_ pattern: NamePattern) -> (kind: String, text: String) {
        switch pattern {
        case .exact(let text): ("exact", text)
        case .suffix(let text, let andItself): (andItself ? "domain" : "suffix", andItself ? text : "*" + text)
        case .prefix(let text): ("prefix", text + "*")
        case .glob(let text): ("glob", text)
        case .pattern(let pattern, _): ("pattern", "~" + pattern.source)
        }
    }

    /// What a path is compared with: its kind and its text.
    func matcher(_ matcher: PathMatcher) -> (kind: String, text: String) {
        switch matcher {
        case .exact(let text): ("exact", text)
        case .segments(let text): ("segments", text)
        case .bytes(let text): ("prefix", text)
        case .glob(let text): ("glob", text)
        case .pattern(let pattern, _): (pattern.ignoresCase ? "pattern ignoring case" : "pattern", pattern.source)
        }
    }

    /// How a winner is found in a table.
    func search(_ search: RouteSearch) -> String {
        switch search {
        case .firstInOrder: "first in order"
        case .lastInOrder: "last in order"
        case .exactThenLongestThenPatterns: "exact, then longest, then patterns"
        }
    }

    /// `http://host:port`, `unix:/run/x`.
    func member(_ member: Member) -> String {
        if member.scheme == "unix" || member.host.hasPrefix("/") { return "unix:" + member.host }
        let host = member.host.contains(":") ? "[\(member.host)]" : member.host
        return "\(member.scheme)://\(host):\(member.port)"
    }

    /// A template as text: values stand in it as `{name}`.
    func template(_ template: Template) -> String {
        template.pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .value(let value): "{\(name(of: value))}"
            case .apply(let function, let arguments): "{\(function): \(arguments.map(self.template).joined())}"
            case .lookup(_, let key, _): "{lookup \(self.template(key))}"
            }
        }.joined()
    }

    private func name(of value: Value) -> String {
        switch value {
        case .variable(let id):
            configuration.variables.indices.contains(id.at) ? configuration.variables[id.at].name : "?"
        case .capture(_, let group): String(group)
        case .namedCapture(let name), .environment(let name), .constantEnvironment(let name): name
        default: "\(value)".filter { $0 != "\"" }
        }
    }
}
