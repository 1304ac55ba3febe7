import IR
import Language
import Nginx
import Source
import Testing

/// Files, includes, fragments and layouts.
struct NginxReadingTests {
    @Test func `include puts what a file says in its place`() {
        let result = NginxCase(
            "events {} http { include conf.d/*.conf; }",
            files: [
                "/etc/nginx/conf.d/b.conf": "server { listen 81; server_name b; }",
                "/etc/nginx/conf.d/a.conf": "server { listen 80; server_name a; }",
                "/etc/nginx/conf.d/.hidden.conf": "nonsense",
            ])
        #expect(result.configuration.sites.map(\.name) == ["a", "b"])
        #expect(result.rules().isEmpty)
    }

    @Test func `a file that is not there stops nginx, a pattern without files does not`() {
        #expect(NginxCase("events {} http { include nowhere/*.conf; }").rules().isEmpty)
        #expect(NginxCase("events {} http { include nowhere.conf; }").rules() == ["missing-include"])
    }

    @Test func `a file that includes itself is read once`() {
        let result = NginxCase(
            "events {} http { include a.conf; }",
            files: ["/etc/nginx/a.conf": "include b.conf;", "/etc/nginx/b.conf": "include a.conf;"])
        #expect(result.rules() == ["include-cycle"])
    }

    @Test func `includes inside tables belong to the table`() {
        let result = NginxCase(
            "events {} http { types { include more.types; text/x x; } server { } }",
            files: ["/etc/nginx/more.types": "text/y y yy;"])
        #expect(result.base.files.types?.value == ["x": "text/x", "y": "text/y", "yy": "text/y"])
    }

    @Test(arguments: [
        ("server { listen 81; }", 1), ("location / { return 200; }", 1), ("return 301 https://$host$request_uri;", 1),
        ("upstream a { server 10.0.0.1; }", 0), ("server 10.0.0.1:80 weight=2;", 0), ("gzip on;", 0),
        ("server { } server { listen 81; }", 2), ("proxy_pass http://a;", 1), ("root /srv; location /x { }", 1),
        ("user www-data;", 0),
    ])
    func `a fragment gets the surroundings that it implies`(_ text: String, _ sites: Int) {
        let result = NginxCase(text, path: "site", isMain: false)
        #expect(result.configuration.sites.count == sites)
        #expect(result.rules().isEmpty)
    }

    @Test func `what lies around a fragment may define what it names`() {
        let result = NginxCase("access_log /a.log main; return 200 $elsewhere;", path: "site", isMain: false)
        #expect(result.rules().isEmpty)
        #expect(result.rules(.warning).sorted() == ["unknown-log-format", "unknown-variable"])
    }

    @Test func `folders of sites lead to the main file`() {
        let files = FileAccess.memory([
            "/etc/nginx/nginx.conf": "", "/etc/nginx/sites-available/on": "", "/etc/nginx/sites-enabled/on": "",
            "/etc/nginx/sites-available/off": "", "/etc/nginx/conf.d/x.conf": "", "/etc/nginx/snippets/s.conf": "",
        ])
        let dialect = NginxDialect()
        let main = "/etc/nginx/nginx.conf"
        #expect(dialect.layout(of: "/etc/nginx", files: files) == Layout(main: main))
        #expect(dialect.layout(of: main, files: files) == Layout(main: main))
        #expect(dialect.layout(of: "/etc/nginx/sites-available/on", files: files) == Layout(main: main))
        #expect(
            dialect.layout(of: "/etc/nginx/sites-available/", files: files)
                == Layout(main: main, sites: ["/etc/nginx/sites-available/off"]))
        #expect(
            dialect.layout(of: "/etc/nginx/sites-available/off", files: files)
                == Layout(main: main, sites: ["/etc/nginx/sites-available/off"]))
        #expect(dialect.layout(of: "/etc/nginx/conf.d/x.conf", files: files) == Layout(main: main))
        #expect(dialect.layout(of: "/etc/nginx/snippets/s.conf", files: files) == nil)
        #expect(dialect.layout(of: "/srv", files: files) == nil)
    }

    @Test func `a site that is not enabled is read inside http`() {
        let dialect = NginxDialect()
        let entries = [
            ReadEntry(
                path: "/etc/nginx/nginx.conf", bytes: Array("events {} http { map $host $m { default 1; } }".utf8),
                isMain: true),
            ReadEntry(
                path: "/etc/nginx/sites-available/off", bytes: Array("server { return 200 $m; }".utf8), isMain: false),
        ]
        let reading = dialect.read(ReadRequest(entries: entries, files: .memory([:]), version: "nginx-1.31"))
        let lowered = dialect.lower(reading)
        #expect(lowered.configuration.sites.count == 1)
        #expect(lowered.diagnostics.isEmpty)
    }
}
