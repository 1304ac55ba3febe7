import IR
import Language
import Routing
import Source

extension DecisionRule {
    /// The list of addresses that a request came by is thrown away.
    static let forwardedForOverwritten = DecisionRule(
        LintRule(
            "forwarded-for-overwritten", .warning,
            summary: "X-Forwarded-For is overwritten with the nearest address instead of being continued.",
            why: """
                Each proxy on the way appends the address that it sees. One that writes its own over the list leaves \
                the application with the address of the last proxy, load balancer or CDN instead of the client's. \
                nginx's `$proxy_add_x_forwarded_for` appends. The application must then trust only as many addresses \
                from the right as there are proxies of yours. Where this server is certainly the first one that \
                clients meet, overwriting is safe too: say so in a suppression.
                """,
            examples: [
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $remote_addr;
                            }
                        }

                        """, line: 5,
                    good: """
                        server {
                            listen 80;
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """)
            ])
    ) { subject, oracle, findings in
        var seen: Set<ID<Origin>> = []
        for route in subject.configuration.forwardingRoutes {
            guard let result = ForwardedFor.find(route, &oracle), result.sent == [Oracle.client],
                let origin = result.writer(in: subject), seen.insert(origin).inserted,
                let range = subject.range(of: origin), let door = oracle.door(to: route.site)
            else { continue }
            findings.report(
                "the client's address is overwritten rather than appended", at: range,
                why: "behind another proxy the application sees that proxy's address, and the client's is lost",
                help: "append to the list: `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;`",
                witness: "GET \(door.origin)\(result.asked) with X-Forwarded-For: \(ForwardedFor.before), from "
                    + "\(Oracle.client) -> the backend gets X-Forwarded-For: \(Oracle.client)")
        }
    }

    /// The backend gets an X-Forwarded-For that the client wrote and nobody has continued.
    static let forwardedForPassedThrough = DecisionRule(
        LintRule(
            "forwarded-for-passed-through", .info,
            summary: "The backend gets the client's own X-Forwarded-For, unchanged.",
            why: """
                nginx passes X-Forwarded-For on as the client sent it unless a proxy_set_header says otherwise; \
                Apache appends the address that it sees. An application that believes the field believes whatever a \
                client writes into it, and one behind several proxies misses this one's part of the list.
                """,
            examples: [
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                            }
                        }

                        """, line: 4,
                    good: """
                        server {
                            listen 80;
                            location / {
                                proxy_pass http://127.0.0.1:8000;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """)
            ])
    ) { subject, oracle, findings in
        var sites: Set<Int> = []
        for route in subject.configuration.forwardingRoutes where !sites.contains(route.site) {
            guard let result = ForwardedFor.find(route, &oracle), result.sent == [ForwardedFor.before],
                let range = subject.range(of: route.forward.origin), let door = oracle.door(to: route.site)
            else { continue }
            // Once for each site: what holds for one of its locations mostly holds for all.
            sites.insert(route.site)
            findings.report(
                "the backend gets whatever X-Forwarded-For the client sends", at: range,
                why: "the field is passed on as it came, so an application that believes it believes the client",
                help: "`proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;` appends the address seen here",
                witness: "GET \(door.origin)\(result.asked) with X-Forwarded-For: \(ForwardedFor.before), from "
                    + "\(Oracle.client) -> the backend gets X-Forwarded-For: \(ForwardedFor.before)")
        }
    }
}

/// What becomes of a request's X-Forwarded-For on a route.
private struct ForwardedFor {
    /// What the request has in it (RFC 5737).
    static let before = "203.0.113.66"

    var asked: String
    /// The values that the backend gets.
    var sent: [String]
    private var layers: [ID<Layer>]

    static func find(_ route: ForwardingRoute, _ oracle: inout Oracle) -> ForwardedFor? {
        let asked = route.prefix + (route.prefix.hasSuffix("/") ? "" : "/") + "a"
        let field = SupposedField("X-Forwarded-For", before)
        guard let outcome = oracle.ask(asked, of: route.site, fields: [field]), let sent = outcome.sent.first else {
            return nil
        }
        let values = headFields(sent.head).filter { $0.name.lowercased() == "x-forwarded-for" }.map(\.value)
        return ForwardedFor(asked: asked, sent: values, layers: outcome.layers)
    }

    /// Who wrote the field: the uppermost layer that edits it.
    func writer(in subject: LintSubject) -> ID<Origin>? {
        for layer in layers.reversed() where subject.configuration.layers.indices.contains(layer.at) {
            let edits = subject.configuration.layers[layer.at].settings.request.headers
            if let edit = edits?.value.last(where: { $0.name.lowercased() == "x-forwarded-for" }) { return edit.origin }
            if edits?.merge == .replace { return nil }
        }
        return nil
    }
}
