package import IR

/// A guard that cannot be run, whose scope is therefore closed.
package struct ClosedGuard: Hashable, Sendable {
    /// Why it cannot be run.
    package var reason: String
    /// The statement.
    package var origin: ID<Origin>

    /// The guards of a configuration that cannot be run, in the order of its layers.
    package static func all(in configuration: Configuration) -> [ClosedGuard] {
        var found: [ClosedGuard] = []
        for layer in configuration.layers {
            let access = layer.settings.access
            for edit in [access.required, access.addresses].compactMap(\.self) {
                found += reasons(in: edit.value).map { ClosedGuard(reason: $0, origin: edit.origin) }
            }
            if case .unsupported(let reason)? = access.login?.value, let origin = access.login?.origin {
                found.append(ClosedGuard(reason: reason, origin: origin))
            }
        }
        return found
    }

    private static func reasons(in access: Access) -> [String] {
        switch access {
        case .undecidable(let reason): [reason]
        case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(reasons)
        case .granted, .denied, .test, .inOrder, .login, .ask: []
        }
    }
}
