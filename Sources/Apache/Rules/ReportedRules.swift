import Language
import Source

extension ApacheDialect {
    /// What reading and lowering report, beside the coverage rules that all dialects share.
    static var reported: [LintRule] { readingRules + shapeRules + effectRules }

    /// What is found while lines are read.
    private static let readingRules: [LintRule] = [
        LintRule(
            "undefined-variable", .warning, summary: "A `${name}` has no value.",
            why: """
                httpd replaces `${name}` by what Define says, else by the environment. Where neither knows the name, \
                it warns (AH00111) and leaves the text as it is, which then is part of a path or an address.
                """,
            examples: [
                apache(
                    bad: "ErrorLog ${LOGS}/error.log", line: 1, good: "Define LOGS /var/log\nErrorLog ${LOGS}/error.log"
                )
            ]),
        LintRule(
            "undefined-macro", .error, summary: "A `Use` names a macro that no `<Macro>` before it defines.",
            why: "httpd refuses to start. Macros count from where they are defined, so the order of lines matters.",
            examples: [
                apache(
                    bad: "Use Site a", line: 1,
                    good: "<Macro Site $name>\nDefine NAME $name\n</Macro>\nUse Site a")
            ]),
        LintRule(
            "missing-file", .error, summary: "A file that the configuration names cannot be read.",
            why: """
                httpd refuses to start when a file of an Include or a RewriteMap is not there. IncludeOptional permits \
                files to be missing.
                """,
            examples: [
                apache(bad: "Include /nowhere/at/all.conf", line: 1, good: "IncludeOptional /nowhere/at/all.conf")
            ]),
        LintRule(
            "include-cycle", .error, summary: "Files or macros include each other in a ring.",
            why: "httpd counts to a limit of nested files and then refuses to start."),
        LintRule(
            "error-directive", .error, summary: "An `Error` directive is reached.",
            why: "Somebody put it there to stop the server with a message, mostly inside `<IfDefine>` or a macro.",
            examples: [
                apache(
                    bad: "Error \"not to be used\"", line: 1,
                    good: "<IfDefine NEVER>\nError \"not to be used\"\n</IfDefine>")
            ]),
        LintRule(
            "module-not-loaded", .error, summary: "A directive's module is not loaded.",
            why: """
                Where there are LoadModule lines, a directive of a module that none of them loads keeps httpd from \
                starting. `<IfModule>` around it makes it optional.
                """,
            examples: [
                apache(
                    bad: "LoadModule authz_core_module modules/mod_authz_core.so\nExpiresActive On", line: 2,
                    good:
                        "LoadModule authz_core_module modules/mod_authz_core.so\n"
                        + "<IfModule mod_expires.c>\nExpiresActive On\n</IfModule>"
                )
            ]),
    ]

    /// What httpd refuses because of how it is written.
    private static let shapeRules: [LintRule] = [
        LintRule(
            "wrong-context", .error, summary: "A directive stands where it is not allowed.",
            why: """
                Each directive may stand in some of four places: the server's configuration, virtual hosts, sections \
                about directories, files and URLs, and `.htaccess` files. Elsewhere httpd refuses to start.
                """,
            examples: [
                apache(
                    bad: "Require all granted", line: 1,
                    good: "<Directory /srv/site>\nRequire all granted\n</Directory>")
            ]),
        LintRule(
            "wrong-arguments", .error, summary: "A directive has too few arguments, or too many.",
            why: """
                httpd refuses to start. Often a value with blanks lacks its quotes, or a comment follows on the same \
                line: `#` begins a comment only at the beginning of a line.
                """,
            examples: [apache(bad: "Timeout 30 seconds", line: 1, good: "Timeout 30")]),
        LintRule(
            "invalid-value", .error, summary: "An argument means nothing to its directive.",
            why: "httpd checks most values when it starts, and refuses to go on with one that it does not know.",
            examples: [apache(bad: "KeepAliveTimeout soon", line: 1, good: "KeepAliveTimeout 5")]),
    ]

    /// What is accepted and does something else than it seems to.
    private static let effectRules: [LintRule] = [
        LintRule(
            "relative-directory", .warning, summary: "A `<Directory>` path does not begin at the root.",
            why: "The section is compared with whole paths of files, and one that begins with no slash equals none.",
            examples: [
                apache(
                    bad: "<Directory htdocs>\nOptions None\n</Directory>", line: 1,
                    good: "<Directory /srv/htdocs>\nOptions None\n</Directory>")
            ]),
        LintRule(
            "error-page-hides-challenge", .warning, summary: "The page for 401 is a whole URL.",
            why: """
                A redirect would take the challenge away that makes a browser ask for a password. httpd ignores the \
                line (AH00113).
                """,
            examples: [
                apache(
                    bad: "ErrorDocument 401 http://a.test/login", line: 1, good: "ErrorDocument 401 /login.html")
            ]),
        LintRule(
            "default-type-without-effect", .warning, summary: "DefaultType names a media type.",
            why: """
                Since 2.4 a file of unknown kind is sent without a media type, and DefaultType takes only `none`. \
                Other values are ignored with a warning.
                """,
            examples: [apache(bad: "DefaultType text/plain", line: 1, good: "DefaultType none")]),
        LintRule(
            "override-outside-directory", .warning,
            summary: "AllowOverride stands in a section that is no `<Directory>`.",
            why: """
                Whether `.htaccess` files count is decided while directories are walked through, before URLs, files \
                and patterns are looked at. The line is accepted and has no effect.
                """,
            examples: [
                apache(
                    bad: "<Location /a>\nAllowOverride None\n</Location>", line: 2,
                    good: "<Directory /a>\nAllowOverride None\n</Directory>")
            ]),
        LintRule(
            "virtual-host-by-name", .warning, summary: "The address of a virtual host is a host name.",
            why: """
                httpd asks DNS for the name at start. Without an answer the virtual host is dropped, and another one \
                serves its requests. Which name is served is said by ServerName.
                """,
            examples: [
                apache(
                    bad: "<VirtualHost a.test:80>\nServerName a.test\n</VirtualHost>", line: 1,
                    good: "<VirtualHost *:80>\nServerName a.test\n</VirtualHost>")
            ]),
        LintRule(
            "duplicate-listen", .warning, summary: "The same socket is asked for twice.",
            why: "httpd opens it once, or fails to start because the address is in use.",
            examples: [apache(bad: "Listen 80\nListen 80", line: 2, good: "Listen 80\nListen 81")]),
        LintRule(
            "unknown-rewrite-value", .warning, summary: "A `%{NAME}` or `${map:key}` in rewriting stands for nothing.",
            why: "httpd looks the name up at each request, finds nothing, and takes empty text.",
            examples: [
                apache(
                    bad: "RewriteEngine On\nRewriteRule ^/a %{HOST_NAME}/b [PT]", line: 2,
                    good: "RewriteEngine On\nRewriteRule ^/a /%{HTTP_HOST}/b [PT]")
            ]),
        LintRule(
            "unknown-redirect-status", .warning, summary: "The status of an R flag is no status.",
            why: "httpd accepts the line and answers 302.",
            examples: [
                apache(
                    bad: "RewriteEngine On\nRewriteRule ^/a$ /b [R=forever,L]", line: 2,
                    good: "RewriteEngine On\nRewriteRule ^/a$ /b [R=permanent,L]")
            ]),
        LintRule(
            "tls-without-certificate", .error, summary: "TLS is switched on where there is no certificate.",
            why: "Nothing can be shown to clients, and the server refuses to start.",
            examples: [
                apache(
                    bad: "<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>", line: 2,
                    good: """
                        <VirtualHost *:443>
                        SSLEngine on
                        SSLCertificateFile /etc/ssl/site.pem
                        </VirtualHost>
                        """)
            ]),
        LintRule(
            "condition-without-rule", .warning, summary: "No RewriteRule follows a RewriteCond.",
            why: "A condition belongs to the next rule of the same place; behind the last rule it has no effect.",
            examples: [
                apache(
                    bad: "RewriteEngine On\nRewriteCond %{QUERY_STRING} a", line: 2,
                    good: "RewriteEngine On\nRewriteCond %{QUERY_STRING} a\nRewriteRule ^/a$ /b [R,L]")
            ]),
        LintRule(
            "proxy-pass-in-pattern-section", .warning, summary: "ProxyPass stands in a section with a pattern.",
            why: """
                In `<LocationMatch>` httpd takes the pattern itself for the path that is forwarded. No URL begins so; \
                ProxyPassMatch is what was meant.
                """,
            examples: [
                apache(
                    bad: "<LocationMatch \"^/a/\">\nProxyPass http://127.0.0.1:8000/\n</LocationMatch>", line: 2,
                    good: "<LocationMatch \"^/a/\">\nProxyPassMatch http://127.0.0.1:8000/\n</LocationMatch>")
            ]),
        LintRule(
            "proxy-target-with-query", .warning, summary: "The target of ProxyPass has a query string.",
            why: """
                httpd puts the rest of the path behind the target and escapes the `?`, so that the upstream sees \
                `%3F` in a path and no query.
                """,
            examples: [
                apache(
                    bad: "ProxyPreserveHost On\nProxyPass /a http://127.0.0.1:8000/a?x=1", line: 2,
                    good: "ProxyPreserveHost On\nProxyPass /a http://127.0.0.1:8000/a")
            ]),
    ]

    private static func apache(bad: String, line: Int, good: String) -> LintExample {
        LintExample("apache", bad: bad + "\n", line: line, good: good + "\n")
    }
}
