import Language
import Source

extension LintRule {
    /// An add_header in a nested block, and those around it are gone.
    static let addHeaderDropsInherited = LintRule(
        "add-header-drops-inherited", .warning,
        summary: "An add_header in a block drops those of the blocks around it.",
        why: """
            nginx inherits add_header only into blocks that have none of their own: one for caching in a location \
            removes the security headers of its server. They have to be repeated, or be included from one file; from \
            1.29.3 on `add_header_inherit merge` keeps them.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        add_header X-Frame-Options DENY always;
                        location /img/ {
                            add_header Cache-Control "max-age=60";
                        }
                    }

                    """, line: 5,
                good: """
                    server {
                        listen 80;
                        add_header X-Frame-Options DENY always;
                        location /img/ {
                            add_header X-Frame-Options DENY always;
                            add_header Cache-Control "max-age=60";
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for (first, lost) in drops("add_header", in: subject) {
            guard let block = first.parent, block.inForce("add_header_inherit").last?.word(0) != "merge" else {
                continue
            }
            let names = unique(lost.map { $0.word(0) })
            findings.report(
                "\(list(names)) \(names.count == 1 ? "is" : "are") not sent from \(block.title)",
                at: first.directive.head,
                why: "a block with an add_header of its own inherits none of those around it",
                help: "repeat \(names.count == 1 ? "it" : "them") in this block",
                related: lost.map { Note("not sent from there", at: $0.directive.head) })
        }
    }

    /// A proxy_set_header in a nested block, and those around it are gone.
    static let proxySetHeaderDropsInherited = LintRule(
        "proxy-set-header-drops-inherited", .warning,
        summary: "A proxy_set_header in a block drops those of the blocks around it.",
        why: """
            nginx inherits proxy_set_header only into blocks that have none of their own: one for WebSockets in a \
            location removes Host and X-Forwarded-For of its server, and the backend sees nginx's own values. They \
            have to be repeated, or be included from one file.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        location / {
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            proxy_pass http://127.0.0.1:8000;
                        }
                    }

                    """, line: 6,
                good: """
                    server {
                        listen 80;
                        proxy_set_header Host $http_host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        location / {
                            proxy_pass http://127.0.0.1:8000;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for (first, lost) in drops("proxy_set_header", in: subject) {
            guard let block = first.parent else { continue }
            let names = unique(lost.map { $0.word(0) })
            findings.report(
                "\(list(names)) \(names.count == 1 ? "does" : "do") not reach the backend from \(block.title)",
                at: first.directive.head,
                why: "a block with a proxy_set_header of its own inherits none of those around it",
                help: "repeat \(names.count == 1 ? "it" : "them") in this block",
                related: lost.map { Note("not sent from there", at: $0.directive.head) })
        }
    }

    /// An error_page in a nested block, and those around it are gone.
    static let errorPageDropsInherited = LintRule(
        "error-page-drops-inherited", .warning,
        summary: "An error_page in a block drops those of the blocks around it.",
        why: """
            nginx inherits error_page only into blocks that have none of their own: a page for 404 in a location \
            removes the maintenance page of its server there. Apache merges ErrorDocument status by status.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        error_page 403 /denied.html;
                        location /shop/ {
                            error_page 404 /gone.html;
                        }
                    }

                    """, line: 5,
                good: """
                    server {
                        listen 80;
                        error_page 403 /denied.html;
                        location /shop/ {
                            error_page 403 /denied.html;
                            error_page 404 /gone.html;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for (first, lost) in drops("error_page", in: subject, keys: statuses) {
            guard let block = first.parent else { continue }
            let own = Set(block.children("error_page").flatMap(statuses))
            let gone = unique(lost.flatMap(statuses).filter { !own.contains($0) })
            findings.report(
                "\(list(gone)) \(gone.count == 1 ? "has" : "have") no page in \(block.title)", at: first.directive.head,
                why: "a block with an error_page of its own inherits none of those around it",
                help: "repeat \(lost.count == 1 ? "it" : "them") in this block",
                related: lost.map { Note("this does not hold there", at: $0.directive.head) })
        }
    }
}

/// Blocks with directives of a name that lose those in force around them: the first of their own, and the lost ones.
private func drops(
    _ name: String, in subject: LintSubject, keys: (Place) -> [String] = { [$0.word(0).lowercased()] }
) -> [(first: Place, lost: [Place])] {
    var blocks: Set<Int> = []
    return subject.outline.all(name).compactMap { first in
        guard let block = first.parent, blocks.insert(block.index).inserted, let around = block.parent else {
            return nil
        }
        let own = Set(block.children(name).flatMap(keys))
        let lost = around.inForce(name).filter { outer in keys(outer).contains { !own.contains($0) } }
        return lost.isEmpty ? nil : (first, lost)
    }
}

/// The statuses that an error_page is for.
private func statuses(_ page: Place) -> [String] {
    page.words.dropLast().filter { Int($0) != nil }
}

private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
}

/// "a, b and c".
private func list(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
}
