import IR
import Language
import Source

/// mod_ssl: TLS with clients; `SSLProxy` holds what is about upstreams, `KnownSSL` what is not run.
enum SSL {
    /// The module.
    static let module = Module<ApacheLowering>(
        "mod_ssl", certificates + exchange + sessions + clients + trust + SSLProxy.settings + SSLProxy.trust)

    private static let certificates: [Entry<ApacheLowering>] = [
        Entry("SSLEngine", in: .server, .one, summary: "Switches TLS on for a virtual host.") { directive, state in
            guard let argument = directive.arguments.first,
                let isOn = state.word(
                    argument, of: directive, among: [("on", true), ("off", false), ("optional", nil)])
            else { return }
            guard let isOn else { return state.reportUnsupported(directive) }
            state.tls.isOn = Stated(isOn, state.origin(directive))
        },
        Entry("SSLCertificateFile", in: .server, .one, summary: "Names the server's certificate.") {
            directive, state in
            guard let path = state.certificatePath(directive) else { return }
            state.tls.certificates.append(path)
        },
        Entry("SSLCertificateKeyFile", in: .server, .one, summary: "Names the key of the server's certificate.") {
            directive, state in
            guard let path = state.certificatePath(directive) else { return }
            state.tls.keys.append(path)
        },
        .file(
            "SSLCertificateChainFile", to: \.chain,
            summary: "Names the certificates between the server's and the authority's."),
        Entry("SSLPassPhraseDialog", in: .main, .one, summary: "Says how the password of a key is asked for.") {
            $1.lowerPassPhrases($0)
        },
        Entry("SSLOptions", in: .anywhere, .any, summary: "Says what applications are told of TLS.") {
            $1.lowerExports($0)
        },
    ]

    private static let exchange: [Entry<ApacheLowering>] = [
        Entry("SSLProtocol", in: .server, .oneOrMore, summary: "Lists the versions of TLS that are spoken.") {
            directive, state in
            guard let versions = state.tlsVersions(directive) else { return }
            state.tls.versions = Stated(versions, state.origin(directive))
        },
        Entry("SSLCipherSuite", in: .anywhere, .oneOrTwo, summary: "Lists the ciphers that are spoken.") {
            directive, state in
            guard state.sections.isEmpty else { return state.reportUnsupported(directive) }
            guard let (text, isNew) = state.cipherSuite(directive) else { return }
            let stated = Stated(text, state.origin(directive))
            if isNew { state.tls.suites = stated } else { state.tls.ciphers = stated }
        },
        .switched("SSLHonorCipherOrder", to: \.prefersOwnCiphers, summary: "Says whose order of ciphers counts."),
        Entry("SSLOpenSSLConfCmd", in: .server, .two, summary: "Hands a command to OpenSSL.") { directive, state in
            let command = LibraryCommand(directive.arguments[0].text, directive.arguments[1].text)
            state.tls.commands.append(Stated(command, state.origin(directive)))
        },
    ]

    private static let sessions: [Entry<ApacheLowering>] = [
        Entry("SSLSessionCache", in: .main, .one, summary: "Names the store of TLS sessions.") { directive, state in
            let text = directive.arguments[0].text.lowercased()
            state.sessionCache = Stated(text != "none", state.origin(directive))
        },
        Entry("SSLSessionCacheTimeout", in: .server, .one, summary: "Says how long TLS sessions may be resumed.") {
            directive, state in
            guard let seconds = state.number(directive.arguments[0], of: directive) else { return }
            state.tls.sessionTime = Stated(seconds, state.origin(directive))
        },
        .switched("SSLSessionTickets", to: \.usesTickets, summary: "Says whether sessions may be resumed by tickets."),
        .file("SSLSessionTicketKeyFile", to: \.ticketKey, summary: "Names the key of session tickets."),
        .switched(
            "SSLStrictSNIVHostCheck", to: \.wantsName, guards: true,
            summary: "Refuses clients that name no server in TLS."),
        Entry(
            "SSLVHostSNIPolicy", in: .main, .one, guards: true,
            summary: "Says which virtual hosts may answer for another's TLS name."
        ) { directive, state in
            let policies: [String: Misdirected] = [
                "strict": .refuseOthers, "secure": .refuse(whenClientCertificate: false, whenPoliciesDiffer: true),
                "authonly": .refuseOtherClients, "insecure": .allow,
            ]
            guard let policy = policies[directive.arguments[0].text.lowercased()] else {
                let words = "write `strict`, `secure`, `authonly` or `insecure`"
                state.invalid(
                    "`\(directive.arguments[0].text)` is no policy", at: directive.arguments[0], help: words)
                return
            }
            state.sniPolicy = Stated(policy, state.origin(directive))
        },
    ]

    private static let clients: [Entry<ApacheLowering>] = [
        Entry("SSLVerifyClient", in: .anywhere, .one, guards: true, summary: "Asks clients for a certificate.") {
            $1.lowerVerifyClient($0)
        },
        Entry("SSLVerifyDepth", in: .anywhere, .one, summary: "Limits the length of clients' certificate chains.") {
            directive, state in
            guard let depth = state.number(directive.arguments[0], of: directive) else { return }
            if state.sections.isEmpty { state.tls.depth = Stated(depth, state.origin(directive)) }
        },
        Entry("SSLRequireSSL", in: .inside, .none, guards: true, summary: "Refuses requests without TLS.") {
            directive, state in
            state.settings.access.requiresTLS = Stated(true, state.origin(directive))
        },
    ]

    private static let trust: [Entry<ApacheLowering>] = [
        .file(
            "SSLCACertificateFile", in: .anywhere, to: \.authorityFile,
            summary: "Names the authorities for clients' certificates."),
        .file(
            "SSLCACertificatePath", in: .anywhere, to: \.authorityFolder,
            summary: "Names the folder of authorities for clients' certificates."),
        .file(
            "SSLCADNRequestFile", to: \.announcedFile, summary: "Names the authorities that clients are told of."),
        .ignored(
            "SSLCADNRequestPath", in: .server, .one,
            summary: "Names the folder of authorities that clients are told of."
        ),
        .file(
            "SSLCARevocationFile", to: \.revokedFile, summary: "Names the list of revoked clients' certificates."),
        .file(
            "SSLCARevocationPath", to: \.revokedFolder, summary: "Names the folder of revoked clients' certificates."),
        Entry(
            "SSLCARevocationCheck", in: .server, .oneOrTwo, guards: true,
            summary: "Checks whether clients' certificates were revoked."
        ) { directive, state in
            guard let check = state.revocationCheck(directive) else { return }
            state.tls.revocation = Stated(check, state.origin(directive))
        },
    ]
}

extension Entry<ApacheLowering> {
    /// A directive of a server that names a file or folder.
    fileprivate static func file(
        _ name: String, in contexts: ContextSet = .server,
        to path: any WritableKeyPath<TLSDraft, Stated<String>?> & Sendable, summary: String
    ) -> Entry {
        Entry(name, in: contexts, .one, summary: summary) { directive, state in
            guard let argument = directive.arguments.first, state.sections.isEmpty else { return }
            state.tls[keyPath: path] = Stated(state.filePath(argument.text), state.origin(directive))
        }
    }

    /// A directive of a server that is on or off.
    fileprivate static func switched(
        _ name: String, to path: any WritableKeyPath<TLSDraft, Stated<Bool>?> & Sendable, guards: Bool = false,
        summary: String
    ) -> Entry {
        Entry(name, in: .server, .flag, guards: guards, summary: summary) { directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.tls[keyPath: path] = Stated(isOn, state.origin(directive))
        }
    }
}

extension ApacheLowering {
    /// What the server whose directives are read says about TLS.
    var tls: TLSDraft {
        get { servers[server].tls }
        set { servers[server].tls = newValue }
    }

    /// The path of a certificate or key; what is none (a name of a token) is not run.
    func certificatePath(_ directive: Directive) -> Stated<String>? {
        guard let argument = directive.arguments.first else { return nil }
        var state = self
        return Stated(filePath(argument.text), state.origin(directive))
    }

    /// The versions that `all -TLSv1 +TLSv1.2` and the like come to (`ssl_cmd_protocol_parse`).
    mutating func tlsVersions(_ directive: Directive) -> Set<TLSVersionName>? {
        var versions: Set<TLSVersionName> = []
        for argument in directive.arguments {
            var text = Substring(argument.text)
            let sign = text.first == "+" || text.first == "-" ? text.removeFirst() : nil
            let named: Set<TLSVersionName>
            switch text.lowercased() {
            case "all": named = Set(TLSVersionName.allCases)
            case "sslv2", "sslv3": named = []
            case let word:
                guard let version = TLSVersionName.allCases.first(where: { $0.rawValue.lowercased() == word }) else {
                    let near = closest(to: String(text), in: TLSVersionName.allCases.map(\.rawValue) + ["all"])
                    invalid(
                        "`\(text)` is no version of TLS", at: argument, why: "the server refuses to start",
                        help: near.map { "did you mean `\($0)`?" } ?? "write it as in `all -TLSv1 -TLSv1.1`")
                    return nil
                }
                named = [version]
            }
            switch sign {
            case "-": versions.subtract(named)
            case "+": versions.formUnion(named)
            default: versions = named
            }
        }
        return versions
    }

    /// `SSLCipherSuite [SSL|TLSv1.3] LIST`, and whether it is about TLS 1.3.
    mutating func cipherSuite(_ directive: Directive) -> (String, Bool)? {
        guard let last = directive.arguments.last else { return nil }
        guard directive.arguments.count == 2 else { return (last.text, false) }
        let forms = [("SSL", false), ("TLSv1.3", true)]
        guard let isNew = word(directive.arguments[0], of: directive, among: forms) else { return nil }
        return (last.text, isNew)
    }

    /// `none`, `leaf` or `chain`, with flags behind it.
    mutating func revocationCheck(_ directive: Directive) -> RevocationCheck? {
        guard let argument = directive.arguments.first else { return nil }
        return word(argument, of: directive, among: [("none", .none), ("leaf", .leaf), ("chain", .chain)])
    }

    /// `SSLVerifyClient`; in a section it would mean to ask again in the middle of a connection.
    fileprivate mutating func lowerVerifyClient(_ directive: Directive) {
        let forms: [(String, ClientCertificates.Wish)] = [
            ("none", .none), ("optional", .optional), ("require", .required), ("optional_no_ca", .optionalFromAnyone),
        ]
        guard let argument = directive.arguments.first,
            let wish = word(argument, of: directive, among: forms)
        else { return }
        if sections.isEmpty {
            tls.verify = Stated(wish, origin(directive))
        } else if wish != .none {
            reportUnsupported(directive, guards: true)
        }
    }

    /// `SSLPassPhraseDialog builtin|exec:PROGRAM`.
    fileprivate mutating func lowerPassPhrases(_ directive: Directive) {
        guard let argument = directive.arguments.first else { return }
        if argument.text.hasPrefix("exec:") {
            let words = argument.text.dropFirst(5).split(separator: " ").map(String.init)
            guard let program = words.first else { return }
            passphrases = [filePath(program)] + words.dropFirst()
        } else if argument.text != "builtin" {
            notRun(
                "passwords of keys are asked of programs only", at: argument.range,
                why: "a key with a password cannot be read without one",
                help: "write `SSLPassPhraseDialog exec:PROGRAM`")
        }
    }
}

extension ApacheLowering {
    /// `SSLOptions [+|-]name …`: of those, the ones about what applications are told.
    fileprivate mutating func lowerExports(_ directive: Directive) {
        let words = directive.arguments.map { $0.text.lowercased() }
        let exports: [(String, TLSExport)] = [("stdenvvars", .facts), ("exportcertdata", .certificates)]
        let chosen = exports.filter { words.contains($0.0) || words.contains("+" + $0.0) }.map(\.1)
        let isRelative = words.allSatisfy { $0.hasPrefix("+") || $0.hasPrefix("-") }
        // Relative options that are about something else leave these as they are.
        if isRelative, !words.contains(where: { word in exports.contains { word.hasSuffix($0.0) } }) { return }
        settings.forward.gateway.tls = Stated(Set(chosen), origin(directive))
    }
}
