import Language
import Source
import Syntax

/// Reads a configuration as httpd does (server/config.c): line by line, acting on what decides which lines count.
struct ApacheReading {
    /// What has been read.
    var result: Language.Reading
    /// Names that are defined, with the value that `${name}` has.
    var defines: [String: String?] = [:]
    /// The environment, `envvars` included.
    var environment: [String: String]
    /// The folder that relative paths are looked up in; nil: nobody has said it yet.
    var serverRoot: String?
    /// Modules that LoadModule lines name.
    var loaded: Set<String> = []
    /// Whether there was a LoadModule line.
    var hasLoadModule = false
    /// Macros by name, in lower case.
    var macros: [String: MacroDefinition] = [:]
    /// The files that are being read, outermost first.
    var openFiles: [String] = []
    /// The macros that are being used, with the texts that stand for their parameters, innermost last.
    var openMacros: [MacroUse] = []
    /// How many files may still be read: a ring of includes that misses the depth limit ends here.
    var filesLeft = 5000
    /// How many directives may still be read.
    var directivesLeft = 2_000_000
    /// Variables whose absence was told.
    var toldVariables: Set<String> = []

    init(_ request: ReadRequest) {
        result = Language.Reading(request: request)
        environment = request.environment
        for (name, value) in request.defines { defines[name] = value }
    }

    /// Reads all texts of a request, one after the other.
    static func read(_ request: ReadRequest) -> Language.Reading {
        var reading = ApacheReading(request)
        reading.readEnvironment()
        for entry in request.entries {
            reading.result.directives += reading.read(path: entry.path, bytes: entry.bytes, includedFrom: nil)
        }
        reading.result.loadedModules = reading.isWholeList ? reading.loaded.union(ModuleNames.builtIn) : nil
        reading.result.request.environment = reading.environment
        return reading.result
    }

    /// Whether the LoadModule lines seem to name every module that there is.
    ///
    /// No httpd 2.4 guards anything without mod_authz_core: a list without it is a part of the list, or of another
    /// version, and the modules that Sluice runs count as loaded beside it.
    var isWholeList: Bool { hasLoadModule && loaded.contains("mod_authz_core") }

    /// Reads one text.
    mutating func read(path: String, bytes: [UInt8], includedFrom: SourceRange?) -> [Directive] {
        let file = result.sources.add(path: path, bytes: bytes, includedFrom: includedFrom)
        let tree = SyntaxTree.parse(bytes, file: file, grammar: .apache)
        result.diagnostics += tree.diagnostics
        openFiles.append(path)
        defer { openFiles.removeLast() }
        return read(tree.roots, of: tree)
    }

    /// Reads nodes that are beside each other.
    mutating func read(_ nodes: SyntaxTree.Children, of tree: SyntaxTree) -> [Directive] {
        var directives: [Directive] = []
        var comments: [String] = []
        for node in nodes {
            switch tree.nodes[node].kind {
            case .comment:
                if !tree.followsOnLine(node) { comments.append(tree.commentText(of: node)) }
            case .directive, .block:
                let comment = comments.isEmpty ? nil : comments.joined(separator: "\n")
                comments = []
                directivesLeft -= 1
                guard directivesLeft > 0 else { return directives }
                read(node, of: tree, comment: comment, into: &directives)
            case .blank, .raw, .broken:
                comments = []
            }
        }
        return directives
    }

    /// Reads one directive or section.
    private mutating func read(_ node: Int, of tree: SyntaxTree, comment: String?, into directives: inout [Directive]) {
        let isBlock = tree.nodes[node].kind == .block
        let name = substituted(tree.name(of: node))
        let key = (isBlock ? "<" : "") + name.lowercased()
        guard !name.isEmpty else { return }
        if isBlock, key == "<macro" { return define(macroAt: node, of: tree) }
        let arguments = arguments(of: node, in: tree)
        if isBlock, let holds = condition(key, arguments) {
            if holds { directives += read(tree.children(of: node), of: tree) }
            return
        }
        var directive = Directive(
            name: name, key: key, arguments: arguments, raw: substituted(tree.rawArguments(of: node)), isBlock: isBlock,
            children: [], range: tree.fullRange(of: node), head: tree.range(of: node),
            nameRange: tree.nameRange(of: node),
            comment: comment)
        if isBlock {
            directive.children = read(tree.children(of: node), of: tree)
            directives.append(directive)
        } else {
            directives.append(directive)
            act(on: directive, into: &directives)
        }
    }

    /// The arguments with macros' parameters and variables replaced.
    private mutating func arguments(of node: Int, in tree: SyntaxTree) -> [Argument] {
        var arguments: [Argument] = []
        for word in tree.arguments(of: node) {
            guard openMacros.isEmpty else {
                for text in substitutedWords(word.text, isQuoted: word.isQuoted) {
                    let resolved = resolved(text, at: word.range)
                    arguments.append(Argument(text: resolved, range: word.range, isQuoted: word.isQuoted))
                }
                continue
            }
            let text = resolved(word.text, at: word.range)
            arguments.append(Argument(text: text, range: word.range, isQuoted: word.isQuoted))
        }
        return arguments
    }

    /// What some directives do as soon as they are read.
    private mutating func act(on directive: Directive, into directives: inout [Directive]) {
        switch directive.key {
        case "define":
            guard let name = directive.arguments.first?.text else { return }
            defines[name] = .some(directive.arguments.dropFirst().first?.text)
        case "undefine":
            if let name = directive.arguments.first?.text { defines[name] = nil }
        case "serverroot":
            if let path = directive.arguments.first?.text { serverRoot = path }
        case "loadmodule":
            hasLoadModule = true
            if let name = directive.arguments.first?.text { loaded.formUnion(ModuleNames.modules(named: name)) }
        case "include", "includeoptional":
            directives += include(directive)
        case "use":
            directives += use(directive)
        case "undefmacro":
            if let name = directive.arguments.first?.text { macros[name.lowercased()] = nil }
        case "error":
            report(
                "error-directive", .error, directive.raw.isEmpty ? "the configuration stops here" : directive.raw,
                at: directive.head, why: "an `Error` directive was reached, and the server refuses to start",
                help: "do what the message asks for")
        default: break
        }
    }

    /// Adds a finding.
    mutating func report(
        _ rule: String, _ severity: Severity, _ message: String, at range: SourceRange, why: String? = nil,
        help: String? = nil
    ) {
        result.diagnostics.append(Diagnostic(rule, severity, message, at: range, why: why, help: help))
    }

    /// A path as the configuration means it: relative ones below ServerRoot, all below `--root-prefix`.
    func located(_ path: String) -> String {
        let absolute = path.hasPrefix("/") ? path : (serverRoot ?? impliedServerRoot) + "/" + path
        return result.request.rootPrefix + absolute
    }

    /// Where ServerRoot is if nobody says so.
    private var impliedServerRoot: String {
        if let folder = result.request.folder { return folder }
        let main = result.request.entries.first { $0.isMain } ?? result.request.entries.first
        guard let path = main?.path, path != "-" else { return "/etc/apache2" }
        let folder = parentFolder(of: path)
        for layout in ["/etc/apache2", "/etc/httpd"] where folder == layout || folder.hasPrefix(layout + "/") {
            return layout
        }
        return folder
    }
}
