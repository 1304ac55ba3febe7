import Language
import Source

extension LintRule {
    /// `try_files $uri =404 /index.html;`: a status that is no last word.
    static let codeInsideTryFiles = LintRule(
        "code-inside-try-files", .error, summary: "A status stands in a try_files before its last argument.",
        why: """
            Only the last argument of try_files may be a status. Anywhere else `=404` is the name of a file that does \
            not exist, and the search goes on: the line does not answer 404 where it seems to.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        root /srv/www;
                        location / {
                            try_files $uri =404 /index.html;
                        }
                    }

                    """, line: 5,
                good: """
                    server {
                        listen 80;
                        root /srv/www;
                        location / {
                            try_files $uri =404;
                        }
                    }

                    """)
        ]
    ) { subject, findings in
        for tries in subject.outline.all("try_files") {
            for argument in tries.directive.arguments.dropLast()
            where argument.text.hasPrefix("=") && Int(argument.text.dropFirst()) != nil {
                findings.report(
                    "`\(argument.text)` is taken for a file's name here", at: argument.range,
                    why: "only the last argument may be a status, so the search goes on behind it",
                    help: "remove it, or remove what stands behind it")
            }
        }
    }

    /// `error_page 502 =200 /x;`: a failure that looks like success.
    static let errorPageAnswersSuccess = LintRule(
        "error-page-answers-success", .warning, summary: "A failure of the server is answered with the status 200.",
        why: """
            Caches keep the page, crawlers index it in place of the real one, monitoring sees nothing, and programs \
            take it for the data they asked for. `=503`, or no status at all, says what is the case.
            """,
        examples: [
            LintExample(
                "nginx",
                bad: """
                    server {
                        listen 80;
                        root /srv/www;
                        error_page 500 502 503 504 =200 /sorry.html;
                    }

                    """, line: 4,
                good: """
                    server {
                        listen 80;
                        root /srv/www;
                        error_page 500 502 503 504 /sorry.html;
                    }

                    """)
        ]
    ) { subject, findings in
        for page in subject.outline.all("error_page") {
            let codes = page.words.compactMap { Int($0) }.filter { $0 >= 500 }
            guard let result = page.words.first(where: { $0.hasPrefix("=") }), let status = Int(result.dropFirst()),
                (200..<300).contains(status), let code = codes.first
            else { continue }
            // A named location or another backend may well answer in place of the one that failed.
            if page.words.last?.hasPrefix("@") == true { continue }
            findings.report(
                "\(code) is answered as \(status), as if nothing were wrong", at: page.directive.head,
                why: "caches, crawlers and programs take the error page for what was asked for",
                help: "write `=503`, or leave `\(result)` out")
        }
    }
}
