import Foundation
import Testing

struct ListCommandTests {
    @Test func `rules and directives are listed as text and as JSON`() throws {
        let rules = try Program.run(["rules"])
        #expect(rules.status == 0)
        #expect(rules.output.contains("alias-traversal"))
        let list =
            try Program.run(["rules", "--format", "json", "--dialect", "nginx"]).json()["rules"] as? [[String: Any]]
        #expect(list?.contains { $0["id"] as? String == "alias-traversal" } == true)
        #expect(list?.contains { $0["id"] as? String == "open-proxy" } == false)
        let directives = try Program.run(["directives", "--dialect", "apache", "--format", "json"]).json()
        let names = (directives["directives"] as? [[String: Any]] ?? []).compactMap { $0["name"] as? String }
        #expect(names.contains("ProxyPass"))
        #expect(!names.contains("proxy_pass"))
    }

    @Test func `a rule is explained with its examples`() throws {
        let result = try Program.run(["why", "alias-traversal"])
        #expect(result.status == 0)
        #expect(result.output.contains("alias /srv/static/;"))
    }

    @Test func `help and version are results`() throws {
        for arguments in [["--help"], ["lint", "--help"], ["--version"]] {
            let result = try Program.run(arguments)
            #expect(result.status == 0)
            #expect(!result.output.isEmpty)
            #expect(result.complaint == "")
        }
    }

    @Test func `show tells hosts, ports, paths and upstreams`() throws {
        let folder = try Folder([
            "a.conf": """
            upstream app {
                server 127.0.0.1:8000;
            }
            server {
                listen 8080;
                server_name a.test;
                location /api/ {
                    proxy_pass http://app;
                }
            }

            """
        ])
        let text = try Program.run(["show", folder.path("a.conf")])
        #expect(text.status == 0)
        #expect(text.output.contains("a.test -> site 0"), "\(text.output)")
        let json = try Program.run(["show", "--format", "json", folder.path("a.conf")]).json()
        let configuration = try #require((json["configurations"] as? [[String: Any]])?.first)
        #expect(configuration["dialect"] as? String == "nginx")
        let listener = try #require((configuration["listeners"] as? [[String: Any]])?.first)
        #expect(listener["port"] as? Int == 8080)
        #expect((listener["names"] as? [[String: Any]])?.first?["name"] as? String == "a.test")
        let site = try #require((configuration["sites"] as? [[String: Any]])?.first)
        let table = try #require((site["tables"] as? [[String: Any]])?.first)
        let routes = try #require(table["routes"] as? [[String: Any]])
        #expect(routes.contains { $0["match"] as? String == "/api/" && $0["line"] as? Int == 7 })
        let upstream = try #require((configuration["upstreams"] as? [[String: Any]])?.first)
        #expect((upstream["members"] as? [[String: Any]])?.first?["port"] as? Int == 8000)
    }
}
