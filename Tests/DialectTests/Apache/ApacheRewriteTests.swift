import IR
import Routing
import Source
import Testing

/// RewriteRule and its kin, decided.
struct ApacheRewriteTests {
    private let world = World(files: ["/www/file.txt", "/www/index.php", "/www/sub/a.txt", "/www/dir/x"])

    private func location(_ rules: String, _ target: String) -> String? {
        ApacheCase(site: "RewriteEngine On\n" + rules).decide("GET", target, world: world).field("location")
    }

    @Test func `nothing happens while rewriting is off`() {
        #expect(ApacheCase(site: "RewriteRule ^/a /b [R]").decide("GET", "/a", world: world).status == 404)
    }

    @Test func `a query is kept, replaced, joined or dropped`() {
        #expect(location("RewriteRule ^/a /t [R,L]", "/a?q=1") == "http://a.test/t?q=1")
        #expect(location("RewriteRule ^/a /t?x=1 [R,L]", "/a?q=1") == "http://a.test/t?x=1")
        #expect(location("RewriteRule ^/a /t?x=1 [R,L,QSA]", "/a?q=1") == "http://a.test/t?x=1&q=1")
        #expect(location("RewriteRule ^/a /t? [R,L]", "/a?q=1") == "http://a.test/t")
        #expect(location("RewriteRule ^/a /t [R,L,QSD]", "/a?q=1") == "http://a.test/t")
    }

    @Test func `a redirect without L goes on, and sees the whole URL`() {
        #expect(location("RewriteRule ^/a /b [R]\nRewriteRule ^/b /c [R]", "/a") == "http://a.test/b")
    }

    @Test func `statuses outside 300 to 399 drop the substitution`() {
        let apache = ApacheCase(
            site: "RewriteEngine On\nRewriteRule ^/a /t [R=404]\nRewriteRule ^/f - [F]\nRewriteRule ^/g - [G]")
        #expect(apache.decide("GET", "/a", world: world).status == 404)
        #expect(apache.decide("GET", "/f", world: world).status == 403)
        #expect(apache.decide("GET", "/g", world: world).status == 410)
    }

    @Test func `conditions are joined by and, alternatives by OR, and lend their groups`() {
        let rules = """
            RewriteCond %{HTTP_HOST} ^a\\. [OR]
            RewriteCond %{HTTP_HOST} ^b\\.
            RewriteCond %{QUERY_STRING} ^id=(\\d+)$
            RewriteRule ^/(.*)$ /u/%1/$1? [R=301,L]
            """
        #expect(location(rules, "/x?id=7") == "http://a.test/u/7/x")
        #expect(location(rules, "/x?id=y") == nil)
    }

    @Test func `files are asked for below the document root`() {
        let rules = """
            RewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f
            RewriteRule ^ /missing [R,L]
            """
        #expect(location(rules, "/file.txt") == nil)
        #expect(location(rules, "/nothing") == "http://a.test/missing")
    }

    @Test func `the secure redirect of every second site works`() {
        let rules = """
            RewriteCond %{HTTPS} !=on
            RewriteRule ^/?(.*) https://%{SERVER_NAME}/$1 [R=301,L]
            """
        #expect(location(rules, "/a?b") == "https://a.test/a?b")
    }

    @Test func `a plain result skips aliases and proxies, PT does not`() {
        let apache = ApacheCase(
            site: """
                RewriteEngine On
                RewriteRule ^/both /file.txt [L]
                RewriteRule ^/r/(.*) /pp/$1 [PT]
                ProxyPass /both http://127.0.0.1:9/no
                ProxyPass /pp http://127.0.0.1:9/yes
                """)
        #expect(apache.decide("GET", "/both", world: world).body == .file(path: Array("/www/file.txt".utf8)))
        #expect(apache.decide("GET", "/r/x", world: world).target == "/yes/x")
    }

    @Test func `P forwards with the groups and the query`() {
        let apache = ApacheCase(site: "RewriteEngine On\nRewriteRule ^/p/(.*) http://127.0.0.1:9/q/$1 [P]")
        #expect(apache.decide("GET", "/p/a b?c=1").target == nil)
        #expect(apache.decide("GET", "/p/a%20b?c=1").target == "/q/a%20b?c=1")
    }

    @Test func `skip and chain jump over rules`() {
        let rules = """
            RewriteRule ^/s - [S=1]
            RewriteRule ^ /first [R,L]
            RewriteRule ^ /second [R,L]
            """
        #expect(location(rules, "/s") == "http://a.test/second")
        #expect(location(rules, "/x") == "http://a.test/first")
        let chained = """
            RewriteRule ^/no - [C]
            RewriteRule ^ /chained [R,L]
            RewriteRule ^ /behind [R,L]
            """
        #expect(location(chained, "/x") == "http://a.test/behind")
    }

    @Test func `a variable reaches the fields of the upstream's request`() {
        let apache = ApacheCase(
            site: """
                RewriteEngine On
                RewriteRule ^/(\\w+) - [E=WHO:$1]
                RequestHeader set X-Who "%{WHO}e" env=WHO
                ProxyPass / http://127.0.0.1:9/
                """)
        #expect(apache.decide("GET", "/me/x").sentHead?.contains("X-Who: me\r\n") == true)
    }

    @Test func `a query that rules changed is escaped, one that came is not`() {
        #expect(location("RewriteRule ^/a/(.*) /t?x=$1 [R,L]", "/a/b%20c") == "http://a.test/t?x=b%20c")
        #expect(location("RewriteRule ^/a /t [R,L]", "/a?q=%20") == "http://a.test/t?q=%20")
    }

    @Test func `the longer text is the greater one`() {
        let rules = "RewriteCond %{HTTP:X-A} >5\nRewriteRule ^ - [G]"
        let apache = ApacheCase(site: "RewriteEngine On\n" + rules)
        #expect(apache.decide("GET", "/", fields: [SupposedField("X-A", "10")], world: world).status == 410)
        #expect(apache.decide("GET", "/file.txt", fields: [SupposedField("X-A", "4")], world: world).status == 200)
    }

    @Test func `maps are looked in`() {
        let apache = ApacheCase(
            "Listen 80\nRewriteMap m txt:/map.txt\nRewriteMap lower int:tolower\nServerName a.test\nDocumentRoot /www\n"
                + "RewriteEngine On\nRewriteRule ^/m/(.*) /${m:$1|none} [R,L]\n"
                + "RewriteRule ^/l/(.*) /${lower:$1} [R,L]\n",
            files: ["/map.txt": "# names\none 1\ntwo\t2\n"])
        #expect(apache.decide("GET", "/m/two").field("location") == "http://a.test/2")
        #expect(apache.decide("GET", "/m/six").field("location") == "http://a.test/none")
        #expect(apache.decide("GET", "/l/ABC").field("location") == "http://a.test/abc")
    }

    @Test func `rules of a directory see what is below it, and the request enters anew`() {
        let apache = ApacheCase(
            site: """
                <Directory /www>
                RewriteEngine On
                RewriteRule ^index\\.php$ - [L]
                RewriteCond %{REQUEST_FILENAME} !-f
                RewriteCond %{REQUEST_FILENAME} !-d
                RewriteRule . /index.php [L]
                </Directory>
                """)
        #expect(apache.decide("GET", "/nothing/here", world: world).body == .file(path: Array("/www/index.php".utf8)))
        #expect(apache.decide("GET", "/file.txt", world: world).body == .file(path: Array("/www/file.txt".utf8)))
    }

    @Test func `a relative result is put behind RewriteBase or the directory's URL`() {
        let text = "<Directory /www/sub>\nRewriteEngine On\nRewriteRule ^b$ a.txt\n</Directory>"
        let outcome = ApacheCase(site: text).decide("GET", "/sub/b", world: world)
        #expect(outcome.body == .file(path: Array("/www/sub/a.txt".utf8)))
        let based =
            "<Directory /www/sub>\nRewriteEngine On\nRewriteBase /\nRewriteRule ^b$ file.txt [R,L]\n</Directory>"
        #expect(
            ApacheCase(site: based).decide("GET", "/sub/b", world: world).field("location") == "http://a.test/file.txt")
    }

    @Test(arguments: [
        ("RewriteRule ^a", "wrong-arguments"), ("RewriteRule ^a b [X]", "invalid-value"),
        ("RewriteRule ^a b [L, R]", "invalid-value"), ("RewriteRule ^(a b", "invalid-value"),
        ("RewriteCond %{A} b [XX]", "invalid-value"), ("RewriteMap m int:foo", "invalid-value"),
        ("RewriteBase /a", "wrong-context"), ("RewriteOptions foo", "invalid-value"),
    ])
    func `what the server refuses is an error`(text: String, rule: String) {
        #expect(ApacheCase(site: "RewriteEngine On\n" + text).rules() == [rule])
    }
}
