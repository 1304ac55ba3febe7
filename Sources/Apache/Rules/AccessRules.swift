import Language
import Source

extension LintRule {
    /// `Require ip …` and `Require valid-user` side by side.
    static let requireSideBySide = LintRule(
        "require-side-by-side", .warning, summary: "An address and a password are required, and either is enough.",
        why: """
            Several Require lines in one section are alternatives: whoever fits one of them passes, as if they stood \
            in `<RequireAny>`. An address list beside `Require valid-user` lets everybody from these addresses in \
            without a password, and everybody with a password in from anywhere. `<RequireAll>` demands both.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <Location /admin>
                        AuthType Basic
                        AuthName "admin"
                        AuthUserFile /etc/apache2/passwords
                        Require ip 10.0.0.0/8
                        Require valid-user
                    </Location>

                    """, line: 6,
                good: """
                    <Location /admin>
                        AuthType Basic
                        AuthName "admin"
                        AuthUserFile /etc/apache2/passwords
                        <RequireAll>
                            Require ip 10.0.0.0/8
                            Require valid-user
                        </RequireAll>
                    </Location>

                    """)
        ]
    ) { subject, findings in
        var blocks: Set<Int> = []
        for line in subject.outline.all("require") {
            // Inside <RequireAny> it is what somebody wrote down.
            if let key = line.parent?.key, key.hasPrefix("<require") { continue }
            guard blocks.insert(line.parent?.index ?? -1).inserted else { continue }
            let lines = line.siblings.filter { $0.key == "require" }
            let addresses: Set<String> = ["ip", "host", "local", "forward-dns"]
            let users: Set<String> = ["valid-user", "user", "group", "ldap-user", "ldap-group"]
            guard let address = lines.first(where: { addresses.contains($0.word(0).lowercased()) }),
                let user = lines.first(where: { users.contains($0.word(0).lowercased()) })
            else { continue }
            let later = address.index > user.index ? address : user
            let client = address.words.dropFirst().first ?? "such an address"
            findings.report(
                "either is enough: \(address.title) or \(user.title)", at: later.directive.head,
                why: "several Require lines in one section are alternatives",
                help: "put both into `<RequireAll>`, or into `<RequireAny>` if this is what is meant",
                witness:
                    "a request from \(client) without a password -> passes",
                related: [Note("the alternative", at: (later.index == user.index ? address : user).directive.head)])
        }
    }

    /// Order, Allow and Deny beside Require.
    static let mixedAccessControl = LintRule(
        "mixed-access-control", .warning, summary: "Access rules of httpd 2.2 and 2.4 stand in one section.",
        why: """
            mod_access_compat's Order, Allow and Deny are checked beside Require, and both must let a request pass: \
            `Require all granted` does not undo `Deny from all`, and `Allow from` does not undo `Require all denied`. \
            Translate the old lines: `Require ip`, `Require host`, `Require all denied`.
            """,
        examples: [
            LintExample(
                "apache",
                bad: """
                    <Directory /srv/www>
                        Require all granted
                        Order deny,allow
                        Deny from all
                    </Directory>

                    """, line: 4,
                good: """
                    <Directory /srv/www>
                        Require all denied
                    </Directory>

                    """)
        ]
    ) { subject, findings in
        var blocks: Set<Int> = []
        for line in subject.outline.all("require") where line.parent != nil {
            guard let block = line.parent, blocks.insert(block.index).inserted,
                block.children("satisfy").last?.word(0).lowercased() != "any"
            else { continue }
            let denies = block.children("deny")
            let allows = block.children("allow").filter { $0.words.map { $0.lowercased() } != ["from", "all"] }
            let isGranted = block.children("require").allSatisfy {
                $0.words.map { $0.lowercased() } == ["all", "granted"]
            }
            // Old lines that keep nobody out, and new ones that let everybody in, do no harm beside the others.
            guard let old = (denies + allows).first, isGranted || !allows.isEmpty else { continue }
            findings.report(
                "this holds beside \(line.title), and both must let a request pass", at: old.directive.head,
                why: "\(old.directive.name) belongs to mod_access_compat, which is checked in addition to Require",
                help: "say it with Require, and remove Order, Allow and Deny",
                related: [Note("this does not replace it", at: line.directive.head)])
        }
    }
}
