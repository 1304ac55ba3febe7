import Language
import Serve
import Source
import Syntax
import System

/// What httpd says where Sluice has found something: the one table from findings to httpd's messages.
struct HttpdWords {
    private let reading: Language.Reading
    private let program: String

    init(_ reading: Language.Reading, program: String) {
        self.reading = reading
        self.program = program
    }

    /// The two lines of an error, or the one line of an error in what encloses others.
    func text(of diagnostic: Diagnostic) -> String {
        guard let range = diagnostic.range else { return "\(program): \(quoted(diagnostic.message))" }
        let line = reading.sources.position(of: range).line
        let path = reading.sources[range.file].path
        if let message = structure(diagnostic, range, "\(path):\(line)") {
            return "\(program): Syntax error on line \(line) of \(path): \(message)"
        }
        return "AH00526: Syntax error on line \(line) of \(path):\n\(meaning(diagnostic, range))"
    }

    /// A line about what stops nobody from starting.
    func warning(_ diagnostic: Diagnostic) -> String {
        let place = diagnostic.range.map { range in
            " at \(reading.sources[range.file].path):\(reading.sources.position(of: range).line)"
        }
        if diagnostic.rule == "undefined-variable" {
            let name = cited(diagnostic.message)
            return "AH00111: Config variable \(name) is not defined"
        }
        return quoted(diagnostic.message) + (place ?? "")
    }

    /// Errors that httpd finds before it looks at any directive's meaning.
    private func structure(_ diagnostic: Diagnostic, _ range: SourceRange, _ place: String) -> String? {
        let written = reading.sources.text(of: range)
        switch diagnostic.rule {
        case SyntaxRule.unclosedSection.rawValue:
            let name = written.drop { $0 == "<" }.prefix { $0.isLetter || $0.isNumber }
            return "\(place): <\(name)> was not closed."
        case SyntaxRule.unexpectedClosingTag.rawValue:
            let name = written.drop { $0 == "<" || $0 == "/" }.prefix { $0 != ">" }
            return "</\(name)> without matching <\(name)> section"
        case SyntaxRule.mismatchedClosingTag.rawValue:
            let names = diagnostic.message.split(separator: "<")
            let open = names.last?.prefix { $0 != ">" } ?? ""
            return "Expected </\(open)> but saw </\(written.drop { $0 == "/" })>"
        case "missing-file" where statement(at: range)?.key.hasPrefix("include") == true:
            let path = cited(diagnostic.message)
            if diagnostic.message.hasPrefix("no file matches") {
                return "Include/IncludeOptional: Could not open configuration files \(path): \(Self.reason(.notFound))"
            }
            let reasons: [FileProblem.Reason] = [.notFound, .isDirectory, .notPermitted]
            let found = reasons.first { diagnostic.message.hasSuffix(FileProblem(path: "", reason: $0).explanation) }
            return "Could not open configuration file \(path): \(Self.reason(found ?? .other("cannot be read")))"
        default: return nil
        }
    }

    private func meaning(_ diagnostic: Diagnostic, _ range: SourceRange) -> String {
        let directive = statement(at: range)
        let name = (directive?.isBlock == true ? "<" : "") + (directive?.name ?? "")
        switch diagnostic.rule {
        case Coverage.unknown, "module-not-loaded":
            return "Invalid command '\(name)', perhaps misspelled or defined by a module not included in the server "
                + "configuration"
        case "error-directive": return diagnostic.message.filter { $0 != "\"" }
        case "wrong-context" where directive?.key == "serveralias": return "\(name) only used in <VirtualHost>"
        case "wrong-context":
            guard let inside = diagnostic.message.firstRange(of: "inside `<") else {
                if diagnostic.message.hasSuffix("virtual host") {
                    return "\(name) not allowed in <VirtualHost> context"
                }
                return "\(name) not allowed here"
            }
            let section = diagnostic.message[inside.upperBound...].prefix { $0.isLetter }
            return "\(name) not allowed in <\(section)> context"
        case "wrong-arguments": return arguments(diagnostic.message, name, directive)
        case "invalid-value" where diagnostic.message.contains("must be `On` or `Off`"):
            return "\(name) must be On or Off"
        case "invalid-value" where directive?.key == "listen":
            let isNumber = directive?.arguments.first?.text.allSatisfy(\.isNumber) == true
            return isNumber ? "Invalid address or port" : "Port must be specified"
        case "invalid-value" where directive?.key == "options" && diagnostic.message.hasSuffix("is no option"):
            return "Illegal option \(cited(diagnostic.message).drop { $0 == "+" || $0 == "-" })"
        case "invalid-pattern":
            let text = directive?.arguments.first { $0.range == range }?.text ?? reading.sources.text(of: range)
            return "\(name): cannot compile regular expression '\(text)'"
        case "undefined-macro":
            return "Macro '\(directive?.arguments.first?.text ?? "")' undefined"
        default: return quoted(diagnostic.message)
        }
    }

    private func arguments(_ message: String, _ name: String, _ directive: Directive?) -> String {
        if message.contains("must be `On` or `Off`") { return "\(name) must be On or Off" }
        if directive?.isBlock == true { return "\(name)> directive requires additional arguments" }
        guard let takes = message.firstRange(of: " takes ") else { return quoted(message) }
        let counts = String(message[takes.upperBound...].prefix { $0 != "," })
        let words: [String: String] = [
            "no argument": "takes no arguments", "one or two arguments": "takes 1-2 arguments",
            "one to three arguments": "takes one, two or three arguments",
            "at least one argument": "requires at least one argument",
            "at least two arguments": "requires at least two arguments",
        ]
        let all = Dialects.writing(.apache).directives
        let summary = all.first { $0.name.lowercased() == name.lowercased() }?.summary ?? ""
        return "\(name) \(words[counts] ?? "takes " + counts), \(summary)"
    }

    /// The innermost directive whose head holds a place.
    private func statement(at range: SourceRange) -> Directive? {
        func find(_ directives: [Directive]) -> Directive? {
            for directive in directives {
                if directive.head.file == range.file, directive.head.start <= range.start,
                    range.start <= directive.head.end
                {
                    return directive
                }
                if let inner = find(directive.children) { return inner }
            }
            return nil
        }
        return find(reading.directives)
    }
}

extension HttpdWords {
    /// The system's words for a reason.
    static func reason(_ reason: FileProblem.Reason) -> String {
        switch reason {
        case .notFound: SystemError.text(of: 2)
        case .notPermitted: SystemError.text(of: 13)
        case .isDirectory: SystemError.text(of: 21)
        case .other(let text): text
        }
    }

    /// httpd's messages for what keeps a server from starting.
    static func lines(of failure: ServerFailure, program: String) -> [String] {
        if failure.problems.isEmpty { return failure.description.split(separator: "\n").map { quoted(String($0)) } }
        var lines: [String] = []
        var end: String?
        for problem in failure.problems {
            switch problem {
            case .listen(let address, let code, _):
                let text = SystemError.text(of: code)
                lines.append("(\(code))\(text): AH00072: make_sock: could not bind to address \(address)")
                end = "no listening sockets available, shutting down\nAH00015: Unable to open logs"
            case .file(let path, let code):
                let text = SystemError.text(of: code)
                lines.append("(\(code))\(text): AH00091: could not open error log file \(path).")
                end = end ?? "AH00015: Unable to open logs"
            case .user(let name, _): lines.append("AH00543: \(program): bad user name \(name)")
            case .group(let name, _): lines.append("AH00544: \(program): bad group name \(name)")
            }
        }
        return lines + (end.map { [$0] } ?? [])
    }
}

/// What stands in the first pair of quotes.
private func cited(_ message: String) -> Substring {
    message.drop { $0 != "`" }.dropFirst().prefix { $0 != "`" }
}

private func quoted(_ message: String) -> String { message.replacing("`", with: "'") }
