import IR
import Language
import Routing
import Source

extension DecisionRule {
    /// Some ways in which a backend can fail have a page, others have none.
    static let incompleteGatewayErrors = DecisionRule(
        LintRule(
            "incomplete-gateway-errors", .warning,
            summary: "A page is shown for one failure of the backend, and not for the others.",
            why: """
                A backend can be down, hang up, or be too slow, and the servers have other codes for it. nginx \
                answers 502 when nothing listens or the connection breaks and 504 when no answer comes in time. \
                Apache answers 503 when nothing listens and 502 when the backend hangs up or is too slow. 503 is also \
                what limits and maintenance switches answer. A maintenance page for one of them alone is missing when \
                it is needed.
                """,
            examples: [
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            error_page 502 /down.html;
                            location = /down.html {
                                root /srv/www;
                            }
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """, line: 3,
                    good: """
                        server {
                            listen 80;
                            error_page 502 503 504 /down.html;
                            location = /down.html {
                                root /srv/www;
                            }
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """),
                LintExample(
                    "apache",
                    bad: """
                        <VirtualHost *:80>
                            ServerName a.test
                            DocumentRoot /srv/www
                            ErrorDocument 503 /down.html
                            ProxyPass /down.html !
                            ProxyPass / http://127.0.0.1:8000/
                            ProxyPassReverse / http://127.0.0.1:8000/
                        </VirtualHost>

                        """, line: 4,
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
            ])
    ) { subject, oracle, findings in
        var seen: Set<ID<Origin>> = []
        for route in subject.configuration.forwardingRoutes {
            let asked = route.prefix + (route.prefix.hasSuffix("/") ? "" : "/") + "a"
            var covered: (status: Int, origin: ID<Origin>)?
            var missing: [Int: UpstreamFailure] = [:]
            for failure in [UpstreamFailure.refused, .closedEarly, .readTimeout] {
                guard let outcome = oracle.ask(asked, of: route.site, backend: .fails(failure)),
                    let status = outcome.failureStatus, (502...504).contains(status)
                else { continue }
                if let page = outcome.steps.first(where: { $0.kind == .errorPage })?.origin {
                    if covered == nil { covered = (status, page) }
                } else if missing[status] == nil {
                    missing[status] = failure
                }
            }
            guard let covered, let (status, failure) = missing.min(by: { $0.key < $1.key }),
                seen.insert(covered.origin).inserted, let range = subject.range(of: covered.origin),
                let door = oracle.door(to: route.site)
            else { continue }
            let pages = oracle.statusesWithPages(asked, of: route.site, subject)
            let others = (502...504).filter { !pages.contains($0) && (missing[$0] != nil || $0 == 503) }
            let list = others.map(String.init).joined(separator: " and ")
            findings.report(
                "\(covered.status) has a page, \(list) \(others.count > 1 ? "have" : "has") none", at: range,
                why: "\(status) is what clients get when the backend \(failure.words); they see the built-in page then",
                help: "give \(list) the same page",
                witness:
                    "GET \(door.origin)\(asked), the backend \(failure.example) -> \(status) with the built-in page")
        }
    }
}

extension Outcome {
    /// The first failure's status.
    fileprivate var failureStatus: Int? {
        steps.first { $0.kind == .failed }.flatMap { Int($0.text) } ?? status
    }
}

extension Oracle {
    /// The statuses that have an error rule where a request ends up.
    fileprivate mutating func statusesWithPages(_ target: String, of site: Int, _ subject: LintSubject) -> Set<Int> {
        guard let outcome = ask(target, of: site) else { return [] }
        let layers = outcome.layers.filter { subject.configuration.layers.indices.contains($0.at) }
            .map { subject.configuration.layers[$0.at].settings.errors.rules }
        var statuses: Set<Int> = []
        for rules in layers {
            guard let rules else { continue }
            if rules.merge == .replace { statuses = [] }
            statuses.formUnion(rules.value.map(\.status))
        }
        return statuses
    }
}

extension UpstreamFailure {
    /// What the backend does, behind "when the backend".
    fileprivate var words: String {
        switch self {
        case .refused: "is down"
        case .closedEarly: "hangs up"
        default: "is too slow"
        }
    }

    /// What the backend is doing, behind "the backend".
    fileprivate var example: String {
        switch self {
        case .refused: "being down"
        case .closedEarly: "hanging up"
        default: "being too slow"
        }
    }
}
