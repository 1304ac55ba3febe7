import Language
import Source

extension LintRule {
    /// `location /x { alias /y/; }`: one can climb out of the folder.
    static let aliasTraversal = LintRule(
        "alias-traversal", .error, summary: "An alias lets clients climb one folder up.",
        why: """
            A location without a slash at its end also takes what only begins with its name. nginx cuts the prefix \
            off and puts the rest behind the alias: with `location /static` and `alias /srv/static/`, the path \
            `/static../app.py` becomes `/srv/static/../app.py`, which is outside the folder. nginx does not resolve \
            the dots, because they are no path segment of their own in the request.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /static {
                            alias /srv/static/;
                        }
                    }

                    """, line: 3,
                good: """
                    server {
                        listen 80;
                        location /static/ {
                            alias /srv/static/;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for alias in subject.outline.all("alias") {
            guard let location = alias.parent, let prefix = location.prefix, !prefix.hasSuffix("/"),
                alias.word(0).hasSuffix("/")
            else { continue }
            let folder = alias.word(0)
            findings.report(
                "`\(prefix)..` climbs out of \(folder)", at: location.directive.head,
                why:
                    "the location does not end in a slash and the alias does, so what follows may be `../`",
                help: "end the location in a slash: `location \(prefix)/`",
                witness: "GET \(prefix)../x -> the file \(folder)../x",
                related: [Note("the folder is named here", at: alias.directive.head)])
        }
    }

    /// `location /x/ { alias /y; }`: the file's name is glued to the folder's.
    static let aliasWithoutSlash = LintRule(
        "alias-without-slash", .error, summary: "A location ends in a slash and its alias does not.",
        why: """
            nginx puts what follows the prefix behind the alias as it is: with `location /files/` and `alias \
            /srv/files`, the path `/files/a.txt` becomes the file `/srv/filesa.txt`.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        location /files/ {
                            alias /srv/files;
                        }
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        location /files/ {
                            alias /srv/files/;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for alias in subject.outline.all("alias") {
            let folder = alias.word(0)
            guard let prefix = alias.parent?.prefix, prefix.hasSuffix("/"), prefix != "/", !folder.isEmpty,
                !folder.hasSuffix("/"), !folder.contains("$")
            else { continue }
            findings.report(
                "`\(prefix)a` is looked for as `\(folder)a`", at: alias.directive.head,
                why: "the location ends in a slash and the alias does not, so the names are glued together",
                help: "end the alias in a slash: `alias \(folder)/;`", witness: "GET \(prefix)a -> the file \(folder)a")
        }
    }
}
