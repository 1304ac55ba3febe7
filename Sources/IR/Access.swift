/// Who may pass.
package indirect enum Access: Hashable, Sendable {
    case granted, denied
    case all([Access])
    case any([Access])
    case none([Access])
    case test(Condition)
    /// The first condition that holds decides.
    case inOrder([AccessRule], otherwise: Bool)
    /// A user who has proven who they are.
    case login(Who)
    /// What another request's answer says (auth_request).
    case ask(Template, passesHeaders: [GatewayParameter])
    /// A guard that cannot be run here: it never passes.
    case undecidable(String)
}

/// One line of an ordered list.
package struct AccessRule: Hashable, Sendable {
    /// Whom it is about.
    package var when: Condition
    /// Whether they pass.
    package var grants: Bool
    /// The statement.
    package var origin: ID<Origin>

    package init(when: Condition, grants: Bool, origin: ID<Origin>) {
        self.when = when
        self.grants = grants
        self.origin = origin
    }
}

/// Which users.
package enum Who: Hashable, Sendable {
    case anyone
    case users([String])
    case members([String])
}

/// How users prove who they are.
package enum LoginKind: Hashable, Sendable {
    /// Not at all.
    case none
    /// By HTTP Basic authentication.
    case basic
    /// By something that is not run here.
    case unsupported(String)
}

/// Whether a guard by address and a guard by user must both be passed.
package enum Combine: Hashable, Sendable {
    case both, either
}

/// Settings about access.
package struct AccessSettings: Hashable, Sendable {
    /// The main guard: Apache's Require tree, nginx's auth_basic.
    package var required: Edit<Access>?
    /// The guard by address: Apache's Order, Allow and Deny, nginx's allow and deny.
    package var addresses: Edit<Access>?
    /// How the two combine.
    package var combine: Stated<Combine>?
    /// How users prove who they are.
    package var login: Stated<LoginKind>?
    /// What they are asked for.
    package var realm: Stated<Template>?
    /// The password file.
    package var userFile: Stated<Template>?
    /// The group file.
    package var groupFile: Stated<Template>?
    /// Whether requests must come over TLS; it counts as a guard by address.
    package var requiresTLS: Stated<Bool>?

    package init(
        required: Edit<Access>? = nil, addresses: Edit<Access>? = nil, combine: Stated<Combine>? = nil,
        login: Stated<LoginKind>? = nil, realm: Stated<Template>? = nil, userFile: Stated<Template>? = nil,
        groupFile: Stated<Template>? = nil, requiresTLS: Stated<Bool>? = nil
    ) {
        self.required = required
        self.addresses = addresses
        self.combine = combine
        self.login = login
        self.realm = realm
        self.userFile = userFile
        self.groupFile = groupFile
        self.requiresTLS = requiresTLS
    }
}

extension Access {
    /// The main guard and the one by address as one.
    package static func of(_ required: Access, _ addresses: Access, isEither: Bool) -> Access {
        if isEither { return .any([required, addresses]) }
        if addresses == .granted { return required }
        return required == .granted ? addresses : .all([required, addresses])
    }

    /// What it asks of a request, where it asks for no user; nil: it does, or nobody knows what it asks.
    package var condition: Condition? {
        switch self {
        case .granted: return .always
        case .denied: return .never
        case .test(let condition): return condition
        case .all(let parts): return Self.conditions(parts).map { .all($0) }
        case .any(let parts): return Self.conditions(parts).map { .any($0) }
        case .none(let parts): return Self.conditions(parts).map { .not(.any($0)) }
        case .inOrder(let rules, let otherwise):
            return rules.reversed().reduce(otherwise ? .always : .never) { rest, rule in
                rule.grants ? .any([rule.when, rest]) : .all([.not(rule.when), rest])
            }
        case .login, .ask, .undecidable: return nil
        }
    }

    private static func conditions(_ parts: [Access]) -> [Condition]? {
        let conditions = parts.compactMap(\.condition)
        return conditions.count == parts.count ? conditions : nil
    }
}
