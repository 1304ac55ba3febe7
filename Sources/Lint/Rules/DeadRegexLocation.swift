import IR
import Language
import Source

extension LintRule {
    /// A regular expression that no request reaches.
    static let deadRegexLocation = LintRule(
        "dead-regex-location", .error, summary: "A location with a regular expression is never reached.",
        why: """
            nginx looks for the longest prefix first. If that location has `^~`, regular expressions are not asked at \
            all; otherwise the first one in the file that matches wins. A pattern for paths that a `^~` location \
            takes, and a pattern behind another one that matches all of its paths, are dead.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location ^~ /files/ {
                            root /srv/www;
                        }
                        location ~ ^/files/private/.*\\.zip$ {
                            deny all;
                        }
                    }

                    """, line: 6,
                good: """
                    server {
                        listen 80;
                        location /files/ {
                            root /srv/www;
                        }
                        location ~ ^/files/private/.*\\.zip$ {
                            deny all;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        let configuration = subject.configuration
        for site in configuration.sites {
            for table in site.locate where table.search == .exactThenLongestThenPatterns {
                for (index, route) in table.routes.enumerated() {
                    guard case .pattern(let pattern, _) = route.match, let range = subject.range(of: route.origin)
                    else {
                        continue
                    }
                    if let winner = table.prefixThatEndsTheSearch(before: pattern) {
                        findings.report(
                            "this pattern is never asked: \(subject.statement(winner.origin)) takes all of its paths",
                            at: range, why: "`^~` ends the search before regular expressions are tried",
                            help: "remove the `^~`, or put this location into that one",
                            related: subject.range(of: winner.origin).map { [Note("this ends the search", at: $0)] }
                                ?? [])
                        continue
                    }
                    let earlier = table.routes[..<index].first { $0.isPattern && $0.covers(route) }
                    guard let winner = earlier, winner.origin != route.origin else { continue }
                    findings.report(
                        "this pattern never wins: \(subject.statement(winner.origin)) stands before it", at: range,
                        why:
                            "the first that matches is taken, and that one matches all that this does",
                        help: "write it before the other one, or remove it",
                        related: subject.range(of: winner.origin).map { [Note("this takes all of its paths", at: $0)] }
                            ?? [])
                }
            }
        }
    }
}

extension RouteTable {
    /// The prefix with `^~` that every path of a pattern leads to.
    fileprivate func prefixThatEndsTheSearch(before pattern: Pattern) -> Route? {
        guard let begin = pattern.literalBegin, !begin.isEmpty else { return nil }
        let prefixes = routes.compactMap { route in route.match.prefix.map { (text: $0, route: route) } }
        guard let longest = prefixes.filter({ begin.hasPrefix($0.text) }).max(by: { $0.text.count < $1.text.count }),
            longest.route.endsSearch
        else { return nil }
        // A longer prefix without `^~` below it might be the longest for some of the paths.
        let mayBeLonger = prefixes.contains {
            !$0.route.endsSearch && $0.text.hasPrefix(begin) && $0.text != longest.text
        }
        return mayBeLonger ? nil : longest.route
    }
}

extension Route {
    fileprivate var isPattern: Bool { if case .pattern = match { true } else { false } }
}
