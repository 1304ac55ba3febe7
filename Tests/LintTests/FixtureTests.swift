import Lint
import Source
import TestSupport
import Testing

/// Texts with all that lint says of them in one pass: `findings.txt`, and `fixed.conf` where something can be mended.
struct FixtureTests {
    static let fixtures = Fixture.all(below: "fixtures/seed") + Fixture.all(below: "fixtures/rules")

    @Test(arguments: fixtures)
    func `one pass finds all that is wrong`(fixture: Fixture) throws {
        let (name, dialect) = try #require(input(of: fixture))
        let text = String(configuration: try fixture.bytes(of: name))
        try fixture.expect(Linted(text, dialect: dialect, path: name).text, in: "findings.txt")
        let fixed = mended(text, dialect: dialect, path: name)
        try fixture.expect(fixed == text ? "" : fixed, in: "fixed.conf")
        #expect(mended(fixed, dialect: dialect, path: name) == fixed, "a second round changes nothing")
    }

    /// The text's file and its dialect, which the name tells.
    private func input(of fixture: Fixture) -> (String, String)? {
        let inputs = [("nginx.conf", "nginx"), ("site.conf", "apache"), (".htaccess", "apache")]
        return inputs.first { fixture.has($0.0) }
    }
}

/// A text with all safe fixes made, round after round.
func mended(_ text: String, dialect: String, path: String) -> String {
    var text = text
    for _ in 0..<20 {
        let linted = Linted(text, dialect: dialect, path: path)
        let selection = FixSelection(linted.findings.compactMap(\.fix).filter(\.isSafe))
        guard let file = selection.files.first else { return text }
        let new = String(configuration: selection.apply(to: text.configurationBytes, of: file))
        if new == text { return text }
        text = new
    }
    return text
}
