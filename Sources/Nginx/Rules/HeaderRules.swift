import Language
import Source

extension LintRule {
    /// A security header that errors do not have.
    static let securityHeaderWithoutAlways = LintRule(
        "security-header-without-always", .info, summary: "A security header is left out of error answers.",
        why: """
            Without `always`, add_header adds to answers with the status 200, 201, 204, 206, 301, 302, 303, 304, 307 \
            and 308 only. Error pages, also those of the backend, come without the header, and scripts run on them \
            too.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        add_header X-Frame-Options DENY;
                    }

                    """, line: 3,
                good: """
                    server {
                        listen 80;
                        add_header X-Frame-Options DENY always;
                    }

                    """)
        ]
    ) { subject, findings in
        let names: Set<String> = [
            "strict-transport-security", "content-security-policy", "x-frame-options", "x-content-type-options",
            "referrer-policy", "permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
        ]
        for header in subject.outline.all("add_header") {
            guard names.contains(header.word(0).lowercased()), !header.words.dropFirst(2).contains("always"),
                let value = header.directive.arguments.last?.range
            else { continue }
            let end = SourceRange(file: value.file, start: value.end, end: value.end)
            findings.report(
                "error answers come without \(header.word(0))", at: header.directive.head,
                why: "without `always` only answers with some statuses below 400 get the header",
                help: "add `always` at the end",
                fix: Fix(isSafe: false, title: "add `always`", edits: [TextEdit(end, text: " always")]))
        }
    }

    /// `add_header Content-Type …`: a second field of the name.
    static let contentTypeByAddHeader = LintRule(
        "content-type-by-add-header", .warning, summary: "Content-Type is added by add_header.",
        why: """
            add_header adds a field and replaces none: the answer then has two Content-Type fields, and which of them \
            counts is up to the browser. default_type and types set it.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /a {
                            add_header Content-Type text/plain;
                            return 200 "a";
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location /a {
                            default_type text/plain;
                            return 200 "a";
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for header in subject.outline.all("add_header") where header.word(0).lowercased() == "content-type" {
            // An empty 204 for a preflight request has no type of its own.
            let isEmptyAnswer = header.siblings.contains { $0.key == "return" && $0.words == ["204"] }
            if isEmptyAnswer { continue }
            let hides = header.parent?.inForce("proxy_hide_header").contains {
                $0.word(0).lowercased() == "content-type"
            }
            if hides == true { continue }
            findings.report(
                "the answer gets a second Content-Type", at: header.directive.head,
                why: "add_header adds a field beside the one that is there",
                help: "set the type with `default_type \(header.word(1));` and, for files, an empty `types { }`")
        }
    }
}
