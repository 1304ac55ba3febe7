import Source
import Testing

@Suite struct SourceTests {
    @Test func `any bytes decode to text and back`() {
        var generator = SystemRandomNumberGenerator()
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(String(configuration: bytes).configurationBytes == bytes)
        }
        let ours = Array("a\u{10FFE9}b é \u{10FF00}".utf8)
        #expect(String(configuration: ours).configurationBytes == ours)
        #expect(String(configuration: [0x61, 0xE9, 0x62]).unicodeScalars.contains("\u{10FFE9}"))
        #expect(String(configuration: Array("é".utf8)) == "é")
    }

    @Test func `lines and columns count from one and in bytes`() {
        let lines = LineIndex(Array("ab\né\r\n\nx".utf8))
        #expect(lines.count == 4)
        #expect(lines.position(of: 0) == LineColumn(line: 1, column: 1))
        #expect(lines.position(of: 2) == LineColumn(line: 1, column: 3))
        #expect(lines.position(of: 5) == LineColumn(line: 2, column: 3))
        #expect(lines.position(of: 99) == LineColumn(line: 4, column: 2))
        #expect(lines.bytes(ofLine: 2) == 3..<7)
        #expect(LineIndex([]).count == 1)
    }

    @Test func `the include chain ends at the file the user named`() {
        var sources = SourceMap()
        let main = sources.add(path: "main.conf", bytes: Array("Include a\n".utf8))
        let line = SourceRange(file: main, start: 0, end: 9)
        let a = sources.add(path: "a", bytes: Array("\nInclude b\n".utf8), includedFrom: line)
        let b = sources.add(path: "b", bytes: [], includedFrom: SourceRange(file: a, start: 1, end: 10))
        #expect(sources.includeChain(of: b).map(sources.place(of:)) == ["a:2", "main.conf:1"])
        #expect(sources.includeChain(of: main).isEmpty)
        #expect(sources.text(of: line) == "Include a")
    }

    @Test func `of two clashing fixes the first is made and equal edits are made once`() {
        let file = FileID(index: 0)
        func fix(_ start: Int, _ end: Int, _ text: String) -> Fix {
            Fix(isSafe: true, title: "", edits: [TextEdit(SourceRange(file: file, start: start, end: end), text: text)])
        }
        let bytes = Array("one two three".utf8)
        let selection = FixSelection([
            fix(4, 7, "2"), fix(0, 3, "1"), fix(2, 5, "clash"), fix(4, 7, "2"), fix(13, 13, ";"), fix(13, 13, "!"),
            fix(4, 4, "+"),
        ])
        #expect(String(configuration: selection.apply(to: bytes, of: file)) == "1 +2 three;")
        #expect(selection.left.map { $0.edits[0].text } == ["clash", "!"])
        #expect(selection.files == [file])
    }

    @Test func `a diagnostic shows the line with a caret and what to do`() {
        var sources = SourceMap()
        let file = sources.add(path: "site.conf", bytes: Array("\n\tProxyPass /x\u{1B}[0m\n".utf8))
        let diagnostic = Diagnostic(
            "proxy-pass-without-target", .error, "ProxyPass needs a target",
            at: SourceRange(file: file, start: 2, end: 11), why: "nothing to send to", help: "add a URL",
            related: [Note("the site", at: SourceRange(file: file, start: 0, end: 0))])
        let expected = [
            "site.conf:2:2: error: ProxyPass needs a target [proxy-pass-without-target]",
            "  2 |     ProxyPass /x\u{241B}[0m",
            "    |     ^~~~~~~~~",
            "  why: nothing to send to",
            "  help: add a URL",
            "  note: site.conf:1:1: the site",
            "",
        ]
        #expect(TextRendering(sources: sources).text(of: diagnostic) == expected.joined(separator: "\n"))
    }

    @Test func `a line of megabytes is cut around the caret`() {
        var sources = SourceMap()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 4_000_000)
        let file = sources.add(path: "long", bytes: line)
        let diagnostic = Diagnostic(
            "r", .info, "m", at: SourceRange(file: file, start: 2_000_000, end: 2_000_003))
        let lines = TextRendering(sources: sources).text(of: diagnostic).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count < 130 })
        #expect(lines[2].hasSuffix(" ^~~"))
        #expect(lines[1].hasSuffix("..."))
    }

    @Test func `JSON escapes what must be escaped and replaces bytes that are no text`() {
        var json = JSONWriter(indented: false)
        json.object { json in
            json.field("a\"b", String(configuration: [0x5C, 0x0A, 0x01, 0xFF, 0xC3, 0xA9]))
            json.field("none", nil as String?)
            json.key("list")
            json.array(of: [1, 2]) { $0.value($1) }
            json.key("empty")
            json.array { _ in }
            json.field("flag", true)
        }
        #expect(json.text == #"{"a\"b":"\\\n\u0001"# + "\u{FFFD}é" + #"","list":[1,2],"empty":[],"flag":true}"#)
    }

    @Test func `the lint JSON has the fields of the contract`() {
        var sources = SourceMap()
        let file = sources.add(path: "a.conf", bytes: Array("x\ny z\n".utf8))
        let range = SourceRange(file: file, start: 2, end: 3)
        let fix = Fix(isSafe: true, title: "drop it", edits: [TextEdit(range, text: "")])
        let diagnostic = Diagnostic("r", .warning, "m", at: range, related: [Note("n", at: range)], fix: fix)
        let text = String(configuration: Diagnostic.json([diagnostic], fileCount: 1, sources: sources))
        let flat = text.filter { $0 != " " && $0 != "\n" }
        let expected = [
            #"{"files":1,"findings":[{"rule":"r","severity":"warning","message":"m","file":"a.conf","#,
            #""line":2,"column":1,"endLine":2,"endColumn":2,"#,
            #""related":[{"file":"a.conf","line":2,"message":"n"}],"fix":{"safe":true,"title":"dropit","#,
            #""edits":[{"file":"a.conf","startOffset":2,"endOffset":3,"text":""}]}}]}"#,
        ]
        #expect(flat == expected.joined())
    }

    @Test func `a file system in memory reads, lists and globs like the real one`() throws {
        let files = FileAccess.memory([
            "/e/a.conf": "A", "/e/.b.conf": "B", "/e/c/d.conf": "D", "/e/x1": "", "/e/x2": "",
        ])
        #expect(try files.read("/e/a.conf") == [UInt8(ascii: "A")])
        #expect(throws: FileProblem(path: "/e/c", reason: .isDirectory)) { try files.read("/e/c") }
        #expect(throws: FileProblem(path: "/no", reason: .notFound)) { try files.read("/no") }
        #expect(files.kind("/e/c/") == .directory)
        #expect(files.kind("/e/a.conf") == .file)
        #expect(files.kind("/q") == nil)
        #expect(files.list("/e") == [".b.conf", "a.conf", "c", "x1", "x2"])
        #expect(files.glob("/e/*.conf") == ["/e/a.conf"])
        #expect(files.glob("/*/*/*.conf") == ["/e/c/d.conf"])
        #expect(files.glob("/e/x[!2]") == ["/e/x1"])
        #expect(files.glob("/e/??") == ["/e/x1", "/e/x2"])
    }

    @Test func `a mistyped name finds the nearest known one`() {
        let names = ["ProxyPass", "ProxyPassReverse", "ServerName", "Alias"]
        #expect(closest(to: "ProxyPas", in: names) == "ProxyPass")
        #expect(closest(to: "SevrerName", in: names) == "ServerName")
        #expect(closest(to: "alias", in: names) == "Alias")
        #expect(closest(to: "Listen", in: names) == nil)
    }
}
