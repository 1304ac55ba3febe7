import Language
import Source

/// What is said about directives that cannot stand as they are written.
extension ApacheLowering {
    /// A directive that is in no table.
    mutating func reportUnknown(_ directive: Directive) {
        if let foreign = ForeignModules.module(of: directive.name) {
            report(Coverage.foreignDirective(directive, module: foreign.name, guards: foreign.guards))
            if foreign.guards {
                closeHere("`\(directive.name)` of \(foreign.name) is not run by Sluice", origin: origin(directive))
            }
            return
        }
        var finding = Coverage.unknownDirective(directive, closest: nearestName(to: directive))
        if let help = RemovedDirectives.advice[directive.key] {
            finding.why = "httpd 2.4 no longer has it and refuses to start"
            finding.help = help
        }
        report(finding)
    }

    private func nearestName(to directive: Directive) -> String? {
        let bare = directive.name
        let found = closest(to: bare, in: ApacheDialect.names.filter { $0.hasPrefix("<") == directive.isBlock })
        if let found { return found }
        let sections = ApacheDialect.names.filter { $0.hasPrefix("<") }
        if directive.isBlock { return closest(to: "<" + bare, in: sections) }
        return sections.contains { $0.dropFirst().lowercased() == bare.lowercased() } ? "<\(bare)>" : nil
    }

    /// A directive whose module is not loaded.
    mutating func reportNotLoaded(_ directive: Directive, module: String) {
        report(
            Diagnostic(
                "module-not-loaded", .error, "`\(directive.name)` needs \(module), which is not loaded",
                at: directive.nameRange,
                why: "there are LoadModule lines, none of them loads it, and the server refuses to start",
                help: "load it with `\(loadLine(for: module))`, or put the directive into `<IfModule \(module).c>`"))
    }

    private func loadLine(for module: String) -> String {
        let name = module.hasPrefix("mod_") ? String(module.dropFirst(4)) : module
        return "LoadModule \(name)_module modules/mod_\(name).so"
    }

    /// A directive where it may not stand.
    mutating func reportContext(_ directive: Directive, _ entry: Entry<ApacheLowering>) {
        let name = entry.name.hasPrefix("<") ? entry.name + ">" : entry.name
        let places = entry.contexts.names
        let where_ =
            places.count > 1
            ? places.dropLast().joined(separator: ", ") + " or " + places[places.count - 1]
            : places.joined()
        fail(
            "wrong-context", "`\(name)` is not allowed \(placeName)", at: directive.nameRange,
            why: "it may stand in: \(where_)",
            help: entry.contexts.contains(.section) && !isInside
                ? "put it into a section such as `<Directory>` or `<Location>`"
                : "move it to one of these places")
    }

    /// Where the walk stands, for messages.
    var placeName: String {
        switch context {
        case .main: "outside all sections"
        case .host: "directly in a virtual host"
        case .htaccess: "in an .htaccess file"
        default: "inside `\(sections.last?.title ?? "a section")`"
        }
    }

    /// Checks the number of arguments; says so and returns false if it is wrong.
    mutating func checkArity(_ directive: Directive, _ entry: Entry<ApacheLowering>) -> Bool {
        if entry.isBlock {
            if directive.arguments.isEmpty, entry.arity.counts.lowerBound > 0 {
                fail(
                    "wrong-arguments", "`<\(directive.name)>` needs an argument", at: directive.head,
                    help: "say what the section is about, as in `<\(directive.name) …>`")
                return false
            }
            return true
        }
        let count = directive.arguments.count
        let allowed = entry.arity.counts
        if entry.arity == .flag { return count == 1 ? true : failFlag(directive) }
        if allowed.contains(count) { return true }
        let many = count == 0 ? "none" : "\(count)"
        fail(
            "wrong-arguments", "`\(entry.name)` takes \(words(for: allowed)), and got \(many)",
            at: count > allowed.upperBound ? directive.arguments[allowed.upperBound].range : directive.head,
            why: "the server refuses to start",
            help: count > allowed.upperBound
                ? extraHelp(directive, from: allowed.upperBound) : "write what is missing behind it")
        return false
    }

    private func extraHelp(_ directive: Directive, from index: Int) -> String {
        directive.arguments[index].text.hasPrefix("#")
            ? "a comment must stand on a line of its own: move it there"
            : "put arguments that hold blanks into quotes, or leave out what is too much"
    }

    @discardableResult
    private mutating func failFlag(_ directive: Directive) -> Bool {
        fail(
            "wrong-arguments", "`\(directive.name)` must be `On` or `Off`", at: directive.head,
            help: "write `\(directive.name) On` or `\(directive.name) Off`")
        return false
    }

    /// Adds an error.
    mutating func fail(
        _ rule: String, _ message: String, at range: SourceRange, why: String? = nil, help: String? = nil
    ) {
        report(Diagnostic(rule, .error, message, at: range, why: why, help: help))
    }

    /// An argument that does not mean anything.
    mutating func invalid(_ message: String, at argument: Argument, why: String? = nil, help: String? = nil) {
        fail("invalid-value", message, at: argument.range, why: why, help: help)
    }

    /// Something that is understood and not run; a guard closes its place instead.
    mutating func notRun(
        _ message: String, at range: SourceRange, why: String, help: String? = nil, guards: Bool = false
    ) {
        report(
            Diagnostic(Coverage.unsupported, guards ? .error : .warning, message, at: range, why: why, help: help))
    }

    private func words(for counts: ClosedRange<Int>) -> String {
        let names = ["no argument", "one argument", "two arguments", "three arguments"]
        if counts.upperBound == Int.max { return "at least \(names[min(counts.lowerBound, 3)])" }
        if counts.lowerBound == counts.upperBound { return names[min(counts.lowerBound, 3)] }
        let numbers = ["no", "one", "two", "three"]
        if counts.upperBound - counts.lowerBound == 1 {
            return "\(numbers[min(counts.lowerBound, 3)]) or \(names[min(counts.upperBound, 3)])"
        }
        return "\(numbers[min(counts.lowerBound, 3)]) to \(names[min(counts.upperBound, 3)])"
    }
}
