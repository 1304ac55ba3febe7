import System
import TestSupport
import Testing

/// What pages and logs say of the fields of the answer that they belong to, and of no other.
struct SentFieldTests {
    /// Where the link of a redirect's page leads, as httpd 2.4.71 writes it.
    @Test(arguments: [
        ("/r301/x", 301, "http://b.test/new/x"),
        ("/r302", 302, "http://a.test:8080/new"),
        ("/r303/%3Cx%22", 303, "http://a.test:8080/new&amp;amp/%3cx%22"),
        ("/r307", 307, "http://a.test:8080/new&lt;&quot;'&gt;"),
        ("/r308/%0Ax?z", 308, "http://b.test/new?a=1&amp;b=2/%0ax"),
        ("/rwx", 302, "http://a.test:8080/tx"),
        ("/rxy%22%3C", 301, "http://b.test/&lt;&quot;'&gt;y&quot;&lt;?q=1&amp;r=2"),
        ("/ryz", 308, "http://b.test/%3c%22'%3ez?q=1&amp;r=2"),
        ("/dir?a=b&c='d'", 301, "http://a.test:8080/dir/?a=b&amp;c='d'"),
    ])
    func `the page of a redirect links to where it leads`(path: String, status: Int, link: String) throws {
        let folder = try Scratch()
        try folder.write("x", to: "dir/file")
        let site = try Site(
            apache: """
                DocumentRoot \(folder.path)
                <Directory \(folder.path)>
                    Require all granted
                </Directory>
                Redirect 301 /r301 http://b.test/new
                Redirect 302 /r302 /new
                Redirect 303 /r303 /new&amp
                Redirect 307 /r307 "/new<\\"'>"
                Redirect 308 /r308 http://b.test/new?a=1&b=2
                RewriteEngine On
                RewriteRule ^/rw(.*)$ /t$1 [R,NE]
                RewriteRule ^/rx(.*)$ http://b.test/<"'>$1?q=1&r=2 [R=301,NE]
                RewriteRule ^/ry(.*)$ http://b.test/<"'>$1?q=1&r=2 [R=308]
                """)
        // The answer before it leads elsewhere.
        _ = site.get("/r301/other")
        let wire = site.connect()
        wire.send("GET \(path) HTTP/1.1\r\nHost: a.test:8080\r\n\r\n")
        let answer = wire.readMessage()
        #expect(answer.status == status)
        #expect(answer.body.contains("<a href=\"\(link)\">here</a>"), "\(answer.body)")
    }

    @Test func `a log line names the fields of its own answer, though another was made meanwhile`() throws {
        let folder = try Scratch()
        let backend = try Backend { wire, _ in
            while !wire.readMessage().head.isEmpty {
                wire.send("HTTP/1.1 200 OK\r\nX-Up: upstream\r\nContent-Length: 2\r\n\r\nok")
            }
        }
        let site = try Site(
            """
            log_format f "$uri own=$sent_http_x_own up=$sent_http_x_up";
            access_log \(folder.path)/access.log f;
            server { listen @PORT@;
              location /own { add_header X-Own secret; return 200 own; }
              location /up { proxy_pass http://127.0.0.1:\(backend.port); } }
            """)
        for path in ["/own", "/up", "/own", "/none"] { _ = site.get(path) }
        site.drain()
        site.flushLogs()
        #expect(
            folder.text(of: "access.log") == """
                /own own=secret up=-
                /up own=- up=upstream
                /own own=secret up=-
                /none own=- up=-

                """)
    }
}
