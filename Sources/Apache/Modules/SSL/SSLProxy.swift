import IR
import Language
import Source

/// mod_ssl: TLS with upstreams.
enum SSLProxy {
    /// What is spoken.
    static let settings: [Entry<ApacheLowering>] = [
        .switched("SSLProxyEngine", to: \.isOn, summary: "Permits TLS towards upstreams."),
        Entry(
            "SSLProxyProtocol", in: .files, .oneOrMore, summary: "Lists the versions of TLS towards upstreams."
        ) { directive, state in
            guard let versions = state.tlsVersions(directive) else { return }
            state.upstreamTLS(directive) { $0.versions = Stated(versions, $1) }
        },
        Entry("SSLProxyCipherSuite", in: .files, .oneOrTwo, summary: "Lists the ciphers towards upstreams.") {
            directive, state in
            guard let (text, isNew) = state.cipherSuite(directive) else { return }
            state.upstreamTLS(directive) {
                if isNew { $0.suites = Stated(text, $1) } else { $0.ciphers = Stated(text, $1) }
            }
        },
        .file(
            "SSLProxyMachineCertificateFile", to: \.certificateFile,
            summary: "Names our certificates towards upstreams."
        ),
        .file(
            "SSLProxyMachineCertificatePath", to: \.certificateFolder,
            summary: "Names the folder of our certificates towards upstreams."),
        .file(
            "SSLProxyMachineCertificateChainFile", to: \.chainFile,
            summary: "Names the chain of our certificates towards upstreams."),
    ]

    /// Whom upstreams' certificates come from.
    static let trust: [Entry<ApacheLowering>] = [
        Entry("SSLProxyVerify", in: .files, .one, summary: "Says whether upstreams' certificates are checked.") {
            directive, state in
            // httpd's manual: only `none` and `require` do anything with an upstream.
            let forms = [("none", false), ("optional", true), ("require", true), ("optional_no_ca", false)]
            guard let argument = directive.arguments.first,
                let verifies = state.word(argument, of: directive, among: forms)
            else { return }
            state.upstreamTLS(directive) { $0.verifies = Stated(verifies, $1) }
        },
        Entry(
            "SSLProxyVerifyDepth", in: .files, .one, summary: "Limits the length of upstreams' certificate chains."
        ) { directive, state in
            guard let depth = state.number(directive.arguments[0], of: directive) else { return }
            state.upstreamTLS(directive) { $0.depth = Stated(depth, $1) }
        },
        .file("SSLProxyCACertificateFile", to: \.authorityFile, summary: "Names the authorities for upstreams."),
        .file(
            "SSLProxyCACertificatePath", to: \.authorityFolder,
            summary: "Names the folder of authorities for upstreams."
        ),
        .file(
            "SSLProxyCARevocationFile", to: \.revokedFile,
            summary: "Names the list of revoked upstreams' certificates."),
        .file(
            "SSLProxyCARevocationPath", to: \.revokedFolder,
            summary: "Names the folder of revoked upstreams' certificates."),
        Entry(
            "SSLProxyCARevocationCheck", in: .files, .oneOrTwo,
            summary: "Checks whether upstreams' certificates were revoked."
        ) { directive, state in
            guard let check = state.revocationCheck(directive) else { return }
            state.upstreamTLS(directive) { $0.revocation = Stated(check, $1) }
        },
        .switched(
            "SSLProxyCheckPeerExpire", to: \.checksExpiry,
            summary: "Refuses upstreams whose certificate is out of date."),
        .switched("SSLProxyCheckPeerCN", to: \.checksCommonName, summary: "Compares upstreams' names the old way."),
        .switched(
            "SSLProxyCheckPeerName", to: \.checksName, summary: "Compares upstreams' names with their certificates."),
    ]
}

extension Entry<ApacheLowering> {
    /// A directive that names a file or folder.
    fileprivate static func file(
        _ name: String, to path: any WritableKeyPath<UpstreamTLSDraft, Stated<String>?> & Sendable, summary: String
    ) -> Entry {
        Entry(name, in: .files, .one, summary: summary) { directive, state in
            guard let argument = directive.arguments.first else { return }
            let file = state.filePath(argument.text)
            state.upstreamTLS(directive) { $0[keyPath: path] = Stated(file, $1) }
        }
    }

    /// A directive that is on or off.
    fileprivate static func switched(
        _ name: String, to path: any WritableKeyPath<UpstreamTLSDraft, Stated<Bool>?> & Sendable, summary: String
    ) -> Entry {
        Entry(name, in: .files, .flag, summary: summary) { directive, state in
            guard let isOn = state.flag(directive) else { return }
            state.upstreamTLS(directive) { $0[keyPath: path] = Stated(isOn, $1) }
        }
    }
}

extension ApacheLowering {
    /// Changes what the server, or the `<Proxy>` section that the walk stands in, says about TLS with upstreams.
    fileprivate mutating func upstreamTLS(
        _ directive: Directive, _ change: (inout UpstreamTLSDraft, ID<Origin>) -> Void
    ) {
        let origin = origin(directive)
        guard let section = sections.indices.last else { return change(&servers[server].upstreamTLS, origin) }
        guard sections[section].kind == .proxy else {
            return fail(
                "wrong-context", "`\(directive.name)` is not allowed \(placeName)", at: directive.nameRange,
                why: "of all sections only `<Proxy>` is about upstreams", help: "move it to a `<Proxy>` section")
        }
        change(&sections[section].upstreamTLS, origin)
    }
}
