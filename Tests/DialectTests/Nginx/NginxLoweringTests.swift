import IR
import Language
import Nginx
import Source
import Testing

/// What single directives become.
struct NginxLoweringTests {
    @Test func `no default is left unsaid`() {
        for version in NginxDialect().versions {
            let result = NginxCase(server: "location / { }", version: version)
            #expect(result.base.missing.isEmpty)
        }
    }

    @Test func `versions differ in what is said to upstreams`() {
        let old = NginxCase(server: "location / { proxy_pass http://a; }", version: "nginx-1.22")
        let new = NginxCase(server: "location / { proxy_pass http://a; }")
        #expect(old.base.forward.version?.value == "1.0")
        #expect(new.base.forward.version?.value == "1.1")
        #expect(old.base.request.headers?.value.last?.value == "close")
        #expect(old.configuration.listeners[0].reading.duplicates == .keep)
        #expect(new.configuration.listeners[0].reading.duplicates == .joinCookies)
        #expect(new.configuration.listeners[0].reading.fieldCount == 1000)
    }

    @Test(arguments: [
        ("location /x { }", PathMatcher.bytes("/x"), false), ("location = /x { }", .exact("/x"), false),
        ("location =/x { }", .exact("/x"), false), ("location ^~ /x { }", .bytes("/x"), true),
        ("location ^~/x { }", .bytes("/x"), true),
        ("location ~ ^/x { }", .pattern(Pattern(source: "^/x"), into: 0), false),
        ("location ~*^/x { }", .pattern(Pattern(source: "^/x", ignoresCase: true), into: 0), false),
    ])
    func `a location says which paths it takes`(_ text: String, _ match: PathMatcher, _ endsSearch: Bool) {
        let route = NginxCase(server: text).site.locate[0].routes[0]
        #expect(route.match == match)
        #expect(route.endsSearch == endsSearch)
    }

    @Test func `an upstream's URL with a path replaces the location, one without passes the target on`() {
        let result = NginxCase(server: "location /a/ { proxy_pass http://b/c/; } location /d { proxy_pass http://b; }")
        guard case .forward(let mapped)? = result.scope("/a/")?.content,
            case .forward(let raw)? = result.scope("/d")?.content
        else {
            Issue.record("not forwarded")
            return
        }
        guard case .unchanged(.located, .suffix(let onto, .sent, _), _) = mapped.path,
            case .unchanged(.received, .targetAsReceived, _) = raw.path
        else {
            Issue.record("\(mapped.path) \(raw.path)")
            return
        }
        #expect(onto == "/c/")
        #expect(mapped.to == raw.to)
    }

    @Test func `proxy_set_header discards the fields of the block around, and keeps the implied ones`() {
        let result = NginxCase(
            server: """
                proxy_set_header X-Outer 1;
                location /a { proxy_set_header Host $host; proxy_pass http://b; }
                location /b { proxy_pass http://b; }
                """)
        #expect(result.settings("/a").request.headers?.value.map(\.name) == ["Connection", "Host"])
        #expect(result.settings("/b").request.headers?.value.map(\.name) == ["Host", "Connection", "X-Outer"])
    }

    @Test func `proxy_redirect is implied by proxy_pass and off is an empty list`() {
        let result = NginxCase(
            server: """
                location /a/ { proxy_pass http://b:81/c/; }
                location /d { proxy_pass http://b:81; proxy_redirect off; }
                location /e { proxy_pass http://b:81; proxy_redirect http://x/ /y/; }
                """)
        let implied = result.settings("/a/").forward.locations?.value
        #expect(implied?.map(\.from) == ["http://b:81/c/"])
        #expect(implied?.map(\.to) == ["/a/"])
        #expect(result.settings("/d").forward.locations?.value == [])
        #expect(result.settings("/e").forward.locations?.value.map(\.to) == ["/y/"])
    }

    @Test func `timeouts and further tries are combined with those of the blocks around`() {
        let result = NginxCase(
            server: """
                proxy_read_timeout 2m;
                location /a {
                  proxy_connect_timeout 500ms; proxy_next_upstream http_502 off; proxy_next_upstream_tries 3;
                }
                """)
        let settings = result.settings("/a").forward
        #expect(settings.timeouts?.value == Timeouts(connect: 0.5, send: 60, read: 120))
        #expect(settings.retry?.value == Retry(on: [], statuses: [502], tries: 3, forgivesKept: true))
    }

    @Test func `upstreams have members with roles and quarantines`() {
        let result = NginxCase(
            """
            events {} http {
              upstream u { server a:81 weight=3 max_fails=2 fail_timeout=30s max_conns=5; server [::1]:82 backup;
                server unix:/run/x.sock down; keepalive 7; }
              server { location / { proxy_pass http://u; } location /x { proxy_pass https://u; } } }
            """)
        let pool = result.configuration.pools[0]
        #expect(pool.name == "u")
        #expect(pool.members.map(\.host) == ["a", "::1", "/run/x.sock"])
        #expect(pool.members.map(\.role) == [.active, .standby, .down])
        #expect(pool.members[0].weight == 3)
        #expect(pool.members[0].quarantine == Quarantine(after: 2, within: 30, lasts: 30))
        #expect(pool.members[0].limit == 5)
        #expect(pool.connections.keepsIdle == 7)
        #expect(result.configuration.pools.map { $0.members[0].scheme } == ["http", "https"])
    }

    @Test func `a rewrite's query goes before the request's own, unless it ends in a question mark`() {
        let result = NginxCase(
            server: "location /a { rewrite ^/a(.*) /b?x=1 last; rewrite ^ /c?x=1? break; rewrite ^ /d?; rewrite ^ /e; }"
        )
        let edits = result.statements("/a").compactMap { statement -> [RequestEdit]? in
            if case .rule(let rule) = statement { rule.edits } else { nil }
        }
        #expect(edits[0] == [.path("/b"), .query(.prepend("x=1"))])
        #expect(edits[1] == [.path("/c"), .query(.replace("x=1"))])
        #expect(edits[2] == [.path("/d"), .query(.drop), .leaveWith(.go(.locate))])
        #expect(edits[3] == [.path("/e"), .leaveWith(.go(.locate))])
    }

    @Test func `if enters a scope of its own in a location and none in a server`() {
        let result = NginxCase(server: "if ($host) { return 403; } location /a { if ($args = x) { add_header A b; } }")
        guard case .block(let outer)? = result.site.rules.map({ result.configuration.programs[$0.at].statements[0] }),
            case .block(let inner)? = result.statements("/a").first
        else {
            Issue.record("no blocks")
            return
        }
        #expect(outer.enters == nil)
        #expect(inner.enters != nil)
        #expect(inner.when == .compare(Template(Value.query), .equal, "x"))
    }

    @Test func `a named location of http's error_page is that of each server`() {
        let result = NginxCase(
            """
            events {} http { error_page 404 @x;
              server { location @x { return 200 a; } } server { location @x { return 200 b; } } server { } }
            """)
        let pages = result.configuration.sites.map { result.fold($0.base).errors.rules?.value.first?.page }
        #expect(pages[0] != pages[1])
        #expect(pages[2] == nil)
        #expect(result.rules(.warning).contains("missing-named-location"))
    }

    @Test func `allow and deny are asked in order, and a switched off login asks nobody`() {
        let result = NginxCase(
            server: """
                auth_basic secret; auth_basic_user_file users;
                location /a { allow 10.0.0.0/8; deny all; }
                location /b { auth_basic off; }
                """)
        guard case .inOrder(let rules, otherwise: true)? = result.settings("/a").access.addresses?.value else {
            Issue.record("no list")
            return
        }
        #expect(rules.map(\.grants) == [true, false])
        #expect(result.settings("/a").access.required?.value == .login(.anyone))
        #expect(result.settings("/a").access.userFile?.value == "/etc/nginx/users")
        #expect(result.settings("/b").access.required?.value == .granted)
        #expect(result.settings("/b").access.login?.value == LoginKind.none)
    }

    @Test func `a guard that is not run closes its place`() {
        let result = NginxCase(server: "location /a { auth_request /x; } location /b { allow nonsense; }")
        for place in ["/a", "/b"] {
            guard case .undecidable? = result.settings(place).access.required?.value else {
                Issue.record("\(place) is open")
                return
            }
        }
    }

    @Test func `addresses of one port share a wildcard socket and keep their names apart`() {
        let result = NginxCase(
            """
            events {} http { server { listen 80; server_name a; } server { listen 10.0.0.1:80; server_name a; }
              server { listen [::]:80; listen unix:/run/x.sock; listen 8080-8081; } }
            """)
        let listeners = result.configuration.listeners
        #expect(
            listeners.map(\.address) == [
                .ip("0.0.0.0"), .ip("::"), .ip("0.0.0.0"), .ip("0.0.0.0"), .unix("/run/x.sock"),
            ])
        #expect(listeners[0].names.more.map(\.address) == ["10.0.0.1"])
        #expect(result.diagnostics.isEmpty)
    }

    @Test func `names are exact, wildcards or patterns`() {
        let result = NginxCase(
            "events {} http { server { server_name A.test *.b.test .c.test d.* ~^E(?<n>.)$ \"\"; return 200 $n; } }")
        #expect(
            result.configuration.listeners[0].names.names.map(\.pattern) == [
                .exact("a.test"), .suffix(".b.test", andItself: false), .suffix(".c.test", andItself: true),
                .prefix("d."), .pattern(Pattern(source: "^E(?<n>.)$", ignoresCase: true), into: 0), .exact(""),
            ])
    }

    @Test func `logs have formats, conditions and an off switch`() {
        let result = NginxCase(
            """
            events {} http { log_format j escape=json '{"a":"$status"}' ' $uri'; map $status $ok { default 1; }
              server { access_log /l/a.log j if=$ok; access_log /l/b.log; location /a { access_log off; } } }
            """)
        let logs = result.base.log.access?.value ?? []
        #expect(logs.map(\.escaping) == [.json, .hexadecimal])
        #expect(logs[0].line.pieces.last == .value(.path))
        #expect(logs[0].when != nil)
        #expect(result.settings("/a").log.access?.value == [])
    }

    @Test func `a nested location goes on with the alias outside`() {
        let result = NginxCase(server: "location /a/ { alias /srv/; location ~ x { } location /a/b { root /r; } }")
        #expect(result.settings("~ x").files.place?.value.drops == .bytes(3))
        #expect(result.settings("/a/b").files.place?.value.drops == .nothing)
    }

    @Test func `times and sizes are read as nginx reads them`() {
        let result = NginxCase(
            server: "keepalive_timeout 1h30m 20s; client_max_body_size 2g; send_timeout 5; client_body_timeout 1500ms;")
        #expect(
            result.base.limits.keepAlive?.value == KeepAlive(seconds: 5400, requests: 1000, announces: "timeout=20"))
        #expect(result.base.limits.body?.value == 2 << 30)
        #expect(result.base.limits.sendTime?.value == 5)
        #expect(result.base.limits.bodyTime?.value == 1.5)
    }

    @Test func `a mistyped name is followed by what was meant`() {
        let result = NginxCase(server: "proxy_pas http://x; return 200 $hots;")
        let help = result.diagnostics.compactMap(\.help)
        #expect(help.contains("did you mean `proxy_pass`?"))
        #expect(help.contains("did you mean `$host`?"))
    }
}
