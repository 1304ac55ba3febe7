import IR
import Language
import Source

/// mod_authz_core: what is required of a request.
enum AuthzCore {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_authz_core",
        [
            Entry("Require", in: .inside, .oneOrMore, guards: true, summary: "Says who may pass.") {
                $1.lowerRequire($0)
            },
            Entry("<RequireAll", in: .inside, .any, block: true, guards: true, summary: "Asks for all that is in it.") {
                $1.lowerContainer($0, .all)
            },
            Entry(
                "<RequireAny", in: .inside, .any, block: true, guards: true, summary: "Asks for one of what is in it."
            ) {
                $1.lowerContainer($0, .any)
            },
            Entry(
                "<RequireNone", in: .inside, .any, block: true, guards: true, summary: "Lets nobody in whom it names."
            ) {
                $1.lowerContainer($0, .none)
            },
            Entry("AuthMerging", in: .inside, .one, summary: "Says how requirements combine with those outside.") {
                directive, state in
                let forms: [(String, Merge)] = [("Off", .replace), ("And", .bothMustPass), ("Or", .eitherPasses)]
                guard let argument = directive.arguments.first,
                    let form = state.word(argument, of: directive, among: forms), !state.sections.isEmpty
                else { return }
                state.sections[state.sections.count - 1].guards.merge = form
            },
            .ignored(
                "AuthzSendForbiddenOnFailure", in: .inside, .flag, summary: "Answers 403 to users who may not pass."),
            .known(
                "<AuthzProviderAlias", in: .main, .twoOrMore, block: true, guards: true,
                summary: "Gives a requirement a name."),
        ])

    /// Requirements that are known and not run.
    fileprivate static let unsupported: Set<String> = [
        "ldap-user", "ldap-group", "ldap-dn", "ldap-attribute", "ldap-filter", "ldap-search", "dbm-group",
        "dbm-file-group", "dbd-group", "dbd-login", "dbd-logout", "file-owner", "file-group",
        "unix-group", "unix-user", "host", "forward-dns", "shibboleth", "shib-session",
        "shib-user", "shib-attr", "shib-plugin", "claim", "claims_expr", "oauth2_claim", "sspi-user", "sspi-group",
        "pwauth", "external-group", "mellon", "cas-attribute", "saml", "nt", "sqlite3", "yubikey",
    ]

    /// The module that a requirement needs.
    fileprivate static let modules: [String: String] = [
        "ip": "mod_authz_host", "local": "mod_authz_host", "host": "mod_authz_host", "user": "mod_authz_user",
        "valid-user": "mod_authz_user", "group": "mod_authz_groupfile",
    ]
}

extension ApacheLowering {
    /// `Require [not] what [argument …]`.
    fileprivate mutating func lowerRequire(_ directive: Directive) {
        var arguments = directive.arguments
        var isNegative = false
        if arguments.first?.text.lowercased() == "not", arguments.count > 1 {
            isNegative = true
            arguments.removeFirst()
        }
        guard let provider = arguments.first else { return }
        arguments.removeFirst()
        let origin = origin(directive)
        guard let access = access(provider, arguments, directive) else { return }
        add(
            GuardEntry(access: isNegative ? .none([access]) : access, isNegative: isNegative, range: directive.head),
            origin)
    }

    /// What one provider asks for; nil after an error.
    private mutating func access(_ provider: Argument, _ arguments: [Argument], _ directive: Directive) -> Access? {
        let name = provider.text.lowercased()
        if let module = AuthzCore.modules[name], !isLoaded(module) { return reportUnknown(provider, needs: module) }
        switch name {
        case "all": return all(provider, arguments)
        case "ip": return addresses(arguments, provider)
        case "local":
            return .any([
                .test(.address(Template(.clientAddress), ["127.0.0.0/8", "::1"])),
                .test(.compare(Template(.clientAddress), .equal, Template(.listenerAddress))),
            ])
        case "env": return .any(arguments.map { .test(.isSet(Template(environmentValue($0.text)))) })
        case "method": return methods(arguments, provider)
        case "expr": return expression(arguments, provider, directive)
        case "ssl": return .test(.compare(Template(.tls("https")), .equal, "on"))
        case "ssl-verify-client":
            return .test(.compare(Template(.tls("SSL_CLIENT_VERIFY")), .equal, "SUCCESS"))
        case "valid-user": return .login(.anyone)
        case "user": return .login(.users(arguments.map(\.text)))
        case "group": return .login(.members(arguments.map(\.text)))
        default:
            guard AuthzCore.unsupported.contains(name) else { return reportUnknown(provider, needs: nil) }
            report(
                Diagnostic(
                    Coverage.unsupported, .error, "`Require \(provider.text)` is not run by Sluice", at: directive.head,
                    why: "it restricts access; what it guards is answered 403 here instead of being left open"))
            return .undecidable("`Require \(provider.text)` is not run by Sluice")
        }
    }

    private mutating func reportUnknown(_ provider: Argument, needs module: String?) -> Access? {
        let names = ["all", "ip", "local", "env", "method", "expr", "valid-user", "user", "group", "host"]
        let near = closest(to: provider.text, in: names)
        invalid(
            "`\(provider.text)` is nothing that can be required", at: provider,
            why: module.map { "\($0) is not loaded; the server refuses to start" } ?? "the server refuses to start",
            help: module.map { "load \($0)" } ?? near.map { "did you mean `\($0)`?" } ?? "check its spelling")
        return nil
    }

    private mutating func all(_ provider: Argument, _ arguments: [Argument]) -> Access? {
        guard let word = arguments.first, arguments.count == 1 else {
            invalid(
                "`Require all` is followed by one word", at: provider, why: "the server refuses to start",
                help: "write `Require all granted` or `Require all denied`")
            return nil
        }
        switch word.text.lowercased() {
        case "granted": return .granted
        case "denied": return .denied
        default:
            invalid(
                "`Require all` is granted or denied, not `\(word.text)`", at: word, why: "the server refuses to start",
                help: "write `Require all granted` or `Require all denied`")
            return nil
        }
    }

    private mutating func addresses(_ arguments: [Argument], _ provider: Argument) -> Access? {
        var networks: [String] = []
        for argument in arguments {
            guard let network = Networks.network(argument.text) else {
                invalid(
                    "`\(argument.text)` is no address", at: argument, why: "the server refuses to start",
                    help: "write it as in `10.1.2.3`, `10.1` or `10.0.0.0/8`")
                return nil
            }
            networks.append(network)
        }
        guard !networks.isEmpty else {
            invalid("`Require ip` needs an address", at: provider, help: "write it as in `Require ip 10.0.0.0/8`")
            return nil
        }
        return .test(.address(Template(.clientAddress), networks))
    }

    private mutating func methods(_ arguments: [Argument], _ provider: Argument) -> Access? {
        guard !arguments.isEmpty else {
            invalid("`Require method` needs a method", at: provider, help: "write it as in `Require method GET POST`")
            return nil
        }
        var names = arguments.map(\.text)
        if names.contains("GET") { names.append("HEAD") }
        return .test(.among(Template(.method), names.map { Template($0) }))
    }

    private mutating func expression(
        _ arguments: [Argument], _ provider: Argument, _ directive: Directive
    ) -> Access? {
        var text = arguments.map(\.text).joined(separator: " ")
        if arguments.first?.isQuoted != true, let mark = directive.raw.firstRange(of: provider.text) {
            // Quotes inside the expression belong to it.
            text = String(directive.raw[mark.upperBound...])
        }
        let range = arguments.first?.range.union(arguments.last?.range ?? provider.range) ?? provider.range
        switch expression(text, at: range) {
        case .condition(let condition):
            // mod_authz_core looks for `REMOTE_USER` in the expression: it then asks for a user first.
            return text.contains("REMOTE_USER") ? .all([.login(.anyone), .test(condition)]) : .test(condition)
        case .unsupported(let reason): return .undecidable(reason)
        case .invalid: return nil
        }
    }
}
