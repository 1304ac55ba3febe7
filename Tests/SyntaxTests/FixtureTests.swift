import Source
import Syntax
import TestSupport
import Testing

/// The stories below `fixtures/syntax`: an `input`, the tree and the diagnostics that it gives, and it when fixed.
@Suite struct FixtureTests {
    @Test(arguments: Fixture.all(below: "fixtures/syntax/apache"))
    func `Apache files read as the story tells`(fixture: Fixture) throws {
        try check(fixture, grammar: .apache)
    }

    @Test(arguments: Fixture.all(below: "fixtures/syntax/nginx"))
    func `nginx files read as the story tells`(fixture: Fixture) throws {
        try check(fixture, grammar: .nginx)
    }

    private func check(_ fixture: Fixture, grammar: Grammar) throws {
        let bytes = try fixture.bytes(of: "input")
        let tree = checkedTree(bytes, grammar: grammar)
        var sources = SourceMap()
        sources.add(path: "input", bytes: bytes)
        try fixture.expect(tree.dump(), in: "tree.txt")
        try fixture.expect(TextRendering(sources: sources).text(tree.diagnostics), in: "diagnostics.txt")

        let fixes = FixSelection(tree.diagnostics.compactMap(\.fix).filter(\.isSafe))
        guard !fixes.taken.isEmpty else { return try fixture.expect("", in: "fixed") }
        let fixed = fixes.apply(to: bytes, of: tree.file)
        try fixture.expect(String(decoding: fixed, as: UTF8.self), in: "fixed")
    }
}
