import Foundation
import Testing

/// What cannot be read is said on standard error, with status 2; what can is linted, however broken it is.
struct BadInputTests {
    @Test(arguments: [
        (["lint"], "Missing expected argument"), (["lint", "--bogus", "x"], "--bogus"),
        (["lint", "/nowhere/at/all.conf"], "/nowhere/at/all.conf: no such file or folder"),
        (["show", "/nowhere/at/all.conf"], "no such file or folder"),
        (["lint", "--source-version", "apache-1.3", "x"], "nginx-1.22"),
        (["lint", "--fix", "-"], "--dry-run"), (["why", "alias-traversl"], "alias-traversal"), (["bogus"], "bogus"),
    ])
    func `wrong usage and missing files are status 2`(arguments: [String], words: String) throws {
        let result = try Program.run(arguments)
        #expect(result.status == 2)
        #expect(result.output == "")
        #expect(result.complaint.contains(words), "\(result.complaint)")
    }

    @Test func `a folder without configuration is status 2`() throws {
        let folder = try Folder(["notes.md": "Nothing here.\n", "photo": "\u{0}\u{1}\u{2}"])
        let result = try Program.run(["lint", folder.url.path])
        #expect(result.status == 2)
        #expect(result.complaint.contains("no configuration in this folder"))
    }

    @Test func `a NUL byte is a finding`() throws {
        let folder = try Folder(["a.conf": "server {\n    root /a\u{0}b;\n}\n"])
        let result = try Program.run(["lint", folder.path("a.conf")])
        #expect(result.status == 1)
        #expect(result.output.contains("[nul-byte]"))
    }

    @Test(arguments: ["nginx", "apache"])
    func `a line of ten megabytes is read and cut in messages`(dialect: String) throws {
        let folder = try Folder()
        try folder.write(Data(repeating: UInt8(ascii: "a"), count: 10 << 20), to: "a.conf")
        let result = try Program.run(["lint", "--dialect", dialect, folder.path("a.conf")])
        #expect(result.status == 1)
        #expect(result.output.utf8.count < 10_000)
    }

    @Test(arguments: [
        ("server {\n" + String(repeating: "location / {\n", count: 10_000) + String(repeating: "}\n", count: 10_001)),
        (String(repeating: "<Directory />\n", count: 10_000) + String(repeating: "</Directory>\n", count: 10_000)),
    ])
    func `ten thousand nested blocks are a finding`(text: String) throws {
        let folder = try Folder(["a.conf": text])
        let result = try Program.run(["lint", folder.path("a.conf")])
        #expect(result.status == 1)
        #expect(result.output.contains("[nested-too-deep]"))
    }

    @Test func `an empty file is a configuration with nothing in it`() throws {
        let folder = try Folder(["a.conf": ""])
        #expect(try Program.run(["lint", folder.path("a.conf")]).status == 0)
        #expect(try Program.run(["show", folder.path("a.conf")]).status == 0)
    }
}
