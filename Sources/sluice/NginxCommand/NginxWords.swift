import Language
import Serve
import Source
import Syntax
import System

/// What nginx says where Sluice has found something: the one table from findings to nginx's messages.
///
/// Operators and programs look for these words. A finding that nginx does not have is said in its shape.
struct NginxWords {
    private let reading: Language.Reading

    /// Rules that tell what is not run: they stop nobody from starting.
    static let coverage: Set<String> = [Coverage.unsupported, Coverage.foreign]

    init(_ reading: Language.Reading) {
        self.reading = reading
    }

    /// Findings in the order of files and lines, in which nginx would meet them.
    func inOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        func key(_ entry: EnumeratedSequence<[Diagnostic]>.Element) -> (Int, Int, Int) {
            guard let range = entry.element.range else { return (.max, 0, entry.offset) }
            // What is not closed is met at the end of the file.
            let isAtEnd = entry.element.rule == SyntaxRule.unclosedBlock.rawValue
            if isAtEnd { return (Int(range.file.index), .max, entry.offset) }
            return (Int(range.file.index), range.start, entry.offset)
        }
        return diagnostics.enumerated().sorted { key($0) < key($1) }.map(\.element)
    }

    /// The message with its place: `unknown directive "x" in /etc/nginx/nginx.conf:3`.
    func text(of diagnostic: Diagnostic) -> String {
        guard let range = diagnostic.range else { return quoted(diagnostic.message) }
        switch SyntaxRule(rawValue: diagnostic.rule) {
        case .unclosedBlock: return "unexpected end of file, expecting \"}\"" + endPlace(range.file)
        case .unclosedQuote: return "unexpected end of file, expecting \";\" or \"}\"" + endPlace(range.file)
        case .missingSemicolon: return missingSemicolon(range)
        case let rule?: return (syntax(rule, range) ?? quoted(diagnostic.message)) + place(range)
        case nil: return meaning(diagnostic, range)
        }
    }

    private func syntax(_ rule: SyntaxRule, _ range: SourceRange) -> String? {
        let text = reading.sources.text(of: range)
        return switch rule {
        case .unexpectedSemicolon: "unexpected \";\""
        case .unexpectedOpeningBrace: "unexpected \"{\""
        case .unexpectedClosingBrace: "unexpected \"}\""
        case .textAfterQuote: "unexpected \"\(text.prefix(1))\""
        case .tooLongParameter: "too long parameter \"\(text.prefix(10))...\" started"
        case .missingOpeningBrace: "directive \"\(firstWord(text))\" has no opening \"{\""
        case .unquotedBrace:
            statement(at: range).map { "directive \"\($0.name)\" is not terminated by \";\"" } ?? "unexpected \"{\""
        default: nil
        }
    }

    /// What nginx meets instead of the `;`: a brace, the end, or more words.
    private func missingSemicolon(_ range: SourceRange) -> String {
        let bytes = reading.sources[range.file].bytes
        guard let next = bytes[range.end...].firstIndex(where: { $0 > 0x20 }) else {
            return "unexpected end of file, expecting \";\" or \"}\"" + endPlace(range.file)
        }
        let at = SourceRange(file: range.file, start: next, end: next + 1)
        if bytes[next] == UInt8(ascii: "}") { return "unexpected \"}\"" + place(at) }
        let name = statement(at: range)?.name ?? ""
        return "invalid number of arguments in \"\(name)\" directive" + place(at)
    }

    private func meaning(_ diagnostic: Diagnostic, _ range: SourceRange) -> String {
        let written = reading.sources.text(of: range)
        let text = statement(at: range)?.arguments.first { $0.range == range }?.text ?? written
        let place = place(range)
        let said = diagnostic.why.flatMap { why in
            why.hasPrefix(Self.refusal) ? String(why.dropFirst(Self.refusal.count)) : nil
        }
        let name = statement(at: range)?.name ?? ""
        switch diagnostic.rule {
        case Coverage.unknown: return "unknown directive \"\(text)\"" + place
        case "wrong-context": return "\"\(text)\" directive is not allowed here" + place
        case "wrong-arguments":
            if said == "invalid number of arguments" { return "\(said ?? "") in \"\(name)\" directive" + place }
            if diagnostic.message.hasSuffix("needs a block in braces") {
                return "directive \"\(name)\" has no opening \"{\"" + place
            }
            if diagnostic.message.hasSuffix("takes no block") {
                return "directive \"\(name)\" is not terminated by \";\"" + place
            }
            return (said ?? quoted(diagnostic.message)) + place
        case "duplicate-directive" where diagnostic.message.contains("` stands beside `"):
            let names = diagnostic.message.split(separator: "`")
            return "\"\(name)\" directive is duplicate, \"\(names.last ?? "")\" directive was specified earlier" + place
        case "invalid-value": return value(text, of: name, diagnostic) + place
        case "invalid-pattern":
            let reason = diagnostic.message.split(separator: ": ", maxSplits: 1).last ?? ""
            return "pcre2_compile() failed: \(reason) in \"\(text)\"" + place
        case "unknown-variable":
            let variable = diagnostic.message.split(separator: "`").dropFirst().first?.dropFirst() ?? ""
            return "unknown \"\(variable)\" variable"
        case "unknown-log-format": return "unknown log format \"\(text)\"" + place
        case "duplicate-log-format":
            return "duplicate \"log_format\" name \"\(statement(at: range)?.arguments.first?.text ?? "")\"" + place
        case "duplicate-default-server":
            return "a duplicate default server for \(lastWord(diagnostic.message))" + place
        case "conflicting-server-name":
            return "conflicting server name \"\(text)\" on \(lastWord(diagnostic.message)), ignored"
        case "missing-include": return missing(diagnostic) + place
        case "unknown-zone": return said ?? quoted(diagnostic.message)
        case "proxy-pass-with-uri":
            return "\"proxy_pass\" cannot have URI part in location given by regular expression, or inside named "
                + "location, or inside \"if\" statement, or inside \"limit_except\" block" + place
        default: return (said ?? quoted(diagnostic.message)) + place
        }
    }

    private func value(_ text: String, of name: String, _ diagnostic: Diagnostic) -> String {
        let message = diagnostic.message
        if message.contains("is \"on\" or \"off\"") {
            return "invalid value \"\(text)\" in \"\(name)\" directive, it must be \"on\" or \"off\""
        }
        if message.hasSuffix("is no number") { return "invalid number \"\(text)\"" }
        if message.hasSuffix("is no length of time") || message.hasSuffix("is no size") {
            return "\"\(name)\" directive invalid value"
        }
        if message.hasSuffix("is no port") { return "invalid port in \"\(text)\" of the \"\(name)\" directive" }
        if message.hasPrefix("the bracket") { return "invalid host in \"\(text)\" of the \"\(name)\" directive" }
        if name == "error_log" { return "invalid log level \"\(text)\"" }
        if ["listen", "allow", "deny", "server", "limit_req", "limit_conn"].contains(name) {
            return "invalid parameter \"\(text)\""
        }
        if message.contains("does not know") { return "invalid value \"\(text)\"" }
        if message.hasSuffix("is no variable") { return "invalid variable name \"\(text)\"" }
        if message.hasPrefix("the URL of") { return "invalid URL prefix" }
        if name == "error_page", message.hasSuffix("is no status that can have a page") {
            return "value \"\(text)\" must be between 300 and 599"
        }
        return quoted(message)
    }

    private func missing(_ diagnostic: Diagnostic) -> String {
        let path = diagnostic.why?.split(separator: " without ", maxSplits: 1).last.map(String.init) ?? ""
        let reasons: [FileProblem.Reason] = [.notFound, .isDirectory, .notPermitted]
        let reason = reasons.first { diagnostic.message.hasSuffix(FileProblem(path: "", reason: $0).explanation) }
        return Self.opening(path, reason ?? .other(diagnostic.message))
    }

    /// How a diagnostic's reason begins where nginx's own words follow.
    private static let refusal = "nginx refuses to start: "

    private func place(_ range: SourceRange) -> String {
        let path = reading.sources[range.file].path
        if path == NginxConfiguration.commandLine { return " in \(path)" }
        return " in \(path):\(reading.sources.position(of: range).line)"
    }

    private func endPlace(_ file: FileID) -> String {
        let source = reading.sources[file]
        if source.path == NginxConfiguration.commandLine { return " in \(source.path)" }
        return " in \(source.path):\(1 + source.bytes.count { $0 == 10 })"
    }

    /// The innermost statement whose head holds a place.
    private func statement(at range: SourceRange) -> Directive? {
        func find(_ directives: [Directive]) -> Directive? {
            for directive in directives where directive.range.file == range.file {
                if directive.head.start <= range.start, range.start <= directive.head.end { return directive }
                if let inner = find(directive.children) { return inner }
            }
            // An included file's statements stand among others.
            for directive in directives where directive.range.file != range.file {
                if let inner = find(directive.children) { return inner }
            }
            return nil
        }
        return find(reading.directives)
    }
}

extension NginxWords {
    /// nginx's message for a file that cannot be opened.
    static func opening(_ path: String, _ reason: FileProblem.Reason) -> String {
        let (code, text): (Int32, String) =
            switch reason {
            case .notFound: (2, SystemError.text(of: 2))
            case .notPermitted: (13, SystemError.text(of: 13))
            case .isDirectory: (21, SystemError.text(of: 21))
            case .other(let text): (5, text)
            }
        return "open() \"\(path)\" failed (\(code): \(text))"
    }

    /// nginx's messages for what keeps a server from starting.
    static func lines(of failure: ServerFailure) -> [String] {
        if failure.problems.isEmpty { return failure.description.split(separator: "\n").map { quoted(String($0)) } }
        return failure.problems.map { problem in
            switch problem {
            case .listen(let address, let code, _):
                "bind() to \(address) failed (\(code): \(SystemError.text(of: code)))"
            case .file(let path, let code): "open() \"\(path)\" failed (\(code): \(SystemError.text(of: code)))"
            case .user(let name, let place): "getpwnam(\"\(name)\") failed" + (place.map { " in \($0)" } ?? "")
            case .group(let name, let place): "getgrnam(\"\(name)\") failed" + (place.map { " in \($0)" } ?? "")
            }
        }
    }
}

/// A message with the quotes that nginx writes.
private func quoted(_ message: String) -> String { message.replacing("`", with: "\"") }

private func firstWord(_ text: String) -> Substring { text.prefix { $0 != " " && $0 != "\n" && $0 != "\t" } }

private func lastWord(_ text: String) -> Substring { text.split(separator: " ").last ?? "" }
