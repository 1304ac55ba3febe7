import IR
import Source

/// Reads the words of an expression: strings, variables, functions, and regular expressions.
struct ExpressionWords: Sendable {
    /// What `%{DOCUMENT_ROOT}` is.
    var documentRoot: Template
    /// Whether the file of a request is known where the expression stands.
    var knowsFile = true
    /// What the process was started with.
    var processEnvironment: [String: String] = [:]

    /// A word, or several joined by `.`.
    func word(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Template {
        var template = try part(&scanner)
        while true {
            let before = scanner.position
            scanner.skipBlanks()
            guard scanner.take("."), scanner.next != UInt8(ascii: ".") else {
                scanner.position = before
                return template
            }
            template.append(try part(&scanner))
        }
    }

    private func part(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Template {
        scanner.skipBlanks()
        switch scanner.next {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            let quote = scanner.next
            scanner.position += 1
            return try string(&scanner, upTo: quote)
        case UInt8(ascii: "%"):
            return try variable(&scanner)
        case UInt8(ascii: "$"):
            scanner.position += 1
            return Template(try group(&scanner))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return Template(number(&scanner))
        default:
            return try function(&scanner)
        }
    }

    private func number(_ scanner: inout ExpressionScanner) -> String {
        let start = scanner.position
        if scanner.next == UInt8(ascii: "-") { scanner.position += 1 }
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(scanner.next) { scanner.position += 1 }
        return String(decoding: scanner.bytes[start..<scanner.position], as: UTF8.self)
    }

    private func group(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Value {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(scanner.next) else {
            throw ExpressionError(message: "a number is missing behind `$`")
        }
        defer { scanner.position += 1 }
        return .capture(2, Int(scanner.next - UInt8(ascii: "0")))
    }

    /// `name(word)`.
    private func function(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Template {
        let name = scanner.takeName()
        guard !name.isEmpty, scanner.take("(") else {
            let what = name.isEmpty ? "a word is missing" : "`\(name)` is no word; texts stand in quotes"
            throw ExpressionError(message: what)
        }
        let argument = try word(&scanner)
        scanner.skipBlanks()
        guard scanner.take(")") else { throw ExpressionError(message: "a `)` is missing behind `\(name)(`") }
        return try apply(name, argument)
    }

    /// `%{NAME}` or `%{function:argument}`.
    func variable(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Template {
        guard scanner.take("%{") else { throw ExpressionError(message: "`%` begins no variable here") }
        let name = scanner.takeName()
        if scanner.take(":") {
            let argument = try string(&scanner, upTo: UInt8(ascii: "}"))
            return try apply(name, argument)
        }
        guard scanner.take("}") else { throw ExpressionError(message: "a `}` is missing behind `%{\(name)`") }
        guard let template = RequestVariables.template(name, knowsFile: knowsFile, documentRoot: documentRoot) else {
            if name.uppercased().hasPrefix("SSL_") { return Template(.tls(name)) }
            throw ExpressionError(message: "there is no variable `\(name)`")
        }
        return template
    }

    /// Text with variables and groups in it, up to its end, which is taken; with 0 up to the end of everything.
    func string(_ scanner: inout ExpressionScanner, upTo end: UInt8) throws(ExpressionError) -> Template {
        var template = Template()
        var literal: [UInt8] = []
        while !scanner.isAtEnd {
            let byte = scanner.next
            if byte == end, end != 0 {
                scanner.position += 1
                template.append(String(configuration: literal))
                return template
            }
            let follows = scanner.position + 1 < scanner.bytes.count ? scanner.bytes[scanner.position + 1] : 0
            if byte == UInt8(ascii: "%"), follows == UInt8(ascii: "{") {
                template.append(String(configuration: literal))
                literal = []
                template.append(try variable(&scanner))
            } else if byte == UInt8(ascii: "$"), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(follows) {
                template.append(String(configuration: literal))
                literal = []
                scanner.position += 1
                template.append(try group(&scanner))
            } else {
                scanner.position += 1
                if byte == UInt8(ascii: "\\"), !scanner.isAtEnd {
                    literal.append(unescaped(scanner.next))
                    scanner.position += 1
                } else {
                    literal.append(byte)
                }
            }
        }
        guard end == 0 else {
            let mark = String(decoding: [end], as: UTF8.self)
            throw ExpressionError(message: "a `\(mark)` is missing at its end")
        }
        template.append(String(configuration: literal))
        return template
    }

    private func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        default: byte
        }
    }

    /// `{ word, … }`.
    func list(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> [Template] {
        scanner.skipBlanks()
        guard scanner.take("{") else {
            throw ExpressionError(message: "lists made by functions are not run", isUnsupported: true)
        }
        var items: [Template] = []
        while true {
            items.append(try word(&scanner))
            scanner.skipBlanks()
            if scanner.take("}") { return items }
            guard scanner.take(",") else { throw ExpressionError(message: "a `,` or `}` is missing in a list") }
        }
    }

    /// `/…/flags` or `m#…#flags`.
    func expression(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Pattern {
        scanner.skipBlanks()
        if scanner.next == UInt8(ascii: "m") { scanner.position += 1 }
        let delimiter = scanner.next
        guard !scanner.isAtEnd, !ExpressionScanner.isName(delimiter), delimiter != 32 else {
            throw ExpressionError(message: "a regular expression in slashes is missing")
        }
        scanner.position += 1
        guard let source = scanner.takeText(upTo: delimiter) else {
            throw ExpressionError(message: "the end of a regular expression is missing")
        }
        let flags = scanner.takeName()
        return Pattern(
            source: String(configuration: source), dotAll: true, dollarOnlyAtEnd: true,
            ignoresCase: flags.contains("i"))
    }

    /// A function of a text.
    private func apply(_ name: String, _ argument: Template) throws(ExpressionError) -> Template {
        if let function = Self.functions[name.lowercased()] { return Template(pieces: [.apply(function, [argument])]) }
        guard let text = argument.literal else {
            throw ExpressionError(message: "`\(name)` of a computed name is not run", isUnsupported: true)
        }
        switch name.lowercased() {
        case "req", "http", "req_novary": return Template(.requestHeader(text.lowercased()))
        case "resp": return Template(.responseHeader(text.lowercased()))
        case "reqenv", "env", "note":
            if text == "HTTPS" { return Template(.tls("https")) }
            return Template(text.hasPrefix("SSL_") ? .tls(text) : .environment(text))
        case "osenv": return Template(processEnvironment[text] ?? "")
        case "ssl": return Template(.tls(text))
        default: throw ExpressionError(message: "the function `\(name)` is not run", isUnsupported: true)
        }
    }

    private static let functions: [String: Function] = [
        "tolower": .lower, "toupper": .upper, "escape": .escape(Escapings.path), "unescape": .unescape,
        "base64": .base64, "unbase64": .unbase64, "md5": .md5, "sha1": .sha1,
    ]
}
