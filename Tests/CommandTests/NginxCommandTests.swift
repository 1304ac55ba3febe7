import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// nginx's command line: its options, its words, and what its signals do.
struct NginxCommandTests {
    let nginx: Installation

    init() throws {
        nginx = try Installation(of: "nginx")
    }

    private func write(_ word: String = "one", global: String = "", server: String = "") throws {
        try nginx.write(
            """
            pid \(nginx.folder.path("server.pid"));
            error_log \(nginx.folder.path("error.log")) notice;
            \(global)
            events {}
            http {
                access_log \(nginx.folder.path("access.log"));
                server { listen 127.0.0.1:\(nginx.port); location / { return 200 \(word); } \(server) }
            }
            """, to: "nginx.conf")
    }

    /// Runs `nginx -p FOLDER -c nginx.conf …`.
    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["-p", nginx.folder.url.path, "-c", "nginx.conf"] + arguments, in: nginx.folder.url,
            program: nginx.program)
    }

    private var file: String { nginx.folder.path("nginx.conf") }

    private func signal(_ number: Int32, _ file: String = "server.pid") throws {
        kill(try #require(nginx.process(file)), number)
    }

    @Test func `a good configuration is said to be good on standard error`() throws {
        try write()
        for options in [["-t"], ["-qt"]] {
            let result = try Program.run(
                ["-c" + file] + options, in: nginx.folder.url, program: nginx.program)
            #expect(result.status == 0)
            #expect(result.output == "")
            #expect(
                result.complaint
                    == (options == ["-qt"]
                        ? ""
                        : """
                        nginx: the configuration file \(file) syntax is ok
                        nginx: configuration file \(file) test is successful

                        """))
        }
        #expect(try Program.run(["nginx", "-tqc", file]).status == 0)
    }

    @Test(arguments: [
        ("foo on;", "unknown directive \"foo\" in FILE:3"),
        ("root /a;", "\"root\" directive is not allowed here in FILE:3"),
        ("worker_processes;", "invalid number of arguments in \"worker_processes\" directive in FILE:3"),
        ("worker_processes 1; worker_processes 1;", "\"worker_processes\" directive is duplicate in FILE:3"),
        ("worker_processes 1 {}", "directive \"worker_processes\" is not terminated by \";\" in FILE:3"),
        ("}", "unexpected \"}\" in FILE:3"), ("http {", "unexpected end of file, expecting \"}\" in FILE:8"),
        ("include no.conf;", "open() \"FOLDER/no.conf\" failed (2: No such file or directory) in FILE:3"),
        (
            "http { server { listen 127.0.0.1:99999; } }",
            "invalid port in \"127.0.0.1:99999\" of the \"listen\" directive"
        ),
        ("http { server { location /a {} location /a {} } }", "duplicate location \"/a\" in FILE:3"),
        (
            "http { server { location ~ ( {} } }",
            "pcre2_compile() failed: missing closing parenthesis in \"(\" in FILE:3"
        ),
        ("http { sendfile maybe; }", "invalid value \"maybe\" in \"sendfile\" directive, it must be \"on\" or \"off\""),
        ("http { upstream a {} }", "no servers are inside upstream in FILE:3"),
        ("http { server { proxy_pass http://a; } }", "\"proxy_pass\" directive is not allowed here in FILE:3"),
        ("http { server { return 200 $nope; } }", "unknown \"nope\" variable\n"),
        ("http { access_log /x foo; }", "unknown log format \"foo\" in FILE:3"),
    ])
    func `errors are worded as nginx words them`(line: String, words: String) throws {
        try write(global: line)
        let result = try run("-t")
        let expected = words.replacing("FILE", with: file).replacing("FOLDER", with: nginx.folder.url.path)
        #expect(result.status == 1)
        #expect(result.complaint.contains("nginx: [emerg] \(expected)"), "\(result.complaint)")
        #expect(result.complaint.hasSuffix("nginx: configuration file \(file) test failed\n"))
    }

    @Test func `options are read letter by letter`() throws {
        try write()
        let wrong = [
            (["-x"], "invalid option: \"x\""), (["start"], "invalid option: \"start\""),
            (["-s", "start"], "invalid option: \"-s start\""), (["-c"], "option \"-c\" requires file name"),
            (["-tp"], "option \"-p\" requires directory name"), (["-s"], "option \"-s\" requires parameter"),
        ]
        for (arguments, words) in wrong {
            let result = try Program.run(arguments, program: nginx.program)
            #expect(result.status == 1)
            #expect(result.complaint == "nginx: \(words)\n")
        }
    }

    @Test func `the version and what is built in are told on standard error`() throws {
        let short = try nginx.run("-v")
        #expect(short.complaint.hasPrefix("nginx version: nginx/1.31."))
        #expect(!short.complaint.contains("configure arguments"))
        let long = try nginx.run("-V")
        #expect(long.status == 0)
        #expect(long.output == "")
        #expect(long.complaint.contains("\nconfigure arguments: --prefix=/usr/share/nginx "))
        #expect(long.complaint.contains("--conf-path=/etc/nginx/nginx.conf"))
        // What installers of certificates look for.
        #expect(long.complaint.contains("\nbuilt with OpenSSL 3."))
        #expect(long.complaint.contains("\nTLS SNI support enabled\n"))
        #expect(long.complaint.contains(" --with-http_ssl_module"))
        #expect(try nginx.run("-?").complaint.contains("Usage: nginx [-?hvVtTq] [-s signal]"))
    }

    @Test func `-T prints every file that was read, once`() throws {
        try write(global: "include a.inc; include a.inc;")
        try nginx.write("# nothing\n", to: "a.inc")
        let result = try run("-T")
        #expect(result.status == 0)
        let text = nginx.text(of: "nginx.conf")
        #expect(
            result.output == """
                # configuration file \(file):
                \(text)
                # configuration file \(nginx.folder.path("a.inc")):
                # nothing


                """)
    }

    @Test func `directives of the command line count, and are named as its`() throws {
        try write()
        #expect(try run("-t", "-g", "worker_processes 1;").status == 0)
        let result = try run("-t", "-g", "foo 1;")
        #expect(result.complaint.contains("nginx: [emerg] unknown directive \"foo\" in command line\n"))
        try write(global: "worker_processes 1;")
        #expect(
            try run("-t", "-g", "worker_processes 1;").complaint
                .contains("\"worker_processes\" directive is duplicate in \(file):3"))
    }

    @Test func `a server in the background serves when its starter ends, and is stopped by its pid file`() throws {
        try write()
        let started = try run()
        #expect(started.status == 0, "\(started.complaint)")
        #expect(started.complaint == "")
        let process = try #require(nginx.process())
        #expect(nginx.answer() == "one")
        #expect(getsid(process) == process)
        #expect(try run("-s", "stop").status == 0)
        #expect(eventually { kill(process, 0) != 0 })
        #expect(nginx.process() == nil)
        let again = try run("-s", "stop")
        #expect(again.status == 1)
        let pid = nginx.folder.path("server.pid")
        #expect(
            again.complaint == "nginx: [error] open() \"\(pid)\" failed (2: No such file or directory)\n")
        try nginx.write("abc\n", to: "server.pid")
        #expect(try run("-s", "quit").complaint == "nginx: [error] invalid PID number \"abc\" in \"\(pid)\"\n")
    }

    @Test func `-s reload waits for the outcome, and a bad configuration changes nothing`() throws {
        try write()
        #expect(try run().status == 0)
        try write("two")
        #expect(try run("-s", "reload").status == 0)
        #expect(eventually { nginx.answer() == "two" })
        try write("three", global: "foo on;")
        let refused = try run("-s", "reload")
        #expect(refused.status == 1)
        #expect(refused.complaint == "nginx: [emerg] unknown directive \"foo\" in \(file):3\n")
        try signal(SIGHUP)
        #expect(eventually { nginx.text(of: "error.log").contains("[emerg]") })
        let log = nginx.text(of: "error.log")
        #expect(log.contains(#/\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[emerg\] \d+#\d+: unknown directive "foo" in /#))
        #expect(log.contains("signal 1 (SIGHUP) received, reconfiguring\n"))
        #expect(!log.contains("[alert]"))
        #expect(nginx.answer() == "two")
    }

    @Test func `a taken address is told in nginx's words, on standard error and in the log`() throws {
        try write()
        let holder = try Listening()
        let text = nginx.text(of: "nginx.conf").replacing("127.0.0.1:\(nginx.port)", with: "127.0.0.1:\(holder.port)")
        try nginx.write(text, to: "nginx.conf")
        #expect(try run("-t").status == 0)
        let result = try run()
        let words = "bind() to 127.0.0.1:\(holder.port) failed (98: Address already in use)"
        #expect(result.status == 1)
        #expect(result.complaint == "nginx: [emerg] \(words)\n")
        #expect(nginx.text(of: "error.log").contains("[emerg]"))
        #expect(nginx.text(of: "error.log").contains(words))
        #expect(nginx.process() == nil)
    }

    @Test func `why a start was refused is in the configured error log too`() throws {
        try write(global: "foo on;")
        #expect(try run().status == 1)
        #expect(nginx.text(of: "error.log").hasSuffix(": unknown directive \"foo\" in \(file):3\n"))
    }

    @Test func `USR1 opens the logs anew`() throws {
        try write()
        #expect(try run().status == 0)
        #expect(nginx.answer() == "one")
        #expect(eventually { nginx.text(of: "access.log") != "" })
        let url = nginx.folder.url
        try FileManager.default.moveItem(
            at: url.appending(path: "access.log"), to: url.appending(path: "access.log.1"))
        #expect(try run("-s", "reopen").status == 0)
        #expect(eventually { FileManager.default.fileExists(atPath: nginx.folder.path("access.log")) })
        // The worker takes over the new file a moment after the master has made it.
        #expect(eventually { nginx.answer() == "one" && nginx.text(of: "access.log") != "" })
    }

    @Test func `USR2 starts the program anew on the same sockets, and the old one leaves when told`() throws {
        try write()
        #expect(try run().status == 0)
        let old = try #require(nginx.process())
        try signal(SIGUSR2)
        #expect(eventually { nginx.process() != nil && nginx.process() != old })
        #expect(nginx.process("server.pid.oldbin") == old)
        try signal(SIGWINCH, "server.pid.oldbin")
        // The new program's master is the one child that is left.
        #expect(eventually { nginx.children(of: old) == [nginx.process() ?? 0] })
        #expect(nginx.answer() == "one")
        try signal(SIGQUIT, "server.pid.oldbin")
        #expect(eventually { kill(old, 0) != 0 })
        #expect(nginx.process("server.pid.oldbin") == nil)
        #expect(nginx.answer() == "one")
        #expect(try run("-s", "reload").status == 0)
    }

    @Test func `a successor that ends gives the server its place back`() throws {
        try write()
        #expect(try run().status == 0)
        let old = try #require(nginx.process())
        try signal(SIGUSR2)
        #expect(eventually { nginx.process() != nil && nginx.process() != old })
        try signal(SIGWINCH, "server.pid.oldbin")
        #expect(eventually { nginx.children(of: old) == [nginx.process() ?? 0] })
        try signal(SIGQUIT)
        #expect(eventually { nginx.process() == old })
        #expect(eventually { nginx.children(of: old).count == 1 })
        #expect(nginx.answer() == "one")
    }
}
