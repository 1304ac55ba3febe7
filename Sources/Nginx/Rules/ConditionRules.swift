import Language
import Source

extension LintRule {
    /// `if` and `try_files` in one location.
    static let ifDropsTryFiles = LintRule(
        "if-drops-try-files", .error, summary: "Where an `if` holds, the try_files beside it is not run.",
        why: """
            An `if` in a location is a location of its own that is entered when the condition holds. It inherits \
            settings, but not try_files: the request is then looked for as the file that its path names, and answered \
            404 where try_files would have found something. Conditions whose body ends in a return or a rewrite are \
            safe.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        root /srv/www;
                        location / {
                            if ($arg_debug) {
                                add_header X-Debug 1;
                            }
                            try_files $uri /index.html;
                        }
                    }

                    """, line: 8,
                good: """
                    server {
                        listen 80;
                        root /srv/www;
                        location / {
                            if ($arg_debug) {
                                return 403;
                            }
                            try_files $uri /index.html;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for tries in subject.outline.all("try_files") {
            guard let location = tries.parent, location.key == "location" else { continue }
            let conditions = location.children("if").filter { $0.staysInside && !$0.children.isEmpty }
            guard let first = conditions.first else { continue }
            findings.report(
                "this is not run where \(first.title) holds", at: tries.directive.head,
                why: "an `if` is a location of its own, which does not inherit try_files",
                help: "use a variable from `map` in place of the `if`, or end its body in a return or a rewrite",
                related: conditions.map { Note("this is entered in place of the location", at: $0.directive.head) })
        }
    }

    /// Two `if`s with settings in one location.
    static let ifOverridesIf = LintRule(
        "if-overrides-if", .warning, summary: "Of several `if`s that hold, only the last one's settings count.",
        why: """
            An `if` in a location is a location of its own that is entered when the condition holds. Of two that \
            hold, the request ends up in the last: what the first one sets for the answer, such as headers, is lost. \
            Only set, rewrite and return in it have happened.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location / {
                            if ($arg_a) {
                                add_header X-A 1;
                            }
                            if ($arg_b) {
                                add_header X-B 1;
                            }
                        }
                    }

                    """, line: 5,
                good: """
                    map $arg_a $header_a {
                        default "";
                        1 1;
                    }
                    server {
                        listen 80;
                        location / {
                            add_header X-A $header_a;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        var locations: Set<Int> = []
        for condition in subject.outline.all("if") {
            guard let location = condition.parent, location.key == "location", locations.insert(location.index).inserted
            else { continue }
            let conditions = location.children("if").filter { $0.staysInside && !$0.settings.isEmpty }
            for (index, condition) in conditions.enumerated() where index + 1 < conditions.count {
                // Conditions about the same text that cannot hold together are how a switch is written.
                let rivals = conditions[(index + 1)...].filter { !$0.excludes(condition) }
                guard let last = rivals.last, let lost = condition.settings.first else { continue }
                findings.report(
                    "this is lost where \(last.title) holds too", at: lost.directive.head,
                    why: "of several `if`s that hold the request ends up in the last, with its settings alone",
                    help: "use a variable from `map` in place of the conditions",
                    related: [Note("the request ends up in here", at: last.directive.head)])
            }
        }
    }
}

extension Place {
    /// A request that enters this block stays in it: nothing in it leads elsewhere for all requests.
    fileprivate var staysInside: Bool {
        !children.contains { place in
            switch place.key {
            case "return": true
            case "rewrite": place.words.count < 3 || place.words[2] != "break"
            default: false
            }
        }
    }

    /// What the block says beyond rewriting.
    fileprivate var settings: [Place] {
        children.filter { !["set", "rewrite", "break", "return", "if"].contains($0.key) }
    }

    /// Whether this condition and another one compare the same text with different ones.
    fileprivate func excludes(_ other: Place) -> Bool {
        let (a, b) = (words, other.words)
        guard a.count == 3, b.count == 3, a[0] == b[0], a[1] == "=", b[1] == "=" else { return false }
        return a[2] != b[2]
    }
}
