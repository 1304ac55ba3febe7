package import Source

/// The three coverage rules: nothing in a configuration is skipped in silence.
package enum Coverage {
    /// No server and no module that is known has a directive of this name.
    package static let unknown = "unknown-directive"
    /// The server has it, and it is not run here.
    package static let unsupported = "unsupported-directive"
    /// A third-party module's directive.
    package static let foreign = "foreign-directive"

    /// The finding for a directive that no one knows.
    package static func unknownDirective(_ directive: Directive, closest: String?) -> Diagnostic {
        Diagnostic(
            unknown, .error, "unknown directive `\(shortened(directive.name))`", at: directive.nameRange,
            why: "neither the server nor a known module has a directive of this name, so the server refuses to start",
            help: closest.map { "did you mean `\($0)`?" } ?? "remove it, or check its spelling")
    }

    /// The finding for a directive that is known and not run.
    package static func unsupportedDirective(_ directive: Directive, module: String, guards: Bool) -> Diagnostic {
        Diagnostic(
            unsupported, guards ? .error : .warning, "`\(directive.name)` (\(module)) is not run by Sluice",
            at: directive.head,
            why: guards
                ? "it restricts access; what it guards is answered 403 here instead of being left open"
                : "requests are served as if it were not there")
    }

    /// The finding for a third-party module's directive.
    package static func foreignDirective(_ directive: Directive, module: String, guards: Bool) -> Diagnostic {
        Diagnostic(
            foreign, guards ? .error : .warning, "`\(directive.name)` belongs to the third-party module \(module)",
            at: directive.head,
            why: guards
                ? "it restricts access; what it guards is answered 403 here instead of being left open"
                : "the module is not part of the server, and Sluice does not run it")
    }
}

/// A name as messages show it: text that lost its line ends can be megabytes long.
private func shortened(_ name: String) -> String {
    name.utf8.count > 80 ? "\(name.prefix(60))..." : name
}
