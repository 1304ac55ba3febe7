import Language
import Source

extension NginxDialect {
    /// What reading and lowering find themselves.
    static let reported: [LintRule] = names + places + values

    private static let names: [LintRule] = [
        LintRule(
            "unknown-variable", .error, summary: "A variable is read that nothing defines.",
            why: "nginx refuses to start. In a file that is included elsewhere it may be defined there: a warning then."
        ),
        LintRule(
            "unknown-log-format", .error, summary: "An access_log names a format that is not defined.",
            why: "nginx refuses to start; formats are defined by log_format, in `http` and before they are used."),
        LintRule(
            "duplicate-directive", .error, summary: "A directive that may stand once stands twice in a block.",
            why: "nginx refuses to start."),
        LintRule(
            "duplicate-location", .error, summary: "Two locations of a server have the same path.",
            why: "nginx refuses to start."),
        LintRule(
            "duplicate-upstream", .error, summary: "Two upstream groups have the same name.",
            why: "nginx refuses to start."),
        LintRule(
            "duplicate-log-format", .error, summary: "Two log formats have the same name.",
            why: "nginx refuses to start."),
        LintRule(
            "duplicate-listen", .error, summary: "A server listens on an address twice.", why: "nginx refuses to start."
        ),
        LintRule(
            "duplicate-default-server", .error, summary: "Two servers are the default of an address.",
            why: "nginx refuses to start."),
        LintRule(
            "conflicting-server-name", .warning, summary: "Two servers of an address have the same name.",
            why: "nginx gives all requests for the name to the first, and says so at its start only."),
        LintRule(
            "odd-server-name", .warning, summary: "A server name is no host name and no pattern.",
            why: "No request has such a name, so the server never answers by it."),
        LintRule(
            "missing-named-location", .warning, summary: "A named location is jumped to that does not exist.",
            why: "nginx finds it out when it happens, and answers 500."),
    ]

    private static let places: [LintRule] = [
        LintRule(
            "wrong-context", .error, summary: "A directive stands where it may not.",
            why: "The server refuses to start."),
        LintRule(
            "misplaced-location", .error, summary: "A location is nested where nginx does not take it.",
            why: "nginx refuses to start: a nested location must begin with the path of the one around it."),
        LintRule(
            "missing-include", .warning, summary: "A file that is to be included is not there.",
            why: "nginx refuses to start without it; what it would say is unknown here."),
        LintRule(
            "undefined-variable", .warning, summary: "A variable of parse time is not defined.",
            why: "The text stands as it is written; `--define` and `--env-file` give it a value."),
    ]

    private static let values: [LintRule] = [
        LintRule(
            "wrong-arguments", .error, summary: "A directive has too few or too many arguments.",
            why: "The server refuses to start."),
        LintRule(
            "invalid-value", .error, summary: "An argument is not what the directive takes.",
            why: "The server refuses to start, or the line has no effect."),
        LintRule(
            "invalid-pattern", .error, summary: "A regular expression is not one.",
            why: "The server refuses to start."),
        LintRule(
            "invalid-variable", .error, summary: "A variable's name is not one.", why: "nginx refuses to start."),
        LintRule(
            "empty-upstream", .error, summary: "An upstream group has no servers.", why: "nginx refuses to start."),
        LintRule(
            "missing-port", .error, summary: "A gateway's address has no port and is no upstream group.",
            why: "nginx refuses to start. In a file that is included elsewhere the group may be there: a warning then."),
        LintRule(
            "unknown-zone", .error, summary: "A limit names a zone that is not defined.",
            why: "nginx refuses to start. In a file that is included elsewhere it may be there: a warning then."),
        LintRule(
            "upstream-with-port", .error, summary: "A group is forwarded to with a port.",
            why: "The ports are those of its servers; nginx refuses to start."),
        LintRule(
            "proxy-pass-with-uri", .error, summary: "A proxy_pass has a path where it may not.",
            why: """
                In a location with a regular expression, in an `if`, and in a named location nginx cannot tell which \
                part of the path the target's would replace, and refuses to start.
                """),
        LintRule(
            "certificate-without-key", .error, summary: "A certificate has no key.", why: "nginx refuses to start."),
        LintRule(
            "listen-without-certificate", .error, summary: "TLS is to be spoken where there is no certificate.",
            why: "nginx refuses to start."),
        LintRule(
            "auth-without-file", .error, summary: "A password is asked for and there is no file of passwords.",
            why: "nginx lets nobody in then, and answers 403 or 500."),
    ]
}
