import IR
import Language
import Source

/// The variables that a configuration defines.
struct VariableTable: Sendable {
    /// Variables with a slot.
    var slots: [String: ID<Variable>] = [:]
    /// Where each was defined first, to tell of a second definition.
    var places: [String: SourceRange] = [:]
    /// The named groups of the pattern whose row of a `map` is being read.
    var groupsAtHand: [String: Int] = [:]
    /// Names that were defined by something that is not run.
    var unavailable: Set<String> = []
}

extension NginxLowering {
    /// Finds the names of all variables in advance, since nginx lets them be used before they are defined.
    mutating func collectVariables(_ directives: [Directive]) {
        for directive in directives {
            collectVariables(of: directive)
            if directive.isBlock, !isTable(directive.name) { collectVariables(directive.children) }
        }
    }

    private mutating func collectVariables(of directive: Directive) {
        switch directive.name {
        case "set", "geo", "map", "split_clients":
            define(directive)
        case "auth_request_set", "perl_set", "js_set", "js_var", "auth_jwt_claim_set", "auth_jwt_header_set":
            note(directive.arguments.first)
        case "keyval":
            note(directive.arguments.dropFirst().first)
        case "rewrite":
            noteGroups(directive.arguments.first?.text, directive)
        case "server_name":
            for name in directive.arguments where name.text.hasPrefix("~") {
                noteGroups(String(name.text.dropFirst()), directive)
            }
        case "location", "if":
            for argument in directive.arguments where argument.text.contains("(?") {
                noteGroups(argument.text.trimming(while: { $0 == "~" || $0 == "*" || $0 == "!" }), directive)
            }
        default:
            if foreignModule(of: directive.name) != nil { hasForeignDirectives = true }
        }
        if directive.name == "map" {
            for entry in directive.children where entry.name.hasPrefix("~") {
                noteGroups(entry.name.trimming(while: { $0 == "~" || $0 == "*" }), entry)
            }
        }
    }

    /// Gives the variable that a directive defines its slot.
    private mutating func define(_ directive: Directive) {
        let argument =
            switch directive.name {
            case "set": directive.arguments.first
            case "geo": directive.arguments.last
            default: directive.arguments.count == 2 ? directive.arguments.last : nil
            }
        guard let argument, let name = variableName(argument.text), !BuiltinVariable.isReserved(name) else { return }
        addSlot(name, directive)
    }

    private mutating func addSlot(_ name: String, _ directive: Directive) {
        guard variables.slots[name] == nil else { return }
        let variable = Variable(
            name: name, definition: .assigned(initial: Template()), evaluated: .whenAssigned,
            origin: origin(directive))
        variables.slots[name] = configuration.add(variable)
    }

    private mutating func note(_ argument: Argument?) {
        guard let name = argument.flatMap({ variableName($0.text) }) else { return }
        variables.unavailable.insert(name)
    }

    /// Named groups are variables that a match assigns.
    private mutating func noteGroups(_ pattern: String?, _ directive: Directive) {
        guard var pattern, pattern.contains("(?") else { return }
        // The parenthesis that ends an `if` stands at its last word.
        if directive.name == "if", problem(of: Pattern(source: pattern)) != nil, pattern.hasSuffix(")") {
            pattern.removeLast()
        }
        for name in namedGroups(of: Pattern(source: pattern)).keys.sorted() where !BuiltinVariable.isReserved(name) {
            addSlot(name, directive)
        }
    }

    /// What a match of a pattern assigns to the variables that its groups name.
    func captureEdits(of pattern: Pattern) -> [RequestEdit] {
        guard pattern.source.contains("(?") else { return [] }
        return namedGroups(of: pattern).sorted { $0.value < $1.value }.compactMap { name, number in
            variables.slots[name].map { .set($0, Template(Value.capture(0, number))) }
        }
    }

    /// A text with the groups of a pattern in the place of the variables that its match assigns.
    func readingGroups(of pattern: Pattern, in template: Template) -> Template {
        guard pattern.source.contains("(?") else { return template }
        var groups: [ID<Variable>: Int] = [:]
        for (name, number) in namedGroups(of: pattern) {
            if let slot = variables.slots[name] { groups[slot] = number }
        }
        return groups.isEmpty ? template : template.reading(groups)
    }

    /// The name of `$name`, nil for anything else.
    func variableName(_ text: String) -> String? {
        guard text.hasPrefix("$"), text.count > 1 else { return nil }
        return String(text.dropFirst())
    }

    /// The slot of the variable that a directive defines; reports a name that may not be defined.
    mutating func slot(of argument: Argument) -> ID<Variable>? {
        guard let name = variableName(argument.text) else {
            refuse(
                argument, "\"\(argument.text)\" is no variable", why: "a variable's name begins with `$`",
                help: "write `$\(argument.text)`")
            return nil
        }
        guard let slot = variables.slots[name] else {
            refuse(
                argument, "`$\(name)` is nginx's own and cannot be defined",
                why: "nginx refuses to start: the duplicate \"\(name)\" variable",
                help: "give the variable another name")
            return nil
        }
        return slot
    }

    /// Whether the inside of a block is a table, not statements.
    func isTable(_ name: String) -> Bool {
        switch name {
        case "types", "map", "geo", "split_clients", "charset_map", "geoip2", "match": true
        default: false
        }
    }
}

extension Template {
    /// The text with groups of the last match in the place of variables.
    fileprivate func reading(_ groups: [ID<Variable>: Int]) -> Template {
        Template(
            pieces: pieces.map { piece in
                switch piece {
                case .value(.variable(let variable)):
                    groups[variable].map { .value(.capture(0, $0)) } ?? piece
                case .apply(let function, let arguments): .apply(function, arguments.map { $0.reading(groups) })
                default: piece
                }
            })
    }
}

extension String {
    /// The string without leading characters of a kind.
    func trimming(while holds: (Character) -> Bool) -> String { String(drop(while: holds)) }
}
