import Language
import Source

extension LintRule {
    /// What every dialect's lowering says about directives that are not understood.
    static let coverageRules: [LintRule] = [
        LintRule(
            Coverage.unknown, .error, summary: "No server and no module that is known has this directive.",
            why: "The server refuses to start with it. The nearest name that exists is suggested."),
        LintRule(
            Coverage.unsupported, .warning, summary: "The directive is the server's own and is not run by Sluice.",
            why: """
                Requests are served as if it were not there. Where it restricts access this is an error, and what it \
                guards is answered 403 instead of being left open.
                """),
        LintRule(
            Coverage.foreign, .warning, summary: "The directive belongs to a third-party module.",
            why: """
                The server knows it only with that module, and Sluice does not run it. Where it restricts access this \
                is an error, and what it guards is answered 403 instead of being left open.
                """),
    ]
}
