import IR
import Language
import Source

/// How users prove who they are: mod_authn_core, mod_auth_basic, mod_authn_file, mod_authz_groupfile.
enum Authentication {
    /// mod_authn_core.
    static let core = Module<ApacheLowering>(
        "mod_authn_core",
        [
            Entry("AuthType", in: .inside, .one, guards: true, summary: "Says how users prove who they are.") {
                directive, state in
                guard let argument = directive.arguments.first else { return }
                let kind: LoginKind =
                    switch argument.text.lowercased() {
                    case "none": .none
                    case "basic": .basic
                    default: .unsupported(argument.text)
                    }
                if case .unsupported = kind {
                    state.report(
                        Diagnostic(
                            Coverage.unsupported, .error, "`AuthType \(argument.text)` is not run by Sluice",
                            at: directive.head,
                            why: "nobody can prove who they are; what asks for a user is answered 403 here",
                            help: nil))
                }
                state.settings.access.login = Stated(kind, state.origin(directive))
            },
            Entry("AuthName", in: .inside, .one, summary: "Names what users are asked to log in to.") {
                directive, state in
                guard let argument = directive.arguments.first else { return }
                let realm = state.string(argument.text, at: argument.range)
                state.settings.access.realm = Stated(realm, state.origin(directive))
            },
            .known(
                "<AuthnProviderAlias", in: .main, .twoOrMore, block: true, guards: true,
                summary: "Gives a source of users a name."),
        ])

    /// mod_auth_basic.
    static let basic = Module<ApacheLowering>(
        "mod_auth_basic",
        [
            Entry(
                "AuthBasicProvider", in: .inside, .oneOrMore, guards: true, summary: "Says where users are looked up."
            ) {
                directive, state in
                guard let other = directive.arguments.first(where: { $0.text.lowercased() != "file" }) else { return }
                state.report(
                    Diagnostic(
                        Coverage.unsupported, .error, "users are not looked up by `\(other.text)`", at: other.range,
                        why: "what asks for a user is answered 403 here",
                        help: "keep users in a file: `AuthBasicProvider file`"))
                state.settings.access.login = Stated(.unsupported(other.text), state.origin(directive))
            },
            .ignored(
                "AuthBasicAuthoritative", in: .inside, .flag, summary: "Says whether others may ask for the user."),
            .known("AuthBasicFake", in: .inside, .oneOrTwo, summary: "Tells the upstream another user and password."),
            .known("AuthBasicUseDigestAlgorithm", in: .inside, .one, summary: "Keeps passwords as Digest does."),
        ])

    /// mod_authn_file.
    static let file = Module<ApacheLowering>(
        "mod_authn_file",
        [
            Entry("AuthUserFile", in: .inside, .one, summary: "Names the file of users and passwords.") {
                directive, state in
                guard let text = directive.arguments.first?.text else { return }
                let file = Template(state.filePath(text))
                state.settings.access.userFile = Stated(file, state.origin(directive))
            }
        ])

    /// mod_authz_groupfile.
    static let groups = Module<ApacheLowering>(
        "mod_authz_groupfile",
        [
            Entry("AuthGroupFile", in: .inside, .one, summary: "Names the file of groups and their members.") {
                directive, state in
                guard let text = directive.arguments.first?.text else { return }
                let file = Template(state.filePath(text))
                state.settings.access.groupFile = Stated(file, state.origin(directive))
            }
        ])
}
