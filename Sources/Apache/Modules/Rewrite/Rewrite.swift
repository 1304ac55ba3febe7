import IR
import Language
import Source

/// mod_rewrite: rules that change requests.
enum Rewrite {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_rewrite",
        [
            Entry("RewriteEngine", in: .anywhere, .flag, summary: "Switches rewriting on or off.") { directive, state in
                guard let on = state.flag(directive) else { return }
                let origin = state.origin(directive)
                state.rewriting { $0.isOn = Stated(on, origin) }
            },
            Entry("RewriteBase", in: .inside, .one, summary: "Names the URL path that relative results are put behind.")
            {
                directive, state in
                guard let argument = directive.arguments.first else { return }
                guard argument.text.hasPrefix("/") else {
                    return state.invalid(
                        "`\(argument.text)` is no URL path", at: argument, why: "the server refuses to start",
                        help: "write it with a leading slash")
                }
                let origin = state.origin(directive)
                state.rewriting { $0.base = Stated(argument.text, origin) }
            },
            Entry("RewriteCond", in: .anywhere, .raw, summary: "Asks for something before the next RewriteRule.") {
                $1.lowerRewriteCondition($0)
            },
            Entry("RewriteRule", in: .anywhere, .raw, summary: "Changes paths that match a pattern.") {
                $1.lowerRewriteRule($0)
            },
            Entry("RewriteOptions", in: .anywhere, .oneOrMore, summary: "Sets how rules of outer levels take part.") {
                $1.lowerRewriteOptions($0)
            },
            Entry("RewriteMap", in: .server, .twoOrThree, summary: "Names a table for rules to look in.") {
                $1.lowerRewriteMap($0)
            },
        ])
}

extension ApacheLowering {
    /// Changes the draft of the place where the walk stands.
    fileprivate mutating func rewriting(_ change: (inout RewriteDraft) -> Void) {
        if sections.isEmpty {
            change(&servers[server].rewriting)
        } else {
            change(&sections[sections.count - 1].rewriting)
        }
    }

    /// The two or three arguments of a line; nil after an error.
    private mutating func rewriteArguments(_ directive: Directive) -> [Argument]? {
        let arguments = RewriteArguments.split(directive)
        if arguments.count >= 2 { return arguments }
        fail(
            "wrong-arguments", "`\(directive.name)` takes two or three arguments, and got \(arguments.count)",
            at: directive.head, why: "the server refuses to start",
            help: directive.key == "rewriterule"
                ? "write a pattern and what matching paths become, or `-`" : "write what is tested, and what for")
        return nil
    }

    fileprivate mutating func lowerRewriteCondition(_ directive: Directive) {
        guard let arguments = rewriteArguments(directive) else { return }
        var condition = RewriteCondition(
            test: arguments[0].text, pattern: arguments[1].text, range: arguments[0].range,
            patternRange: arguments[1].range)
        if arguments.count > 2 {
            let argument = arguments[2]
            guard argument.text.hasPrefix("["), argument.text.hasSuffix("]") else {
                return invalid(
                    "flags stand in brackets, not `\(argument.text)`", at: argument, why: "the server refuses to start",
                    help: "write them as in `[NC,OR]`, without blanks; put a pattern that holds blanks into quotes")
            }
            for flag in argument.text.dropFirst().dropLast().split(separator: ",") {
                switch flag.filter({ $0 != " " }).lowercased() {
                case "nc", "nocase": condition.ignoresCase = true
                case "or", "ornext": condition.isAlternative = true
                case "nv", "novary": break
                default:
                    return invalid(
                        "there is no flag `\(flag)` of a condition", at: argument, why: "the server refuses to start",
                        help: "write NC, OR or NV")
                }
            }
        }
        rewriting { $0.pending.append(condition) }
    }

    fileprivate mutating func lowerRewriteRule(_ directive: Directive) {
        guard let arguments = rewriteArguments(directive) else { return }
        let origin = origin(directive)
        var rule = RewriteRule(
            pattern: arguments[0].text, substitution: arguments[1].text, conditions: [], range: arguments[1].range,
            patternRange: arguments[0].range, origin: origin)
        if arguments.count > 2 {
            guard let flags = rewriteFlags(arguments[2]) else {
                return rewriting { $0.pending = [] }
            }
            rule.flags = flags
        }
        for (name, _) in rule.flags.variables { environmentNames.insert(name.lowercased()) }
        rewriting { draft in
            rule.conditions = draft.pending
            draft.pending = []
            draft.rules.append(rule)
        }
    }

    fileprivate mutating func lowerRewriteOptions(_ directive: Directive) {
        for argument in directive.arguments {
            switch argument.text.lowercased() {
            case "inherit": rewriting { $0.inherits = .after }
            case "inheritbefore": rewriting { $0.inherits = .before }
            case "allownoslash", "allowanyuri", "mergebase", "ignoreinherit", "ignorecontextinfo",
                "legacyprefixdocroot", "longuroptimization", "unsafeallow3f", "unsafeprefixstat":
                break
            case "inheritdown", "inheritdownbefore":
                notRun(
                    "`\(argument.text)` is not run", at: argument.range,
                    why: "inner levels do not get these rules unless they ask for them",
                    help: "write `RewriteOptions Inherit` where the rules are wanted")
            default:
                if argument.text.lowercased().hasPrefix("maxredirects") { continue }
                invalid(
                    "`\(argument.text)` is no option of rewriting", at: argument, why: "the server refuses to start",
                    help: "write Inherit or InheritBefore")
            }
        }
    }

    /// `RewriteMap name type:source`.
    fileprivate mutating func lowerRewriteMap(_ directive: Directive) {
        let name = directive.arguments[0].text
        let source = directive.arguments[1]
        let parts = source.text.split(separator: ":", maxSplits: 1).map { String($0) }
        guard parts.count == 2 else {
            servers[server].maps[name] = textMap(filePath(source.text), isRandom: false, source)
            return
        }
        switch parts[0].lowercased() {
        case "txt": servers[server].maps[name] = textMap(filePath(parts[1]), isRandom: false, source)
        case "rnd": servers[server].maps[name] = textMap(filePath(parts[1]), isRandom: true, source)
        case "int":
            let functions: [String: Function] = [
                "tolower": .lower, "toupper": .upper, "escape": .escape(Escapings.path), "unescape": .unescape,
            ]
            guard let function = functions[parts[1].lowercased()] else {
                return invalid(
                    "there is no internal function `\(parts[1])`", at: source, why: "the server refuses to start",
                    help: "write tolower, toupper, escape or unescape")
            }
            servers[server].maps[name] = .function(function)
        case "dbm", "prg", "dbd", "fastdbd":
            servers[server].maps[name] = .unavailable
            notRun(
                "maps of the kind `\(parts[0])` are not run", at: source.range,
                why: "rules find nothing in it, and their defaults are taken", help: "write the table as a text file")
        default:
            servers[server].maps[name] = textMap(filePath(source.text), isRandom: false, source)
        }
    }

    /// A table in a text file: a key and a value on each line.
    private mutating func textMap(_ path: String, isRandom: Bool, _ argument: Argument) -> RewriteMap {
        do throws(FileProblem) {
            let text = String(configuration: try reading.request.files.read(path))
            var table: [String: String] = [:]
            for line in text.split(whereSeparator: { $0.isNewline }) where !line.hasPrefix("#") {
                let words = line.split { $0 == " " || $0 == "\t" }
                // The first line with a key counts (`lookup_map_txtfile`).
                if words.count > 1, table[String(words[0])] == nil { table[String(words[0])] = String(words[1]) }
            }
            let lookup: Lookup =
                isRandom
                ? .random(table.mapValues { $0.split(separator: "|").map { Template(String($0)) } })
                : .table(table.mapValues { Template($0) })
            configuration.lookups.append(lookup)
            return .lookup(ID(configuration.lookups.count - 1))
        } catch {
            report(
                Diagnostic(
                    "missing-file", .error, "the map `\(argument.text)` cannot be read", at: argument.range,
                    why: "\(error.explanation); the server refuses to start", help: "check the path"))
            return .unavailable
        }
    }
}
