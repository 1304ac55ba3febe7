import Source
import Syntax
import Testing

@Suite struct SyntaxTreeTests {
    @Test func `names and arguments come unquoted, with their places`() {
        let text = "<Directory \"/a b\">\n  Header \\\n    set X \"y \\\n z\"  \n</Directory>\n"
        let tree = checkedTree(Array(text.utf8), grammar: .apache)
        #expect(Array(tree.roots) == [0])
        #expect(Array(tree.children(of: 0)) == [1])
        #expect(tree.parent(of: 1) == 0)
        #expect(tree.parent(of: 0) == nil)
        #expect(tree.name(of: 0) == "Directory")
        #expect(tree.arguments(of: 0).map(\.text) == ["/a b"])
        #expect(tree.arguments(of: 1).map(\.text) == ["set", "X", "y  z"])
        #expect(tree.arguments(of: 1).map(\.isQuoted) == [false, false, true])
        #expect(tree.argumentCount(of: 1) == 3)
        #expect(tree.rawArguments(of: 1) == "set X \"y  z\"")
        #expect(source(text, tree.range(of: 0)) == "<Directory \"/a b\">")
        #expect(source(text, tree.nameRange(of: 1)) == "Header")
        #expect(tree.closingRange(of: 0).map { source(text, $0) } == "</Directory>")
        #expect(source(text, tree.fullRange(of: 0)) == text)
    }

    @Test func `an nginx statement's range ends before its semicolon`() {
        let text = "server {\n  listen 80; # x\n}\n"
        let tree = checkedTree(Array(text.utf8), grammar: .nginx)
        #expect(source(text, tree.range(of: 0)) == "server")
        #expect(source(text, tree.range(of: 1)) == "listen 80")
        #expect(tree.nodes[2].kind == .comment)
        #expect(tree.followsOnLine(2))
        #expect(!tree.followsOnLine(1))
        #expect(tree.commentText(of: 2) == "x")
        #expect(tree.closingRange(of: 0).map { source(text, $0) } == "}")
    }

    @Test func `no statement has neither arguments nor a raw text`() {
        let tree = checkedTree(Array("internal;\n".utf8), grammar: .nginx)
        #expect(tree.arguments(of: 0).isEmpty)
        #expect(tree.rawArgumentsRange(of: 0) == nil)
        #expect(tree.rawArguments(of: 0).isEmpty)
    }

    @Test(arguments: [
        ("server { listen 80; }", "site", Grammar.nginx), ("<VirtualHost *:80>\n</VirtualHost>", "site", .apache),
        ("proxy_pass http://a; # b\n", "x.conf", .nginx), ("ServerName a.test\nListen 80\n", "x.conf", .apache),
        ("", "/srv/.htaccess", .apache), ("# ServerName a.test\n", "x", .apache), ("", "/etc/nginx/a", .nginx),
    ])
    func `the grammar shows in the text, or else in the path`(text: String, path: String, grammar: Grammar) {
        let found = Grammar.detect(Array(text.utf8), path: path)
        #expect(found.grammar == grammar)
        #expect(found.confidence > 0)
    }

    @Test func `every rule has a sentence`() {
        for rule in SyntaxRule.allCases { #expect(rule.summary.hasSuffix(".")) }
        #expect(Set(SyntaxRule.allCases.map(\.rawValue)).count == SyntaxRule.allCases.count)
    }

    @Test func `a file full of errors stops being reported`() {
        let tree = checkedTree([UInt8](repeating: UInt8(ascii: "}"), count: 5000), grammar: .nginx)
        #expect(tree.diagnostics.count == 1000)
        #expect(tree.diagnostics.last?.rule == SyntaxRule.tooManyErrors.rawValue)
    }

    private func source(_ text: String, _ range: SourceRange) -> String {
        String(configuration: Array(text.utf8)[range.bytes])
    }
}
