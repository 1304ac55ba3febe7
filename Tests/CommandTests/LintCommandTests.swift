import Foundation
import Testing

struct LintCommandTests {
    let clean = "server {\n    listen 80;\n    root /srv/www;\n}\n"
    let broken = "server {\n    listen 80\n    root /srv/www;\n}\n"
    let warned = "server {\n    listen 80;\n    error_page 404 http://a.test/;\n}\n"

    @Test func `nothing found is status 0`() throws {
        let folder = try Folder(["a.conf": clean])
        let result = try Program.run(["lint", folder.path("a.conf")])
        #expect(result.status == 0)
        #expect(result.output == "no findings in 1 file\n")
        #expect(result.complaint == "")
    }

    @Test(arguments: [
        ("error", Int32(0)), ("warning", 1), ("info", 1), ("never", 0),
    ])
    func `the status follows --fail-on`(threshold: String, status: Int32) throws {
        let folder = try Folder(["a.conf": warned])
        #expect(try Program.run(["lint", "--fail-on", threshold, folder.path("a.conf")]).status == status)
    }

    @Test func `a syntax error is a finding, and JSON is whole whatever the status`() throws {
        let folder = try Folder(["a.conf": broken])
        let result = try Program.run(["lint", "--format", "json", folder.path("a.conf")])
        #expect(result.status == 1)
        let json = try result.json()
        #expect(json["files"] as? Int == 1)
        let finding = try #require((json["findings"] as? [[String: Any]])?.first)
        #expect(finding["rule"] as? String == "missing-semicolon")
        #expect(finding["severity"] as? String == "error")
        #expect(finding["file"] as? String == folder.path("a.conf"))
        #expect(finding["line"] as? Int == 2)
        let fix = try #require(finding["fix"] as? [String: Any])
        #expect(fix["safe"] as? Bool == true)
        let edit = try #require((fix["edits"] as? [[String: Any]])?.first)
        #expect(edit["text"] as? String == ";")
        #expect(edit["startOffset"] as? Int == 22)
    }

    @Test func `standard input is a configuration`() throws {
        let result = try Program.run(["lint", "-"], input: broken)
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("-:2:"))
    }

    @Test func `paths are shown as they were named`() throws {
        let folder = try Folder(["sites/a.conf": broken])
        let result = try Program.run(["lint", "./sites/a.conf"], in: folder.url)
        #expect(result.output.hasPrefix("./sites/a.conf:2:"), "\(result.output)")
    }

    @Test func `a folder's files are configurations of their own, of any dialect`() throws {
        let folder = try Folder([
            "a.conf": broken, "sub/b.conf": "<VirtualHost *:80>\nServerName a.test\n", "notes.md": "Not to be read.\n",
        ])
        let result = try Program.run(["lint", "--format", "json", folder.url.path])
        let json = try result.json()
        #expect(json["files"] as? Int == 2)
        let rules = (json["findings"] as? [[String: Any]] ?? []).compactMap { $0["rule"] as? String }
        #expect(Set(rules).isSuperset(of: ["missing-semicolon", "unclosed-section"]), "\(result.output)")
    }

    @Test func `fixes are shown, made, and made once`() throws {
        let folder = try Folder(["a.conf": broken])
        let shown = try Program.run(["lint", "--fix", "--dry-run", folder.path("a.conf")])
        #expect(shown.status == 0)
        #expect(shown.output.contains("-    listen 80\n+    listen 80;\n"), "\(shown.output)")
        #expect(try folder.text(of: "a.conf") == broken)
        #expect(try Program.run(["lint", "--fix", folder.path("a.conf")]).status == 0)
        #expect(try folder.text(of: "a.conf") == clean)
        #expect(try Program.run(["lint", "--fix", "--dry-run", folder.path("a.conf")]).output == "nothing to fix\n")
    }

    @Test func `a file in a server's layout is linted with its surroundings, and alone is spoken of`() throws {
        let folder = try Folder([
            "etc/nginx/nginx.conf":
                "events {}\nhttp {\n    log_format own \"x\";\n    include sites-enabled/*;\n    bogus on;\n}\n",
            "etc/nginx/sites-enabled/a.conf": "server {\n    listen 80;\n    access_log /tmp/a own;\n}\n",
        ])
        let whole = try Program.run(["lint", folder.path("etc/nginx")])
        let alone = try Program.run(["lint", folder.path("etc/nginx/sites-enabled/a.conf")])
        #expect(alone.status == 0, "\(alone.output)")
        #expect(whole.output.contains("nginx.conf:5:"), "\(whole.output)")
        #expect(!whole.output.contains("unknown-log-format"), "\(whole.output)")
    }

    @Test func `no colour leaves the terminal`() throws {
        let folder = try Folder(["a.conf": broken])
        #expect(!(try Program.run(["lint", folder.path("a.conf")]).output.contains("\u{1B}")))
    }

    @Test func `a copy of a server's files is read below its prefix, and named where it lies`() throws {
        let folder = try Folder([
            "etc/nginx/nginx.conf": "events {}\nhttp {\n    include /etc/nginx/parts/*.conf;\n}\n",
            "etc/nginx/parts/a.conf": "server {\n    listen 80\n}\n",
        ])
        let path = folder.path("etc/nginx/nginx.conf")
        let result = try Program.run(["lint", "--root-prefix", folder.url.path, path])
        #expect(result.output.hasPrefix(folder.path("etc/nginx/parts/a.conf") + ":2:"), "\(result.output)")
        #expect(try Program.run(["lint", "--fix", "--root-prefix", folder.url.path, path]).status == 0)
        #expect(try folder.text(of: "etc/nginx/parts/a.conf") == "server {\n    listen 80;\n}\n")
    }

    @Test func `a site that is enabled by a link is read once and shown by the name it was given`() throws {
        let folder = try Folder([
            "apache2/sites-available/a.conf": "<VirtualHost *:80>\nServerName a.test\nBogus on\n</VirtualHost>\n",
            "apache2/sites-available/b.conf": "<VirtualHost *:80>\nServerName b.test\nBogus on\n</VirtualHost>\n",
        ])
        let root = folder.path("apache2")
        let main = "ServerRoot \"\(root)\"\nListen 80\nIncludeOptional sites-enabled/*.conf\n"
        try folder.write(Data(main.utf8), to: "apache2/apache2.conf")
        try FileManager.default.createDirectory(atPath: root + "/sites-enabled", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: root + "/sites-enabled/a.conf", withDestinationPath: "../sites-available/a.conf")
        let site = try Program.run(["lint", root + "/sites-available/a.conf"])
        #expect(site.output.hasPrefix(root + "/sites-available/a.conf:3:1: error: unknown directive"), "\(site.output)")
        #expect(site.output.contains("\n1 error in"), "\(site.output)")
        let server = try Program.run(["lint", root])
        #expect(
            server.output.contains("sites-enabled/a.conf:3:") && !server.output.contains("b.conf"), "\(server.output)")
        let sites = try Program.run(["lint", root + "/sites-available"])
        #expect(sites.output.contains("sites-available/b.conf:3:"), "\(sites.output)")
    }
}
