import IR
import Language

/// Rows for directives that state one value.
extension Entry<NginxLowering> {
    /// A directive that is `on` or `off`.
    static func flag(
        _ name: String, in contexts: ContextSet, to path: any WritableKeyPath<Level, Stated<Bool>?> & Sendable,
        summary: String
    ) -> Entry {
        Entry(name, in: contexts, .flag, summary: summary) { directive, state in
            guard let value = state.flag(directive) else { return }
            state.level[keyPath: path] = Stated(value, state.origin(directive))
        }
    }

    /// A directive that takes a length of time.
    static func time(
        _ name: String, in contexts: ContextSet, to path: any WritableKeyPath<Level, Stated<Double>?> & Sendable,
        summary: String
    ) -> Entry {
        Entry(name, in: contexts, .one, summary: summary) { directive, state in
            guard let argument = directive.arguments.first, let value = state.seconds(argument, of: name) else {
                return
            }
            state.level[keyPath: path] = Stated(value, state.origin(directive))
        }
    }

    /// A directive that takes a whole number.
    static func number(
        _ name: String, in contexts: ContextSet, to path: any WritableKeyPath<Level, Stated<Int>?> & Sendable,
        summary: String
    ) -> Entry {
        Entry(name, in: contexts, .one, summary: summary) { directive, state in
            guard let argument = directive.arguments.first, let value = state.number(argument, of: name) else { return }
            state.level[keyPath: path] = Stated(value, state.origin(directive))
        }
    }
}
