import IR
import Language
import Pattern
import Source

/// What became of an expression.
enum ExpressionOutcome {
    /// It is this condition.
    case condition(Condition)
    /// It is right, and not run; the finding has been made.
    case unsupported(String)
    /// It is wrong; the finding has been made.
    case invalid
}

extension ApacheLowering {
    /// What words of an expression mean where the walk stands.
    var expressionWords: ExpressionWords {
        ExpressionWords(documentRoot: documentRoot, processEnvironment: reading.request.environment)
    }

    /// Reads an expression; says what is wrong with it or not run of it.
    mutating func expression(_ text: String, at range: SourceRange) -> ExpressionOutcome {
        var parser = ExpressionParser(text, words: expressionWords)
        do throws(ExpressionError) {
            let condition = try parser.parse()
            return compiles(condition, at: range) ? .condition(condition) : .invalid
        } catch {
            if error.isUnsupported {
                notRun(
                    "a part of this expression is not run", at: range, why: error.message,
                    help: "guards that depend on it stay closed, all else that does is left out")
                return .unsupported(error.message)
            }
            fail(
                "invalid-value", "the expression cannot be read: \(error.message)", at: range,
                why: "the server refuses to start",
                help: "texts stand in quotes, variables in `%{…}`, regular expressions in slashes")
            return .invalid
        }
    }

    /// An expression for something that is left out when the expression cannot be used.
    mutating func condition(_ text: String, at range: SourceRange) -> Condition? {
        if case .condition(let condition) = expression(text, at: range) { return condition }
        return nil
    }

    /// Text in which `%{…}` and `$1` stand for values; what cannot be read stays as it is.
    mutating func string(_ text: String, at range: SourceRange, isExpression: Bool = false) -> Template {
        guard isExpression || text.contains("%{") else { return Template(text) }
        var scanner = ExpressionScanner(text)
        do throws(ExpressionError) {
            return try expressionWords.string(&scanner, upTo: 0)
        } catch {
            notRun("a value in this text is not known", at: range, why: error.message, help: "check its spelling")
            return Template(text)
        }
    }

    private mutating func compiles(_ condition: Condition, at range: SourceRange) -> Bool {
        switch condition {
        case .all(let parts), .any(let parts):
            for part in parts where !compiles(part, at: range) { return false }
            return true
        case .not(let part): return compiles(part, at: range)
        case .matches(_, let found, _): return pattern(found.source, ignoresCase: found.ignoresCase, at: range) != nil
        default: return true
        }
    }
}

extension Condition {
    /// Whether a part of it cannot be decided here.
    var isUndecidable: Bool {
        switch self {
        case .undecidable: true
        case .all(let parts), .any(let parts): parts.contains { $0.isUndecidable }
        case .not(let part): part.isUndecidable
        default: false
        }
    }
}
