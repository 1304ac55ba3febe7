import Foundation
import TestSupport
import Testing

/// The processes of `sluice run`: starting, reloading, replacing and ending them.
struct ProcessTests {
    let folder: Scratch
    let port: Int

    init() throws {
        folder = try Scratch()
        port = try Listening.freePort()
    }

    /// A configuration that answers every request with a word.
    private func configuration(answering word: String, more: String = "", global: String = "") -> String {
        """
        worker_processes 2;
        pid \(folder.path)/server.pid;
        error_log \(folder.path)/error.log notice;
        \(global)
        events {}
        http {
            access_log \(folder.path)/access.log;
            server {
                listen 127.0.0.1:\(port);
                location / { return 200 "\(word)\\n"; }
                \(more)
            }
        }
        """
    }

    @discardableResult
    private func write(answering word: String, more: String = "", global: String = "") throws -> String {
        try folder.write(configuration(answering: word, more: more, global: global), to: "nginx.conf")
    }

    private func start(_ options: String...) throws -> RunningProgram {
        let program = try RunningProgram(["run", folder.path + "/nginx.conf"] + options)
        try #require(program.waitUntilSaid("ready on") != nil, "\(program.words)")
        return program
    }

    private var answer: String { Connection.get(port) ?? "nobody listens" }

    @Test func `one line says that it is ready and where, and the pid file names the process to signal`() throws {
        try write(answering: "one")
        let server = try start()
        #expect(server.words.contains("ready on http://127.0.0.1:\(port)\n"))
        #expect(folder.text(of: "server.pid") == "\(server.pid)\n")
        #expect(answer.hasSuffix("one\n"))
    }

    @Test func `a taken address is found before anything is served, and says who asked for it`() throws {
        let taken = try Listening()
        let other = try Listening.freePort()
        try write(answering: "one", more: "listen 127.0.0.1:\(other); listen 127.0.0.1:\(taken.port);")
        let outcome = try RunningProgram.outcome(["run", folder.path + "/nginx.conf"])
        #expect(outcome.status == 1)
        #expect(outcome.words.contains("cannot listen on 127.0.0.1:\(taken.port): Address already in use"))
        #expect(outcome.words.contains("nginx.conf:11"), "\(outcome.words)")
        #expect(folder.text(of: "server.pid").isEmpty)
    }

    @Test func `a configuration with errors is not served`() throws {
        try write(answering: "one", more: "no_such_directive on;")
        let outcome = try RunningProgram.outcome(["run", folder.path + "/nginx.conf"])
        #expect(outcome.status == 1)
        #expect(outcome.words.contains("no_such_directive"))
    }

    @Test func `a file that is not there is wrong input`() throws {
        let outcome = try RunningProgram.outcome(["run", folder.path + "/nothing.conf"])
        #expect(outcome.status == 2)
        #expect(outcome.words.contains("nothing.conf"))
    }

    @Test func `--port moves a listener, and the configured port is what decisions see`() throws {
        try write(answering: "port $server_port")
        let moved = try Listening.freePort()
        let server = try start("--port", "\(port)=\(moved)")
        #expect(server.words.contains("http://127.0.0.1:\(moved)"))
        #expect(Connection.get(moved)?.hasSuffix("port \(port)\n") == true)
        #expect(Connection.get(port) == nil)
    }

    @Test(arguments: [[], ["--single-process"]])
    func `a reload serves the new configuration, and connections live on`(options: [String]) throws {
        let path = try write(answering: "one")
        let server = try RunningProgram(["run", path] + options)
        try #require(server.waitUntilSaid("ready on") != nil)
        let open = try #require(Connection(port: port))
        open.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(open.read(until: "one\n").contains("200 OK"))

        try write(answering: "two")
        let outcome = try RunningProgram.outcome(["run", "--reload", path])
        #expect(outcome.status == 0, "\(outcome.words)")
        #expect(eventually { answer.hasSuffix("two\n") })
        open.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(open.read(until: "two\n").contains("200 OK"))
    }

    @Test(arguments: [[], ["--single-process"]])
    func `a bad configuration is refused with its diagnostics, and the old one goes on`(options: [String]) throws {
        let path = try write(answering: "one")
        let server = try RunningProgram(["run", path] + options)
        try #require(server.waitUntilSaid("ready on") != nil)
        try write(answering: "two", more: "no_such_directive on;")
        let outcome = try RunningProgram.outcome(["run", "--reload", path])
        #expect(outcome.status == 1)
        #expect(outcome.words.contains("unknown directive `no_such_directive`"))
        #expect(folder.text(of: "error.log").contains("unknown directive `no_such_directive`"))
        #expect(answer.hasSuffix("one\n"))
        #expect(server.children.isEmpty == !options.isEmpty)
    }

    @Test func `SIGHUP opens new listeners and gives up old ones`() throws {
        try write(answering: "one")
        let server = try start()
        let second = try Listening.freePort()
        try write(answering: "two", more: "listen 127.0.0.1:\(second);")
        server.signal(SIGHUP)
        #expect(eventually { Connection.get(second)?.hasSuffix("two\n") == true })
        try write(answering: "three")
        server.signal(SIGHUP)
        #expect(eventually { Connection.get(second) == nil })
        #expect(answer.hasSuffix("three\n"))
    }

    @Test func `nobody answers a reload when nothing runs`() throws {
        let path = try write(answering: "one")
        let outcome = try RunningProgram.outcome(["run", "--reload", path])
        #expect(outcome.status == 1)
        #expect(outcome.words.contains("no server of this configuration is running"))
    }

    @Test func `a worker that is killed is replaced, and its log says why`() throws {
        try write(answering: "one")
        let server = try start()
        let worker = try #require(server.children.first)
        kill(worker, SIGKILL)
        #expect(eventually { server.children.first.map { $0 != worker } ?? false })
        #expect(answer.hasSuffix("one\n"))
        #expect(folder.text(of: "error.log").contains("worker process \(worker) exited on signal 9"))
    }

    @Test func `a worker that is replaced serves what was loaded last`() throws {
        let path = try write(answering: "one")
        let server = try start()
        try write(answering: "two")
        #expect(try RunningProgram.outcome(["run", "--reload", path]).status == 0)
        try write(answering: "three", more: "no_such_directive on;")
        let worker = try #require(server.children.first)
        kill(worker, SIGKILL)
        #expect(eventually { server.children.first.map { $0 != worker } ?? false })
        #expect(answer.hasSuffix("two\n"))
    }

    @Test func `SIGUSR1 opens the logs anew`() throws {
        try write(answering: "one")
        let server = try start()
        _ = answer
        #expect(eventually { folder.text(of: "access.log").contains("GET /") })
        try FileManager.default.moveItem(
            at: folder.url.appending(path: "access.log"), to: folder.url.appending(path: "access.1"))
        server.signal(SIGUSR1)
        // The workers take the new file over some time after the master has opened it.
        #expect(
            eventually {
                _ = Connection.get(port, "/after")
                return folder.text(of: "access.log").contains("GET /after")
            })
        let before = folder.text(of: "access.1")
        _ = Connection.get(port, "/later")
        #expect(eventually { folder.text(of: "access.log").contains("GET /later") })
        #expect(folder.text(of: "access.1") == before)
    }

    @Test func `a log folder that is missing is said once, and does not stop the server`() throws {
        try write(answering: "one", more: "access_log \(folder.path)/none/a.log; error_log \(folder.path)/none/e.log;")
        let server = try start()
        #expect(server.words.components(separatedBy: "none/a.log").count == 2, "\(server.words)")
        #expect(answer.hasSuffix("one\n"))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `a signal ends the server while connections are idle, and nothing is left behind`(signal: Int32) throws {
        try write(answering: "one")
        let server = try start()
        let worker = try #require(server.children.first)
        let open = try #require(Connection(port: port))
        open.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = open.read(until: "one\n")
        server.signal(signal)
        #expect(server.waitUntilEnd() == 0)
        #expect(folder.text(of: "server.pid").isEmpty)
        #expect(kill(worker, 0) != 0)
        #expect(Connection.get(port) == nil)
    }

    @Test func `SIGQUIT lets the requests under way be answered`() throws {
        let backend = try Listening()
        try write(
            answering: "one", more: "location /slow { proxy_pass http://127.0.0.1:\(backend.port); }")
        let server = try start()
        let client = try #require(Connection(port: port))
        client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        let upstream = backend.accept()
        _ = upstream.read(until: "\r\n\r\n")
        server.signal(SIGQUIT)
        #expect(eventually { Connection.get(port) == nil })
        upstream.send("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nlate\n")
        #expect(client.read().hasSuffix("late\n"))
        #expect(server.waitUntilEnd() == 0)
    }

    @Test func `a worker ends when its master is killed`() throws {
        try write(answering: "one")
        let server = try start()
        let worker = try #require(server.children.first)
        server.signal(SIGKILL)
        #expect(eventually { kill(worker, 0) != 0 })
    }

    @Test func `a guard that cannot be run closes its scope and no more, and --strict refuses to start`() throws {
        let guarded = "location /guarded/ { secure_link $arg_md5; root \(folder.path); }"
        let path = try write(answering: "one", more: guarded)
        let strict = try RunningProgram.outcome(["run", "--strict", path])
        #expect(strict.status == 1)
        #expect(strict.words.contains("nginx.conf:11"), "\(strict.words)")
        let server = try start()
        #expect(server.words.contains("secure_link"))
        #expect(Connection.get(port, "/guarded/x")?.contains(" 403 ") == true)
        #expect(answer.hasSuffix("one\n"))
        #expect(folder.text(of: "error.log").contains("[error]"))
    }

    @Test func `files and logs are looked up below the root prefix`() throws {
        let path = try folder.write(
            """
            Listen 127.0.0.1:\(port)
            DocumentRoot /srv/www
            ErrorLog /srv/error.log
            <Directory /srv/www>
                Require all granted
            </Directory>
            """, to: "copy/etc/site.conf")
        try folder.write("here", to: "copy/srv/www/a.txt")
        let server = try RunningProgram(["run", "--root-prefix", folder.path + "/copy", path])
        try #require(server.waitUntilSaid("ready on") != nil, "\(server.words)")
        #expect(Connection.get(port, "/a.txt")?.hasSuffix("here") == true)
        #expect(FileManager.default.fileExists(atPath: folder.path + "/copy/srv/error.log"))
    }

    @Test func `files of one dialect are served as one configuration, and two servers' are not`() throws {
        for name in ["one", "two"] {
            try folder.write(
                "server { listen 127.0.0.1:\(port); server_name \(name).test; return 200 \(name); }", to: name)
        }
        let server = try RunningProgram(["run", folder.path + "/one", folder.path + "/two", "--dialect", "nginx"])
        try #require(server.waitUntilSaid("ready on") != nil, "\(server.words)")
        let client = try #require(Connection(port: port))
        client.send("GET / HTTP/1.1\r\nHost: two.test\r\nConnection: close\r\n\r\n")
        #expect(client.read().hasSuffix("two"))
        try folder.write("<VirtualHost *:80>\n</VirtualHost>\n", to: "three")
        let mixed = try RunningProgram.outcome(["run", folder.path + "/one", folder.path + "/three"])
        #expect(mixed.status == 2)
    }

    @Test func `a unix socket is listened on, and removed at the end`() throws {
        let socket = folder.path + "/s.sock"
        let path = try folder.write(
            "events {} http { server { listen unix:\(socket); return 200 local; } }", to: "nginx.conf")
        let server = try RunningProgram(["run", path])
        let words = try #require(server.waitUntilSaid("ready on"), "\(server.words)")
        #expect(words.contains("unix:\(socket)"))
        server.signal(SIGTERM)
        #expect(server.waitUntilEnd() == 0)
        #expect(!FileManager.default.fileExists(atPath: socket))
    }
}
