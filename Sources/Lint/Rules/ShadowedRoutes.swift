import IR
import Language
import Source

extension LintRule {
    /// A rule about forwarding that another one always comes before.
    static let shadowedProxyPass = LintRule(
        "shadowed-proxy-pass", .error, summary: "A forwarding rule, or an exclusion from one, is never reached.",
        why: """
            Apache asks its ProxyPass rules in the order in which they were written, those of the main server before \
            those of a virtual host, and the first whose path fits decides: a longer path or an exclusion (`!`) \
            behind a shorter one is dead. ProxyPass in `<Location>` sections comes before all of these, and there the \
            last section that fits decides, whatever the manual says of the most specific one.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/www
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPass /static !
                        ProxyPassReverse / http://127.0.0.1:8000/
                    </VirtualHost>

                    """, line: 5,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        DocumentRoot /srv/www
                        ProxyPass /static !
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPassReverse / http://127.0.0.1:8000/
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        for shadow in Shadow.all(in: subject) where shadow.isAboutForwarding {
            guard let range = subject.range(of: shadow.route.origin) else { continue }
            let winner =
                "\(subject.statement(shadow.winner.origin)) (\(subject.place(shadow.winner.origin, seenFrom: range)))"
            findings.report(
                shadow.route.excludes
                    ? "this exclusion never takes effect: \(winner) comes first"
                    : "this rule is never reached: \(winner) comes first",
                at: range, why: shadow.reason,
                help: shadow.isLastInOrder
                    ? "write the section behind the other one, or remove it"
                    : "write it before the other one, or remove it",
                related: subject.range(of: shadow.winner.origin).map {
                    [Note("this takes all of its requests", at: $0)]
                }
                    ?? [])
        }
    }

    /// A redirect or alias that another one always comes before.
    static let shadowedRoute = LintRule(
        "shadowed-route", .warning, summary: "A redirect or alias is never reached.",
        why: """
            Apache asks ProxyPass first, then Redirect, then Alias, and of each kind the first whose path fits \
            decides. A redirect below a path that is forwarded, and an alias behind one for a shorter path, are dead. \
            An exclusion such as `ProxyPass /old !` lets requests through to them.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPassReverse / http://127.0.0.1:8000/
                        Redirect /old http://b.test/new
                    </VirtualHost>

                    """, line: 5,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        ProxyPass /old !
                        ProxyPass / http://127.0.0.1:8000/
                        ProxyPassReverse / http://127.0.0.1:8000/
                        Redirect /old http://b.test/new
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        for shadow in Shadow.all(in: subject) where !shadow.isAboutForwarding {
            guard let range = subject.range(of: shadow.route.origin) else { continue }
            let winner =
                "\(subject.statement(shadow.winner.origin)) (\(subject.place(shadow.winner.origin, seenFrom: range)))"
            findings.report(
                "this is never reached: \(winner) comes first", at: range, why: shadow.reason,
                help: "write it before the other one, or exclude its path there",
                related: subject.range(of: shadow.winner.origin).map {
                    [Note("this takes all of its requests", at: $0)]
                }
                    ?? [])
        }
    }
}

/// A route that can never be taken, and the one that is taken in its place.
private struct Shadow {
    var route: Route
    var winner: Route
    /// The winner stands behind it in a table where the last one wins.
    var isLastInOrder: Bool
    /// The two are in one table.
    var isOneTable: Bool

    /// It forwards, or excludes from forwarding.
    var isAboutForwarding: Bool {
        if case .content(.forward) = route.yields { true } else { route.excludes }
    }

    var reason: String {
        if isLastInOrder {
            return "of several sections that fit the last one decides, and that one fits whatever this one does"
        }
        if isOneTable { return "the first rule that fits decides, and that one fits whatever this one does" }
        return "that kind of rule is asked before this one, and it fits whatever this one does"
    }

    /// All of a configuration's tables that are searched in order; those of nginx have other rules.
    static func all(in subject: LintSubject) -> [Shadow] {
        var seen: Set<ID<Origin>> = []
        var alive: Set<ID<Origin>> = []
        var shadows: [Shadow] = []
        for site in subject.configuration.sites {
            for table in site.locate.indices {
                for (index, route) in site.locate[table].routes.enumerated() {
                    if let shadow = find(index, of: table, in: site.locate) {
                        if seen.insert(route.origin).inserted { shadows.append(shadow) }
                    } else {
                        alive.insert(route.origin)
                    }
                }
            }
        }
        // A rule of the main server stands in every site's tables: it is dead only if it is dead in all of them.
        return shadows.filter { !alive.contains($0.route.origin) }
    }

    private static func find(_ index: Int, of table: Int, in tables: [RouteTable]) -> Shadow? {
        let own = tables[table]
        let route = own.routes[index]
        guard own.search != .exactThenLongestThenPatterns else { return nil }
        // What leaves an earlier table of another group goes on to this one.
        for earlier in tables[..<table] where earlier.search != .exactThenLongestThenPatterns {
            for winner in order(earlier) where winner.covers(route) {
                if winner.excludes, earlier.group != own.group { break }
                if winner.excludes, !route.excludes { return nil }
                return Shadow(route: route, winner: winner, isLastInOrder: false, isOneTable: false)
            }
        }
        let isLast = own.search == .lastInOrder
        let before = isLast ? Array(own.routes[(index + 1)...].reversed()) : Array(own.routes[..<index])
        guard let winner = before.first(where: { $0.covers(route) }) else { return nil }
        return Shadow(route: route, winner: winner, isLastInOrder: isLast, isOneTable: true)
    }

    private static func order(_ table: RouteTable) -> [Route] {
        table.search == .lastInOrder ? table.routes.reversed() : table.routes
    }
}

extension Route {
    /// It leads out of its table without a result.
    var excludes: Bool { yields == .leaveTable }

    /// Whether it takes every path that another one takes.
    func covers(_ other: Route) -> Bool {
        guard unless == nil else { return false }
        switch match {
        case .segments(let prefix):
            guard let begin = other.match.literalBegin else { return prefix == "/" || prefix.isEmpty }
            if prefix == "/" || prefix.isEmpty { return true }
            if prefix.hasSuffix("/") { return begin.text.hasPrefix(prefix) }
            return begin.text.hasPrefix(prefix + "/") || (begin.text == prefix && begin.endsSegment)
        case .bytes(let prefix):
            return other.match.literalBegin?.text.hasPrefix(prefix) ?? prefix.isEmpty
        case .exact(let path):
            if case .exact(path) = other.match { return true }
            return false
        case .pattern(let pattern, _):
            if case .pattern(pattern, _) = other.match { return true }
            return ["^/", "/", "^", ".*", "^.*$", "^/.*$", "^(.*)$", "^/(.*)$", "^/(.*)"].contains(pattern.source)
        case .glob: return false
        }
    }
}

extension PathMatcher {
    /// What every path that it takes begins with, and whether the segment ends there; nil where that is not known.
    fileprivate var literalBegin: (text: String, endsSegment: Bool)? {
        switch self {
        case .exact(let text), .segments(let text): (text, true)
        case .bytes(let text): (text, false)
        case .pattern(let pattern, _): pattern.literalBegin.map { ($0, false) }
        case .glob: nil
        }
    }
}

extension Pattern {
    /// The literal text that every match at a path's start begins with; nil for patterns without `^`.
    var literalBegin: String? {
        guard source.hasPrefix("^"), !ignoresCase, !source.contains("|") else { return nil }
        var text = ""
        var rest = source.dropFirst()
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let escaped = rest.popFirst(), !escaped.isLetter, !escaped.isNumber else { break }
                text.append(escaped)
            } else if ".[]()$*+?{}^".contains(character) {
                // A quantifier belongs to the character before it, which then need not be there.
                if "*?{".contains(character), !text.isEmpty { text.removeLast() }
                break
            } else {
                text.append(character)
            }
        }
        return text
    }
}
