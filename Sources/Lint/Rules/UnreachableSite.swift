import IR
import Language
import Source

extension LintRule {
    /// A name that another site answers.
    static let unreachableSite = LintRule(
        "unreachable-site", .warning, summary: "A host name leads to another site, which was written first.",
        why: """
            Apache takes the first virtual host of an address whose ServerName or ServerAlias fits, wildcards \
            included: an earlier `*.a.test` takes `www.a.test` from a later virtual host that has exactly that name. \
            The later one is dead for that name.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ServerAlias *.a.test
                        DocumentRoot /srv/a
                    </VirtualHost>
                    <VirtualHost *:80>
                        ServerName www.a.test
                        DocumentRoot /srv/www
                    </VirtualHost>

                    """, line: 7,
                good: """
                    <VirtualHost *:80>
                        ServerName www.a.test
                        DocumentRoot /srv/www
                    </VirtualHost>
                    <VirtualHost *:80>
                        ServerName a.test
                        ServerAlias *.a.test
                        DocumentRoot /srv/a
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        var seen: Set<ID<Origin>> = []
        for listener in subject.configuration.listeners {
            for table in [listener.names] + listener.names.more.flatMap(\.names) {
                for (index, name) in table.names.enumerated() {
                    let earlier = table.names[..<index].first {
                        $0.site != name.site && $0.pattern.takes(name.pattern, search: table.search)
                    }
                    guard let earlier, let range = subject.range(of: name.origin), let host = name.pattern.example,
                        seen.insert(name.origin).inserted
                    else { continue }
                    let place = subject.range(of: earlier.origin).map(subject.reading.sources.place)
                    let cause = subject.place(earlier.origin, seenFrom: range)
                    findings.report(
                        "`\(host)` leads to another site: \(cause) has it first",
                        at: range,
                        why: table.search == .firstInOrder
                            ? "the first site in the order of the files whose name or alias fits answers"
                            : "of two servers with the same name on one address the first answers",
                        help: "give the site a name of its own, or write it before the other one",
                        witness: "GET http://\(host)/ -> the site of "
                            + (place ?? "another file"),
                        related: subject.range(of: earlier.origin).map { [Note("this name comes first", at: $0)] } ?? []
                    )
                }
            }
        }
    }
}

extension NamePattern {
    /// Whether every host that another pattern takes goes to this one, which stands before it.
    fileprivate func takes(_ other: NamePattern, search: NameSearch) -> Bool {
        if self == other { return true }
        switch (self, other) {
        case (.exact(let own), .exact(let text)): return own.lowercased() == text.lowercased()
        case (.glob(let glob), .exact(let text)):
            guard search == .firstInOrder else { return false }
            return matchesGlob(text.lowercased(), pattern: glob.lowercased())
        case (.suffix(let suffix, let andItself), .exact(let text)):
            guard search == .firstInOrder else { return false }
            return text.hasSuffix(suffix) || (andItself && "." + text == suffix)
        default: return false
        }
    }
}
