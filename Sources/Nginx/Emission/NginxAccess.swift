import IR
import Language

/// Guards by address as nginx has them: the first rule that fits decides.
private struct AddressRules {
    var rules: [(grants: Bool, networks: [String])] = []
    var otherwise: Bool

    var isOpen: Bool { rules.isEmpty && otherwise }
    var isClosed: Bool { rules.isEmpty && !otherwise }
    /// Only says who may pass.
    var onlyAllows: Bool { !otherwise && rules.allSatisfy(\.grants) }
    /// Only says who may not.
    var onlyDenies: Bool { otherwise && rules.allSatisfy { !$0.grants } }
}

/// A guard as nginx can say it.
private struct NginxGuard {
    var addresses: AddressRules?
    var users: Who?
    var satisfiesAny = false
}

/// Who may pass.
extension NginxWriter {
    /// Some address of the site speaks no TLS.
    private var isServedPlain: Bool {
        configuration.listeners.contains { listener in
            !listener.isTLS && (listener.names.fallback == site || listener.names.names.contains { $0.site == site })
        }
    }

    /// The guard of a block; one that cannot be said closes the block.
    mutating func accessFields(_ settings: Settings) -> [FieldText] {
        let access = settings.access
        var origins: [ID<Origin>] = []
        origins += [access.required?.origin, access.addresses?.origin].compactMap { $0 }
        origins += [access.combine?.origin, access.login?.origin, access.realm?.origin].compactMap { $0 }
        origins += [access.userFile?.origin, access.groupFile?.origin].compactMap { $0 }
        let required = access.required?.value ?? .granted
        var older = access.addresses?.value ?? .granted
        if let requires = access.requiresTLS, requires.value {
            origins.append(requires.origin)
            // Whoever comes without TLS is kept out; nothing here comes with it, or the address speaks both.
            if isServedPlain { older = .denied }
        }
        let isEither = access.combine?.value == .either
        var field = FieldText("access")
        if required == .granted, older == .granted {
            field.reset = [TextLine("allow all"), TextLine("auth_basic off")]
        } else if let guarded = joined(required, older, isEither: isEither), let lines = lines(guarded, access) {
            field = FieldText("access", lines)
            if mentionsOwnAddress(required) {
                field.losses.append(
                    Loss(
                        .approximate(
                            "clients with the server's own address are not let in, only the loopback addresses"),
                        at: access.required?.origin ?? origins[0]))
            }
        } else if let (front, lines) = conditionalGuard(.of(required, older, isEither: isEither), access) {
            field = FieldText("access", lines)
            field.front = front
        } else {
            field = FieldText("access", [TextLine("deny all")])
            let origin = access.required?.origin ?? access.addresses?.origin ?? origins.first
            if let origin {
                let why = reason(required).map { ": \($0)" } ?? ""
                field.losses.append(
                    Loss(.approximate("nginx cannot say this guard, so nobody is let in\(why)"), at: origin))
            }
        }
        if field.reset.isEmpty { field.reset = [TextLine("allow all"), TextLine("auth_basic off")] }
        field.undoing = undoing(field.lines)
        field.origins =
            field.lines.isEmpty
            ? origins : [access.required?.origin ?? access.addresses?.origin].compactMap { $0 } + origins
        return [field]
    }

    /// A block inside takes over what it does not say itself, statement by statement.
    private func undoing(_ lines: [TextLine]) -> [(name: String, line: TextLine)] {
        let pairs = [
            ("satisfy", "satisfy all"), ("deny", "allow all"), ("auth_basic", "auth_basic off"),
        ]
        return pairs.filter { pair in lines.contains { $0.head.hasPrefix(pair.0 + " ") } }
            .map { (name: $0.0, line: TextLine($0.1)) }
    }

    /// A guard that asks for more than addresses and users: what it asks besides is asked by `if`.
    private mutating func conditional(
        _ access: Access, _ settings: AccessSettings
    ) -> (front: [TextLine], lines: [TextLine])? {
        if let condition = access.condition {
            switch condition.simplified {
            case .always: return ([], [])
            case .never: return ([], [TextLine("deny all")])
            default: return refusal(of: condition).map { ($0, []) }
            }
        }
        switch access {
        case .all(let parts):
            let free = parts.compactMap(\.condition)
            let rest = parts.filter { $0.condition == nil }
            guard !free.isEmpty, let guarded = split(.all(rest)), let own = lines(guarded, settings),
                let refusal = refusal(of: .all(free))
            else { return nil }
            return (refusal, own)
        case .any(let parts):
            // Who passes without a password is asked for none.
            let free = parts.compactMap(\.condition)
            let rest = parts.filter { $0.condition == nil }
            guard !free.isEmpty, let guarded = split(.any(rest)), guarded.addresses == nil, guarded.users != nil,
                let own = lines(guarded, settings), let passes = conditionVariable(.any(free)),
                let realm = settings.realm.flatMap({ text($0.value) })
            else { return nil }
            let asked = made("realm", from: passes, [(key: "default", value: "off"), (key: "\"\"", value: realm)])
            return ([], own.map { $0.head.hasPrefix("auth_basic ") ? TextLine("auth_basic \(asked)") : $0 })
        default: return nil
        }
    }

    private mutating func conditionalGuard(
        _ access: Access, _ settings: AccessSettings
    ) -> (front: [TextLine], lines: [TextLine])? {
        asksForGuard = true
        defer { asksForGuard = false }
        return conditional(access, settings)
    }

    /// Turns away requests for which a condition does not hold.
    private mutating func refusal(of condition: Condition) -> [TextLine]? {
        let refuses = Condition.not(condition).simplified
        guard let refused = self.condition(refuses) ?? conditionVariable(refuses) else { return nil }
        return [TextLine("if (\(refused))", block: [TextLine("return 403")])]
    }

    private func reason(_ access: Access) -> String? {
        switch access {
        case .undecidable(let why): return why
        case .all(let parts), .any(let parts), .none(let parts):
            for part in parts { if let why = reason(part) { return why } }
            return nil
        case .test(.undecidable(let why)): return why
        default: return nil
        }
    }

    private func mentionsOwnAddress(_ access: Access) -> Bool {
        switch access {
        case .test(.compare(_, _, let other)): other == Template(.listenerAddress)
        case .all(let parts), .any(let parts), .none(let parts): parts.contains { mentionsOwnAddress($0) }
        default: false
        }
    }

    private func joined(_ required: Access, _ older: Access, isEither: Bool) -> NginxGuard? {
        guard var result = split(required), let addresses = addresses(older) else { return nil }
        if older == .granted, !isEither || result.users == nil { return result }
        guard let own = result.addresses, !own.isOpen else {
            result.addresses = addresses
            result.satisfiesAny = isEither && result.users != nil
            return result
        }
        if own.isClosed, !isEither { return result }
        guard !isEither, result.users == nil else { return nil }
        guard let both = all([own, addresses]) else { return nil }
        result.addresses = both
        return result
    }

    /// A tree as a list of addresses and a login.
    private func split(_ access: Access) -> NginxGuard? {
        if let rules = addresses(access) { return NginxGuard(addresses: rules.isOpen ? nil : rules) }
        switch access {
        case .login(let who): return NginxGuard(users: who)
        case .all(let parts), .any(let parts):
            var isAny = false
            if case .any = access { isAny = true }
            let logins = parts.compactMap { part -> Who? in if case .login(let who) = part { who } else { nil } }
            let others = parts.filter { part in if case .login = part { false } else { true } }
            if logins.isEmpty, others.count == 1 { return split(others[0]) }
            guard let users = merged(logins, isAny: isAny) else { return nil }
            if others.isEmpty { return NginxGuard(users: users) }
            guard let rules = addresses(isAny ? .any(others) : .all(others)) else { return nil }
            if isAny, rules.isOpen { return NginxGuard() }
            if isAny, rules.isClosed { return NginxGuard(users: users) }
            return NginxGuard(addresses: rules.isOpen ? nil : rules, users: users, satisfiesAny: isAny)
        default: return nil
        }
    }

    private func merged(_ logins: [Who], isAny: Bool) -> Who? {
        guard let first = logins.first else { return nil }
        if logins.count == 1 { return first }
        if isAny, logins.contains(.anyone) { return .anyone }
        var names: [String] = []
        for login in logins {
            guard isAny, case .users(let users) = login else { return nil }
            names += users
        }
        return .users(names)
    }

    /// A tree that only asks for the client's address; nil: it asks for more.
    private func addresses(_ access: Access) -> AddressRules? {
        switch access {
        case .granted: return AddressRules(otherwise: true)
        case .denied: return AddressRules(otherwise: false)
        case .test(let condition): return addresses(condition)
        case .inOrder(let rules, let otherwise):
            var result = AddressRules(otherwise: otherwise)
            for rule in rules {
                if rule.when == .always {
                    result.otherwise = rule.grants
                    return result
                }
                guard case .address(let who, let networks) = rule.when, who == Template(.clientAddress) else {
                    return nil
                }
                result.rules.append((rule.grants, networks))
            }
            return result
        case .any(let parts):
            let lists = parts.compactMap { addresses($0) }
            return lists.count == parts.count ? any(lists) : nil
        case .all(let parts):
            let lists = parts.compactMap { addresses($0) }
            return lists.count == parts.count ? all(lists) : nil
        case .none(let parts):
            let lists = parts.compactMap { addresses($0) }
            guard lists.count == parts.count, let union = any(lists) else { return nil }
            return AddressRules(rules: union.rules.map { (!$0.grants, $0.networks) }, otherwise: !union.otherwise)
        case .login, .ask, .undecidable: return nil
        }
    }

    private func addresses(_ condition: Condition) -> AddressRules? {
        switch condition {
        case .always: return AddressRules(otherwise: true)
        case .address(let who, let networks) where who == Template(.clientAddress):
            return AddressRules(rules: [(true, networks)], otherwise: false)
        case .compare(let who, .equal, let own)
        where who == Template(.clientAddress) && own == Template(.listenerAddress):
            return AddressRules(otherwise: false)
        case .not(let inner):
            guard let rules = addresses(inner) else { return nil }
            return AddressRules(rules: rules.rules.map { (!$0.grants, $0.networks) }, otherwise: !rules.otherwise)
        default: return nil
        }
    }

    private func any(_ lists: [AddressRules]) -> AddressRules? {
        if lists.contains(where: \.isOpen) { return AddressRules(otherwise: true) }
        let rest = lists.filter { !$0.isClosed }
        let allowing = rest.filter(\.onlyAllows)
        let others = rest.filter { !$0.onlyAllows }
        guard others.count <= 1 else { return nil }
        let last = others.first ?? AddressRules(otherwise: false)
        return AddressRules(rules: allowing.flatMap(\.rules) + last.rules, otherwise: last.otherwise)
    }

    private func all(_ lists: [AddressRules]) -> AddressRules? {
        if lists.contains(where: \.isClosed) { return AddressRules(otherwise: false) }
        let rest = lists.filter { !$0.isOpen }
        let denying = rest.filter(\.onlyDenies)
        let others = rest.filter { !$0.onlyDenies }
        guard others.count <= 1 else { return nil }
        let last = others.first ?? AddressRules(otherwise: true)
        return AddressRules(rules: denying.flatMap(\.rules) + last.rules, otherwise: last.otherwise)
    }

    private mutating func lines(_ guarded: NginxGuard, _ access: AccessSettings) -> [TextLine]? {
        var lines: [TextLine] = []
        if guarded.satisfiesAny { lines.append(TextLine("satisfy any")) }
        if let rules = guarded.addresses {
            for rule in rules.rules {
                for network in rule.networks { lines.append(TextLine("\(rule.grants ? "allow" : "deny") \(network)")) }
            }
            if !rules.otherwise { lines.append(TextLine("deny all")) }
        }
        guard let users = guarded.users else { return lines }
        guard access.login?.value == .basic, let file = access.userFile?.value, var path = word(file) else {
            return nil
        }
        let realm = access.realm.flatMap { word($0.value) } ?? "\"\""
        switch users {
        case .anyone: break
        case .members: return nil
        case .users(let names):
            // Everybody else finds a file without users.
            path = made(
                "users", from: "$remote_user",
                [(key: "default", value: "/dev/null")]
                    + names.map { (key: NginxQuoting.word($0), value: text(file) ?? "") })
        }
        return lines + [TextLine("auth_basic \(realm)"), TextLine("auth_basic_user_file \(path)")]
    }
}
