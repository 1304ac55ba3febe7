import Language
import Source

extension LintRule {
    /// A virtual host for a port that nobody listens on.
    static let virtualHostWithoutListen = LintRule(
        "virtual-host-without-listen", .warning,
        summary: "A virtual host is for a port that the server does not listen on.",
        why: """
            `<VirtualHost *:8443>` says which requests a virtual host answers; it opens no port. Without a `Listen \
            8443` no request ever reaches it.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    ServerRoot /etc/apache2
                    ServerName a.test
                    Listen 80
                    <VirtualHost *:8443>
                        ServerName a.test
                        DocumentRoot /srv/www
                    </VirtualHost>

                    """, line: 4,
                good: """
                    ServerRoot /etc/apache2
                    ServerName a.test
                    Listen 80
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/www
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let listens = subject.outline.all("listen")
        let isWhole = !subject.isFragment || subject.outline.has("serverroot")
        guard isWhole, !listens.isEmpty else { return }
        let ports = Set(listens.compactMap { port(of: $0.word(0)) })
        // A file that could not be included may listen.
        if subject.reading.diagnostics.contains(where: { $0.rule == "missing-file" }) { return }
        for host in subject.outline.all("<virtualhost") {
            for argument in host.directive.arguments {
                guard argument.text.contains(":"), let port = port(of: argument.text), !ports.contains(port) else {
                    continue
                }
                findings.report(
                    "nothing listens on port \(port)", at: argument.range,
                    why: "a virtual host opens no port; Listen does", help: "add `Listen \(port)`",
                    related: listens.prefix(1).map { Note("this is listened on", at: $0.directive.head) })
            }
        }
    }

    /// Virtual hosts for an address, and those for all addresses are dead there.
    static let addressHidesNames = LintRule(
        "address-hides-names", .warning,
        summary: "A virtual host for an address takes all requests that arrive there, whatever name they ask for.",
        why: """
            httpd looks for the address first: where a `<VirtualHost 10.0.0.1:80>` exists, the name-based virtual \
            hosts on `*:80` are never consulted for requests that arrive at that address, not even for their own \
            names.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost 10.0.0.1:80>
                        ServerName a.test
                        DocumentRoot /srv/a
                    </VirtualHost>
                    <VirtualHost *:80>
                        ServerName b.test
                        DocumentRoot /srv/b
                    </VirtualHost>

                    """, line: 5,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/a
                    </VirtualHost>
                    <VirtualHost *:80>
                        ServerName b.test
                        DocumentRoot /srv/b
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let hosts = subject.outline.all("<virtualhost")
        var specific: [(address: String, port: String, host: Place)] = []
        for host in hosts {
            for argument in host.words {
                guard let port = port(of: argument), let address = address(of: argument) else { continue }
                specific.append((address, port, host))
            }
        }
        if specific.isEmpty { return }
        for host in hosts where !host.children("servername").isEmpty {
            for argument in host.directive.arguments {
                guard let port = port(of: argument.text), address(of: argument.text) == nil,
                    let taker = specific.first(where: { $0.port == port && $0.host.index != host.index }),
                    // The same site is often there once for each kind of address.
                    !specific.contains(where: { $0.port == port && sharesName($0.host, host) })
                else { continue }
                findings.report(
                    "requests that arrive at \(taker.address) never get here", at: host.directive.head,
                    why: "the address is looked for before the name, and another virtual host has it",
                    help: "write `*:\(port)` there too, or add \(taker.address):\(port) here",
                    witness:
                        "GET http://\(host.children("servername").first?.word(0) ?? "")/ sent to \(taker.address) -> "
                        + "the site of \(subject.reading.sources.place(of: taker.host.directive.head))",
                    related: [Note("this takes all requests to \(taker.address)", at: taker.host.directive.head)])
            }
        }
    }
}

/// The port of `8080`, `a:8080` or `[::]:8080`; nil where there is none or it is `*`.
private func port(of argument: String) -> String? {
    let text = argument.split(separator: ":").last.map(String.init) ?? argument
    return !text.isEmpty && text.allSatisfy { $0.isNumber } ? text : nil
}

/// The address of a virtual host, nil when it is for all.
private func address(of argument: String) -> String? {
    guard let colon = argument.lastIndex(of: ":") else { return nil }
    let text = argument[..<colon]
    return text == "*" || text == "_default_" || text == "0.0.0.0" || text == "[::]" ? nil : String(text)
}

private func sharesName(_ a: Place, _ b: Place) -> Bool {
    let names = { (place: Place) in
        Set(place.children("servername", "serveralias").flatMap(\.words).map { $0.lowercased() })
    }
    return !names(a).isDisjoint(with: names(b))
}
