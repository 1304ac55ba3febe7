import IR
import Language
import Source

extension LintRule {
    /// An error is answered with a redirect.
    static let errorPageLosesStatus = LintRule(
        "error-page-loses-status", .warning, summary: "An error page is a URL, so the error becomes a redirect.",
        why: """
            With a whole URL as error page both servers answer 302 and the address of the page, which then comes with \
            200. Browsers lose the address that was asked for, crawlers index the error page, and programs take the \
            failure for a success. A path on the same site keeps the status.
            """,
        examples: [
            LintExample(
                "apache", bad: "ErrorDocument 404 http://a.test/missing.html\n", line: 1,
                good: "ErrorDocument 404 /missing.html\n"),
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        error_page 404 http://a.test/missing.html;
                    }

                    """, line: 3,
                good: """
                    server {
                        listen 80;
                        error_page 404 /missing.html;
                    }

                    """),
        ]
    ) { subject, findings in
        var seen: Set<ID<Origin>> = []
        for layer in subject.configuration.layers {
            for rule in layer.settings.errors.rules?.value ?? [] {
                // 494...497 are nginx's own for requests that should have been TLS: a redirect is what they are for.
                guard case .redirect(let url, let status) = rule.page, !(494...497).contains(rule.status),
                    seen.insert(rule.origin).inserted, let range = subject.range(of: rule.origin)
                else { continue }
                let answer = url.literal.map { "\(status), Location: \($0)" } ?? "\(status)"
                findings.report(
                    "the client never sees the status \(rule.status)", at: range,
                    why: "a whole URL as error page is answered as a redirect (\(answer))",
                    help: "give a path on this site, which keeps the status")
            }
        }
    }
}
