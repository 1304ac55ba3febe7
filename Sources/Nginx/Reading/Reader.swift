import Language
import Source
import Syntax

/// Reads files into directives: parses, works in includes, and puts around fragments what they imply.
struct Reader {
    /// Files inside files inside files: more than this is a cycle or a mistake.
    static let depthLimit = 32
    /// All files of a configuration.
    static let fileLimit = 10_000

    private let request: ReadRequest
    private var reading: Language.Reading
    /// The files that are being read, the outermost first.
    private var open: [String] = []
    /// The files that were read.
    private var seen: Set<String> = []

    init(_ request: ReadRequest) {
        self.request = request
        reading = Language.Reading(request: request)
    }

    /// Reads all entries.
    mutating func read() -> Language.Reading {
        var mains: [Directive] = []
        var fragments: [Directive] = []
        for entry in request.entries {
            // A site of the layout may have been included by the main file already.
            guard entry.isMain || !seen.contains(entry.path) else { continue }
            let directives = parse(entry.bytes, path: entry.path, includedFrom: nil)
            if entry.isMain { mains += directives } else { fragments += directives }
        }
        reading.directives = fragments.isEmpty ? mains : Fragments(registry: .shared).surround(fragments, main: mains)
        return reading
    }

    /// Parses a text and works its includes in.
    private mutating func parse(_ bytes: [UInt8], path: String, includedFrom: SourceRange?) -> [Directive] {
        let file = reading.sources.add(path: path, bytes: bytes, includedFrom: includedFrom)
        seen.insert(path)
        open.append(path)
        defer { open.removeLast() }
        let tree = SyntaxTree.parse(bytes, file: file, grammar: .nginx)
        reading.diagnostics += tree.diagnostics
        return directives(tree.roots, tree)
    }

    /// The directives of some nodes, those of included files in the place of `include`.
    private mutating func directives(_ nodes: SyntaxTree.Children, _ tree: SyntaxTree) -> [Directive] {
        var result: [Directive] = []
        var comments: [String] = []
        for node in nodes {
            switch tree.nodes[node].kind {
            case .comment:
                if !tree.followsOnLine(node) { comments.append(tree.commentText(of: node)) }
            case .blank:
                comments = []
            case .raw, .broken:
                break
            case .directive, .block:
                let directive = directive(node, tree, comments)
                comments = []
                if directive.name == "include", !directive.isBlock {
                    result += included(directive)
                } else {
                    result.append(directive)
                }
            }
        }
        return result
    }

    private mutating func directive(_ node: Int, _ tree: SyntaxTree, _ comments: [String]) -> Directive {
        let isBlock = tree.nodes[node].kind == .block
        let name = tree.name(of: node)
        let head = tree.range(of: node)
        // A block in another language holds no directives.
        let children = isBlock ? directives(tree.children(of: node), tree) : []
        return Directive(
            name: name, key: name,
            arguments: tree.arguments(of: node).map {
                Argument(text: $0.text, range: $0.range, isQuoted: $0.isQuoted)
            },
            raw: tree.rawArguments(of: node), isBlock: isBlock, children: children,
            range: tree.closingRange(of: node).map { head.union($0) } ?? head, head: head,
            nameRange: tree.nameRange(of: node), comment: comments.isEmpty ? nil : comments.joined(separator: "\n"))
    }

    /// What `include` brings.
    private mutating func included(_ directive: Directive) -> [Directive] {
        guard directive.arguments.count == 1, let argument = directive.arguments.first else {
            report(
                "wrong-arguments", "`include` takes one file", at: directive.head,
                why: "nginx refuses to start: invalid number of arguments", help: "is a `;` missing?")
            return []
        }
        var result: [Directive] = []
        for path in paths(argument) { result += include(path, argument) }
        return result
    }

    private mutating func include(_ path: String, _ argument: Argument) -> [Directive] {
        guard !open.contains(path) else {
            report(
                "include-cycle", "`\(path)` includes itself", at: argument.range,
                why: "nginx would read it again and again", help: "remove one of the includes",
                related: reading.sources.includeChain(of: argument.range.file).map { Note("included here", at: $0) })
            return []
        }
        guard open.count < Self.depthLimit, reading.sources.files.count < Self.fileLimit else {
            report(
                "too-many-includes", "includes are nested too deep, or too many files are included",
                at: argument.range, why: "\(Self.depthLimit) files inside each other are read at most",
                help: "is a file included by one that it includes, under another name?")
            return []
        }
        let bytes: [UInt8]
        do throws(FileProblem) {
            bytes = try request.files.read(request.rootPrefix.isEmpty ? path : request.rootPrefix + path)
        } catch {
            reportMissing(path, error, argument)
            return []
        }
        return parse(bytes, path: path, includedFrom: argument.range)
    }

    /// A file that is not there stops nginx; for a lone fragment only its real surroundings can tell.
    private mutating func reportMissing(_ path: String, _ problem: FileProblem, _ argument: Argument) {
        let isMain = request.entries.contains(where: \.isMain)
        reading.diagnostics.append(
            Diagnostic(
                "missing-include", isMain ? .error : .warning,
                "`\(argument.text)` cannot be included: \(problem.explanation)", at: argument.range,
                why: isMain
                    ? "nginx refuses to start without \(path)"
                    : "the file is looked for at \(path); what it says is missing here",
                help: isMain
                    ? "correct the path, or write a pattern such as `*.conf` if the file may be missing"
                    : "name the main file or its folder, so that paths are known"))
    }

    /// The files that an argument names: relative ones lie in the main file's folder.
    private func paths(_ argument: Argument) -> [String] {
        let text = argument.text
        guard !text.hasPrefix("/") else { return expanded(text) }
        let folder = reading.configurationFolder
        var candidates = [folder]
        if !request.entries.contains(where: \.isMain) {
            // A lone site file usually lies one folder below the main file.
            candidates.append(folderName(of: folder))
        }
        for candidate in candidates {
            let found = expanded(joined(candidate, text)).filter {
                request.files.kind(request.rootPrefix + $0) != nil
            }
            if !found.isEmpty { return found }
        }
        return isGlob(text) ? [] : [joined(folder, text)]
    }

    private func joined(_ folder: String, _ path: String) -> String {
        folder == "." ? path : folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    private func expanded(_ path: String) -> [String] {
        guard isGlob(path) else { return [path] }
        let prefix = request.rootPrefix
        return request.files.glob(prefix + path).map { String($0.dropFirst(prefix.count)) }
    }

    private mutating func report(
        _ rule: String, _ message: String, at range: SourceRange, why: String, help: String, related: [Note] = []
    ) {
        reading.diagnostics.append(
            Diagnostic(rule, .error, message, at: range, why: why, help: help, related: related))
    }
}
