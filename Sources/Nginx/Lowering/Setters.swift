import IR
import Language
import Source

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

    /// A directive that names a file; relative paths lie in the folder of the configuration.
    static func path(
        _ name: String, in contexts: ContextSet = .perServer,
        to path: any WritableKeyPath<Level, Stated<String>?> & Sendable, guards: Bool = false, summary: String
    ) -> Entry {
        Entry(name, in: contexts, .one, guards: guards, summary: summary) { directive, state in
            guard let argument = directive.arguments.first else { return }
            state.level[keyPath: path] = Stated(state.confPath(argument.text), state.origin(directive))
        }
    }
}

extension NginxLowering {
    /// A file's path, relative ones below the folder of the configuration (`ngx_conf_full_name` with `conf_prefix`).
    func confPath(_ text: String) -> String { fullPath(text, below: folder) }

    /// The path of a certificate or key; nil for one that only a request would tell, which is not run.
    mutating func certificatePath(_ directive: Directive) -> Stated<String>? {
        let argument = directive.arguments[0]
        if argument.text.contains("$") || argument.text.hasPrefix("data:") || argument.text.hasPrefix("engine:")
            || argument.text.hasPrefix("store:")
        {
            report(
                Coverage.unsupported, .warning, "`\(directive.name)` is run with plain paths only", at: argument.range,
                why: "certificates are read when the server starts, not when a client comes",
                help: "write the path of a file in PEM")
            return nil
        }
        return Stated(confPath(argument.text), origin(directive))
    }

    /// The TLS versions that a directive names.
    mutating func tlsVersions(_ directive: Directive) -> Set<TLSVersionName>? {
        var versions: Set<TLSVersionName> = []
        for argument in directive.arguments {
            if let version = TLSVersionName(rawValue: argument.text) {
                versions.insert(version)
            } else if argument.text != "SSLv2", argument.text != "SSLv3" {
                let near = closest(to: argument.text, in: TLSVersionName.allCases.map(\.rawValue))
                refuse(
                    argument, "`\(directive.name)` does not know \"\(argument.text)\"",
                    help: near.map { "did you mean `\($0)`?" } ?? "it takes `TLSv1.2` and `TLSv1.3`")
                return nil
            }
        }
        return versions
    }

    /// How many sessions `ssl_session_cache` remembers; nil inside: as many as the library likes.
    ///
    /// A megabyte of shared memory holds about 4,000 sessions (nginx's manual); `builtin` alone takes OpenSSL's 20,480.
    mutating func sessionCache(_ directive: Directive) -> Int?? {
        var count: Int? = 0
        for argument in directive.arguments {
            let parts = argument.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            switch parts[0] {
            case "off", "none": count = 0
            case "builtin": count = parts.count > 1 ? number(argument, parts[1], of: directive.name) : 20_480
            case "shared":
                guard parts.count == 3, !parts[1].isEmpty, let size = parseSize(parts[2]), size >= 8_192 * 4 else {
                    refuse(
                        argument, "\"\(argument.text)\" is no cache of sessions",
                        help: "write `shared:NAME:SIZE`, such as `shared:tls:10m`")
                    return .none
                }
                count = max(1, size / 262)
            default:
                refuse(
                    argument, "`ssl_session_cache` does not know \"\(argument.text)\"",
                    help: "it takes `off`, `none`, `builtin` or `shared:NAME:SIZE`")
                return .none
            }
        }
        return .some(count)
    }

    private mutating func number(_ argument: Argument, _ text: String, of name: String) -> Int? {
        if let value = Int(text), value >= 0 { return value }
        refuse(argument, "\"\(text)\" is no number", help: "`\(name)` takes a whole number there")
        return nil
    }
}
