import IR
import Language
import Pattern
import Source

/// Readers of arguments that many directives share.
extension ApacheLowering {
    /// `On` or `Off`; anything else is said to be wrong.
    mutating func flag(_ directive: Directive) -> Bool? {
        guard let argument = directive.arguments.first else { return nil }
        switch argument.text.lowercased() {
        case "on": return true
        case "off": return false
        default:
            invalid(
                "`\(directive.name)` must be `On` or `Off`, not `\(argument.text)`", at: argument,
                help: "write `On` or `Off`")
            return nil
        }
    }

    /// One of some words, without regard to case.
    mutating func word<Value>(_ argument: Argument, of directive: Directive, among values: [(String, Value)]) -> Value?
    {
        let text = argument.text.lowercased()
        if let found = values.first(where: { $0.0.lowercased() == text }) { return found.1 }
        let names = values.map { "`\($0.0)`" }.joined(separator: ", ")
        let near = closest(to: argument.text, in: values.map { $0.0 })
        invalid(
            "`\(argument.text)` is no value of `\(directive.name)`", at: argument, why: "it takes \(names)",
            help: near.map { "did you mean `\($0)`?" } ?? "write one of them")
        return nil
    }

    /// A whole number in a range.
    mutating func number(
        _ argument: Argument, of directive: Directive, in range: ClosedRange<Int> = 0...Int.max
    ) -> Int? {
        if let number = Int(argument.text), range.contains(number) { return number }
        let wanted =
            range.upperBound == Int.max
            ? "a number from \(range.lowerBound)"
            : "a number from \(range.lowerBound) to \(range.upperBound)"
        invalid("`\(directive.name)` needs \(wanted), not `\(argument.text)`", at: argument, help: "write \(wanted)")
        return nil
    }

    /// A time as httpd reads it (`ap_timeout_parameter_parse`): seconds, or with a unit `ms`, `s`, `min` or `mi`, `h`.
    mutating func seconds(_ argument: Argument, of directive: Directive, unit: Double = 1) -> Double? {
        if let value = parseSeconds(argument.text, unit: unit) { return value }
        invalid(
            "`\(argument.text)` is no time", at: argument,
            why: "`\(directive.name)` takes seconds, or a number with ms, s, min or h behind it",
            help: "write a number such as `30` or `500ms`")
        return nil
    }

    /// A regular expression with Apache's options; one that does not compile is said to be wrong.
    mutating func pattern(_ text: String, ignoresCase: Bool = false, at range: SourceRange) -> Pattern? {
        let pattern = Pattern(source: text, dotAll: true, dollarOnlyAtEnd: true, ignoresCase: ignoresCase)
        var options = PatternOptions.apache
        if ignoresCase { options.insert(.ignoresCase) }
        do throws(PatternError) {
            _ = try CompiledPattern(text.configurationBytes, options: options)
            return pattern
        } catch {
            fail(
                "invalid-value", "the regular expression `\(text)` does not compile", at: range,
                why: error.message, help: "the server refuses to start with it; correct the expression")
            return nil
        }
    }
}

/// A time in seconds, nil if the text is none.
func parseSeconds(_ text: String, unit: Double = 1) -> Double? {
    let digits = text.prefix { $0.isNumber }
    guard let number = Int(digits) else { return nil }
    switch text.dropFirst(digits.count).lowercased() {
    case "": return Double(number) * unit
    case "ms": return Double(number) / 1000
    case "s": return Double(number)
    case "mi", "min": return Double(number) * 60
    case "h": return Double(number) * 3600
    default: return nil
    }
}

extension Template {
    /// The path of a file that may hold values: relative ones lie below ServerRoot.
    static func file(_ path: String, _ state: ApacheLowering) -> Template {
        Template(state.filePath(path))
    }
}
