import IR
import Language
import Source

/// Reading of arguments; whatever cannot be read is reported, and nil is returned.
extension NginxLowering {
    /// Adds a diagnostic.
    mutating func report(
        _ rule: String, _ severity: Severity, _ message: String, at range: SourceRange?, why: String? = nil,
        help: String? = nil, related: [Note] = []
    ) {
        diagnostics.append(
            Diagnostic(rule, severity, message, at: range, why: why, help: help, related: related))
    }

    /// Reports a value that nginx does not take.
    mutating func refuse(_ argument: Argument, _ message: String, why: String? = nil, help: String? = nil) {
        report(
            "invalid-value", .error, message, at: argument.range,
            why: why ?? "nginx refuses to start with this value", help: help)
    }

    /// `on` or `off`.
    mutating func flag(_ directive: Directive) -> Bool? {
        guard let argument = directive.arguments.first else { return nil }
        switch argument.text.lowercased() {
        case "on": return true
        case "off": return false
        default:
            refuse(
                argument, "`\(directive.name)` is \"on\" or \"off\", not \"\(argument.text)\"",
                help: "write `\(directive.name) on;` or `\(directive.name) off;`")
            return nil
        }
    }

    /// A whole number that is not negative.
    mutating func number(_ argument: Argument, of name: String) -> Int? {
        if let value = Int(argument.text), value >= 0, argument.text.utf8.first != UInt8(ascii: "+") { return value }
        refuse(argument, "\"\(argument.text)\" is no number", help: "`\(name)` takes a whole number")
        return nil
    }

    /// A length of time in seconds: `30`, `30s`, `500ms`, `1m 30s` in one word (`1m30s`).
    mutating func seconds(_ argument: Argument, of name: String) -> Double? {
        if let value = parseTime(argument.text) { return value }
        refuse(
            argument, "\"\(argument.text)\" is no length of time",
            help: "`\(name)` takes seconds or numbers with ms, s, m, h, d, w, M or y, such as `90s` or `1h30m`")
        return nil
    }

    /// A number of bytes: `512`, `16k`, `10m`, `1g`.
    mutating func bytes(_ argument: Argument, of name: String) -> Int? {
        if let value = parseSize(argument.text) { return value }
        refuse(
            argument, "\"\(argument.text)\" is no size",
            help: "`\(name)` takes bytes, or a number with k, m or g, such as `10m`")
        return nil
    }

    /// One of some words.
    mutating func word<Value>(_ argument: Argument, of name: String, _ words: [String: Value]) -> Value? {
        if let value = words[argument.text] { return value }
        let near = closest(to: argument.text, in: words.keys.sorted())
        refuse(
            argument, "`\(name)` does not know \"\(argument.text)\"",
            help: near.map { "did you mean `\($0)`?" }
                ?? "it takes \(words.keys.sorted().map { "`\($0)`" }.joined(separator: ", "))")
        return nil
    }

    /// A pattern, compiled once to see whether it can be; its named groups become variables.
    mutating func pattern(_ text: String, ignoresCase: Bool = false, at range: SourceRange) -> Pattern? {
        let result = Pattern(source: text, ignoresCase: ignoresCase)
        guard let problem = problem(of: result) else { return result }
        report(
            "invalid-pattern", .error, "the pattern cannot be compiled: \(problem.message)", at: range,
            why: "PCRE stops at byte \(problem.offset) of it, and nginx refuses to start",
            help: text.contains("{") || text.contains(";")
                ? "a pattern with `{`, `}` or `;` has to stand in quotes" : nil)
        return nil
    }

    /// A path as nginx completes it: relative ones lie below a folder.
    func fullPath(_ text: String, below folder: String) -> String {
        text.hasPrefix("/") ? text : folder + (folder.hasSuffix("/") ? "" : "/") + text
    }

    /// The folder that relative paths of files to serve and logs belong to where nobody names it (`--prefix` as Debian
    /// builds nginx).
    static let builtPrefix = "/usr/share/nginx"
}

/// Seconds of a time as nginx writes it, nil if it is none; units go from large to small, each once.
///
/// Source: `ngx_parse_time` in src/core/ngx_parse.c.
func parseTime(_ text: String) -> Double? {
    let units: [(String, Double)] = [
        ("y", 31_536_000), ("M", 2_592_000), ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
        ("ms", 0.001),
    ]
    var rest = Substring(text)
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    var least = -1
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count < 16, let amount = Double(digits) else { return nil }
        rest = rest.dropFirst(digits.count)
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        rest = rest.dropFirst(letters.count).drop { $0 == " " }
        let unit = letters.isEmpty ? "s" : String(letters)
        guard let index = units.firstIndex(where: { $0.0 == unit }), index > least else { return nil }
        guard !letters.isEmpty || rest.isEmpty else { return nil }
        least = index
        total += amount * units[index].1
    }
    return total
}

/// Bytes of a size as nginx writes it, nil if it is none.
///
/// Source: `ngx_parse_offset` in src/core/ngx_parse.c.
func parseSize(_ text: String) -> Int? {
    let factor: Int
    switch text.last {
    case "k", "K": factor = 1 << 10
    case "m", "M": factor = 1 << 20
    case "g", "G": factor = 1 << 30
    default: factor = 1
    }
    let digits = factor == 1 ? Substring(text) : text.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let amount = Int(digits) else {
        return nil
    }
    let (value, overflows) = amount.multipliedReportingOverflow(by: factor)
    return overflows ? nil : value
}
