import Language
import Lint

/// The rules of every dialect as one list.
enum AllRules {
    /// Each rule once, sorted by name; one that two dialects have holds the examples of both.
    static let list: [LintRule] = {
        var rules: [String: LintRule] = [:]
        for rule in LintRule.common + Dialects.all.flatMap(\.rules) {
            if let known = rules[rule.id] {
                rules[rule.id]?.examples = known.examples + rule.examples
            } else {
                rules[rule.id] = rule
            }
        }
        return rules.values.sorted { $0.id < $1.id }
    }()

    /// The rule of a name.
    static func named(_ id: String) -> LintRule? { list.first { $0.id == id } }

    /// The dialects that can have a rule's pattern, as far as owners and examples tell.
    static func dialects(of rule: LintRule) -> [String] {
        let owners = Dialects.all.filter { dialect in dialect.rules.contains { $0.id == rule.id } }.map(\.name)
        if !owners.isEmpty { return owners }
        let shown = Set(rule.examples.map(\.dialect))
        return Dialects.all.map(\.name).filter { shown.isEmpty || shown.contains($0) }
    }
}
