import Serve
import System
import Testing

@Suite struct FastCGIServingTests {
    /// An application that answers each request with these fields and this body, and tells what it was told.
    private func application(_ head: String, _ body: String, keeps: Bool = false) throws -> Backend {
        try Backend { wire, backend in
            while let request = FastCGIRequest(from: wire) {
                backend.note(Wire.Message(head: request.summary, body: request.input))
                wire.send(FastCGIRequest.output(head + "\r\n\r\n" + body))
                if !keeps || !request.keepsConnection { return }
            }
        }
    }

    private func site(_ backend: Backend, _ more: String = "") throws -> Site {
        try Site(
            """
            upstream app { server 127.0.0.1:\(backend.port); keepalive 4; }
            server { listen @PORT@; root /srv;
              location / {
                fastcgi_split_path_info ^(.+?\\.php)(/.*)$; fastcgi_index index.php;
                fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                fastcgi_param PATH_INFO $fastcgi_path_info;
                fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
                fastcgi_param EMPTY "" if_not_empty; fastcgi_param HTTP_X_A replaced; fastcgi_pass app; \(more) } }
            """)
    }

    @Test func `a script is told of the request and answers`() throws {
        let app = try application("Content-Type: text/plain\r\nX-App: yes", "hello")
        let site = try site(app)
        let answer = site.get("/a.php/info?q=1", "X-A: client\r\nX-B: b\r\n")
        #expect(answer.status == 200 && answer.body == "hello")
        #expect(answer.field("x-app") == "yes" && answer.field("transfer-encoding") == "chunked")
        let told = try #require(app.requests.first).head
        for line in [
            "SCRIPT_FILENAME=/srv/a.php", "PATH_INFO=/info", "QUERY_STRING=q=1", "REQUEST_METHOD=GET",
            "HTTP_X_A=replaced", "HTTP_X_B=b",
        ] {
            #expect(told.contains(line + "\n"))
        }
        #expect(!told.contains("EMPTY") && !told.contains("client"))
    }

    @Test func `a folder means its index, and the status comes from the script`() throws {
        let app = try application("Status: 404 Nothing here", "no")
        let site = try site(app)
        let answer = site.get("/sub/")
        #expect(answer.status == 404 && answer.startLine == "HTTP/1.1 404 Nothing here")
        #expect(answer.field("status") == nil)
        #expect(app.requests.first?.head.contains("SCRIPT_FILENAME=/srv/sub/index.php\n") == true)
    }

    @Test func `a body goes along, large or small, held or as it comes`() throws {
        let app = try application("Content-Length: 2", "ok")
        for more in ["", "fastcgi_request_buffering off;"] {
            let site = try site(app, more)
            let body = String(repeating: "0123456789", count: 20_000)
            let wire = site.connect()
            wire.send("POST /a.php HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + body)
            #expect(wire.readMessage().body == "ok")
            #expect(app.requests.last?.body == body)
        }
    }

    @Test func `a connection is used again where both sides keep it`() throws {
        let app = try application("Content-Type: text/plain", "x", keeps: true)
        let site = try site(app, "fastcgi_keep_conn on;")
        let wire = site.connect()
        for _ in 0..<5 {
            wire.send("GET /a.php HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(wire.readMessage().body == "x")
        }
        #expect(app.connections == 1)
    }

    @Test func `a handler of Apache's tells what CGI names`() throws {
        let app = try application("Content-Type: text/plain", "hello")
        let scratch = try Scratch()
        try scratch.write("<?php", to: "a.php")
        let site = try Site(
            apache: """
                ServerName a.test
                DocumentRoot \(scratch.path)
                SetEnvIfNoCase ^Authorization$ "(.+)" HTTP_AUTHORIZATION=$1
                <FilesMatch "\\.php$">
                SetHandler "proxy:fcgi://127.0.0.1:\(app.port)"
                </FilesMatch>

                """)
        let answer = site.get("/a.php/more?q=1", "Authorization: Basic x\r\nProxy: evil\r\nX_Odd: 1\r\n")
        #expect(answer.status == 200 && answer.body == "hello")
        let told = try #require(app.requests.first).head
        for line in [
            "SCRIPT_FILENAME=proxy:fcgi://127.0.0.1:\(app.port)\(scratch.path)/a.php", "SCRIPT_NAME=/a.php",
            "PATH_INFO=/more", "PATH_TRANSLATED=\(scratch.path)/more", "QUERY_STRING=q=1",
            "REQUEST_URI=/a.php/more?q=1",
            "HTTP_AUTHORIZATION=Basic x", "GATEWAY_INTERFACE=CGI/1.1", "DOCUMENT_ROOT=\(scratch.path)",
            "REMOTE_ADDR=127.0.0.1", "SERVER_NAME=a.test",
        ] {
            #expect(told.contains(line + "\n"), "\(line) is not in\n\(told)")
        }
        #expect(!told.contains("evil") && !told.contains("HTTP_X_ODD"))
    }

    @Test func `Apache's connections are used again where somebody says so`() throws {
        let app = try application("Content-Type: text/plain", "x", keeps: true)
        let site = try Site(
            apache: "ServerName a.test\nProxyPass / fcgi://127.0.0.1:\(app.port)/srv/ enablereuse=on\n")
        let wire = site.connect()
        for _ in 0..<5 {
            wire.send("GET /a.php HTTP/1.1\r\nHost: a.test\r\n\r\n")
            #expect(wire.readMessage().body == "x")
        }
        #expect(app.connections == 1)
    }

    @Test func `a body without a length gets one before a script of Apache's is told`() throws {
        let app = try application("Content-Type: text/plain", "ok")
        let site = try Site(apache: "ServerName a.test\nProxyPass / fcgi://127.0.0.1:\(app.port)/srv/\n")
        let wire = site.connect()
        wire.send("POST /a.php HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        #expect(wire.readMessage().body == "ok")
        let request = try #require(app.requests.first)
        #expect(request.head.contains("CONTENT_LENGTH=3\n") && request.body == "abc")
    }

    @Test func `what a script complains of may be taken for its failure`() throws {
        let app = try Backend { wire, _ in
            _ = FastCGIRequest(from: wire)
            wire.send(FastCGIRequest.errors("PHP Fatal error") + FastCGIRequest.output("Status: 200\r\n\r\nx"))
        }
        #expect(try site(app).get("/a.php").status == 200)
        #expect(try site(app, "fastcgi_catch_stderr Fatal;").get("/a.php").status == 502)
    }

    @Test func `an address may be computed`() throws {
        let app = try application("Content-Type: text/plain", "computed")
        let site = try Site(
            "server { listen @PORT@; location / { fastcgi_pass 127.0.0.1:$arg_port; } }")
        #expect(site.get("/?port=\(app.port)").body == "computed")
    }

    @Test func `an application that ends before its answer does is no answer`() throws {
        let app = try Backend { wire, _ in _ = FastCGIRequest(from: wire) }
        #expect(try site(app).get("/a.php").status == 502)
        let garbage = try Backend { wire, _ in
            _ = FastCGIRequest(from: wire)
            wire.send("HTTP/1.1 200 OK\r\n\r\n")
        }
        #expect(try site(garbage).get("/a.php").status == 502)
    }
}

/// What a FastCGI application reads of a request.
private struct FastCGIRequest {
    var summary = ""
    var input = ""
    var keepsConnection = false

    /// One request; nil at the end of the connection.
    init?(from wire: Wire) {
        while true {
            let head = wire.read(8)
            guard head.count == 8, head[0] == 1 else { return nil }
            let content = wire.read(Int(head[4]) << 8 | Int(head[5]))
            _ = wire.read(Int(head[6]))
            switch head[1] {
            case 1: keepsConnection = content[2] & 1 == 1
            case 4: summary += Self.lines(content)
            case 5 where content.isEmpty: return
            case 5: input += String(decoding: content, as: UTF8.self)
            default: return nil
            }
        }
    }

    private static func lines(_ pairs: [UInt8]) -> String {
        var rest = pairs[...]
        func length() -> Int {
            guard let first = rest.popFirst() else { return 0 }
            if first < 128 { return Int(first) }
            return (0..<3).reduce(Int(first & 127)) { sum, _ in sum << 8 | Int(rest.popFirst() ?? 0) }
        }
        var text = ""
        while !rest.isEmpty {
            let (name, value) = (length(), length())
            text += String(decoding: rest.prefix(name), as: UTF8.self) + "="
            text += String(decoding: rest.dropFirst(name).prefix(value), as: UTF8.self) + "\n"
            rest = rest.dropFirst(name + value)
        }
        return text
    }

    static func errors(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [1, 7, 0, 1, UInt8(bytes.count >> 8), UInt8(bytes.count & 255), 0, 0] + bytes
    }

    static func output(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [1, 6, 0, 1, UInt8(bytes.count >> 8), UInt8(bytes.count & 255), 0, 0] + bytes
            + [1, 3, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }
}
