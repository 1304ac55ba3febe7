import Language
import Source

extension LintRule {
    /// `RewriteRule ^/x` in a directory.
    static let rewritePatternWithSlash = LintRule(
        "rewrite-pattern-with-slash", .error, summary: "A RewriteRule in a directory expects a leading slash.",
        why: """
            In `<Directory>` and `.htaccess` httpd takes the directory's path off before it compares, slash included: \
            what a pattern sees never begins with `/`, and `^/` never matches. Directly in a virtual host it always \
            does.
            """,
        examples: [
            LintExample(
                "apache", bad: "RewriteEngine On\nRewriteRule ^/old$ /new [R=301,L]\n", line: 2,
                good: "RewriteEngine On\nRewriteRule ^old$ /new [R=301,L]\n", path: "/srv/www/.htaccess")
        ]
    ) { subject, findings in
        for rule in subject.outline.all("rewriterule") {
            let isInDirectory = rule.enclosing("<directory", "<directorymatch") != nil || rule.isInHtaccess(subject)
            guard isInDirectory, rule.enclosing("<location", "<locationmatch", "<if") == nil,
                rule.word(0).hasPrefix("^/"), let pattern = rule.directive.arguments.first
            else { continue }
            let behind = rule.word(0).dropFirst(2).first
            // `^/?x` matches with and without.
            if behind == "?" || behind == "*" || behind == "{" || rule.word(0).contains("|") { continue }
            findings.report(
                "this pattern never matches", at: pattern.range,
                why: "in a directory the path that is compared has no leading slash",
                help: "write `^\(rule.word(0).dropFirst(2))`")
        }
    }

    /// `RewriteRule ^x` in a virtual host.
    static let rewritePatternWithoutSlash = LintRule(
        "rewrite-pattern-without-slash", .error, summary: "A RewriteRule in a virtual host expects no leading slash.",
        why: """
            Directly in a virtual host or the main server a pattern is compared with the whole path, which always \
            begins with `/`: `^index` never matches. In `<Directory>` and `.htaccess` the path comes without it, and \
            rules that are moved from there need the slash.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        RewriteEngine On
                        RewriteRule ^old$ /new [R=301,L]
                    </VirtualHost>

                    """, line: 4,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        RewriteEngine On
                        RewriteRule ^/old$ /new [R=301,L]
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        for rule in subject.outline.all("rewriterule") {
            // A fragment without a virtual host may be included in a directory.
            guard rule.parent?.key == "<virtualhost", let pattern = rule.directive.arguments.first else { continue }
            let text = rule.word(0)
            guard text.hasPrefix("^"), let first = text.dropFirst().first, first.isASCII,
                first.isLetter || first.isNumber || first == "_" || first == "-", !text.contains("|")
            else { continue }
            let behind = text.dropFirst(2).first
            if behind == "?" || behind == "*" || behind == "{" { continue }
            findings.report(
                "this pattern never matches", at: pattern.range,
                why: "directly in a virtual host the path that is compared begins with a slash",
                help: "write `^/\(text.dropFirst())`")
        }
    }

    /// Rules, and the engine is off.
    static let rewriteRuleWithoutEngine = LintRule(
        "rewrite-rule-without-engine", .warning, summary: "There are rewrite rules, and the engine is not switched on.",
        why: """
            Rules do nothing without `RewriteEngine On` in the same virtual host or in the main server; for rules in \
            a `<Directory>` it must stand in that or a directory above it.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        RewriteRule ^/old$ /new [R=301,L]
                    </VirtualHost>

                    """, line: 3,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        RewriteEngine On
                        RewriteRule ^/old$ /new [R=301,L]
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let engines = subject.outline.all("rewriteengine").filter { $0.word(0).lowercased() == "on" }
        let isOnInMain = engines.contains { $0.parent == nil }
        var hosts: Set<Int> = []
        for rule in subject.outline.all("rewriterule") {
            guard let host = rule.parent, host.key == "<virtualhost", hosts.insert(host.index).inserted, !isOnInMain,
                !engines.contains(where: { $0.parent?.index == host.index })
            else { continue }
            findings.report(
                "nothing is rewritten here", at: rule.directive.head,
                why: "neither this virtual host nor the main server has `RewriteEngine On`",
                help: "add `RewriteEngine On` before the rules")
        }
    }

    /// Rules of the main server, which virtual hosts do not have.
    static let rewriteRuleOutsideVirtualHosts = LintRule(
        "rewrite-rule-outside-virtual-hosts", .warning,
        summary: "Rewrite rules of the main server do not hold in the virtual hosts.",
        why: """
            Virtual hosts inherit most of the main server's settings, but not its RewriteRules. They need \
            `RewriteOptions Inherit` each, or the main server needs `RewriteOptions InheritDown`.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    RewriteEngine On
                    RewriteRule ^/old$ /new [R=301,L]
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/www
                    </VirtualHost>

                    """, line: 2,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/www
                        RewriteEngine On
                        RewriteRule ^/old$ /new [R=301,L]
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let hosts = subject.outline.all("<virtualhost")
        let inherits = subject.outline.all("rewriteoptions").contains { place in
            place.words.contains { $0.lowercased().hasPrefix("inherit") }
        }
        let rules = subject.outline.all("rewriterule").filter { $0.parent == nil && !$0.isInHtaccess(subject) }
        guard let first = rules.first, let host = hosts.first, !inherits else { return }
        let what = rules.count == 1 ? "this rule does" : "this and the other rules outside do"
        findings.report(
            "\(what) not hold in the virtual hosts",
            at: first.directive.head, why: "virtual hosts do not inherit the main server's rewrite rules",
            help: "move them into the virtual hosts, or add `RewriteOptions InheritDown` here",
            related: [Note("not here, for instance", at: host.directive.head)])
    }
}
