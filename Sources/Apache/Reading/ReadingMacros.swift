import Language
import Source
import Syntax

/// A macro: its parameters, and where its lines stand.
struct MacroDefinition: Sendable {
    /// The name as it was written.
    var name: String
    /// The parameters with their signs.
    var parameters: [String]
    /// The text that it stands in.
    var tree: SyntaxTree
    /// Its section.
    var node: Int
}

/// A macro that is being used.
struct MacroUse: Sendable {
    /// The name in lower case.
    var key: String
    /// What stands for each parameter, the longest names first.
    var values: [(parameter: String, value: String)]
}

/// mod_macro: lines that are written once and put in many places.
extension ApacheReading {
    /// `<Macro name parameter …>`: its lines are kept, not read.
    mutating func define(macroAt node: Int, of tree: SyntaxTree) {
        let words = tree.arguments(of: node)
        guard let name = words.first else {
            return report(
                "wrong-arguments", .error, "`<Macro>` needs a name", at: tree.range(of: node),
                why: "the server refuses to start", help: "write it as in `<Macro Site $name>`")
        }
        let text = substituted(name.text)
        macros[text.lowercased()] = MacroDefinition(
            name: text, parameters: words.dropFirst().map(\.text), tree: tree, node: node)
    }

    /// `Use name value …`: the macro's lines with the values in place of the parameters.
    mutating func use(_ directive: Directive) -> [Directive] {
        guard let name = directive.arguments.first else { return [] }
        let key = name.text.lowercased()
        guard let macro = macros[key] else {
            let near = closest(to: name.text, in: macros.values.map(\.name))
            report(
                "undefined-macro", .error, "there is no macro `\(name.text)`", at: name.range,
                why: "no `<Macro \(name.text)>` stands before this line; the server refuses to start",
                help: near.map { "did you mean `\($0)`?" } ?? "define it before it is used")
            return []
        }
        let values = directive.arguments.dropFirst().map(\.text)
        guard values.count == macro.parameters.count else {
            report(
                "wrong-arguments", .error,
                "the macro `\(macro.name)` takes \(macro.parameters.count) values, and got \(values.count)",
                at: directive.head, why: "the server refuses to start",
                help: "write one value for each of: \(macro.parameters.joined(separator: " "))")
            return []
        }
        guard !openMacros.contains(where: { $0.key == key }), openMacros.count < 50 else {
            report(
                "include-cycle", .error, "the macro `\(macro.name)` uses itself", at: directive.head,
                why: "the server refuses to start", help: "break the ring")
            return []
        }
        let pairs = zip(macro.parameters, values).map { (parameter: $0, value: $1) }
        let ordered = pairs.sorted { $0.parameter.utf8.count > $1.parameter.utf8.count }
        openMacros.append(MacroUse(key: key, values: ordered))
        defer { openMacros.removeLast() }
        return read(macro.tree.children(of: macro.node), of: macro.tree)
    }

    /// A text with the parameters of the innermost macro replaced.
    func substituted(_ text: String) -> String {
        guard let use = openMacros.last else { return text }
        var result = text
        for (parameter, value) in use.values where !parameter.isEmpty {
            var rest = result[...]
            var replaced = ""
            while let found = rest.firstRange(of: parameter) {
                replaced += rest[..<found.lowerBound] + value
                rest = rest[found.upperBound...]
            }
            result = replaced + rest
        }
        return result
    }

    /// The words that one word becomes: a value with blanks in it makes several, unless quotes hold them together.
    func substitutedWords(_ text: String, isQuoted: Bool) -> [String] {
        let result = substituted(text)
        guard !isQuoted, result != text, result.contains(" ") else { return [result] }
        return result.split(separator: " ").map { String($0) }
    }
}
