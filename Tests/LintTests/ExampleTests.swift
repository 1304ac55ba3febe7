import Language
import Lint
import Source
import Testing

/// The examples of the rules are their tests: the bad text has the pattern on its line, the good one is clean.
struct ExampleTests {
    static let examples: [Example] = dialects.flatMap { dialect in
        Linter(for: dialect).rules.flatMap { rule in
            rule.examples.filter { $0.dialect == dialect.name }.map { Example(rule: rule, example: $0) }
        }
    }

    @Test(arguments: examples)
    func `the bad text breaks the rule on its line, and no other rule`(example: Example) {
        let linted = Linted(example.example.bad, dialect: example.example.dialect, path: example.example.path)
        #expect(linted.lines(of: example.rule.id) == [example.example.line], "\(linted.text)")
        let others = linted.findings.filter { $0.severity >= .warning && $0.rule != example.rule.id }
        #expect(others.map(\.rule) == [], "\(linted.text)")
    }

    @Test(arguments: examples)
    func `the good text breaks no rule`(example: Example) {
        let linted = Linted(example.example.good, dialect: example.example.dialect, path: example.example.path)
        #expect(linted.lines(of: example.rule.id) == [], "\(linted.text)")
        #expect(linted.lines(from: .warning) == [], "\(linted.text)")
    }

    @Test func `every check has an example`() {
        for dialect in dialects {
            for rule in Linter(for: dialect).rules where rule.check != nil {
                #expect(!rule.examples.isEmpty, "\(rule.id)")
            }
        }
    }

    @Test func `names are kebab case and unique, and texts are sentences`() {
        for dialect in dialects {
            let rules = Linter(for: dialect).rules
            #expect(Set(rules.map(\.id)).count == rules.count)
            for rule in rules {
                let isKebab = rule.id.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 45 }
                #expect(isKebab, "\(rule.id)")
                #expect(rule.summary.hasSuffix("."), "\(rule.id)")
                #expect(rule.why.hasSuffix("."), "\(rule.id)")
            }
        }
    }
}

/// One example of one rule.
struct Example: Sendable, CustomTestStringConvertible {
    let rule: LintRule
    let example: LintExample

    var testDescription: String { "\(rule.id) (\(example.dialect))" }
}
