import Foundation
import Source
import Syntax
import TestSupport
import Testing

/// What holds for any text, however broken.
@Suite struct PropertyTests {
    @Test(arguments: Grammar.allCases)
    func `random bytes come back as they were`(grammar: Grammar) {
        var generator = SeededGenerator(seed: 1)
        let alphabet = Array("<>/{};#\"'\\\n\r\t aA=x$\u{0}é~".utf8) + [0xFF, 0xEF, 0xBB, 0xBF]
        for round in 0..<2000 {
            let bytes = (0..<(round % 60)).map { _ in
                Bool.random(using: &generator)
                    ? alphabet.randomElement(using: &generator) ?? 0 : UInt8.random(in: 0...255, using: &generator)
            }
            _ = checkedTree(bytes, grammar: grammar)
            let text = (0..<(round % 80)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            _ = checkedTree(text, grammar: grammar)
        }
    }

    @Test(arguments: Grammar.allCases)
    func `a file with a token dropped or doubled still comes back`(grammar: Grammar) throws {
        let folder = "fixtures/syntax/\(grammar.rawValue)"
        for fixture in Fixture.all(below: folder) {
            let bytes = try fixture.bytes(of: "input")
            let tree = checkedTree(bytes, grammar: grammar)
            guard bytes.count < 4000 else { continue }
            for token in tree.tokens.indices {
                let bounds = tree.bounds(ofToken: token)
                _ = checkedTree(Array(bytes[..<bounds.lowerBound] + bytes[bounds.upperBound...]), grammar: grammar)
                _ = checkedTree(Array(bytes[..<bounds.upperBound] + bytes[bounds.lowerBound...]), grammar: grammar)
            }
        }
    }

    @Test(arguments: Grammar.allCases)
    func `safe fixes leave no safe fix behind`(grammar: Grammar) throws {
        for fixture in Fixture.all(below: "fixtures/syntax/\(grammar.rawValue)") {
            var bytes = try fixture.bytes(of: "input")
            // One pass may uncover what an earlier error hid; a few must come to rest.
            for _ in 0..<4 {
                let tree = checkedTree(bytes, grammar: grammar)
                bytes = FixSelection(tree.diagnostics.compactMap(\.fix).filter(\.isSafe)).apply(
                    to: bytes, of: tree.file)
            }
            let tree = checkedTree(bytes, grammar: grammar)
            #expect(tree.diagnostics.allSatisfy { $0.fix?.isSafe != true }, "\(fixture.path) never comes to rest")
        }
    }

    @Test(arguments: Grammar.allCases)
    func `ten thousand nested blocks need no recursion`(grammar: Grammar) {
        let (open, close) = grammar == .apache ? ("<IfModule a>\n", "</IfModule>\n") : ("a {\n", "}\n")
        let text = String(repeating: open, count: 10_000) + String(repeating: close, count: 10_000)
        let tree = checkedTree(Array(text.utf8), grammar: grammar)
        #expect(tree.diagnostics.map(\.rule) == [SyntaxRule.nestedTooDeep.rawValue])
        #expect(tree.nodes.count == 101)
        let unclosed = checkedTree(Array(String(repeating: open, count: 10_000).utf8), grammar: grammar)
        #expect(unclosed.diagnostics.count == 101)
    }

    @Test(arguments: Grammar.allCases)
    func `a line of one piece over and over is read in linear time`(grammar: Grammar) {
        for piece in ["x", "<a>", "</a>", "{", "}", "a{", "# ", "\\ ", "\"", "' ", "a;", "\\\n", "[[", "\"x\ny;"] {
            let prefix = piece == "[[" ? "a_by_lua_block {" : ""
            let text = prefix + String(repeating: piece, count: 200_000 / piece.utf8.count)
            let tree = SyntaxTree.parse(Array(text.utf8), file: FileID(index: 0), grammar: grammar)
            #expect(tree.print().count == text.utf8.count)
        }
    }

    @Test func `real configuration files come back, with all diagnostics inside them`() throws {
        let corpus = Repository.root.deletingLastPathComponent().appending(path: "shared/corpus")
        for grammar in Grammar.allCases {
            let folder = corpus.appending(path: grammar.rawValue)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
                let bytes = try [UInt8](Data(contentsOf: folder.appending(path: name)))
                let tree = SyntaxTree.parse(bytes, file: FileID(index: 0), grammar: grammar)
                #expect(problem(of: tree, bytes: bytes) == nil, "\(name)")
            }
        }
    }
}
