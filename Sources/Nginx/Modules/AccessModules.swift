import IR
import Language

/// The modules that say who may pass.
enum AccessModules {
    /// `ngx_http_access_module`.
    static let access = Module<NginxLowering>(
        "ngx_http_access_module",
        [
            Entry("allow", in: .anyLevel.union(.limitExcept), .one, guards: true, summary: "Lets an address in.") {
                directive, state in
                state.lowerAddressRule(directive, grants: true)
            },
            Entry("deny", in: .anyLevel.union(.limitExcept), .one, guards: true, summary: "Keeps an address out.") {
                directive, state in
                state.lowerAddressRule(directive, grants: false)
            },
        ])

    /// `ngx_http_auth_basic_module`.
    static let basic = Module<NginxLowering>(
        "ngx_http_auth_basic_module",
        [
            Entry(
                "auth_basic", in: .anyLevel.union(.limitExcept), .one, guards: true,
                summary: "Asks for a name and password."
            ) {
                directive, state in
                let argument = directive.arguments[0]
                let realm = argument.text == "off" ? Realm.off : .text(state.template(argument))
                state.level.parts.realm = Stated(realm, state.origin(directive))
            },
            Entry(
                "auth_basic_user_file", in: .anyLevel.union(.limitExcept), .one, guards: true,
                summary: "The file of names and passwords."
            ) { directive, state in
                let argument = directive.arguments[0]
                var file = state.template(argument)
                if !argument.text.hasPrefix("/"), !argument.text.hasPrefix("$") {
                    file = Template(state.fullPath("", below: state.folder)).appending(file)
                }
                state.level.parts.userFile = Stated(file, state.origin(directive))
            },
        ])

    /// Guards of other modules.
    static let others = Module<NginxLowering>(
        "ngx_http_auth_request_module",
        [
            .known(
                "auth_request", in: .anyLevel, .one, guards: true, summary: "Asks another request whether one may pass."
            ),
            .known("auth_request_set", in: .anyLevel, .two, summary: "Keeps what that request answered."),
            .known(
                "auth_jwt", in: [.http, .server, .location, .limitExcept], .oneOrTwo, guards: true,
                summary: "Asks for a signed token."),
            .known("auth_jwt_key_file", in: .anyLevel, .oneOrTwo, summary: "The keys of tokens."),
            .known(
                "auth_jwt_key_request", in: .anyLevel, .oneOrTwo, summary: "Where the keys of tokens are asked for."),
            .known(
                "auth_jwt_require", in: [.http, .server, .location, .limitExcept], .oneOrMore, guards: true,
                summary: "What tokens have to say."),
            .known("auth_jwt_claim_set", in: .http, .twoOrMore, summary: "Keeps a claim of a token."),
            .known("auth_jwt_header_set", in: .http, .twoOrMore, summary: "Keeps a header of a token."),
            .known("auth_jwt_leeway", in: .anyLevel, .one, summary: "How far clocks may differ."),
            .known("auth_jwt_type", in: .anyLevel, .one, summary: "The kind of token."),
            .known("secure_link", in: .anyLevel, .one, guards: true, summary: "Checks the signature of a link."),
            .known("secure_link_md5", in: .anyLevel, .one, summary: "What the signature is made of."),
            .known("secure_link_secret", in: .location, .one, guards: true, summary: "The secret of signed links."),
            .known(
                "valid_referers", in: [.server, .location], .oneOrMore, guards: true,
                summary: "Which pages may link here."),
        ])
}

extension NginxLowering {
    /// `allow` and `deny`: `all`, an address, a network, or `unix:`.
    fileprivate mutating func lowerAddressRule(_ directive: Directive, grants: Bool) {
        let argument = directive.arguments[0]
        let when: Condition
        if argument.text == "all" {
            when = .always
        } else {
            if argument.text != "unix:", !isNetwork(argument.text) {
                refuse(
                    argument, "\"\(argument.text)\" is neither an address nor a network",
                    help:
                        "write an address such as 192.0.2.1, a network such as 192.0.2.0/24, or `all`"
                )
                // A rule that cannot be read keeps the place closed.
                closeGuard(directive)
                return
            }
            when = .address(Template(Value.clientAddress), [argument.text])
        }
        let rule = AccessRule(when: when, grants: grants, origin: origin(directive))
        level.parts.addresses = (level.parts.addresses ?? []) + [rule]
    }
}

/// Whether a text is an IPv4 or IPv6 address, with or without a length behind a slash.
func isNetwork(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = parts.first else { return false }
    let isV6 = address.contains(":")
    if parts.count == 2 {
        guard let length = Int(parts[1]), (0...(isV6 ? 128 : 32)).contains(length) else { return false }
    }
    guard !isV6 else {
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        return groups.count <= 9 && groups.count >= 3
            && groups.enumerated().allSatisfy { index, group in
                group.isEmpty || (group.count <= 4 && UInt16(group, radix: 16) != nil)
                    || (index == groups.count - 1 && isNetwork(String(group)))
            }
    }
    let bytes = address.split(separator: ".", omittingEmptySubsequences: false)
    return bytes.count == 4 && bytes.allSatisfy { UInt8($0) != nil && $0.first != "+" }
}
