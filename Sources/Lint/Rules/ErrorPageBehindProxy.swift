import IR
import Language
import Routing
import Source

extension DecisionRule {
    /// The page for a dead backend is asked from that backend.
    static let errorPageBehindProxy = DecisionRule(
        LintRule(
            "error-page-behind-proxy", .error,
            summary: "The page that is to be shown when the backend is down is asked from that backend.",
            why: """
                An error page is a request of its own, and goes through the routes like any other. Where they forward \
                everything, it is forwarded too: the backend that has just failed is asked for its own obituary, \
                fails again, and the client sees the server's built-in page. Apache needs an exclusion (`ProxyPass /x \
                !`) before the rule, nginx a location for the page.
                """,
            examples: [
                LintExample(
                    "apache",
                    bad: """
                        <VirtualHost *:80>
                            ServerName a.test
                            DocumentRoot /srv/www
                            ErrorDocument 502 /down.html
                            ErrorDocument 503 /down.html
                            ProxyPass / http://127.0.0.1:8000/
                            ProxyPassReverse / http://127.0.0.1:8000/
                        </VirtualHost>

                        """, line: 5,
                    good: """
                        <VirtualHost *:80>
                            ServerName a.test
                            DocumentRoot /srv/www
                            ErrorDocument 502 /down.html
                            ErrorDocument 503 /down.html
                            ProxyPass /down.html !
                            ProxyPass / http://127.0.0.1:8000/
                            ProxyPassReverse / http://127.0.0.1:8000/
                        </VirtualHost>

                        """),
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            root /srv/www;
                            error_page 502 503 504 /down.html;
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """, line: 4,
                    good: """
                        server {
                            listen 80;
                            root /srv/www;
                            error_page 502 503 504 /down.html;
                            location = /down.html {
                            }
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """),
            ])
    ) { subject, oracle, findings in
        var seen: Set<ID<Origin>> = []
        for route in subject.configuration.forwardingRoutes {
            let asked = route.prefix + (route.prefix.hasSuffix("/") ? "" : "/") + "a"
            guard let outcome = oracle.ask(asked, of: route.site, backend: .fails(.refused)), outcome.sent.count > 1,
                outcome.sent[0].authority == outcome.sent[1].authority,
                let page = outcome.steps.first(where: { $0.kind == .errorPage }), let origin = page.origin,
                seen.insert(origin).inserted, let range = subject.range(of: origin),
                let door = oracle.door(to: route.site)
            else { continue }
            let target = String(decoding: outcome.sent[1].target, as: UTF8.self)
            let cause = outcome.steps.last { $0.kind == .routeTaken }?.origin.flatMap(subject.range)
            findings.report(
                "the page for a dead backend, `\(target)`, is asked from that backend", at: range,
                why: "the page is a request of its own, and the routes forward it like any other",
                help: "keep the page out of the forwarding, before the rule that forwards it",
                witness: "GET \(door.origin)\(asked), the backend being down -> it is asked for \(target) too -> "
                    + "\(outcome.status) with the built-in page",
                related: cause.map { [Note("this forwards the page", at: $0)] } ?? [])
        }
    }
}
