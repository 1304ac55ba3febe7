import Language
import Source

extension LintRule {
    /// `proxy_pass http://b/$1;`: decoded text goes into the request line, and the query is lost.
    static let captureInProxyPass = LintRule(
        "capture-in-proxy-pass", .warning,
        summary: "A proxy_pass is put together from decoded text, or loses the query.",
        why: """
            With a variable in its path, proxy_pass sends exactly what the variables hold. `$uri` and the groups of a \
            regular expression are decoded: a blank in the URL goes into the request line as it is and the backend \
            answers 400, and `%2F` or `%3F` become slashes and queries. The request's own query is not appended; it \
            has to be written as `$is_args$args`. A `rewrite … break` before a proxy_pass without a path escapes the \
            text again and keeps the query.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location ~ ^/shop/(.*)$ {
                            proxy_pass http://127.0.0.1:8000/$1;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location /shop/ {
                            proxy_pass http://127.0.0.1:8000/;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for statement in subject.outline.all("proxy_pass") {
            guard let path = pathOfTarget(statement.word(0)), let decoded = decodedVariable(in: path) else { continue }
            let keepsQuery = ["$args", "$query_string", "${args}", "$arg_", "$request_uri"].contains(
                where: path.contains)
            findings.report(
                keepsQuery
                    ? "`\(decoded)` is decoded text: a blank in it breaks the request to the backend"
                    : "the query is lost, and `\(decoded)` is decoded text",
                at: statement.directive.head, severity: keepsQuery ? .info : .warning,
                why: "with variables in its path proxy_pass sends just what they hold, and appends nothing",
                help: "use a prefix location, or `rewrite … break` before a proxy_pass without a path",
                witness: keepsQuery
                    ? "a path with %20 in what \(decoded) holds -> the backend gets a blank in its request line: 400"
                    : "a request with ?a=b -> the backend gets the path without it")
        }
    }

    /// `proxy_pass http://b/y?z=1;`: the rest of the path becomes part of the query.
    static let queryInProxyPass = LintRule(
        "query-in-proxy-pass", .error, summary: "The target of a proxy_pass has a query.",
        why: """
            What follows the location's prefix is put behind the target as it is, and behind that the request's own \
            query: with `location /q` and the target `http://b/y?z=1`, the request `/q/a?x=1` arrives as \
            `/y?z=1/a?x=1`.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /search {
                            proxy_pass http://127.0.0.1:8000/find?site=a;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location /search {
                            rewrite ^ /find?site=a break;
                            proxy_pass http://127.0.0.1:8000;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for statement in subject.outline.all("proxy_pass") {
            let target = statement.word(0)
            guard let path = pathOfTarget(target), path.contains("?"), !target.contains("$"),
                let location = statement.enclosing("location"), location.location?.modifier != "=",
                let prefix = location.prefix
            else { continue }
            findings.report(
                "`\(prefix)/a?x=1` reaches the backend as `\(path)/a?x=1`", at: statement.directive.head,
                why: "what follows the prefix, and then the request's query, are put behind the target as it is",
                help: "add the query with `rewrite ^ \(path.prefix { $0 != "?" })?… break;` and leave it out here")
        }
    }

    /// `proxy_pass https://…` without the name in the TLS handshake.
    static let upstreamWithoutSNI = LintRule(
        "upstream-without-sni", .warning,
        summary: "An upstream is asked over TLS without being told which name is meant.",
        why: """
            nginx sends no server name (SNI) to upstreams unless `proxy_ssl_server_name on` stands there. A server \
            that has several sites, and every CDN, then shows another certificate or ends the handshake, and the \
            client sees 502.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location / {
                            proxy_pass https://backend.example.org;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location / {
                            proxy_pass https://backend.example.org;
                            proxy_ssl_server_name on;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for statement in subject.outline.all("proxy_pass") where statement.word(0).hasPrefix("https://") {
            let host = statement.word(0).dropFirst(8).prefix { $0 != "/" && $0 != ":" }
            // A group's name and an address are nobody's server name, and a computed one may be anything.
            guard host.contains("."), !host.contains("$"), !host.allSatisfy({ $0.isNumber || $0 == "." }),
                let block = statement.parent, block.inForce("proxy_ssl_server_name").last?.word(0) != "on"
            else { continue }
            findings.report(
                "\(host) is not told that it is asked for \(host)", at: statement.directive.head,
                why: "without `proxy_ssl_server_name on` the TLS handshake has no server name",
                help: "add `proxy_ssl_server_name on;`")
        }
    }

    /// An `upstream` that nobody forwards to.
    static let unusedUpstream = LintRule(
        "unused-upstream", .warning, summary: "Nothing forwards to an upstream group.",
        why: """
            It is probably left over, or its name is written differently where it was to be used; nginx then takes \
            the other name for a host and asks DNS for it.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    upstream backend {
                        server 127.0.0.1:8000;
                    }
                    server {
                        listen 80;
                        location / {
                            proxy_pass http://127.0.0.1:8000;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """, line: 1,
                good: """
                    upstream backend {
                        server 127.0.0.1:8000;
                    }
                    server {
                        listen 80;
                        location / {
                            proxy_pass http://backend;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        let groups = subject.outline.all("upstream")
        guard !groups.isEmpty else { return }
        let users = subject.outline.everything.filter { $0.key.hasSuffix("_pass") }
        // A file with nothing but groups is included by one that uses them; a computed target may be any of them.
        guard !users.isEmpty, !users.contains(where: { hostOfTarget($0.word(0)).contains("$") }) else { return }
        if subject.reading.diagnostics.contains(where: { $0.rule == "missing-include" }) { return }
        let names = Set(users.map { hostOfTarget($0.word(0)).lowercased() })
        for group in groups where !names.contains(group.word(0).lowercased()) && !group.word(0).isEmpty {
            let near = closest(to: group.word(0), in: names)
            findings.report(
                "nothing forwards to `\(group.word(0))`", at: group.directive.head,
                help: near.map { "`\($0)` is forwarded to: is this what is meant?" } ?? "remove it, or forward to it")
        }
    }
}

/// The part of a target behind host and port; nil when there is none.
private func pathOfTarget(_ target: String) -> String? {
    guard let scheme = ["http://", "https://"].first(where: target.hasPrefix) else { return nil }
    let rest = target.dropFirst(scheme.count)
    guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return nil }
    return String(rest[slash...])
}

/// The host of a target, without scheme, port and path.
private func hostOfTarget(_ target: String) -> String {
    var rest = target[...]
    if let mark = target.firstRange(of: "://") { rest = target[mark.upperBound...] }
    return String(rest.prefix { $0 != "/" && $0 != ":" })
}

/// The first variable in a text that holds a decoded part of the path.
private func decodedVariable(in text: String) -> String? {
    var rest = text[...]
    while let mark = rest.firstIndex(of: "$") {
        rest = rest[mark...].dropFirst()
        let name = rest.drop { $0 == "{" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        if name == "uri" || name == "document_uri" || (name.count == 1 && name.first?.isNumber == true) {
            return "$" + name
        }
    }
    return nil
}
