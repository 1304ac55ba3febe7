import IR
import Language
import Routing
import Source

extension DecisionRule {
    /// A redirect leads back to where it came from.
    static let redirectLoop = DecisionRule(
        LintRule(
            "redirect-loop", .error, summary: "A redirect leads back to the URL that was asked for.",
            why: """
                Browsers give up after some twenty rounds and show an error of their own. The usual cause is a \
                redirect to HTTPS that also holds for requests that came over HTTPS, because both ports are in one \
                server block or virtual host.
                """,
            examples: [
                LintExample(
                    "nginx",
                    bad: """
                        server {
                            listen 80;
                            server_name a.test;
                            return 301 http://a.test$request_uri;
                        }

                        """, line: 4,
                    good: """
                        server {
                            listen 80;
                            server_name a.test;
                            return 301 http://b.test$request_uri;
                        }

                        """),
                LintExample(
                    "apache",
                    bad: """
                        <VirtualHost *:80>
                            ServerName a.test
                            Redirect permanent / http://a.test/
                        </VirtualHost>

                        """, line: 3,
                    good: """
                        <VirtualHost *:80>
                            ServerName a.test
                            Redirect permanent / http://b.test/
                        </VirtualHost>

                        """),
            ])
    ) { subject, oracle, findings in
        var seen: Set<ID<Origin>> = []
        for door in subject.configuration.doors {
            guard let loop = Loop.follow(from: door, "/a", in: subject.configuration, &oracle),
                let origin = loop.origin, seen.insert(origin).inserted, let range = subject.range(of: origin)
            else { continue }
            findings.report(
                loop.urls.count > 2 ? "these redirects lead in a circle" : "this redirect leads to itself", at: range,
                why: "the request it leads to is answered with the same redirect again",
                help: "redirect only requests that need it, for instance from a server of its own for port 80",
                witness: "GET " + loop.urls.joined(separator: " -> "))
        }
    }
}

/// Redirects that lead in a circle.
private struct Loop {
    /// The URLs, the last being one of those before it.
    var urls: [String]
    /// Who redirects.
    var origin: ID<Origin>?

    /// Follows redirects as long as they lead to the same configuration.
    static func follow(
        from door: Door, _ path: String, in configuration: Configuration, _ oracle: inout Oracle
    ) -> Loop? {
        var door = door
        var path = path
        var urls = [door.origin + path]
        var origin: ID<Origin>?
        for _ in 0..<5 {
            let outcome = oracle.ask(path, through: door)
            guard [301, 302, 303, 307, 308].contains(outcome.status), let location = outcome.field("location"),
                !outcome.steps.contains(where: { $0.kind == .errorPage })
            else { return nil }
            if origin == nil { origin = outcome.redirector }
            guard let (next, nextPath) = configuration.door(for: location, from: door) else { return nil }
            (door, path) = (next, nextPath)
            let url = door.origin + path
            if let first = urls.firstIndex(of: url) {
                // A circle that is only reached later is reported where it begins.
                return first == 0 ? Loop(urls: urls + [url], origin: origin) : nil
            }
            urls.append(url)
        }
        return nil
    }
}

extension Outcome {
    /// The statement that made the answer.
    fileprivate var redirector: ID<Origin>? {
        steps.last { ($0.kind == .answered || $0.kind == .ruleActed || $0.kind == .routeTaken) && $0.origin != nil }?
            .origin
    }
}

extension Configuration {
    /// A door for each name at each listener, and for names that nobody has.
    fileprivate var doors: [Door] {
        listeners.enumerated().flatMap { index, listener in
            let hosts = listener.names.names.compactMap(\.pattern.example).filter { !$0.isEmpty }
            return Set(hosts).union(hosts.isEmpty ? ["example.test"] : []).sorted().map {
                Door(listener: index, host: $0, port: listener.port, isTLS: listener.isTLS)
            }
        }
    }

    /// Where a URL in a Location field leads; nil: to another server.
    fileprivate func door(for location: String, from door: Door) -> (Door, String)? {
        if location.hasPrefix("/"), !location.hasPrefix("//") { return (door, location) }
        guard let scheme = ["http://", "https://"].first(where: location.hasPrefix) else { return nil }
        let rest = location.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest[authority.endIndex...]
        let isTLS = scheme == "https://"
        let parts = authority.split(separator: ":", maxSplits: 1)
        guard let host = parts.first, let port = parts.count > 1 ? Int(parts[1]) : (isTLS ? 443 : 80) else {
            return nil
        }
        guard
            let index = listeners.firstIndex(where: { listener in
                listener.port == port && listener.isTLS == isTLS
            })
        else { return nil }
        // Another host leads here only if this configuration knows it; else it is some other server's.
        let isKnown = host == door.host || listeners[index].names.names.contains { $0.pattern.example == String(host) }
        guard isKnown else { return nil }
        return (
            Door(listener: index, host: String(host), port: port, isTLS: isTLS), path.isEmpty ? "/" : String(path)
        )
    }
}
