import IR
import Source

/// Reads the text of a substitution or test: `$1`, `%1`, `%{NAME}`, `${map:key|default}`, `\x` (`do_expand`).
struct RewriteTemplate {
    /// What is missing or not run, in words.
    var problems: [String] = []
    /// What names mean.
    let words: Words
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    /// What names mean where the text stands.
    struct Words {
        /// Whether the file of a request is known (sections) or not (servers).
        var knowsFile: Bool
        /// What `%{REQUEST_URI}` is: no rule changes it before the request enters anew.
        var requestPath: Value
        /// What `%{DOCUMENT_ROOT}` is.
        var documentRoot: Template
        /// The tables by name.
        var maps: [String: RewriteMap]
        /// How groups are escaped; nil: not at all.
        var escaping: Escaping?
        /// A blank in a group becomes `+`.
        var plusForBlank = false
        /// What the process was started with.
        var processEnvironment: [String: String]
    }

    init(_ text: String, words: Words) {
        bytes = text.configurationBytes
        self.words = words
    }

    /// The whole text.
    mutating func template() -> Template {
        index = 0
        return template(upTo: nil)
    }

    /// The text up to one of some bytes, which is not taken.
    private mutating func template(upTo ends: [UInt8]?) -> Template {
        var template = Template()
        var literal: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if let ends, ends.contains(byte) { break }
            let follows = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                literal.append(follows)
                index += 2
            } else if let piece = special(byte, follows) {
                template.append(String(configuration: literal))
                literal = []
                template.append(piece)
            } else {
                literal.append(byte)
                index += 1
            }
        }
        template.append(String(configuration: literal))
        return template
    }

    /// What begins here, if it is more than text; it is taken then.
    private mutating func special(_ byte: UInt8, _ follows: UInt8) -> Template? {
        let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(follows)
        switch (byte, follows) {
        case (UInt8(ascii: "$"), _) where isDigit:
            index += 2
            return group(.capture(0, Int(follows - UInt8(ascii: "0"))))
        case (UInt8(ascii: "%"), _) where isDigit:
            index += 2
            return group(.capture(1, Int(follows - UInt8(ascii: "0"))))
        case (UInt8(ascii: "%"), UInt8(ascii: "{")):
            guard let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
            let name = String(configuration: bytes[index + 2..<end])
            index = end + 1
            return variable(name)
        case (UInt8(ascii: "$"), UInt8(ascii: "{")):
            return map()
        default:
            return nil
        }
    }

    private func group(_ value: Value) -> Template {
        guard let escaping = words.escaping else { return Template(value) }
        let escaped = Template(pieces: [.apply(.escape(escaping), [Template(value)])])
        guard words.plusForBlank else { return escaped }
        let blank = Pattern(source: " ", dotAll: true, dollarOnlyAtEnd: true)
        return Template(pieces: [.apply(.replace(blank), [escaped, "+"])])
    }

    /// `%{NAME}`, `%{ENV:x}`, `%{HTTP:x}`, `%{SSL:x}`, `%{LA-U:x}`.
    private mutating func variable(_ name: String) -> Template {
        if name == "REQUEST_URI" { return Template(words.requestPath) }
        guard let colon = name.firstIndex(of: ":") else {
            if let template = RequestVariables.template(
                name, knowsFile: words.knowsFile, documentRoot: words.documentRoot)
            {
                return template
            }
            problems.append("there is no variable `\(name)`; it is always empty")
            return Template()
        }
        let argument = String(name[name.index(after: colon)...])
        switch name[..<colon].uppercased() {
        case "ENV":
            if argument == "HTTPS" { return Template(.tls("https")) }
            return Template(argument.hasPrefix("SSL_") ? .tls(argument) : .environment(argument))
        case "HTTP": return Template(.requestHeader(argument.lowercased()))
        case "SSL": return Template(.tls(argument))
        case "LA-U", "LA-F":
            problems.append("a look ahead at `\(argument)` is not run; the value as it is by then is taken")
            return variable(argument)
        default:
            problems.append("there is no variable `\(name)`; it is always empty")
            return Template()
        }
    }

    /// `${name:key|default}`.
    private mutating func map() -> Template? {
        let start = index
        depth += 1
        defer { depth -= 1 }
        guard depth < 20,
            let colon = bytes[index...].firstIndex(of: UInt8(ascii: ":")),
            bytes[index...].firstIndex(of: UInt8(ascii: "}")).map({ colon < $0 }) == true
        else { return nil }
        let name = String(configuration: bytes[index + 2..<colon])
        index = colon + 1
        let key = template(upTo: [UInt8(ascii: "|"), UInt8(ascii: "}")])
        var fallback = Template()
        if index < bytes.count, bytes[index] == UInt8(ascii: "|") {
            index += 1
            fallback = template(upTo: [UInt8(ascii: "}")])
        }
        guard index < bytes.count else {
            index = start
            return nil
        }
        index += 1
        switch words.maps[name] {
        case .lookup(let lookup): return Template(pieces: [.lookup(lookup, key: key, default: fallback)])
        case .function(let function): return Template(pieces: [.apply(function, [key])])
        case .unavailable: return fallback
        case nil:
            problems.append("there is no RewriteMap `\(name)`; its default is always taken")
            return fallback
        }
    }
}
