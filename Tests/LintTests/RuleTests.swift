import Foundation
import Language
import Lint
import Source
import TestSupport
import Testing

/// What the examples do not tell: texts that look like a pattern and are not, and findings that need several files.
struct RuleTests {
    @Test func `a virtual host's own redirects and aliases come before the main server's`() {
        let text = """
            Alias /x /srv/main
            Redirect /r http://main.test/
            <VirtualHost *:80>
                ServerName a.test
                Alias /x /srv/own
                Redirect /r http://own.test/
            </VirtualHost>

            """
        #expect(Linted(text, dialect: "apache").lines(of: "shadowed-route") == [])
    }

    @Test func `a rule of the main server that one virtual host hides is not dead in the others`() {
        let text = """
            Alias /icons/ /srv/icons/
            <VirtualHost *:80>
                ServerName a.test
                ProxyPreserveHost On
                ProxyPass / http://127.0.0.1:8000/
            </VirtualHost>
            <VirtualHost *:80>
                ServerName b.test
                DocumentRoot /srv/b
            </VirtualHost>

            """
        #expect(Linted(text, dialect: "apache").lines(of: "shadowed-route") == [])
    }

    @Test func `of sections that forward the last one decides`() {
        let text = """
            <VirtualHost *:80>
                ServerName a.test
                ProxyPreserveHost On
                <Location /app/admin>
                    ProxyPass http://127.0.0.1:8001/admin
                </Location>
                <Location /app>
                    ProxyPass http://127.0.0.1:8000/app
                </Location>
            </VirtualHost>

            """
        #expect(Linted(text, dialect: "apache").lines(of: "shadowed-proxy-pass") == [5])
    }

    @Test func `an exclusion at server level cannot exclude what a section forwards`() {
        let text = """
            <VirtualHost *:80>
                ServerName a.test
                ProxyPreserveHost On
                ProxyPass /app/static !
                <Location /app>
                    ProxyPass http://127.0.0.1:8000/app
                </Location>
            </VirtualHost>

            """
        #expect(Linted(text, dialect: "apache").lines(of: "shadowed-proxy-pass") == [4])
    }

    @Test func `the main server's ProxyPass precedes the virtual host's`() {
        let text = """
            ProxyPreserveHost On
            ProxyPass /a http://127.0.0.1:8000/a
            <VirtualHost *:80>
                ServerName a.test
                ProxyPass /a/b http://127.0.0.1:8001/b
            </VirtualHost>

            """
        #expect(Linted(text, dialect: "apache").lines(of: "shadowed-proxy-pass") == [5])
    }

    @Test(arguments: ["/", "/sub/"])
    func `a prefix in a slash whose target has none is glued to the port`(prefix: String) {
        let text = """
            <VirtualHost *:80>
                ServerName a.test
                ProxyPreserveHost On
                ProxyPass \(prefix) http://127.0.0.1:8000
            </VirtualHost>

            """
        let linted = Linted(text, dialect: "apache")
        #expect(linted.lines(from: .error) == ["4 proxy-pass-slash-mismatch"], "\(linted.text)")
    }

    @Test(arguments: [
        "location /api { proxy_pass http://b; }", "location /api/ { proxy_pass http://b/; }",
        "location / { proxy_pass http://b/; }", "location /api { proxy_pass http://b/api; }",
        "location = /api { proxy_pass http://b/; }",
    ])
    func `targets that fit their prefix are left alone`(location: String) {
        let text = "upstream b { server 127.0.0.1:8000; }\nserver { listen 80; \(location) }\n"
        let linted = Linted(text, dialect: "nginx")
        #expect(linted.lines(of: "proxy-pass-slash-mismatch") == [], "\(linted.text)")
    }

    @Test(arguments: [
        "satisfy any; allow 10.0.0.1; auth_basic a; auth_basic_user_file /p;", "allow all;",
        "allow 10.0.0.1; deny all;", "deny 10.0.0.1;",
    ])
    func `lists of addresses that say what they mean are left alone`(lines: String) {
        let linted = Linted("server { listen 80; location /a/ { \(lines) } }\n", dialect: "nginx")
        #expect(linted.lines(from: .warning) == [], "\(linted.text)")
    }

    @Test(arguments: [
        "location /f { alias /srv/f; }", "location = /f { alias /srv/f/; }", "location /f/ { alias /srv/f/; }",
        "location ~ ^/f/(.*)$ { alias /srv/$1; }", "location /f/ { alias /srv/$host; }",
    ])
    func `aliases that lead where they say are left alone`(location: String) {
        let linted = Linted("server { listen 80; \(location) }\n", dialect: "nginx")
        #expect(linted.lines(of: "alias-traversal") + linted.lines(of: "alias-without-slash") == [], "\(linted.text)")
    }

    @Test func `a redirect to https loops only where it also holds for https`() {
        let looping = """
            server {
                listen 80;
                listen 443 ssl;
                server_name a.test;
                ssl_certificate /c;
                ssl_certificate_key /k;
                return 301 https://$host$request_uri;
            }

            """
        #expect(Linted(looping, dialect: "nginx").lines(of: "redirect-loop") == [7])
        let fine = looping.replacing("    listen 443 ssl;\n", with: "")
        #expect(Linted(fine, dialect: "nginx").lines(of: "redirect-loop") == [])
    }

    @Test(arguments: ["^/?old$", "^(.*)$", "old", "^", "!^/x"])
    func `patterns that match in a directory are left alone`(pattern: String) {
        let text = "RewriteEngine On\nRewriteRule \(pattern) /new [L]\n"
        #expect(Linted(text, dialect: "apache", path: "/srv/.htaccess").lines(of: "rewrite-pattern-with-slash") == [])
    }

    @Test func `of two rules only the shorter regular expression's later twin is dead`() {
        let text = """
            server {
                listen 80;
                location ~ \\.php$ { return 403; }
                location ~ \\.php$ { return 404; }
                location ~ ^/a { return 200; }
            }

            """
        let linted = Linted(text, dialect: "nginx")
        #expect(
            linted.lines(of: "dead-regex-location") + linted.lines(of: "duplicate-location") == [4], "\(linted.text)")
    }

    @Test func `every rule of a finding in real configurations is documented`() throws {
        let corpus = Repository.root.appending(path: "../shared/corpus")
        for dialect in dialects {
            let known = Set(Linter(for: dialect).rules.map(\.id))
            let folder = corpus.appending(path: dialect.name)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names {
                let bytes = try [UInt8](Data(contentsOf: folder.appending(path: name)))
                let linted = Linted(String(configuration: bytes), dialect: dialect.name, path: "/sites/\(name)")
                for finding in linted.findings {
                    #expect(known.contains(finding.rule), "\(finding.rule) in \(name)")
                    #expect(finding.range != nil, "\(finding.rule) in \(name)")
                }
            }
        }
    }
}
