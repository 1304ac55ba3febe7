import Serve
import System
import Testing

@Suite struct ServingTests {
    @Test func `files are sent whole, in parts, and not at all where nothing changed`() throws {
        let folder = FilePath("/tmp/sluice-serve-\(ChildProcess.current)")
        try Files.makeDirectory(folder)
        let content = String(repeating: "0123456789", count: 100_000)
        try Files.write(Array(content.utf8), to: folder.appending("a.txt"))
        defer { try? Files.remove(folder.appending("a.txt")) }
        let site = try Site("server { listen @PORT@; root \(folder); }")
        let whole = site.get("/a.txt")
        #expect(whole.status == 200 && whole.body == content)
        let part = site.get("/a.txt", "Range: bytes=5-14\r\n")
        #expect(part.status == 206 && part.body == "5678901234")
        let tag = whole.field("etag") ?? ""
        #expect(site.get("/a.txt", "If-None-Match: \(tag)\r\n").status == 304)
        #expect(site.get("/none").status == 404)
        let several = site.get("/a.txt", "Range: bytes=0-1,500-501\r\n")
        #expect(several.status == 206 && several.body.contains("\r\n\r\n01\r\n"))
    }

    @Test func `a path is looked up below the prefix`() throws {
        let folder = FilePath("/tmp/sluice-prefix-\(ChildProcess.current)")
        try Files.makeDirectory(folder)
        try Files.makeDirectory(folder.appending("srv"))
        try Files.write(Array("inside".utf8), to: folder.appending("srv/a"))
        defer { try? Files.remove(folder.appending("srv/a")) }
        let site = try Site("server { listen @PORT@; root /srv; }", prefix: folder.description)
        #expect(site.get("/a").body == "inside")
    }

    @Test func `the access log has a line for each request`() throws {
        let path = FilePath("/tmp/sluice-log-\(ChildProcess.current)")
        defer { try? Files.remove(path) }
        let site = try Site(
            """
            log_format f '$remote_addr $request $status $body_bytes_sent';
            server { listen @PORT@; location / { access_log \(path) f; return 200 hello; } }
            """)
        for number in 0..<5 { #expect(site.get("/\(number)").body == "hello") }
        site.drain()
        site.flushLogs()
        let lines = String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n")
        #expect(lines.map(String.init) == (0..<5).map { "127.0.0.1 GET /\($0) HTTP/1.1 200 5" })
    }

    @Test func `a reload changes what the next request gets, on the same connection`() throws {
        let site = try Site("server { listen @PORT@; return 200 old; }")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readMessage().body == "old")
        site.swap("server { listen @PORT@; return 200 new; }")
        var body = "old"
        // The message and the request come by different ways, so the first answers may still be the old ones.
        for _ in 0..<10_000 where body == "old" {
            wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            body = wire.readMessage().body
        }
        #expect(body == "new")
    }

    @Test func `a request that is under way when a reload comes ends as it began`() throws {
        let backend = try Backend { wire, backend in
            backend.note(wire.readMessage())
            // The answer comes when the test has reloaded, which it says with a connection of its own.
            while backend.connections < 2 { _ = wire.raw }
            wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let site = try Site("server { listen @PORT@; location / { proxy_pass http://127.0.0.1:\(backend.port); } }")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        while backend.requests.isEmpty {}
        site.swap("server { listen @PORT@; return 200 new; }")
        while site.get("/").body != "new" {}
        let knock = Wire(to: backend.address)
        #expect(wire.readMessage().body == "ok")
        _ = knock.raw
    }

    @Test func `draining closes idle connections and answers what is under way`() throws {
        let site = try Site("server { listen @PORT@; return 200 hello; }")
        let idle = site.connect()
        idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(idle.readMessage().body == "hello")
        site.drain()
        #expect(idle.readAll() == "")
    }

    @Test func `a connection carries as many requests as it may`() throws {
        let site = try Site("keepalive_requests 2; server { listen @PORT@; return 200 hello; }")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readMessage().field("connection") == "keep-alive")
        #expect(wire.readMessage().field("connection") == "close")
        #expect(wire.readAll() == "")
    }

    @Test func `an idle connection is closed when its time is over`() throws {
        let site = try Site("keepalive_timeout 30ms; server { listen @PORT@; return 200 hello; }")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(wire.readMessage().body == "hello")
        #expect(wire.readAll() == "")
    }

    @Test func `a head that never ends is cut off`() throws {
        let site = try Site("client_header_timeout 30ms; server { listen @PORT@; return 200 hello; }")
        let wire = site.connect()
        wire.send("GET / HTTP/1.1\r\nHost: a\r\n")
        #expect(wire.readAll() == "")
    }

    @Test func `a password is asked for and checked`() throws {
        let path = FilePath("/tmp/sluice-users-\(ChildProcess.current)")
        defer { try? Files.remove(path) }
        let slow = try #require(PasswordHash.crypt(Array("secret".utf8), setting: Array("$6$salt$".utf8)))
        try Files.write(Array("ann:{PLAIN}secret\nbob:".utf8) + slow + [10], to: path)
        let site = try Site(
            """
            server { listen @PORT@; location / { auth_basic x; auth_basic_user_file \(path); return 200 in; }
              location /p { auth_basic x; auth_basic_user_file \(path); proxy_pass http://127.0.0.1:1; } }
            """)
        func status(_ user: String) -> Int {
            let token = String(decoding: Base64.encode(Array(user.utf8)), as: UTF8.self)
            return site.get("/p", "Authorization: Basic \(token)\r\n").status
        }
        #expect(site.get("/p").status == 401)
        #expect(status("ann:secret") == 502)
        #expect(status("ann:wrong") == 401)
        #expect(status("bob:secret") == 502)
        #expect(status("bob:wrong") == 401)
        #expect(status("eve:secret") == 401)
    }
}
