import Language
import Source

extension LintRule {
    /// `deny all; allow …;`: the first line decides for everybody.
    static let allowAfterDenyAll = LintRule(
        "allow-after-deny-all", .error, summary: "An allow or deny stands behind one for all, and is never reached.",
        why: """
            nginx goes through allow and deny in their order and the first one that fits decides. Behind `deny all` \
            or `allow all` nothing is reached. What is meant is mostly the other order: the exceptions first, the \
            rule for all last.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /admin/ {
                            deny all;
                            allow 10.0.0.0/8;
                        }
                    }

                    """, line: 5,
                good: """
                    server {
                        listen 80;
                        location /admin/ {
                            allow 10.0.0.0/8;
                            deny all;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        var blocks: Set<Int> = []
        for rule in subject.outline.all("allow", "deny") where rule.word(0) == "all" {
            let lines = rule.siblings.filter { $0.key == "allow" || $0.key == "deny" }
            guard let first = lines.first(where: { $0.word(0) == "all" }), first.index == rule.index,
                blocks.insert(rule.parent?.index ?? -1).inserted
            else { continue }
            for dead in lines where dead.index > first.index {
                findings.report(
                    "`\(dead.key) \(dead.word(0))` is never reached", at: dead.directive.head,
                    why: "the first line that fits decides, and `\(first.key) all` fits everybody",
                    help: "write it before `\(first.key) all`",
                    related: [Note("this decides for everybody", at: first.directive.head)])
            }
        }
    }

    /// `allow 10.0.0.0/8;` alone: everybody else passes too.
    static let allowWithoutDeny = LintRule(
        "allow-without-deny", .error, summary: "Addresses are allowed and no others are denied.",
        why: """
            Whoever fits none of the lines passes: a list of `allow` lines without `deny all` at its end keeps nobody \
            out. With `satisfy any` and a password this is harmless, because the password is still asked for.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /admin/ {
                            allow 10.0.0.0/8;
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location /admin/ {
                            allow 10.0.0.0/8;
                            deny all;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for rule in subject.outline.all("allow") {
            guard let block = rule.parent, block.key != "geo" else { continue }
            let lines = block.children("allow", "deny")
            guard lines.first?.index == rule.index, !lines.contains(where: { $0.key == "deny" }),
                !lines.contains(where: { $0.word(0) == "all" }),
                block.inForce("satisfy").last?.word(0) != "any"
            else { continue }
            // A fragment may be included where `deny all` follows.
            if subject.isFragment, rule.ancestors.allSatisfy({ $0.key != "server" }) { continue }
            findings.report(
                "everybody passes, not only \(rule.word(0))", at: rule.directive.head,
                why: "whoever fits none of the lines is let in", help: "add `deny all;` behind the last allow",
                witness: "a request from any other address -> is answered as if the line were not there")
        }
    }

    /// `deny all; return 301 …;`: the answer is given before anybody asks who may have it.
    static let returnBeforeAccess = LintRule(
        "return-before-access", .warning, summary: "A return answers before the access rules beside it are looked at.",
        why: """
            nginx runs rewrite, return and set before it checks allow, deny and passwords. A location that returns a \
            page or a redirect gives it to everybody, whatever else stands in it.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /secret {
                            allow 10.0.0.0/8;
                            deny all;
                            return 200 "the key";
                        }
                    }

                    """, line: 6,
                good: """
                    server {
                        listen 80;
                        location /secret {
                            allow 10.0.0.0/8;
                            deny all;
                            root /srv/secret;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for answer in subject.outline.all("return") {
            guard let location = answer.parent, location.key == "location" else { continue }
            let status = answer.words.count == 1 && Int(answer.word(0)) == nil ? 302 : Int(answer.word(0)) ?? 0
            // An error is what the guard would have answered too.
            guard (200..<400).contains(status) else { continue }
            let guards = location.children.filter { place in
                (place.key == "deny") || (place.key == "auth_basic" && place.word(0) != "off")
                    || place.key == "auth_request"
            }
            guard let first = guards.first else { continue }
            findings.report(
                "everybody gets this answer: \(first.title) is not looked at", at: answer.directive.head,
                why: "return runs before access is checked",
                help: "serve what is guarded from a file or a backend: access is checked before those",
                related: [Note("this is never checked here", at: first.directive.head)])
        }
    }
}
