import IR
import Language
import Pattern
import Source

/// Variables that directives ask for: mod_env sets them late, mod_setenvif early.
enum Environment {
    /// mod_env.
    static let env = Module<ApacheLowering>(
        "mod_env",
        [
            Entry("SetEnv", in: .anywhere, .oneOrTwo, summary: "Sets a variable, behind rewriting and access checks.") {
                directive, state in
                let value = directive.arguments.count > 1 ? directive.arguments[1].text : ""
                // An empty variable is set all the same, which a template without any piece would not say.
                let template = value.isEmpty ? Template(pieces: [.literal("")]) : Template(value)
                state.setLate(directive.arguments[0].text, template, directive)
            },
            Entry("UnsetEnv", in: .anywhere, .oneOrMore, summary: "Takes variables away.") { directive, state in
                for argument in directive.arguments { state.setLate(argument.text, Template(), directive) }
            },
            Entry("PassEnv", in: .anywhere, .oneOrMore, summary: "Takes variables from the server's own environment.") {
                directive, state in
                for argument in directive.arguments {
                    guard let value = state.reading.request.environment[argument.text] else { continue }
                    state.setLate(argument.text, Template(value), directive)
                }
            },
        ])

    /// mod_setenvif.
    static let setenvif = Module<ApacheLowering>(
        "mod_setenvif",
        [
            Entry("SetEnvIf", in: .anywhere, .twoOrMore, summary: "Sets variables where a part of the request matches.")
            {
                $1.lowerSetEnvIf($0, attribute: nil, ignoresCase: false)
            },
            Entry("SetEnvIfNoCase", in: .anywhere, .twoOrMore, summary: "SetEnvIf without regard to case.") {
                $1.lowerSetEnvIf($0, attribute: nil, ignoresCase: true)
            },
            Entry("SetEnvIfExpr", in: .anywhere, .twoOrMore, summary: "Sets variables where an expression holds.") {
                $1.lowerSetEnvIfExpr($0)
            },
            Entry("BrowserMatch", in: .anywhere, .twoOrMore, summary: "Sets variables for some browsers.") {
                $1.lowerSetEnvIf($0, attribute: "User-Agent", ignoresCase: false)
            },
            Entry("BrowserMatchNoCase", in: .anywhere, .twoOrMore, summary: "BrowserMatch without regard to case.") {
                $1.lowerSetEnvIf($0, attribute: "User-Agent", ignoresCase: true)
            },
        ])
}

extension ApacheLowering {
    /// A variable that is set behind everything else that changes requests.
    fileprivate mutating func setLate(_ name: String, _ value: Template, _ directive: Directive) {
        let origin = origin(directive)
        if name.lowercased() == "force-proxy-request-1.0", value.literal != "" {
            settings.forward.version = Stated("1.0", origin)
        }
        let variable = variable(name, origin: origin)
        let program = configuration.add(
            Program(statements: [.rule(Rule(edits: [.set(variable, value)], origin: origin))], origin: origin))
        let before = settings.programs.lateVariables
        settings.programs.lateVariables = Edit(
            merge: .after, value: (before?.value ?? []) + [program], origin: before?.origin ?? origin)
    }

    /// `SetEnvIf attribute regex [!]name[=value] …`.
    fileprivate mutating func lowerSetEnvIf(_ directive: Directive, attribute: String?, ignoresCase: Bool) {
        var arguments = directive.arguments
        var name = attribute
        if name == nil { name = arguments.removeFirst().text }
        guard let name, let source = arguments.first else { return }
        arguments.removeFirst()
        guard !arguments.isEmpty else {
            return fail(
                "wrong-arguments", "`\(directive.name)` sets nothing", at: directive.head,
                why: "the name of a variable is missing; the server refuses to start",
                help: "write the variable behind the pattern")
        }
        guard let pattern = pattern(source.text, ignoresCase: ignoresCase, at: source.range),
            let subject = attributeTemplate(name, directive)
        else { return }
        // In a section it comes behind the server's rules, whose groups what they decided still needs.
        let bank = isInside ? 2 : 0
        addEarly(.matches(subject, pattern, into: bank), arguments, bank: bank, directive)
    }

    fileprivate mutating func lowerSetEnvIfExpr(_ directive: Directive) {
        guard let condition = condition(directive.arguments[0].text, at: directive.arguments[0].range) else { return }
        addEarly(condition, Array(directive.arguments.dropFirst()), bank: 2, directive)
    }

    /// A part of the request by its name: a word of its own, a variable that was set before, or a header field.
    private mutating func attributeTemplate(_ name: String, _ directive: Directive) -> Template? {
        switch name.lowercased() {
        case "remote_addr", "remote_host": return Template(.clientAddress)
        case "server_addr": return Template(.listenerAddress)
        case "request_method": return Template(.method)
        case "request_protocol": return Template(.version)
        case "request_uri": return Template(.path)
        default: break
        }
        if environmentNames.contains(name.lowercased()) { return Template(.environment(name)) }
        var field = name
        if field.hasPrefix("^"), field.hasSuffix("$") { field = String(field.dropFirst().dropLast()) }
        let isPlain = field.utf8.allSatisfy { ExpressionScanner.isName($0) || $0 == UInt8(ascii: "-") }
        guard isPlain, !field.isEmpty else {
            notRun(
                "a pattern of header names is not run", at: directive.arguments[0].range,
                why: "the variables of this line are not set", help: "name the header field")
            return nil
        }
        return Template(.requestHeader(field.lowercased()))
    }

    /// Adds a rule that sets variables, in the server before everything, in a section once a request stands there.
    private mutating func addEarly(_ condition: Condition, _ arguments: [Argument], bank: Bank, _ directive: Directive)
    {
        let origin = origin(directive)
        var edits: [RequestEdit] = []
        for argument in arguments {
            let parts = argument.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            var name = String(parts[0])
            var value = parts.count > 1 ? captures(in: String(parts[1]), bank: bank) : Template("1")
            // What is set to nothing is set.
            if value.pieces.isEmpty { value = Template(pieces: [.literal("")]) }
            if name.hasPrefix("!") {
                name.removeFirst()
                value = Template()
            }
            environmentNames.insert(name.lowercased())
            edits.append(.set(variable(name, origin: origin), value))
        }
        let rule = Rule(when: condition, edits: edits, origin: origin)
        if isInside { add(settingVariables: rule) } else { servers[server].early.append(.rule(rule)) }
    }

    /// Adds a rule that sets variables once a request stands in the section that is being read.
    private mutating func add(settingVariables rule: Rule) {
        let origin = rule.origin
        let program = configuration.add(Program(statements: [.rule(rule)], origin: origin))
        let before = settings.programs.variables
        settings.programs.variables = Edit(
            merge: .after, value: (before?.value ?? []) + [program], origin: before?.origin ?? origin)
    }

    /// What the groups are called that a section's pattern names: they are variables, `MATCH_` before the name.
    ///
    /// Source: httpd's server/request.c, ap_location_walk, and server/util_pcre.c, ap_regname.
    mutating func tellGroups(of pattern: Pattern, in subject: Template, _ origin: ID<Origin>) {
        let names = namedGroups(of: pattern)
        if names.isEmpty { return }
        let edits = names.sorted { $0.value < $1.value }.map { name, number in
            let variable = "MATCH_" + name.uppercased()
            environmentNames.insert(variable.lowercased())
            return RequestEdit.set(self.variable(variable, origin: origin), Template(.capture(2, number)))
        }
        add(settingVariables: Rule(when: .matches(subject, pattern, into: 2), edits: edits, origin: origin))
    }

    /// Says that the groups which a pattern names are not told where the server tells them.
    mutating func reportGroups(of pattern: Pattern, at range: SourceRange) {
        if namedGroups(of: pattern).isEmpty { return }
        notRun(
            "the groups that this pattern names are no variables here", at: range,
            why: "guards that ask for `MATCH_…` find it empty", help: "ask for the path itself, in an `<If>`")
    }

    /// Groups above the ninth have no place of their own.
    private func namedGroups(of pattern: Pattern) -> [String: Int] {
        let compiled = try? CompiledPattern(pattern.source.configurationBytes, options: .apache)
        return compiled?.namedGroups.filter { $0.value < 10 } ?? [:]
    }
}
