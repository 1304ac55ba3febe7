import IR
import Language
import Routing
import Source

extension DecisionRule {
    /// A prefix and a target of which only one ends in a slash.
    static let proxyPassSlashMismatch = DecisionRule(
        LintRule(
            "proxy-pass-slash-mismatch", .warning,
            summary: "Of a forwarded prefix and its target only one ends in a slash.",
            why: """
                What follows the matched prefix is put behind the target's path as it is. With `/api` and a target \
                that ends in a slash, `/api/a` arrives as `//a`, which many applications do not know. With `/api/` \
                and a target that does not end in one, `/api/a` arrives glued to the target's last word, or even to \
                its port. nginx's `location /api` also takes `/apikeys` and forwards what is left of it. End both \
                sides in a slash, or neither.
                """,
            examples: [
                LintExample(
                    "apache",
                    bad: """
                        <VirtualHost *:80>
                            ServerName a.test
                            ProxyPass /api http://127.0.0.1:8000/
                            ProxyPassReverse /api http://127.0.0.1:8000/
                        </VirtualHost>

                        """, line: 3,
                    good: """
                        <VirtualHost *:80>
                            ServerName a.test
                            ProxyPass /api/ http://127.0.0.1:8000/
                            ProxyPassReverse /api/ http://127.0.0.1:8000/
                        </VirtualHost>

                        """),
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            location /api/ {
                                proxy_pass http://127.0.0.1:8000/v1;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """, line: 4,
                    good: """
                        server {
                            listen 80;
                            location /api/ {
                                proxy_pass http://127.0.0.1:8000/v1/;
                                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            }
                        }

                        """),
            ])
    ) { subject, oracle, findings in
        var seen: Set<ID<Origin>> = []
        for route in subject.configuration.forwardingRoutes where seen.insert(route.forward.origin).inserted {
            guard let range = subject.range(of: route.forward.origin),
                let mismatch = SlashMismatch.find(route, &oracle),
                let door = oracle.door(to: route.site)
            else { continue }
            findings.report(
                mismatch.message, at: range, severity: mismatch.isBroken ? .error : .warning, why: mismatch.why,
                help: mismatch.help(prefix: route.prefix),
                witness: "GET \(door.origin)\(mismatch.asked) -> \(mismatch.result)")
        }
    }
}

/// What goes wrong where a prefix meets its target.
private struct SlashMismatch {
    enum Kind { case doubleSlash, gluedToPath, gluedToHost }

    var kind: Kind
    /// The path that shows it.
    var asked: String
    /// What the backend gets, or what the client does.
    var result: String

    /// Asks for a path below the prefix and looks at what is sent; nil where all is well.
    static func find(_ route: ForwardingRoute, _ oracle: inout Oracle) -> SlashMismatch? {
        let asked = route.prefix + (route.prefix.hasSuffix("/") ? "" : "/") + "a"
        guard !route.prefix.contains("//"), let outcome = oracle.ask(asked, of: route.site),
            outcome.steps.last(where: { $0.kind == .routeTaken })?.origin == route.route.origin
        else { return nil }
        guard let sent = outcome.sent.first else {
            // Behind a prefix with a slash the target's port takes the rest of the path, and is no port any more.
            guard outcome.status == 500, route.prefix.hasSuffix("/"), case .computed = route.forward.to else {
                return nil
            }
            return SlashMismatch(
                kind: .gluedToHost, asked: asked, result: "500, the target being \(route.forward.written)a")
        }
        let target = String(decoding: sent.target, as: UTF8.self)
        let path = target.prefix { $0 != "?" }
        let result = "\(sent.authority) gets \(target)"
        if path.hasSuffix("//a") { return SlashMismatch(kind: .doubleSlash, asked: asked, result: result) }
        if sent.authority.hasSuffix("a"), path == "/" || path.isEmpty {
            return SlashMismatch(kind: .gluedToHost, asked: asked, result: "the host asked is \(sent.authority)")
        }
        guard path.hasSuffix("a"), !path.hasSuffix("/a") else { return nil }
        return SlashMismatch(kind: .gluedToPath, asked: asked, result: result)
    }

    /// The request can never reach what it is meant for.
    var isBroken: Bool { kind != .doubleSlash }

    var message: String {
        switch kind {
        case .doubleSlash: "`\(asked)` reaches the backend with two slashes: \(result)"
        case .gluedToPath: "`\(asked)` reaches the backend glued to the target's last word: \(result)"
        case .gluedToHost: "`\(asked)` is glued to the target's host: \(result)"
        }
    }

    var why: String {
        switch kind {
        case .doubleSlash:
            "the prefix has no slash at its end and the target has one, so the slash behind the prefix comes twice"
        case .gluedToPath, .gluedToHost:
            "the prefix has a slash at its end and the target has none, so nothing parts them"
        }
    }

    func help(prefix: String) -> String {
        switch kind {
        case .doubleSlash: "end both in a slash (`\(prefix)/`), or neither"
        case .gluedToPath, .gluedToHost: "end the target in a slash, as the prefix does"
        }
    }
}
