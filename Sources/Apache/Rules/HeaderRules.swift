import Language
import Source

extension LintRule {
    /// `Header set X` and `Header always set X`.
    static let headerSetTwice = LintRule(
        "header-set-twice", .warning, summary: "A header is set with and without `always`, and is sent twice.",
        why: """
            httpd keeps two tables of answer headers: `Header set` writes to the one for successes, `Header always \
            set` to the one for all answers, and both are sent. A field that is set in both comes twice, and browsers \
            take two different values of X-Frame-Options or Strict-Transport-Security for none.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        Header set X-Frame-Options DENY
                        Header always set X-Frame-Options DENY
                    </VirtualHost>

                    """, line: 4,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        Header always set X-Frame-Options DENY
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let lines = subject.outline.all("header").compactMap(HeaderLine.init)
        for (index, line) in lines.enumerated() where line.adds && !line.isConditional {
            let twin = lines[..<index].last { other in
                other.adds && !other.isConditional && other.isAlways != line.isAlways && other.name == line.name
                    && other.place.parent?.index == line.place.parent?.index
                    && other.place.directive.range.file == line.place.directive.range.file
            }
            guard let twin else { continue }
            let isUnset = lines.contains { other in
                other.operation == "unset" && other.name == line.name && other.place.index > twin.place.index
                    && other.place.index < line.place.index
            }
            if isUnset { continue }
            findings.report(
                "successful answers have \(line.written) twice", at: line.place.directive.head,
                why: "`Header` and `Header always` write to two tables, and both are sent",
                help: "keep the line with `always`, and remove the other",
                related: [Note("the other one", at: twin.place.directive.head)])
        }
    }

    /// A security header that errors do not have.
    static let securityHeaderWithoutAlways = LintRule(
        "security-header-without-always", .info, summary: "A security header is left out of error answers.",
        why: """
            `Header set` writes to the table of headers for successes: error pages that httpd makes itself come \
            without the field, and scripts run on them too. `Header always set` writes to the table that all answers \
            get.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <VirtualHost *:80>
                        ServerName a.test
                        Header set X-Frame-Options DENY
                    </VirtualHost>

                    """, line: 3,
                good: """
                    <VirtualHost *:80>
                        ServerName a.test
                        Header always set X-Frame-Options DENY
                    </VirtualHost>

                    """)
        ]
    ) { subject, findings in
        let names: Set<String> = [
            "strict-transport-security", "content-security-policy", "x-frame-options", "x-content-type-options",
            "referrer-policy", "permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy",
        ]
        let lines = subject.outline.all("header").compactMap(HeaderLine.init)
        for line in lines where !line.isAlways && line.operation == "set" && names.contains(line.name) {
            if lines.contains(where: { $0.isAlways && $0.adds && $0.name == line.name }) { continue }
            findings.report(
                "error pages come without \(line.written)", at: line.place.directive.head,
                why: "without `always` the field is only in answers that are no errors",
                help: "write `Header always set \(line.written) …`")
        }
    }
}

/// A Header line in its parts.
private struct HeaderLine {
    var place: Place
    var isAlways: Bool
    var operation: String
    /// The field in lower case.
    var name: String
    /// The field as it was written.
    var written: String
    /// It depends on a variable or an expression.
    var isConditional: Bool

    init?(_ place: Place) {
        var words = place.words[...]
        let first = words.first?.lowercased()
        isAlways = first == "always"
        if first == "always" || first == "onsuccess" { words = words.dropFirst() }
        guard let operation = words.popFirst()?.lowercased(), let name = words.popFirst() else { return nil }
        self.place = place
        self.operation = operation
        written = name.hasSuffix(":") ? String(name.dropLast()) : name
        self.name = written.lowercased()
        isConditional = words.contains { $0.hasPrefix("env=") || $0.hasPrefix("expr=") || $0 == "early" }
    }

    /// It puts a field into its table.
    var adds: Bool { ["set", "add", "append", "merge"].contains(operation) }
}
