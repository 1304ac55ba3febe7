import Foundation
import TestSupport
import Testing

@testable import sluice

/// The generated pages of `docs/` are what the program would write today.
struct DocumentationTests {
    @Test(arguments: ["rules.md", "directives.md"])
    func `a generated page is up to date`(name: String) throws {
        let page = name == "rules.md" ? RulesPage.markdown : DirectivesPage.markdown
        let file = Repository.root.appending(path: "docs/\(name)")
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            try Data(page.utf8).write(to: file)
            return
        }
        let written = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        guard written != page else { return }
        Issue.record("docs/\(name) is old; `make docs` rewrites it:\n\(lineDifference(from: written, to: page))")
    }
}
