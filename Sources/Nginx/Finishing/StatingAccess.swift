import IR
import Source

extension NginxLowering {
    /// `allow`, `deny`, `auth_basic`, `satisfy`, and guards that are not run.
    mutating func stateAccess(_ settings: inout Settings, _ own: Parts, _ all: Parts) {
        guard
            own.addresses != nil || own.satisfiesAny != nil || own.realm != nil || own.userFile != nil
                || !own.closedGuards.isEmpty
        else { return }
        let any = all.satisfiesAny?.value ?? false
        let isGuardedOtherwise = asksForLogin(all) || all.closedGuards.values.contains { $0.value != nil }
        if let stated = all.satisfiesAny {
            // With one kind of guard there is no choice, and a guard that is switched off lets nobody pass.
            let isChoice = any && isGuardedOtherwise && all.addresses != nil
            settings.access.combine = Stated(isChoice ? .either : .both, stated.origin)
        }
        if let rules = all.addresses, let first = rules.first {
            // Who is in no rule has passed no guard: that is enough unless another guard is to be asked instead.
            let passes = !(any && isGuardedOtherwise)
            settings.access.addresses = Edit(
                merge: .replace, value: .inOrder(rules, otherwise: passes), origin: first.origin)
        }
        stateLogin(&settings, own, all)
    }

    private func stateLogin(_ settings: inout Settings, _ own: Parts, _ all: Parts) {
        guard let origin = own.realm?.origin ?? own.userFile?.origin ?? own.closedGuards.values.first?.origin
        else { return }
        var needed: [Access] = []
        if asksForLogin(all), case .text(let realm)? = all.realm?.value, let file = all.userFile {
            needed.append(login(realm))
            settings.access.login = Stated(.basic, origin)
            settings.access.realm = Stated(realm, all.realm?.origin ?? origin)
            settings.access.userFile = file
        } else if own.realm != nil {
            settings.access.login = Stated(.none, origin)
        }
        for (_, closed) in all.closedGuards.sorted(by: { $0.key < $1.key }) {
            if let reason = closed.value { needed.append(.undecidable(reason)) }
        }
        let any = all.satisfiesAny?.value ?? false
        let required: Access =
            switch needed.count {
            case 0: .granted
            case 1: needed[0]
            default: any ? .any(needed) : .all(needed)
            }
        settings.access.required = Edit(merge: .replace, value: required, origin: origin)
    }

    /// A realm with variables switches the login off where it comes out as "off".
    private func login(_ realm: Template) -> Access {
        guard realm.literal == nil else { return .login(.anyone) }
        return .any([.test(.compare(realm, .equal, "off")), .login(.anyone)])
    }

    /// nginx asks for a login only where both the realm and the file are known.
    private func asksForLogin(_ parts: Parts) -> Bool {
        if case .text? = parts.realm?.value { parts.userFile != nil } else { false }
    }

    /// A realm without a file of passwords asks for nothing.
    mutating func checkLogin(_ level: Level, _ parts: Parts) {
        guard level.parts.realm != nil, case .text? = parts.realm?.value, parts.userFile == nil,
            !containsUserFile(level.children), let range = level.seen["auth_basic"]
        else { return }
        report(
            "auth-without-file", .error, "`auth_basic` has no `auth_basic_user_file`", at: range,
            why: "nginx then asks for no password: everybody gets in", help: "add `auth_basic_user_file PATH;`")
    }

    private func containsUserFile(_ levels: [Level]) -> Bool {
        levels.contains { $0.parts.userFile != nil || containsUserFile($0.children) }
    }
}
