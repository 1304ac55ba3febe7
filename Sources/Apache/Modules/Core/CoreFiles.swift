import IR
import Language
import Source

/// Files: options, overrides, types and tags (server/core.c).
enum CoreFiles {
    /// The directives.
    static let entries: [Entry<ApacheLowering>] = [
        Entry(
            "Options", in: .anywhere, .any, summary: "Says what may be done in a directory: listings, links, and so on."
        ) {
            $1.lowerOptions($0)
        },
        Entry("AllowOverride", in: .section, .any, summary: "Says what `.htaccess` files may change.") {
            $1.lowerAllowOverride($0)
        },
        Entry("AllowOverrideList", in: .section, .any, summary: "Lists directives that `.htaccess` files may hold.") {
            $1.lowerAllowOverrideList($0)
        },
        Entry("AccessFileName", in: .server, .oneOrMore, summary: "Names the files that are looked for in directories.")
        {
            directive, state in
            state.servers[state.server].accessFiles = directive.arguments.map(\.text)
        },
        Entry("FileETag", in: .anywhere, .oneOrMore, summary: "Says what entity tags are made of.") {
            $1.lowerFileETag($0)
        },
        Entry("AcceptPathInfo", in: .anywhere, .one, summary: "Says whether a path may go on behind a file.") {
            directive, state in
            guard let argument = directive.arguments.first,
                let value = state.word(
                    argument, of: directive, among: [("On", true), ("Off", false), ("Default", nil)])
            else { return }
            state.settings.files.pathInfo = Stated(value, state.origin(directive))
        },
        Entry("AddDefaultCharset", in: .anywhere, .one, summary: "Adds a character set to text and HTML without one.") {
            directive, state in
            guard let text = directive.arguments.first?.text else { return }
            let charset: String? =
                switch text.lowercased() {
                case "off": nil
                case "on": "iso-8859-1"
                default: text
                }
            state.settings.files.charset = Stated(charset, state.origin(directive))
        },
        Entry(
            "DefaultType", in: .anywhere, .one, summary: "Was the media type of files without one; takes only `none`."
        ) {
            directive, state in
            guard let argument = directive.arguments.first, argument.text.lowercased() != "none" else { return }
            state.report(
                Diagnostic(
                    "default-type-without-effect", .warning, "`DefaultType \(argument.text)` has no effect",
                    at: directive.head, why: "since 2.4 files of unknown kind are sent without a media type",
                    help: "remove it, or say `ForceType` in a `<Files>` section"))
        },
        Entry("ForceType", in: .inside, .one, summary: "Gives all files of a section one media type.") {
            directive, state in
            guard let text = directive.arguments.first?.text else { return }
            let origin = state.origin(directive)
            let forced = text.lowercased() == "none" ? nil : text
            state.settings.files.defaultType = Stated(forced, origin)
            // Nothing may name another type for a file here: the table by extension is emptied.
            state.settings.files.types = Edit(merge: .replace, value: [:], origin: origin)
        },
        Entry("SetHandler", in: .anywhere, .one, summary: "Says what answers here, whatever the file is.") {
            $1.lowerSetHandler($0)
        },
        .known("SetOutputFilter", in: .anywhere, .one, summary: "Names the filters that answers go through."),
        .known("SetInputFilter", in: .anywhere, .one, summary: "Names the filters that request bodies go through."),
        .ignored("EnableMMAP", in: .anywhere, .one, summary: "Says whether files are mapped into memory."),
        .ignored("EnableSendfile", in: .anywhere, .one, summary: "Says whether the kernel sends files."),
        .ignored("ContentDigest", in: .anywhere, .flag, summary: "Adds Content-MD5 to answers; gone from HTTP."),
        Entry("MaxRanges", in: .files, .one, summary: "Limits how many ranges one request may ask for.") {
            directive, state in
            guard let argument = directive.arguments.first else { return }
            let origin = state.origin(directive)
            switch argument.text.lowercased() {
            case "default": state.settings.files.ranges = Stated(200, origin)
            case "unlimited": state.settings.files.ranges = Stated(nil, origin)
            case "none": state.settings.files.ranges = Stated(0, origin)
            default:
                guard let number = state.number(argument, of: directive) else { return }
                state.settings.files.ranges = Stated(number, origin)
            }
        },
        .known("MaxRangeOverlaps", in: .files, .one, summary: "Limits how many ranges of a request may overlap."),
        .known(
            "MaxRangeReversals", in: .files, .one, summary: "Limits how often ranges of a request may go backwards."),
        Entry("CGIPassAuth", in: .inside, .flag, summary: "Hands Authorization to applications.") {
            directive, state in
            guard let on = state.flag(directive) else { return }
            state.settings.forward.gateway.passesLogin = Stated(on, state.origin(directive))
        },
        Entry("CGIVar", in: .anywhere, .two, summary: "Says what a variable of applications is made of.") {
            $1.lowerVariableRule($0)
        },
    ]
}

extension ApacheLowering {
    /// `Options [+|-]name …` (`set_options`).
    fileprivate mutating func lowerOptions(_ directive: Directive) {
        let origin = origin(directive)
        var isRelative: Bool?
        var chosen: Set<String> = []
        for argument in directive.arguments {
            var name = argument.text.lowercased()
            let sign = name.first.flatMap { $0 == "+" || $0 == "-" ? $0 : nil }
            if sign != nil { name.removeFirst() }
            if let before = isRelative, before != (sign != nil) {
                return invalid(
                    "options with and without a sign are mixed", at: argument,
                    why: "either all of them are relative to what is inherited, or none; the server refuses to start",
                    help: "put `+` or `-` before each, or before none")
            }
            if name != "none" || isRelative != nil { isRelative = sign != nil }
            guard Self.options.contains(name) else {
                let near = closest(to: name, in: Self.optionNames)
                return invalid(
                    "`\(argument.text)` is no option", at: argument, why: "the server refuses to start",
                    help: near.map { "did you mean `\($0)`?" }
                        ?? "write one of \(Self.optionNames.joined(separator: ", "))")
            }
            if name == "multiviews", sign != "-" { reportMultiViews(argument) }
            apply(option: name, sign: sign, chosen: &chosen, origin)
        }
        guard isRelative != true else { return }
        let follows = chosen.contains("all") || chosen.contains("followsymlinks")
        settings.files.listing = Stated(chosen.contains("indexes") || chosen.contains("all"), origin)
        settings.files.links = Stated(
            follows ? .follow : chosen.contains("symlinksifownermatch") ? .ifOwnerMatches(from: nil) : .never, origin)
    }

    private mutating func apply(option: String, sign: Character?, chosen: inout Set<String>, _ origin: ID<Origin>) {
        guard let sign else {
            if option == "none" { chosen = [] } else { chosen.insert(option) }
            return
        }
        let isOn = sign == "+"
        switch option {
        case "indexes": settings.files.listing = Stated(isOn, origin)
        case "followsymlinks": settings.files.links = Stated(isOn ? .follow : .never, origin)
        case "symlinksifownermatch" where isOn: settings.files.links = Stated(.ifOwnerMatches(from: nil), origin)
        case "all":
            settings.files.listing = Stated(isOn, origin)
            settings.files.links = Stated(isOn ? .follow : .never, origin)
        default: break
        }
    }

    private mutating func reportMultiViews(_ argument: Argument) {
        guard isLoaded("mod_negotiation") else { return }
        notRun(
            "`\(argument.text)` is not run: a file is found by its full name only", at: argument.range,
            why: "httpd would look for `name.*` when there is no file `name`, and choose by what the client accepts",
            help: "link to the files' full names, or leave the option out")
    }

    private static let optionNames = [
        "None", "All", "Indexes", "FollowSymLinks", "SymLinksIfOwnerMatch", "ExecCGI", "Includes", "IncludesNOEXEC",
        "MultiViews",
    ]

    private static let options = Set(optionNames.map { $0.lowercased() })

    fileprivate mutating func lowerAllowOverride(_ directive: Directive) {
        var groups: Set<String> = []
        for argument in directive.arguments {
            let name = argument.text.prefix { $0 != "=" }
            switch name.lowercased() {
            case "none": groups = []
            case "all": groups.formUnion(["AuthConfig", "FileInfo", "Indexes", "Limit", "Options"])
            case "authconfig": groups.insert("AuthConfig")
            case "fileinfo": groups.insert("FileInfo")
            case "indexes": groups.insert("Indexes")
            case "limit": groups.insert("Limit")
            case "options": groups.insert("Options")
            case "nonfatal": break
            default:
                invalid(
                    "`\(argument.text)` is nothing that can be allowed", at: argument,
                    why: argument.text.hasPrefix("#")
                        ? "`#` begins no comment behind a directive; the server refuses to start"
                        : "the server refuses to start",
                    help: argument.text.hasPrefix("#")
                        ? "put the comment on a line of its own"
                        : "write None, All, or some of AuthConfig, FileInfo, Indexes, Limit, Options")
                return
            }
        }
        allowOverride(directive, groups)
    }

    fileprivate mutating func lowerAllowOverrideList(_ directive: Directive) {
        let names = directive.arguments.map(\.text).filter { $0.lowercased() != "none" }
        if !names.isEmpty { allowOverride(directive, Set(names)) }
    }

    /// Writes down which `.htaccess` files count; sections about anything but directories have no say.
    private mutating func allowOverride(_ directive: Directive, _ groups: Set<String>) {
        // A section that never applies was told already.
        if sections.last?.selector == .when(.not(.always)) { return }
        guard let section = sections.last, case .directory(let matcher) = section.selector, sections.count == 1 else {
            report(
                Diagnostic(
                    "override-outside-directory", .warning, "`\(directive.name)` has no effect here",
                    at: directive.head, why: "`.htaccess` files are looked for before URLs and patterns are known",
                    help: "move it into a `<Directory>` section with a path"))
            return
        }
        servers[server].overrides.append(
            DiscoveryAllowance(below: matcher, groups: groups))
        guard !groups.isEmpty else { return }
        notRun(
            "`.htaccess` files below `\(section.path ?? "/")` are not run", at: directive.head,
            why: "a directory that holds one answers 403 here, because the file may guard it",
            help: "move their content into `<Directory>` sections and write `AllowOverride None`", guards: false)
    }

    fileprivate mutating func lowerFileETag(_ directive: Directive) {
        var parts: Set<String> = ["mtime", "size"]
        for (index, argument) in directive.arguments.enumerated() {
            switch argument.text.lowercased() {
            case "none": parts = []
            case "all": parts = ["mtime", "size", "inode"]
            case "mtime", "size", "inode", "digest":
                if index == 0 { parts = [] }
                parts.insert(argument.text.lowercased())
            case "+mtime", "+size", "+inode", "+digest": parts.insert(String(argument.text.lowercased().dropFirst()))
            case "-mtime", "-size", "-inode", "-digest": parts.remove(String(argument.text.lowercased().dropFirst()))
            default:
                return invalid(
                    "`\(argument.text)` is no part of an entity tag", at: argument,
                    help: "write None, All, or some of MTime, Size, INode")
            }
        }
        // Another choice of parts only makes other tags; a client's copy is checked once more, no answer changes.
        settings.files.tag = Stated(parts.isEmpty ? .none : .sizeAndTime, origin(directive))
    }

    /// `SetHandler none|name|proxy:url`.
    fileprivate mutating func lowerSetHandler(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        let origin = origin(directive)
        switch argument.text.lowercased() {
        case "none", "default-handler":
            settings.files.content = Stated(nil, origin)
        case "server-status", "server-info", "balancer-manager", "ldap-status":
            settings.files.content = Stated(unavailable(argument.text), origin)
            notRun(
                "the report `\(argument.text)` is not run", at: directive.head,
                why: "requests for it are answered 503 here", help: nil)
        default:
            if let content = content(ofHandler: argument, origin) {
                settings.files.content = Stated(content, origin)
                return
            }
            settings.files.content = Stated(unavailable(argument.text), origin)
            notRun(
                "the handler `\(argument.text)` is not run", at: directive.head,
                why: "what it answers is answered 503 here", help: nil)
        }
    }

    /// `CGIVar REQUEST_URI original-uri|current-uri`.
    fileprivate mutating func lowerVariableRule(_ directive: Directive) {
        let forms = [("original-uri", false), ("current-uri", true)]
        guard word(directive.arguments[0], of: directive, among: [("REQUEST_URI", true)]) != nil,
            let isCurrent = word(directive.arguments[1], of: directive, among: forms)
        else { return }
        settings.forward.gateway.tellsCurrentPath = Stated(isCurrent, origin(directive))
    }

    /// A content that stands for a handler that is not run.
    func unavailable(_ handler: String) -> Content {
        .unavailable("the handler `\(handler)` is not run by Sluice", guards: false)
    }
}
