import IR
import Language
import Source

/// Sections about directories, files, URLs, conditions and methods (server/core.c).
enum CoreSections {
    /// The directives.
    static let entries: [Entry<ApacheLowering>] = [
        Entry("<Directory", in: .server, .oneOrTwo, block: true, summary: "Applies to a directory and all below it.") {
            $1.lowerDirectory($0, isPattern: false)
        },
        Entry(
            "<DirectoryMatch", in: .server, .one, block: true, summary: "Applies to directories that match a pattern."
        ) {
            $1.lowerDirectory($0, isPattern: true)
        },
        Entry("<Location", in: .server, .oneOrTwo, block: true, summary: "Applies to URL paths and all below them.") {
            $1.lowerLocation($0, isPattern: false)
        },
        Entry("<LocationMatch", in: .server, .one, block: true, summary: "Applies to URL paths that match a pattern.") {
            $1.lowerLocation($0, isPattern: true)
        },
        Entry("<Files", in: .anywhere, .oneOrTwo, block: true, summary: "Applies to files by name.") {
            $1.lowerFiles($0, isPattern: false)
        },
        Entry(
            "<FilesMatch", in: .anywhere, .one, block: true, summary: "Applies to files whose name matches a pattern."
        ) {
            $1.lowerFiles($0, isPattern: true)
        },
        Entry("<If", in: .anywhere, .one, block: true, summary: "Applies where an expression holds.") {
            $1.lowerIf($0)
        },
        Entry(
            "<ElseIf", in: .anywhere, .one, block: true,
            summary: "Applies where the ones before did not, and this does."
        ) {
            $1.lowerElse($0)
        },
        Entry("<Else", in: .anywhere, .any, block: true, summary: "Applies where none of the ones before did.") {
            $1.lowerElse($0)
        },
        Entry("<Limit", in: .inside, .oneOrMore, block: true, summary: "Guards some methods only.") {
            $1.lowerLimit($0, isExcept: false)
        },
        Entry("<LimitExcept", in: .inside, .oneOrMore, block: true, summary: "Guards all methods but some.") {
            $1.lowerLimit($0, isExcept: true)
        },
    ]
}

extension ApacheLowering {
    /// The path and whether it is an expression: `~` before it says so.
    private func subject(of directive: Directive, isPattern: Bool) -> (argument: Argument, isPattern: Bool)? {
        guard let first = directive.arguments.first else { return nil }
        if first.text == "~", directive.arguments.count > 1 { return (directive.arguments[1], true) }
        // Blanks between `~` and the pattern may be missing.
        if first.text.hasPrefix("~"), !isPattern, !first.isQuoted {
            var rest = first
            rest.text.removeFirst()
            return (rest, true)
        }
        return (first, isPattern)
    }

    fileprivate mutating func lowerDirectory(_ directive: Directive, isPattern: Bool) {
        guard let (argument, isPattern) = subject(of: directive, isPattern: isPattern) else { return }
        if isPattern {
            guard let pattern = pattern(argument.text, at: argument.range) else { return }
            reportGroups(of: pattern, at: argument.range)
            return lowerSection(
                directive, kind: .directoryPattern, selector: .directory(.pattern(pattern, into: nil)))
        }
        guard argument.text.hasPrefix("/") || isGlob(argument.text) else {
            report(
                Diagnostic(
                    "relative-directory", .warning, "`<Directory \(argument.text)>` is no absolute path",
                    at: argument.range,
                    why: "a directory section is about a place in the file system, and matches nothing as it stands",
                    help: "write the path from the root"))
            return lower(nowhere: directive)
        }
        let path = withoutFinalSlash(filePath(argument.text))
        let matcher: PathMatcher = isGlob(path) ? .glob(path) : .segments(path)
        lowerSection(directive, kind: .directory, selector: .directory(matcher), path: path)
    }

    /// Reads a section that never applies, for what is wrong in it.
    private mutating func lower(nowhere directive: Directive) {
        lowerSection(directive, kind: .directoryPattern, selector: .when(.not(.always)))
        servers[server].overlays.removeLast()
    }

    fileprivate mutating func lowerLocation(_ directive: Directive, isPattern: Bool) {
        guard let (argument, isPattern) = subject(of: directive, isPattern: isPattern) else { return }
        if isPattern {
            guard let pattern = pattern(argument.text, at: argument.range) else { return }
            return lowerSection(
                directive, kind: .location, selector: .url(.pattern(pattern, into: nil)), telling: pattern)
        }
        let path = argument.text
        let matcher: PathMatcher = isGlob(path) ? .glob(path) : .segments(path)
        lowerSection(directive, kind: .location, selector: .url(matcher), path: path)
    }

    fileprivate mutating func lowerFiles(_ directive: Directive, isPattern: Bool) {
        guard let (argument, isPattern) = subject(of: directive, isPattern: isPattern) else { return }
        if let outer = sections.last, case .location = outer.kind {
            return reportPlacement(directive, "directories", "a location is about URLs, not about files")
        }
        if isPattern {
            guard let pattern = pattern(argument.text, at: argument.range) else { return }
            reportGroups(of: pattern, at: argument.range)
            return lowerSection(directive, kind: .files, selector: .fileName(.pattern(pattern, into: nil)))
        }
        let matcher: PathMatcher = isGlob(argument.text) ? .glob(argument.text) : .exact(argument.text)
        lowerSection(directive, kind: .files, selector: .fileName(matcher))
    }

    private mutating func reportPlacement(_ directive: Directive, _ where_: String, _ why: String) {
        fail(
            "wrong-context", "`<\(directive.name)>` is not allowed \(placeName)", at: directive.nameRange, why: why,
            help: "put it into a section about \(where_), or beside this one")
    }

    fileprivate mutating func lowerIf(_ directive: Directive) {
        guard let condition = sectionCondition(directive) else { return }
        conditionChain = [condition]
        lowerConditional(directive, condition)
    }

    fileprivate mutating func lowerElse(_ directive: Directive) {
        guard let before = conditionChain else {
            return fail(
                "wrong-context", "`<\(directive.name)>` has no `<If>` before it", at: directive.nameRange,
                why: "it belongs to the section right before it", help: "put it right behind the closing `</If>`")
        }
        var parts = before.map { Condition.not($0) }
        if !directive.arguments.isEmpty {
            guard let own = sectionCondition(directive) else { return }
            parts.append(own)
            conditionChain = before + [own]
        } else {
            conditionChain = nil
        }
        let chain = conditionChain
        lowerConditional(directive, parts.count == 1 ? parts[0] : .all(parts))
        conditionChain = chain
    }

    /// The expression of a section; one that cannot be said is undecidable, one that is wrong is nil.
    private mutating func sectionCondition(_ directive: Directive) -> Condition? {
        guard let argument = directive.arguments.first else { return nil }
        // Quotes around the whole are taken away, quotes inside belong to the expression.
        let isWhole = directive.arguments.count == 1 && argument.isQuoted
        switch expression(isWhole ? argument.text : directive.raw, at: argument.range) {
        case .condition(let condition): return condition
        case .unsupported(let reason): return .undecidable(reason)
        case .invalid: return nil
        }
    }

    private mutating func lowerConditional(_ directive: Directive, _ condition: Condition) {
        let chain = conditionChain
        let count = servers[server].overlays.count
        let isDoubtful = condition.isUndecidable
        lowerSection(directive, kind: .condition, selector: .when(isDoubtful ? .always : condition))
        conditionChain = chain
        guard isDoubtful else { return }
        // Nobody knows when the section applies: what it guards stays closed, all else in it is left out.
        for index in servers[server].overlays.indices[count...] {
            let access = servers[server].overlays[index].layer.settings.access
            let origin = servers[server].overlays[index].layer.origin
            servers[server].overlays[index].layer.settings = Settings()
            servers[server].overlays[index].expires = ExpiresDraft()
            servers[server].overlays[index].rewriting = RewriteDraft()
            guard access.required != nil || access.addresses != nil else { continue }
            servers[server].overlays[index].layer.settings.access.required = Edit(
                merge: .bothMustPass, value: .undecidable("the condition of `\(directive.name)` is not run by Sluice"),
                origin: origin)
        }
    }

    /// `<Limit GET POST>`: only guards look at the methods, everything else in it counts for all (httpd's manual).
    fileprivate mutating func lowerLimit(_ directive: Directive, isExcept: Bool) {
        let before = limited
        limited = MethodLimit(methods: directive.arguments.map(\.text), isExcept: isExcept)
        lower(directive.children)
        limited = before
    }
}
