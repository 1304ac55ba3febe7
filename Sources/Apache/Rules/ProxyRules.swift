import Language
import Source

extension LintRule {
    /// `ProxyRequests On`.
    static let openProxy = LintRule(
        "open-proxy", .error, summary: "ProxyRequests On makes the server a proxy to anywhere.",
        why: """
            ProxyPass needs no ProxyRequests. With On, httpd fetches any URL that a client names, also those of your \
            internal network, for everybody whom no `<Proxy>` section keeps out: open proxies are found within hours, \
            and send spam in your name. Sluice is no forward proxy, and runs the rest of the configuration without \
            it.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyRequests On
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPassReverse / http://127.0.0.1:8000/
                    </VirtualHost>

                    """, line: 3,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPassReverse / http://127.0.0.1:8000/
                    </VirtualHost>

                    """)
        ], replaces: ["unsupported-directive"]
    ) { subject, findings in
        for statement in subject.outline.all("proxyrequests") where statement.word(0).lowercased() == "on" {
            let guarded = subject.outline.all("<proxy").first { section in
                section.word(0) == "*" && section.children.contains(where: restricts)
            }
            findings.report(
                guarded == nil
                    ? "anybody can use this server to reach anything" : "this makes the server a forward proxy",
                at: statement.directive.head, severity: guarded == nil ? .error : .warning,
                why: "ProxyPass does not need it; with it httpd fetches any URL that a client asks for",
                help: "write `ProxyRequests Off`, or remove the line",
                witness: "GET http://10.0.0.1/ HTTP/1.1 -> httpd fetches it",
                related: guarded.map { [Note("this is what keeps others out", at: $0.directive.head)] } ?? [])
        }
    }

    /// A ProxyPass without the ProxyPassReverse that belongs to it.
    static let proxyPassWithoutReverse = LintRule(
        "proxy-pass-without-reverse", .warning, summary: "Redirects of a backend are not translated back.",
        why: """
            A backend that does not know the public address redirects to its own, as in `Location: \
            http://127.0.0.1:8000/login`, and the browser follows it to nowhere. ProxyPassReverse puts the public \
            address in its place. With `ProxyPreserveHost On` the backend sees the public host and mostly uses it.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass /app/ http://127.0.0.1:8000/
                    </VirtualHost>

                    """, line: 3,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass /app/ http://127.0.0.1:8000/
                        ProxyPassReverse /app/ http://127.0.0.1:8000/
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let reverses = subject.outline.all("proxypassreverse").map(ProxyLine.init)
        for statement in subject.outline.all("proxypass") {
            let line = ProxyLine(statement)
            // In a section about a pattern there is no path that a redirect could be given.
            guard let origin = line.origin, !line.preservesHost, statement.enclosing("<locationmatch") == nil,
                !reverses.contains(where: { $0.isFor(line) || $0.origin == origin })
            else { continue }
            let text = line.path.map { "ProxyPassReverse \($0) \(line.target)" } ?? "ProxyPassReverse \(line.target)"
            let end = SourceRange(
                file: statement.directive.head.file, start: statement.directive.head.end,
                end: statement.directive.head.end)
            let column = subject.reading.sources.position(of: statement.directive.head).column
            let indent = String(repeating: " ", count: column - 1)
            // What a balancer's members are called stands elsewhere; their redirects name them, not the balancer.
            let named = origin.hasPrefix("balancer:") ? "http://its-member" : origin
            findings.report(
                "redirects from \(origin) reach the client as they are", at: statement.directive.head,
                why: "the backend names itself in Location, and clients cannot reach it there",
                help: "add `\(text)`",
                witness: "the backend answers 302, Location: \(named)/login -> the client is sent to \(named)/login",
                fix: Fix(
                    isSafe: false, title: "add ProxyPassReverse", edits: [TextEdit(end, text: "\n\(indent)\(text)")]))
        }
    }

    /// A ProxyPassReverse that fits no ProxyPass.
    static let proxyPassReverseMismatch = LintRule(
        "proxy-pass-reverse-mismatch", .warning, summary: "A ProxyPassReverse names another URL than its ProxyPass.",
        why: """
            ProxyPassReverse compares the beginning of the backend's redirects with its URL, letter by letter. With \
            `localhost` in one line and `127.0.0.1` in the other, or another port or path, nothing is translated.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass /app/ http://127.0.0.1:8000/
                        ProxyPassReverse /app/ http://localhost:8080/
                    </VirtualHost>

                    """, line: 4,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass /app/ http://127.0.0.1:8000/
                        ProxyPassReverse /app/ http://127.0.0.1:8000/
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let passes = subject.outline.all("proxypass").map(ProxyLine.init)
        let reverses = subject.outline.all("proxypassreverse").map(ProxyLine.init)
        for reverse in reverses {
            guard let origin = reverse.origin, let pass = passes.first(where: { reverse.isFor($0) }),
                let wanted = pass.origin, origin != wanted, !origin.contains("$"), !wanted.hasPrefix("balancer:"),
                // Several lines for one path: the backend may call itself by other names too.
                reverses.count(where: { $0.isFor(pass) }) == 1
            else { continue }
            findings.report(
                "this translates redirects to \(origin), and the backend is \(wanted)",
                at: reverse.place.directive.head,
                why: "the URL is compared with the beginning of the backend's Location, letter by letter",
                help: "name the same URL as the ProxyPass: `\(pass.target)`",
                witness: "the backend answers 302, Location: \(wanted)/login -> the client gets it unchanged",
                related: [Note("the backend is named here", at: pass.place.directive.head)])
        }
    }
}

/// Whether a line of a `<Proxy>` section keeps somebody out.
private func restricts(_ place: Place) -> Bool {
    switch place.key {
    case "require": place.words.map { $0.lowercased() } != ["all", "granted"]
    case "deny": true
    case "<requireall", "<requireany", "<requirenone", "authtype": true
    default: false
    }
}

/// A ProxyPass or ProxyPassReverse line: path and target.
private struct ProxyLine {
    var place: Place
    /// The path; nil where a section has it.
    var path: String?
    var target: String

    init(_ place: Place) {
        self.place = place
        let isInSection = place.enclosing("<location", "<locationmatch") != nil
        if isInSection, !(place.word(0).hasPrefix("/") && place.words.count > 1 && place.word(1).contains("://")) {
            path = nil
            target = place.word(0)
        } else {
            path = place.word(0)
            target = place.word(1)
        }
    }

    /// `http://host:port` of the target; nil for exclusions, balancers of other protocols, and sockets.
    var origin: String? {
        guard let scheme = ["http://", "https://", "balancer://"].first(where: target.lowercased().hasPrefix) else {
            return nil
        }
        let host = target.dropFirst(scheme.count).prefix { $0 != "/" }
        return host.isEmpty ? nil : (scheme + host).lowercased()
    }

    /// The path that it is about, of a section where it has none.
    var subjectPath: String {
        let text = path ?? place.enclosing("<location", "<locationmatch")?.words.last ?? ""
        return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// Whether both are about one path of one virtual host; the main server's lines hold in all of them.
    func isFor(_ other: ProxyLine) -> Bool {
        guard subjectPath == other.subjectPath else { return false }
        guard let host = place.virtualHost else { return true }
        return host.index == other.place.virtualHost?.index
    }

    /// The client's Host field is sent on where the line holds.
    var preservesHost: Bool {
        for block in place.ancestors {
            if let last = block.children("proxypreservehost").last { return last.word(0).lowercased() == "on" }
        }
        let top = (place.ancestors.last ?? place).siblings.last { $0.key == "proxypreservehost" }
        return top?.word(0).lowercased() == "on"
    }
}
