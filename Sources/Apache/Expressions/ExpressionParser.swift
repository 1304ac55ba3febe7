import IR
import Source

/// Reads an expression (server/util_expr_parse.y) into a condition.
struct ExpressionParser {
    /// The text that is left.
    var scanner: ExpressionScanner
    /// What words mean.
    var words: ExpressionWords
    /// How deep the parser stands in brackets.
    private var depth = 0

    init(_ text: String, words: ExpressionWords) {
        scanner = ExpressionScanner(text)
        self.words = words
    }

    /// The whole text as a condition.
    mutating func parse() throws(ExpressionError) -> Condition {
        let condition = try anyOf()
        scanner.skipBlanks()
        guard scanner.isAtEnd else { throw ExpressionError(message: "there is more behind its end: `\(rest)`") }
        return condition
    }

    private var rest: String { String(configuration: scanner.bytes[min(scanner.position, scanner.bytes.count)...]) }

    private mutating func anyOf() throws(ExpressionError) -> Condition {
        var parts = [try allOf()]
        while true {
            scanner.skipBlanks()
            guard scanner.take("||") else { break }
            parts.append(try allOf())
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    private mutating func allOf() throws(ExpressionError) -> Condition {
        var parts = [try negation()]
        while true {
            scanner.skipBlanks()
            guard scanner.take("&&") else { break }
            parts.append(try negation())
        }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private mutating func negation() throws(ExpressionError) -> Condition {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw ExpressionError(message: "its brackets are nested too deep") }
        scanner.skipBlanks()
        if scanner.next == UInt8(ascii: "!"), scanner.take("!") { return .not(try negation()) }
        if scanner.take("(") {
            let inner = try anyOf()
            scanner.skipBlanks()
            guard scanner.take(")") else { throw ExpressionError(message: "a `)` is missing") }
            return inner
        }
        if scanner.take(word: "true") { return .always }
        if scanner.take(word: "false") { return .not(.always) }
        if let unary = try unary() { return unary }
        return try comparison()
    }

    /// `-f word` and its kin; nil if no such operator comes next.
    private mutating func unary() throws(ExpressionError) -> Condition? {
        guard scanner.next == UInt8(ascii: "-") else { return nil }
        let before = scanner.position
        scanner.position += 1
        let letter = scanner.takeName()
        guard letter.utf8.count == 1 else {
            scanner.position = before
            return nil
        }
        let operand = try words.word(&scanner)
        switch letter {
        case "d": return .file(.directory, operand)
        case "e": return .file(.exists, operand)
        case "f": return .file(.file, operand)
        case "s": return .file(.nonEmpty, operand)
        case "L", "h": return .file(.link, operand)
        case "x": return .file(.executable, operand)
        case "F": return .lookupSucceeds(operand, asFile: true)
        case "U", "A": return .lookupSucceeds(operand, asFile: false)
        case "n": return .isPresent(operand)
        case "z": return .not(.isPresent(operand))
        case "T": return truth(of: operand)
        case "R": return .address(Template(.clientAddress), [try literal(operand, of: "-R")])
        default: throw ExpressionError(message: "there is no operator `-\(letter)`")
        }
    }

    /// `-T`: neither empty nor one of the words for no.
    private func truth(of operand: Template) -> Condition {
        let lower = Template(pieces: [.apply(.lower, [operand])])
        return .all([.isPresent(operand), .not(.among(lower, ["0", "off", "false", "no"]))])
    }

    private mutating func comparison() throws(ExpressionError) -> Condition {
        let left = try words.word(&scanner)
        scanner.skipBlanks()
        if scanner.take("=~") { return try match(left) }
        if scanner.take("!~") { return .not(try match(left)) }
        for (name, comparison) in Self.textOperators where scanner.take(name) {
            return .compare(left, comparison, try words.word(&scanner))
        }
        if scanner.take("!=") { return .not(.compare(left, .equal, try words.word(&scanner))) }
        let before = scanner.position
        _ = scanner.take("-")
        let name = scanner.takeName()
        switch name.lowercased() {
        case "in": return .among(left, try words.list(&scanner))
        case "ipmatch":
            return .address(left, [try literal(try words.word(&scanner), of: "-ipmatch")])
        case "strmatch": return try glob(left, ignoresCase: false)
        case "strcmatch": return try glob(left, ignoresCase: true)
        case "fnmatch": return .glob(left, try literal(try words.word(&scanner), of: "-fnmatch"))
        case "ne": return .not(.compare(left, .numericEqual, try words.word(&scanner)))
        default:
            if let comparison = Self.numberOperators[name.lowercased()] {
                return .compare(left, comparison, try words.word(&scanner))
            }
        }
        scanner.position = before
        throw ExpressionError(
            message: scanner.isAtEnd
                ? "a comparison is missing behind its last word" : "`\(rest)` is no operator and its operand")
    }

    private mutating func match(_ left: Template) throws(ExpressionError) -> Condition {
        .matches(left, try words.expression(&scanner), into: 2)
    }

    private mutating func glob(_ left: Template, ignoresCase: Bool) throws(ExpressionError) -> Condition {
        let text = try literal(try words.word(&scanner), of: "-strmatch")
        return .matches(left, pattern(ofGlob: text, ignoresCase: ignoresCase), into: nil)
    }

    private func literal(_ template: Template, of name: String) throws(ExpressionError) -> String {
        guard let text = template.literal else {
            throw ExpressionError(message: "`\(name)` with a computed operand is not run", isUnsupported: true)
        }
        return text
    }

    private static let textOperators: [(String, Comparison)] = [
        ("==", .equal), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("=", .equal), ("<", .less), (">", .greater),
    ]

    private static let numberOperators: [String: Comparison] = [
        "eq": .numericEqual, "lt": .numericLess, "le": .numericLessOrEqual, "gt": .numericGreater,
        "ge": .numericGreaterOrEqual,
    ]
}

/// The regular expression of a shell pattern in which `*` also takes slashes.
func pattern(ofGlob glob: String, ignoresCase: Bool) -> Pattern {
    var source = "^"
    for character in glob {
        switch character {
        case "*": source += ".*"
        case "?": source += "."
        case ".", "+", "(", ")", "{", "}", "^", "$", "|", "\\": source += "\\\(character)"
        default: source.append(character)
        }
    }
    return Pattern(source: source + "$", dotAll: true, dollarOnlyAtEnd: true, ignoresCase: ignoresCase)
}
