import IR
import Language
import Source

/// RewriteCond: what a request is tested for (`apply_rewrite_cond`).
extension ApacheLowering {
    /// The conditions of a rule, alternatives put together.
    mutating func conditions(_ conditions: [RewriteCondition], _ words: RewriteTemplate.Words) -> [Condition] {
        var result: [Condition] = []
        var alternatives: [Condition] = []
        for condition in conditions {
            alternatives.append(self.condition(condition, words))
            if condition.isAlternative { continue }
            result.append(alternatives.count == 1 ? alternatives[0] : .any(alternatives))
            alternatives = []
        }
        // A last condition with OR has no alternative behind it: whatever it says, the rule goes on.
        if !alternatives.isEmpty { result.append(.any(alternatives)) }
        return result
    }

    private mutating func condition(_ condition: RewriteCondition, _ words: RewriteTemplate.Words) -> Condition {
        if condition.test.lowercased() == "expr" {
            switch expression(condition.pattern, at: condition.patternRange) {
            case .condition(let found): return found
            case .unsupported, .invalid: return .not(.always)
            }
        }
        let subject = template(condition.test, words, at: condition.range)
        var pattern = condition.pattern
        var isNegated = false
        if pattern.hasPrefix("!"), pattern.utf8.count > 1 {
            isNegated = true
            pattern.removeFirst()
        }
        guard let found = test(subject, pattern, condition, words, isNegated: isNegated) else { return .not(.always) }
        return isNegated ? .not(found) : found
    }

    /// What a pattern asks for: a file, an order, a number, or a regular expression.
    private mutating func test(
        _ subject: Template, _ pattern: String, _ condition: RewriteCondition, _ words: RewriteTemplate.Words,
        isNegated: Bool
    ) -> Condition? {
        if pattern.hasPrefix("-"), let found = test(subject, dashed: pattern, condition, words) { return found }
        for (sign, comparison, ignoringCase) in Self.orders where pattern.hasPrefix(sign) {
            var text = String(pattern.dropFirst(sign.count))
            if text == "\"\"" || text == "''" { text = "" }
            let operand = template(text, words, at: condition.patternRange)
            if comparison == .equal { return .compare(subject, condition.ignoresCase ? ignoringCase : .equal, operand) }
            return ordered(subject, comparison, operand)
        }
        guard
            let expression = self.pattern(
                pattern, ignoresCase: condition.ignoresCase, at: condition.patternRange)
        else { return nil }
        return .matches(subject, expression, into: isNegated ? nil : 1)
    }

    /// The longer text is the greater; of texts of one length the order of their bytes counts (`compare_lexicography`).
    private func ordered(_ left: Template, _ comparison: Comparison, _ right: Template) -> Condition {
        let lengths = (
            Template(pieces: [.apply(.length, [left])]), Template(pieces: [.apply(.length, [right])])
        )
        let isGreater = comparison == .greater || comparison == .greaterOrEqual
        return .any([
            .compare(lengths.0, isGreater ? .numericGreater : .numericLess, lengths.1),
            .all([.compare(lengths.0, .numericEqual, lengths.1), .compare(left, comparison, right)]),
        ])
    }

    private mutating func test(
        _ subject: Template, dashed pattern: String, _ condition: RewriteCondition, _ words: RewriteTemplate.Words
    ) -> Condition? {
        switch pattern {
        case "-f": return .file(.file, subject)
        case "-d": return .file(.directory, subject)
        case "-s": return .file(.nonEmpty, subject)
        case "-l", "-h", "-L": return .file(.link, subject)
        case "-x": return .file(.executable, subject)
        case "-F": return .lookupSucceeds(subject, asFile: true)
        case "-U": return .lookupSucceeds(subject, asFile: false)
        default: break
        }
        let name = pattern.dropFirst().prefix(2)
        guard let comparison = Self.numbers[String(name)] else { return nil }
        let operand = template(String(pattern.dropFirst(3)), words, at: condition.patternRange)
        let compared = Condition.compare(subject, comparison, operand)
        return name == "ne" ? .not(compared) : compared
    }

    /// A text with values, and findings about what is not known in it.
    mutating func template(_ text: String, _ words: RewriteTemplate.Words, at range: SourceRange) -> Template {
        var reader = RewriteTemplate(text, words: words)
        let template = reader.template()
        for problem in reader.problems {
            report(
                Diagnostic(
                    "unknown-rewrite-value", .warning, problem, at: range, why: "httpd reads the name at each request",
                    help: "check its spelling"))
        }
        return template
    }

    /// The signs of orders, longest first; the second comparison is the one without regard to case.
    private static let orders: [(String, Comparison, Comparison)] = [
        ("<=", .lessOrEqual, .lessOrEqual), (">=", .greaterOrEqual, .greaterOrEqual), ("<", .less, .less),
        (">", .greater, .greater), ("=", .equal, .equalIgnoringCase),
    ]

    private static let numbers: [String: Comparison] = [
        "eq": .numericEqual, "ne": .numericEqual, "lt": .numericLess, "le": .numericLessOrEqual, "gt": .numericGreater,
        "ge": .numericGreaterOrEqual,
    ]
}
