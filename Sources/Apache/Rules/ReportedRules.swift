import Language
import Source

extension ApacheDialect {
    /// What reading and lowering find themselves.
    static let reported: [LintRule] = files + statements + effects

    private static let files: [LintRule] = [
        LintRule(
            "missing-file", .error, summary: "A file that is to be read is not there.",
            why: "httpd refuses to start where it cannot do without; what the file would say is unknown here."),
        LintRule(
            "include-cycle", .error, summary: "A file includes itself.", why: "httpd refuses to start."),
        LintRule(
            "too-many-includes", .error, summary: "Files include each other deeper than httpd allows.",
            why: "httpd refuses to start."),
        LintRule(
            "undefined-variable", .warning, summary: "A variable of parse time is not defined.",
            why: "The text stands as it is written; `--define` and `--env-file` give it a value."),
        LintRule(
            "undefined-macro", .error, summary: "A macro is used that is not defined.", why: "httpd refuses to start."),
        LintRule(
            "module-not-loaded", .error, summary: "A directive's module is not loaded.",
            why: "There are LoadModule lines, and none of them loads it: httpd refuses to start."),
        LintRule(
            "error-directive", .error, summary: "An Error directive stops the server.",
            why: "httpd refuses to start with its message."),
    ]

    private static let statements: [LintRule] = [
        LintRule(
            "wrong-context", .error, summary: "A directive stands where it may not.",
            why: "The server refuses to start."),
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
            "duplicate-listen", .error, summary: "An address is listened on twice.",
            why: "The server refuses to start, because the address is taken by itself."),
    ]

    private static let effects: [LintRule] = [
        LintRule(
            "condition-without-rule", .warning, summary: "A RewriteCond has no RewriteRule behind it.",
            why: "Conditions belong to the next rule; without one they do nothing."),
        LintRule(
            "unknown-rewrite-value", .warning, summary: "A RewriteCond tests a variable that does not exist.",
            why: "The text is always empty."),
        LintRule(
            "default-type-without-effect", .warning, summary: "DefaultType has had no effect since httpd 2.4.",
            why: "Files of unknown kind are sent without a media type."),
        LintRule(
            "error-page-hides-challenge", .warning, summary: "The error page for 401 is another server's URL.",
            why: "httpd ignores it, because a redirect would keep the browser from asking for the password."),
        LintRule(
            "override-outside-directory", .warning, summary: "AllowOverride stands outside of a directory section.",
            why: "It has no effect there."),
        LintRule(
            "virtual-host-by-name", .warning, summary: "A virtual host's address is a host name.",
            why: "httpd asks DNS for it when it starts, and leaves the virtual host out when there is no answer."),
        LintRule(
            "wildcard-server-name", .warning, summary: "A ServerName has a wildcard.",
            why: "Wildcards belong in ServerAlias; here the name is taken letter by letter."),
    ]
}
