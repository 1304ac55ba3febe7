import Language
import Source

/// Files that take the place of a line: Include and IncludeOptional.
extension ApacheReading {
    /// What stands in the files that a line names; nothing, and a finding, if they cannot be read.
    mutating func include(_ directive: Directive) -> [Directive] {
        guard let argument = directive.arguments.first else { return [] }
        let isOptional = directive.key == "includeoptional"
        let path = located(argument.text)
        guard openFiles.count <= 20 else {
            report(
                "include-cycle", .error, "files include each other more than 20 deep", at: directive.head,
                why: "the server refuses to start", help: "break the ring of includes")
            return []
        }
        let paths = isGlob(argument.text) ? result.request.files.glob(path) : [path]
        if paths.isEmpty, !isOptional {
            report(
                "missing-file", .error, "no file matches `\(argument.text)`", at: argument.range,
                why: "the server refuses to start", help: "write `IncludeOptional` if there may be none")
        }
        var directives: [Directive] = []
        for path in paths { directives += readAll(path, directive, isOptional: isOptional) }
        return directives
    }

    /// Reads a file, or all files of a folder and the folders in it, in the order of their names.
    private mutating func readAll(_ path: String, _ directive: Directive, isOptional: Bool) -> [Directive] {
        switch result.request.files.kind(path) {
        case .directory:
            var directives: [Directive] = []
            guard path.split(separator: "/").count < 64 else { return [] }
            for name in result.request.files.list(path) {
                directives += readAll(path + (path.hasSuffix("/") ? "" : "/") + name, directive, isOptional: isOptional)
            }
            return directives
        default:
            return readFile(path, directive, isOptional: isOptional)
        }
    }

    private mutating func readFile(_ path: String, _ directive: Directive, isOptional: Bool) -> [Directive] {
        let argument = directive.arguments.first
        if openFiles.contains(path) {
            report(
                "include-cycle", .error, "`\(path)` includes itself", at: directive.head,
                why: "it is being read already; the server refuses to start",
                help: "break the ring of includes")
            return []
        }
        filesLeft -= 1
        guard filesLeft > 0 else { return [] }
        do throws(FileProblem) {
            let bytes = try result.request.files.read(path)
            return read(path: path, bytes: bytes, includedFrom: directive.head)
        } catch {
            if isOptional, error.reason == .notFound { return [] }
            report(
                "missing-file", .error, "`\(path)` cannot be included: \(error.explanation)",
                at: argument?.range ?? directive.head, why: "the server refuses to start",
                help: error.reason == .notFound ? "check the path, or write `IncludeOptional`" : "check its permissions"
            )
            return []
        }
    }
}
