import IR
import Routing
import Source
import Testing

/// Virtual hosts, their addresses and names.
struct ApacheServerTests {
    @Test func `the fold of every site's base leaves nothing unsaid`() {
        let apache = ApacheCase("Listen 80\n<VirtualHost *:80>\nServerName a.test\n</VirtualHost>\n")
        for site in apache.configuration.sites { #expect(apache.fold(site.base).missing.isEmpty) }
    }

    @Test func `names are asked in order, and the first virtual host answers all others`() {
        let apache = ApacheCase(
            """
            Listen 80
            <VirtualHost *:80>
            ServerName first.test
            ServerAlias *.wild.test
            </VirtualHost>
            <VirtualHost *:80>
            ServerName exact.wild.test
            </VirtualHost>
            """)
        let names = apache.configuration.listeners[0].names
        #expect(names.search == .firstInOrder)
        #expect(names.fallback.at == 1)
        #expect(names.names.map(\.pattern) == [.exact("first.test"), .glob("*.wild.test"), .exact("exact.wild.test")])
    }

    @Test func `an address has its own names behind a socket for all addresses`() {
        let apache = ApacheCase(
            """
            Listen 80
            <VirtualHost 10.0.0.1:80>
            ServerName a.test
            </VirtualHost>
            """)
        let names = apache.configuration.listeners[0].names
        #expect(names.fallback.at == 0)
        #expect(names.more.map(\.address) == ["10.0.0.1"])
        #expect(names.more[0].names[0].fallback.at == 1)
    }

    @Test func `a fragment gets the sockets that its virtual hosts ask for`() {
        let apache = ApacheCase(
            "<VirtualHost *:80 *:8080>\n</VirtualHost>\n<VirtualHost _default_:443>\n</VirtualHost>\n", isMain: false)
        #expect(apache.configuration.listeners.map(\.port) == [80, 8080, 443])
        #expect(ApacheCase("Header set X-A b\n", isMain: false).configuration.listeners.map(\.port) == [80])
    }

    @Test func `a virtual host without a name goes by the main server's`() {
        let apache = ApacheCase("ServerName main.test\nListen 80\n<VirtualHost *:80>\n</VirtualHost>\n")
        #expect(apache.site.name == "main.test")
    }

    @Test func `ProxyPass is inherited and comes first, rewriting is not inherited`() {
        let apache = ApacheCase(
            """
            Listen 80
            ProxyPass /g http://127.0.0.1:1/main
            RewriteEngine On
            RewriteRule ^/r /x
            <VirtualHost *:80>
            ServerName a.test
            ProxyPass /g http://127.0.0.1:1/host
            </VirtualHost>
            """)
        #expect(apache.decide("GET", "/g/a").target == "/main/a")
        #expect(apache.site.rules == nil)
    }

    @Test(arguments: [
        ("Listen foo", "invalid-value"), ("Listen 70000", "invalid-value"), ("ServerName *.a.test", "invalid-value"),
        ("<VirtualHost>\n</VirtualHost>", "wrong-arguments"), ("ServerAlias a.test", "wrong-context"),
        ("Require all granted", "wrong-context"), ("KeepAliv On", "unknown-directive"), ("Timeout", "wrong-arguments"),
        ("Timeout soon", "invalid-value"), ("KeepAlive", "wrong-arguments"), ("ServerAdmin a b", "wrong-arguments"),
        ("LockFile x", "unknown-directive"), ("<Loction /a>\n</Loction>", "unknown-directive"),
    ])
    func `what the server refuses is an error at its place`(text: String, rule: String) {
        let apache = ApacheCase(text + "\n")
        #expect(apache.rules() == [rule])
        #expect(apache.diagnostics.allSatisfy { $0.range != nil })
    }

    @Test func `a mistyped name is guessed, one of another module is named`() {
        let apache = ApacheCase("DocumentRot /srv\nphp_value a b\nH2Push on\n")
        #expect(apache.diagnostics[0].help == "did you mean `DocumentRoot`?")
        #expect(apache.rules(.warning) == ["foreign-directive", "unsupported-directive"])
    }

    @Test func `what is switched off that is not run needs no finding`() {
        #expect(ApacheCase(site: "SSLEngine off\nUserDir disabled\nSSLVerifyClient none").diagnostics.isEmpty)
        #expect(ApacheCase(site: "ProxyPassInherit Off").rules(.warning) == ["unsupported-directive"])
    }

    @Test func `a guard of the server that is not run closes it`() {
        let apache = ApacheCase(site: "SSLOCSPEnable on\n<Location /a>\nRequire all granted\n</Location>")
        #expect(apache.decide("GET", "/a").status == 403)
        #expect(apache.rules().first == "unsupported-directive")
    }
}
