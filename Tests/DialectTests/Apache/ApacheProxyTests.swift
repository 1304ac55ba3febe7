import IR
import Routing
import Source
import Testing

/// ProxyPass and its kin, decided.
struct ApacheProxyTests {
    @Test func `the rest of the path is put behind the target, at whole segments`() {
        let apache = ApacheCase(site: "ProxyPass /ex http://127.0.0.1:9/ex2")
        #expect(apache.decide("GET", "/ex/a?q=1").target == "/ex2/a?q=1")
        #expect(apache.decide("GET", "/ex").target == "/ex2")
        #expect(apache.decide("GET", "/exo").sent.isEmpty)
    }

    @Test func `an exclusion must stand before what it excludes`() {
        let apache = ApacheCase(
            site: """
                ProxyPass /a/no !
                ProxyPass /a http://127.0.0.1:9/a
                ProxyPass /a/late !
                """)
        #expect(apache.decide("GET", "/a/no/x").sent.isEmpty)
        #expect(apache.decide("GET", "/a/late").target == "/a/late")
    }

    @Test func `in a location the last that matches wins, before all outside`() {
        let apache = ApacheCase(
            site: """
                ProxyPass /pp http://127.0.0.1:9/outside
                <Location /pp/a>
                ProxyPass http://127.0.0.1:9/special
                </Location>
                <Location /pp>
                ProxyPass http://127.0.0.1:9/general
                </Location>
                """)
        #expect(apache.decide("GET", "/pp/a/x").target == "/general/a/x")
    }

    @Test func `a bare host behind a path that ends in a slash makes a host of both`() {
        let apache = ApacheCase(site: "ProxyPass /a/ http://127.0.0.1:9")
        #expect(apache.decide("GET", "/a/").target == "/")
        #expect(apache.decide("GET", "/a/b").status == 500)
    }

    @Test func `groups of ProxyPassMatch stand in the target, else the whole path does`() {
        let apache = ApacheCase(
            site: """
                ProxyPassMatch ^/m(\\d+)/x http://127.0.0.1:9/M$1
                ProxyPassMatch \\.gif$ http://127.0.0.1:9/pics
                """)
        #expect(apache.decide("GET", "/m12/x?a").target == "/M12?a")
        #expect(apache.decide("GET", "/b.gif").target == "/pics/b.gif")
    }

    @Test func `paths are escaped anew, or sent as they came`() {
        let apache = ApacheCase(
            site: "ProxyPass /raw/ http://127.0.0.1:9/raw/ nocanon\nProxyPass / http://127.0.0.1:9/")
        #expect(apache.decide("GET", "/a%7Eb%20c|d").target == "/a~b%20c%7Cd")
        #expect(apache.decide("GET", "/raw/a%7Eb").target == "/raw/a%7Eb")
    }

    @Test func `the host is the upstream's unless the client's is preserved`() {
        #expect(
            ApacheCase(site: "ProxyPass / http://127.0.0.1:9/").decide("GET", "/").sentHead?
                .contains("Host: 127.0.0.1:9\r\n") == true)
        #expect(
            ApacheCase(site: "ProxyPreserveHost On\nProxyPass / http://127.0.0.1:9/").decide(
                "GET", "/", host: "A.test:8"
            )
            .sentHead?.contains("Host: A.test:8\r\n") == true)
    }

    @Test func `parameters reach the pool and its member`() {
        let apache = ApacheCase(
            site: "ProxyPass /a http://127.0.0.1:9/a timeout=5 connectiontimeout=500ms retry=0 max=20 upgrade=websocket"
        )
        let pool = apache.configuration.pools[0]
        #expect(pool.members[0].timeouts == MemberTimeouts(connect: 0.5, exchange: 5))
        #expect(pool.members[0].quarantine.after == 0)
        #expect(pool.members[0].limit == 20)
        #expect(pool.connections.upgrade == ["websocket"])
    }

    @Test func `an upstream that begins with another shares its pool`() {
        let apache = ApacheCase(
            site: "ProxyPass /a http://127.0.0.1:9/ timeout=5\nProxyPass /b http://127.0.0.1:9/b/ timeout=9")
        #expect(apache.configuration.pools.count == 1)
    }

    @Test func `a balancer has its members, wherever it is named first`() {
        let apache = ApacheCase(
            site: """
                ProxyPass /a balancer://B/x stickysession=ID nofailover=On
                <Proxy balancer://b>
                BalancerMember http://127.0.0.1:8 loadfactor=3 route=r1
                BalancerMember http://127.0.0.1:9 status=+H
                ProxySet lbmethod=bytraffic
                </Proxy>
                """)
        let pool = apache.configuration.pools[0]
        #expect(pool.members.map(\.port) == [8, 9])
        #expect(pool.members.map(\.weight) == [3, 1])
        #expect(pool.members.map(\.role) == [.active, .standby])
        #expect(pool.balance == .traffic)
        #expect(apache.decide("GET", "/a/y").target == "/x/y")
    }

    @Test func `the members' path comes before what is forwarded`() {
        let apache = ApacheCase(
            site: """
                RewriteEngine On
                RewriteRule ^/r/(.*) balancer://b/$1 [P]
                ProxyPass /a balancer://b/x
                <Proxy balancer://b>
                BalancerMember http://127.0.0.1:8/m/
                </Proxy>
                """)
        #expect(apache.decide("GET", "/a/y").target == "/m/x/y")
        #expect(apache.decide("GET", "/r/y").target == "/m/y")
    }

    @Test func `a variable keeps requests from being forwarded`() {
        let apache = ApacheCase(site: "ProxyPass /a http://127.0.0.1:9/\nSetEnvIf Request_URI ^/a/no no-proxy")
        #expect(apache.decide("GET", "/a/yes").target == "//yes")
        #expect(apache.decide("GET", "/a/no").sent.isEmpty)
    }

    @Test func `locations and cookies of answers are mapped`() {
        let apache = ApacheCase(
            site: """
                ProxyPass /n http://127.0.0.1:9/b
                ProxyPassReverse /n http://127.0.0.1:9/b
                ProxyPassReverseCookiePath /app /n
                """)
        let answer = SupposedAnswer(
            status: 302,
            fields: [
                SupposedField("Location", "http://127.0.0.1:9/b/z"), SupposedField("Set-Cookie", "a=1; Path=/app/"),
            ])
        let outcome = apache.decide("GET", "/n/x", world: World(files: [], backend: .answers(answer)))
        #expect(outcome.field("location") == "http://a.test/n/z")
        #expect(outcome.field("set-cookie") == "a=1; Path=/n")
    }

    @Test func `own errors and overridden ones show our pages, others the upstream's`() {
        let text = "ErrorDocument 503 \"down\"\nProxyPass / http://127.0.0.1:9/\n"
        let dead = World(files: [], backend: .fails(.refused))
        #expect(ApacheCase(site: text).decide("GET", "/", world: dead).body == .text(Array("down".utf8)))
        let failing = World(files: [], backend: .answers(SupposedAnswer(status: 503)))
        #expect(ApacheCase(site: text).decide("GET", "/", world: failing).body == .upstream)
        #expect(
            ApacheCase(site: text + "ProxyErrorOverride On").decide("GET", "/", world: failing).body
                == .text(Array("down".utf8)))
    }

    @Test(arguments: [
        ("ProxyPass /a", "wrong-arguments"), ("ProxyPass /a b", "invalid-value"),
        ("ProxyPass http://h/", "wrong-arguments"),
        ("ProxyPass /a http://h/ nonsense=1", "invalid-value"), ("ProxyPass /a http://h/ # why", "invalid-value"),
        ("<Location /a>\nProxyPass /a http://h/\n</Location>", "wrong-arguments"),
        ("<Directory /a>\nProxyPass http://h/\n</Directory>", "wrong-context"),
        ("BalancerMember http://h", "wrong-arguments"), ("ProxyErrorOverride maybe", "invalid-value"),
    ])
    func `what the server refuses is an error`(text: String, rule: String) {
        #expect(Set(ApacheCase(site: text).rules()) == [rule])
    }
}
