import IR
import Routing
import Source
import Testing

/// Redirects, aliases, error pages, fields, types, freshness and logs.
struct ApacheAnswerTests {
    private let world = World(files: ["/www/file.txt", "/err/404.html", "/docs/a.txt"])

    @Test func `a redirect takes the rest of the path and the query along`() {
        let apache = ApacheCase(
            site: """
                Redirect /old /new
                Redirect permanent /abs http://x.test/y/
                Redirect 410 /gone
                RedirectMatch ^/rm/(.*)\\.gif$ /t/$1.png
                RedirectMatch 404 /\\.git
                """)
        #expect(apache.decide("GET", "/old/a%20b?q=1").field("location") == "http://a.test/new/a%20b?q=1")
        #expect(apache.decide("GET", "/abs/z").field("location") == "http://x.test/y//z")
        #expect(apache.decide("GET", "/abs").status == 301)
        #expect(apache.decide("GET", "/older").status == 404)
        #expect(apache.decide("GET", "/gone/x").status == 410)
        #expect(apache.decide("GET", "/rm/a.gif").field("location") == "http://a.test/t/a.png")
        #expect(apache.decide("GET", "/.git/config").status == 404)
    }

    @Test func `an alias leads elsewhere, the first that matches`() {
        let apache = ApacheCase(site: "Alias /d /docs\nAlias /d/x /err\nAliasMatch ^/m/(.*)$ /docs/$1")
        #expect(apache.decide("GET", "/d/a.txt", world: world).body == .file(path: Array("/docs/a.txt".utf8)))
        #expect(apache.decide("GET", "/d/x/404.html", world: world).status == 404)
        #expect(apache.decide("GET", "/m/a.txt", world: world).body == .file(path: Array("/docs/a.txt".utf8)))
    }

    @Test func `an error shows a page, a text or another place`() {
        let apache = ApacheCase(
            site: """
                Alias /err /err
                ErrorDocument 404 /err/404.html
                ErrorDocument 403 "keep out
                ErrorDocument 410 http://x.test/gone
                Redirect 410 /gone
                <Location /no>
                Require all denied
                </Location>
                """)
        #expect(apache.decide("GET", "/nothing", world: world).body == .file(path: Array("/err/404.html".utf8)))
        #expect(apache.decide("GET", "/nothing", world: world).status == 404)
        #expect(apache.decide("GET", "/no", world: world).body == .text(Array("keep out".utf8)))
        #expect(apache.decide("GET", "/gone", world: world).field("location") == "http://x.test/gone")
    }

    @Test func `fields are set, added, appended, unset and edited, in two tables`() {
        let apache = ApacheCase(
            site: """
                Header set X-A one
                Header append X-A two
                Header always set X-B %D%%
                Header set X-C "a-b"
                Header edit X-C ^(.)-(.)$ $2-$1
                Header unset X-D
                Header set X-E yes "expr=%{REQUEST_URI} == '/file.txt'"
                Header set X-F no env=NOBODY
                """)
        let outcome = apache.decide("GET", "/file.txt", world: world)
        #expect(outcome.field("x-a") == "one, two")
        #expect(outcome.field("x-b")?.hasPrefix("D=") == true && outcome.field("x-b")?.hasSuffix("%") == true)
        #expect(outcome.field("x-c") == "b-a")
        #expect(outcome.field("x-e") == "yes")
        #expect(outcome.field("x-f") == nil)
        #expect(apache.decide("GET", "/nothing", world: world).field("x-a") == nil)
    }

    @Test func `variables are set early by what matches, late by all`() {
        let apache = ApacheCase(
            site: """
                SetEnvIf User-Agent "(Bot)" robot=$1
                BrowserMatchNoCase curl tool !robot
                SetEnv always there
                RequestHeader set X-Robot %{robot}e env=robot
                RequestHeader set X-Always %{always}e
                ProxyPass / http://127.0.0.1:9/
                """)
        let robot = apache.decide("GET", "/", fields: [SupposedField("User-Agent", "Bot")])
        #expect(robot.sentHead?.contains("X-Robot: Bot") == true)
        #expect(robot.sentHead?.contains("X-Always: there") == true)
        let tool = apache.decide("GET", "/", fields: [SupposedField("User-Agent", "CURL Bot")])
        #expect(tool.sentHead?.contains("X-Robot") == false)
    }

    @Test func `freshness is by type once it is active`() {
        let text = "ExpiresByType text/css \"access plus 1 week 2 days\"\nExpiresDefault M60\n"
        #expect(ApacheCase(site: text).base.answer.expires == nil)
        let entries = ApacheCase(site: "ExpiresActive On\n" + text).base.answer.expires?.value ?? []
        #expect(entries.map(\.mediaType) == ["text/css", nil])
        #expect(entries.map(\.value.literal) == ["777600", "60"])
        #expect(entries.map(\.fromModification) == [false, true])
        #expect(ApacheCase(site: "ExpiresDefault \"next week\"").rules() == ["invalid-value"])
    }

    @Test func `types come from the file and from AddType`() {
        let apache = ApacheCase(
            "TypesConfig /t\nAddType text/x-new .new\n", files: ["/t": "# types\ntext/plain txt asc\n"])
        #expect(apache.base.files.types?.value == ["txt": "text/plain", "asc": "text/plain", "new": "text/x-new"])
    }

    @Test func `logs have their format by name or by text`() {
        let apache = ApacheCase(
            """
            LogFormat "%h \\"%r\\" %>s %{Referer}i" short
            CustomLog logs/a.log short env=!quiet
            CustomLog logs/b.log "%U%q"
            TransferLog logs/c.log
            CustomLog "|/bin/cat" short
            """)
        let logs = apache.base.log.access?.value ?? []
        #expect(
            logs.map(\.to.literal) == ["/etc/apache2/logs/a.log", "/etc/apache2/logs/b.log", "/etc/apache2/logs/c.log"])
        #expect(
            logs.first?.line.pieces == [
                .value(.clientAddress), .literal(" \""), .value(.requestLine), .literal("\" "), .value(.status),
                .literal(" "), .value(.requestHeader("referer")),
            ])
        #expect(logs.first?.when == .not(.isSet(Template(.environment("quiet")))))
        #expect(apache.rules(.warning) == ["unsupported-directive"])
    }

    @Test(arguments: [
        ("Header set", "wrong-arguments"), ("Header foo X y", "invalid-value"), ("Header set X y z", "invalid-value"),
        ("Header unset X z", "invalid-value"), ("LogFormat \"%Q\" x", "invalid-value"),
        ("Redirect /a", "wrong-arguments"),
        ("Redirect a b", "invalid-value"), ("Redirect 404 /a /b", "invalid-value"), ("Alias /a", "wrong-arguments"),
        ("RedirectMatch 404 /a /b /c", "wrong-arguments"), ("ErrorDocument 299 /x", "invalid-value"),
        ("SetEnvIf X y", "wrong-arguments"), ("FileETag foo", "invalid-value"), ("LogLevel loud", "invalid-value"),
    ])
    func `what the server refuses is an error`(text: String, rule: String) {
        #expect(ApacheCase(site: text).rules() == [rule])
    }
}
