import Apache
import IR
import Language
import Nginx
import Routing
import Source
import Testing
import Translate

/// Whatever keeps people out in nginx keeps them out in the translation: each guard, in each place, over any content.
struct GuardTests {
    /// Guards that refuse `GET` without password, query or fields from 127.0.0.1.
    static let guards = [
        "deny all;", "allow 192.0.2.1; deny all;", "deny 127.0.0.0/8;",
        "auth_basic staff; auth_basic_user_file /etc/staff;", "limit_except POST { deny all; }",
        "limit_except POST { allow 192.0.2.1; deny all; }",
        "satisfy any; allow 192.0.2.1; deny all; auth_basic staff; auth_basic_user_file /etc/staff;",
        "auth_request /auth;", "secure_link $arg_a,$arg_b;", "access_by_lua_file /etc/guard.lua;",
        "limit_req zone=one;", "limit_conn one 1;", "modsecurity on;",
    ]
    /// Guards of the rewriting phase, which also stand in an `if`.
    static let refusals = [
        "return 403;", "return 404;", "return 444;", "return 418;", "return 403 \"no $request_id\";",
        "if ($arg_key != secret) { return 403; }", "if ($cookie_key = \"\") { return 403; }",
        "if ($http_x_key !~ ^secret$) { return 401; }", "if ($request_method = GET) { return 405; }",
        "if ($stranger) { return 403; }", "if ($unkeyed) { return 444; }", "if ($near) { return 403; }",
        "if ($binary_remote_addr !~ ^x) { return 403; }", "if ($remote_addr ~ ^127) { return 410; }",
        "if ($split) { return 403; }",
    ]
    static let contents = [
        "", "proxy_pass http://127.0.0.1:8000;", "proxy_pass http://127.0.0.1:8000/new/;", "alias /srv/x/;",
        "try_files $uri /index.html;", "try_files $uri $uri/ /index.html?$args;", "try_files $uri @app;",
        "try_files /other.html /index.html =404;", "rewrite ^/x/(.*)$ /other.html break;",
        "rewrite ^/x/(.*)$ /new/$1 break; proxy_pass http://127.0.0.1:8000;", "error_page 404 = /index.html;",
        "error_page 404 =200 @app;", "set $to 127.0.0.1:8000; proxy_pass http://$to$request_uri;",
        "error_page 403 =200 /index.html;", "index index.html; add_header X-A b;",
    ]
    /// Where a guard G and a content C stand together.
    static let places = [
        "location /x/ { G C }", "G location /x/ { C }", "location /x/ { G location /x/y/ { C } }",
        "location ~ ^/x/ { G C }", "location ~* /Z$ { G C } location /x/ { C }", "location ^~ /x/ { G C }",
        "location = /x/y/z { G C } location = /x/y/none { G C }", "location /x { G C }",
        "location / { C } location /x/y { G C }", "location /x/ { G location ~ /y/ { C } }",
    ]

    /// Whether a translation serves a request that ought to be refused.
    private func serves(_ server: String, _ target: String) throws -> String? {
        let text = """
            map $http_x_who $stranger { default 1; friend 0; }
            map $arg_key $unkeyed { default 1; secret 0; }
            geo $near { default 0; 127.0.0.0/8 1; }
            split_clients $remote_addr $split { 100% 1; }
            limit_req_zone $binary_remote_addr zone=one:1m rate=1r/s;
            server { listen 80; server_name a.test; root /srv; \(server)
                location @app { proxy_pass http://127.0.0.1:8000; } }
            """
        let direction = Direction(from: NginxDialect(), to: ApacheDialect())
        guard let result = translated(Array(text.utf8), direction) else { return "no translation of \(server)" }
        let (_, lowered) = lowered(Array(result.text.utf8), direction.target, path: "to-apache.conf")
        var decider = Decider(Plan(lowered.configuration))
        let world = World(files: ["/srv/x/y/z", "/srv/y/z", "/srv/index.html", "/srv/other.html", "/srv/x/index.html"])
        let outcome = decider.decide(SupposedRequest(host: "a.test", target: target), in: world)
        let isFile = if case .file = outcome.body { true } else { false }
        guard isFile || !outcome.sent.isEmpty || (200..<300).contains(outcome.status) else { return nil }
        return "\(target) is answered \(outcome.status) by the translation of\n\(server)\n\(result.text)"
    }

    /// Each place with a third of the contents, another one for each rule.
    private func each(_ rule: String, _ list: [String], _ body: (_ place: String, _ content: String) throws -> Void)
        rethrows
    {
        let turn = list.firstIndex(of: rule) ?? 0
        for (row, place) in Self.places.enumerated() {
            for (column, content) in Self.contents.enumerated() where (turn + row + column) % 3 == 0 {
                // nginx refuses an alias in a pattern, and shows the page that it is told to.
                if place.contains("~"), content.contains("alias") { continue }
                if content.contains("error_page 403") { continue }
                try body(place, content)
            }
        }
    }

    @Test(arguments: guards) func `a guard is not lost`(rule: String) throws {
        try each(rule, Self.guards) { place, content in
            // A limit on methods holds for its own location only.
            if rule.contains("limit_except"), place.hasPrefix("G") || place.contains("G location") { return }
            try check(place, rule, content)
        }
    }

    @Test(arguments: refusals) func `a refusal is not lost`(rule: String) throws {
        try each(rule, Self.refusals) { place, content in
            // Rules are not inherited, and a page may be shown for what they refuse.
            if place.contains("G location /x/y/") || place.contains("G location ~") { return }
            if content.contains("error_page 404") { return }
            try check(place, rule, content)
        }
    }

    @Test(arguments: guards) func `the guard of a named location is not lost`(rule: String) throws {
        guard !rule.contains("limit_except") else { return }
        let server =
            "location /x/ { try_files $uri @kept; } location @kept { \(rule) proxy_pass http://127.0.0.1:8000; }"
        let found = try serves(server, "/x/y/none")
        #expect(found == nil, "\(found ?? "")")
    }

    @Test(arguments: ["uwsgi_pass 127.0.0.1:9000;", "scgi_pass 127.0.0.1:9000;", "fastcgi_pass $arg_to;"])
    func `a script is not shown as a file`(content: String) throws {
        for place in ["location /x/ { C }", "location ~ /z$ { C }", "location / { C }", "location = /x/y/z { C }"] {
            let found = try serves(place.replacing("C", with: content), "/x/y/z")
            #expect(found == nil, "\(found ?? "")")
        }
    }

    @Test(arguments: contents) func `what is internal is not reached from outside`(content: String) throws {
        guard !content.contains("error_page 404") else { return }
        for place in ["location /x/ { G C }", "location ~ ^/x/ { G C }", "location = /x/y/z { G C }"] {
            if place.contains("~") && content.contains("alias") { continue }
            let server = place.replacing("G", with: "internal;").replacing("C", with: content)
            let found = try serves(server, "/x/y/z")
            #expect(found == nil, "\(found ?? "")")
        }
    }

    private func check(_ place: String, _ rule: String, _ content: String) throws {
        let server = place.replacing("G", with: rule).replacing("C", with: content)
        for target in ["/x/y/z", "/x/y/none"] {
            if target == "/x/y/none", place.contains("/Z$") { continue }
            let found = try serves(server, target)
            #expect(found == nil, "\(found ?? "")")
        }
    }
}
