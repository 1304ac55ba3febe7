import IR
import Language
import Source

/// mod_alias: URLs that lead to files elsewhere, and redirects.
enum Alias {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_alias",
        [
            Entry("Alias", in: .files, .oneOrTwo, summary: "Serves a URL path from a file or folder elsewhere.") {
                $1.lowerAlias($0, runs: false)
            },
            Entry("AliasMatch", in: .server, .two, summary: "Serves URL paths that match a pattern from elsewhere.") {
                $1.lowerAliasMatch($0, runs: false)
            },
            Entry("ScriptAlias", in: .files, .oneOrTwo, summary: "Serves a URL path by the programs of a folder.") {
                $1.lowerAlias($0, runs: true)
            },
            Entry("ScriptAliasMatch", in: .server, .two, summary: "Serves URL paths that match a pattern by programs.")
            {
                $1.lowerAliasMatch($0, runs: true)
            },
            Entry("Redirect", in: .anywhere, .oneToThree, summary: "Sends clients from a URL path to another URL.") {
                $1.lowerRedirect($0, status: nil)
            },
            Entry("RedirectTemp", in: .anywhere, .two, summary: "Sends clients elsewhere for now (302).") {
                $1.lowerRedirect($0, status: 302)
            },
            Entry("RedirectPermanent", in: .anywhere, .two, summary: "Sends clients elsewhere for good (301).") {
                $1.lowerRedirect($0, status: 301)
            },
            Entry("RedirectMatch", in: .anywhere, .twoOrThree, summary: "Sends clients elsewhere by a pattern.") {
                $1.lowerRedirectMatch($0)
            },
            .known("RedirectRelative", in: .anywhere, .flag, summary: "Lets redirects stay relative."),
            .known("AliasPreservePath", in: .anywhere, .flag, summary: "Keeps the path behind an Alias in a section."),
        ])
}

extension ApacheLowering {
    /// The URL path and the rest of the arguments; in a `<Location>` the section says the path.
    private mutating func fakePath(_ directive: Directive, arguments: inout [Argument]) -> PathMatcher? {
        guard arguments.count == 1 else {
            guard !arguments.isEmpty else { return nil }
            return .segments(arguments.removeFirst().text)
        }
        guard case .url(let matcher)? = sections.last?.selector else {
            fail(
                "wrong-arguments", "`\(directive.name)` takes two arguments here", at: directive.head,
                why: "only in a `<Location>` is the URL path known", help: "write the URL path before the target")
            return nil
        }
        return matcher
    }

    fileprivate mutating func lowerAlias(_ directive: Directive, runs: Bool) {
        var arguments = directive.arguments
        guard let matcher = fakePath(directive, arguments: &arguments), let target = arguments.first else { return }
        let base = string(filePath(target.text), at: target.range)
        // In a `<Location>` the target stands for every URL of the section (mod_alias: AliasPreservePath Off).
        let drops: Dropped = directive.arguments.count == 1 ? .everything : .matched
        add(alias: matcher, to: base, drops: drops, directive, runs: runs)
    }

    fileprivate mutating func lowerAliasMatch(_ directive: Directive, runs: Bool) {
        guard directive.arguments.count == 2,
            let pattern = pattern(directive.arguments[0].text, at: directive.arguments[0].range)
        else { return }
        let base = captures(in: filePath(directive.arguments[1].text), bank: 0)
        add(alias: .pattern(pattern, into: 0), to: base, drops: .everything, directive, runs: runs)
    }

    private mutating func add(
        alias matcher: PathMatcher, to base: Template, drops: Dropped, _ directive: Directive, runs: Bool
    ) {
        let origin = origin(directive)
        servers[server].aliasRoutes.append(
            Route(
                match: matcher, yields: .place(Placement(base: base, drops: drops, origin: origin)), origin: origin))
        guard runs else { return }
        notRun(
            "programs below `\(directive.arguments.last?.text ?? "")` are not run", at: directive.head,
            why: "CGI is not part of Sluice; requests for them are answered 503", help: nil)
        var layer = Layer(origin: origin)
        layer.settings.files.content = Stated(unavailable("cgi-script"), origin)
        servers[server].overlays.append(OverlayDraft(selector: .url(matcher), layer: layer, rank: .url, nesting: -1))
    }

    /// `Redirect [status] path [url]` (`add_redirect_internal`).
    fileprivate mutating func lowerRedirect(_ directive: Directive, status: Int?) {
        var arguments = directive.arguments
        var code = status ?? 302
        if status == nil, let first = arguments.first, let named = redirectStatus(first.text) {
            code = named
            arguments.removeFirst()
        } else if status == nil, arguments.count == 3 {
            return reportStatus(directive.arguments[0])
        }
        let wantsTarget = (300...399).contains(code)
        let before = arguments.count
        guard let matcher = redirectPath(directive, arguments: &arguments, wantsTarget: wantsTarget) else { return }
        // Where the section says the path, the target is an expression and stands for itself.
        let rest: Template? = arguments.count == before ? nil : Template(isInside ? .capture(0, 1) : .pathBehindMatch)
        add(redirect: matcher, code: code, target: arguments.first, directive, rest: rest, isPattern: false)
    }

    /// The URL path of a redirect; what is left of the arguments is the target.
    private mutating func redirectPath(
        _ directive: Directive, arguments: inout [Argument], wantsTarget: Bool
    ) -> PathMatcher? {
        if arguments.count < (wantsTarget ? 2 : 1), case .url(let matcher)? = sections.last?.selector { return matcher }
        guard let path = arguments.first else {
            fail(
                "wrong-arguments", "`\(directive.name)` needs a URL path", at: directive.head,
                help: "write the path first")
            return nil
        }
        guard path.text.hasPrefix("/") else {
            invalid(
                "`\(path.text)` is no URL path", at: path, why: "the path of a redirect begins with `/`",
                help: "write `/\(path.text)`, or `RedirectMatch` for a pattern")
            return nil
        }
        arguments.removeFirst()
        return .segments(path.text)
    }

    fileprivate mutating func lowerRedirectMatch(_ directive: Directive) {
        var arguments = directive.arguments
        var code = 302
        if let first = arguments.first, let named = redirectStatus(first.text) {
            code = named
            arguments.removeFirst()
        } else if arguments.count == 3 {
            return reportStatus(directive.arguments[0])
        }
        guard let source = arguments.first, let pattern = pattern(source.text, at: source.range) else { return }
        add(
            redirect: .pattern(pattern, into: 0), code: code, target: arguments.dropFirst().first, directive, rest: nil,
            isPattern: true)
    }

    private mutating func reportStatus(_ argument: Argument) {
        invalid(
            "`\(argument.text)` is no status for a redirect", at: argument, why: "the server refuses to start",
            help: "write permanent, temp, seeother, gone, or a number from 300 to 599")
    }

    private func redirectStatus(_ text: String) -> Int? {
        switch text.lowercased() {
        case "permanent": return 301
        case "temp": return 302
        case "seeother": return 303
        case "gone": return 410
        default:
            guard text.utf8.count == 3, let number = Int(text), (300...599).contains(number) else { return nil }
            return number
        }
    }

    private mutating func add(
        redirect matcher: PathMatcher, code: Int, target: Argument?, _ directive: Directive, rest: Template?,
        isPattern: Bool
    ) {
        let origin = origin(directive)
        var answer = Answer(status: code, origin: origin)
        if (300...399).contains(code) {
            guard let target else {
                return fail(
                    "wrong-arguments", "`\(directive.name)` needs a target URL", at: directive.head,
                    why: "the server refuses to start", help: "write the URL that clients are sent to")
            }
            answer.location = location(target, rest: rest, isPattern: isPattern)
            answer.locationEscaping = isPattern ? Escapings.path : nil
            answer.keepsQuery = true
        } else if let target {
            return invalid(
                "a status of \(code) takes no target", at: target,
                why: "it is no redirect; the server refuses to start",
                help: "leave the URL out")
        }
        guard isInside else {
            servers[server].redirects.append(Route(match: matcher, yields: .answer(answer), origin: origin))
            return
        }
        addLate(answer, matcher)
    }

    /// In a section a redirect is taken behind the access check, as a rule of the section.
    private mutating func addLate(_ answer: Answer, _ matcher: PathMatcher) {
        let program = configuration.add(
            Program(
                statements: [
                    .rule(Rule(when: condition(for: matcher), then: .exit(.answer(answer)), origin: answer.origin))
                ], origin: answer.origin))
        let before = settings.programs.lateAnswers
        settings.programs.lateAnswers = Edit(
            merge: .before, value: (before?.value ?? []) + [program], origin: before?.origin ?? answer.origin)
    }

    /// The target: with the groups of the pattern, or with what follows the matched prefix behind it.
    private mutating func location(_ target: Argument, rest: Template?, isPattern: Bool) -> Template {
        if isPattern { return captures(in: target.text, bank: 0) }
        guard let rest else { return escapedBeforeQuery(string(target.text, at: target.range, isExpression: true)) }
        var location = string(target.text, at: target.range)
        location.append(Template(pieces: [.apply(.escape(Escapings.path), [rest])]))
        return location
    }

    /// A URL whose values are escaped as far as its query, which stays as it is (mod_alias.c, try_redirect).
    private func escapedBeforeQuery(_ url: Template) -> Template {
        var isQuery = false
        return Template(
            pieces: url.pieces.map { piece in
                if case .literal(let text) = piece {
                    isQuery = isQuery || text.contains("?")
                    return piece
                }
                return isQuery ? piece : .apply(.escape(Escapings.path), [Template(pieces: [piece])])
            })
    }

    /// Text in which `$0` to `$9` and `&` stand for groups (`ap_pregsub`).
    func captures(in text: String, bank: Bank) -> Template {
        var template = Template()
        var literal: [UInt8] = []
        let bytes = text.configurationBytes
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let follows = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == UInt8(ascii: "$"), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(follows) {
                template.append(String(configuration: literal))
                literal = []
                template.append(.capture(bank, Int(follows - UInt8(ascii: "0"))))
                index += 2
            } else if byte == UInt8(ascii: "\\"), follows == UInt8(ascii: "$") || follows == UInt8(ascii: "&") {
                literal.append(follows)
                index += 2
            } else {
                literal.append(byte)
                index += 1
            }
        }
        template.append(String(configuration: literal))
        return template
    }

    /// A path that is matched as a condition.
    func condition(for matcher: PathMatcher) -> Condition {
        switch matcher {
        case .pattern(let pattern, let bank): return .matches(Template(.path), pattern, into: bank)
        case .glob(let glob): return .glob(Template(.path), glob)
        case .exact(let text): return .compare(Template(.path), .equal, Template(text))
        case .bytes(let text): return .matches(Template(.path), anchored(text, behind: ""), into: nil)
        case .segments(let text):
            // The group is what a redirect puts behind its target.
            let behind = text.hasSuffix("/") ? "(.*)$" : "((?:/.*)?)$"
            return .matches(Template(.path), anchored(text, behind: behind), into: 0)
        }
    }

    /// A pattern that begins with a literal text.
    func anchored(_ text: String, behind: String) -> Pattern {
        var source = "^"
        for scalar in text.unicodeScalars {
            let isPlain =
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "/" || scalar == "_"
            source += isPlain || scalar.value > 127 ? String(scalar) : "\\\(scalar)"
        }
        return Pattern(source: source + behind, dotAll: true, dollarOnlyAtEnd: true)
    }
}
