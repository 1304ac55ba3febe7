import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// httpd's command line: its options, its words, its tables, and what its signals do.
struct HttpdCommandTests {
    let apache: Installation

    init() throws {
        apache = try Installation(of: "apache2")
    }

    private func write(_ word: String = "one", more: String = "") throws {
        try apache.write(
            """
            ServerName main.test
            Listen 127.0.0.1:\(apache.port)
            PidFile \(apache.folder.path("server.pid"))
            ErrorLog \(apache.folder.path("error.log"))
            DocumentRoot \(apache.folder.path("www"))
            <Directory \(apache.folder.path("www"))>
                Require all granted
            </Directory>
            \(more)
            """, to: "apache2.conf")
        try apache.write(word, to: "www/index.html")
    }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["-d", apache.folder.url.path] + arguments, in: apache.folder.url, program: apache.program)
    }

    private var file: String { apache.folder.path("apache2.conf") }

    @Test(arguments: ["-t", "-tf", "sluice"])
    func `a good configuration is said to be good on standard error`(form: String) throws {
        try write()
        let folder = apache.folder.url.path
        let result =
            switch form {
            case "-t": try run("-t")
            case "-tf": try run("-tf", file)
            default: try Program.run(["httpd", "-d", folder, "-t"])
            }
        #expect(result.status == 0)
        #expect(result.complaint == "Syntax OK\n")
    }

    @Test(arguments: [
        (
            "Foo bar",
            "Invalid command 'Foo', perhaps misspelled or defined by a module not included in the server configuration"
        ),
        ("ServerName", "ServerName takes one argument, "),
        ("<Directory>\n</Directory>", "<Directory> directive requires"),
        ("<Directory />\nListen 80\n</Directory>", "Listen not allowed in <Directory> context"),
        ("Error \"stop here\"", "stop here"), ("Listen foo", "Port must be specified"),
        ("Listen 99999", "Invalid address or port"), ("ServerAlias a", "ServerAlias only used in <VirtualHost>"),
        ("<Location />\nOptions +Foo\n</Location>", "Illegal option Foo"),
    ])
    func `errors are worded as httpd words them`(lines: String, words: String) throws {
        try write(more: lines)
        let line = lines.hasPrefix("<") && lines.hasSuffix(">") && !words.contains("requires") ? 10 : 9
        let result = try run("-t")
        #expect(result.status == 1)
        #expect(
            result.complaint.hasPrefix("AH00526: Syntax error on line \(line) of \(file):\n\(words)"),
            "\(result.complaint)")
    }

    @Test(arguments: [
        ("<VirtualHost *:80>", "FILE:9: <VirtualHost> was not closed."),
        ("</VirtualHost>", "</VirtualHost> without matching <VirtualHost> section"),
        ("<VirtualHost *:80></Directory>", ""),
        ("Include no.conf", "Could not open configuration file FOLDER/no.conf: No such file or directory"),
    ])
    func `errors in what encloses others take one line`(line: String, words: String) throws {
        try write(more: line.replacing("><", with: ">\n<"))
        let place = words.isEmpty ? 10 : 9
        let expected = words.isEmpty ? "Expected </VirtualHost> but saw </Directory>" : words
        let result = try run("-t")
        #expect(result.status == 1)
        let full = expected.replacing("FILE", with: file).replacing("FOLDER", with: apache.folder.url.path)
        #expect(
            result.complaint.hasPrefix("apache2: Syntax error on line \(place) of \(file): \(full)\n"),
            "\(result.complaint)")
    }

    @Test func `-S prints the virtual hosts as tools read them`() throws {
        try write(
            more: """
                <VirtualHost *:8098>
                ServerName a.test
                ServerAlias *.c.test www.a.test
                </VirtualHost>
                <VirtualHost *:8098>
                ServerName b.test:81
                </VirtualHost>
                <VirtualHost 127.0.0.1:8097 _default_:8099>
                ServerName only.test
                </VirtualHost>
                Define FOO bar
                """)
        let result = try run("-S", "-D", "BAZ")
        #expect(result.status == 0)
        #expect(
            result.output.hasPrefix(
                """
                VirtualHost configuration:
                127.0.0.1:8097         only.test (\(file):16)
                *:8098                 is a NameVirtualHost
                         default server a.test (\(file):9)
                         port 8098 namevhost a.test (\(file):9)
                                 alias www.a.test
                                 wild alias *.c.test
                         port 8098 namevhost b.test (\(file):13)
                *:8099                 only.test (\(file):16)
                ServerRoot: "\(apache.folder.url.path)"
                Main DocumentRoot: "\(apache.folder.path("www"))"
                Main ErrorLog: "\(apache.folder.path("error.log"))"
                PidFile: "\(apache.folder.path("server.pid"))"
                Define: DUMP_VHOSTS
                Define: DUMP_RUN_CFG
                Define: BAZ
                Define: FOO=bar

                """), "\(result.output)")
    }

    @Test func `LoadModule decides what IfModule sees and -M prints, and loads nothing`() throws {
        try write(
            more: """
                LoadModule authz_core_module /nowhere/mod_authz_core.so
                LoadModule alias_module /nowhere/mod_alias.so
                <IfModule mod_rewrite.c>
                Include not-there.conf
                </IfModule>
                <IfModule alias_module>
                IncludeOptional there.conf
                </IfModule>
                """)
        try apache.write("# nothing\n", to: "there.conf")
        #expect(try run("-t").status == 0)
        let modules = try run("-M").output
        #expect(modules.hasPrefix("Loaded Modules:\n core_module (static)\n so_module (static)\n"))
        #expect(modules.hasSuffix(" authz_core_module (shared)\n alias_module (shared)\n"))
        let includes = try run("-t", "-D", "DUMP_INCLUDES").output
        let there = apache.folder.path("there.conf")
        #expect(includes == "Included configuration files:\n  (*) \(file)\n    (15) \(there)\n")
    }

    @Test func `versions, modules and directives are listed`() throws {
        #expect(try run("-v").output.contains(#/^Server version: Apache\/2\.4\.\d+ /#))
        #expect(try run("-V").output.contains(" -D SERVER_CONFIG_FILE=\"apache2.conf\"\n"))
        #expect(try run("-l").output.hasPrefix("Compiled in modules:\n  core.c\n"))
        #expect(try run("-L").output.contains("\nServerName (core.c)\n\t"))
        let wrong = try run("-x")
        #expect(wrong.status == 1)
        #expect(wrong.complaint.hasPrefix("apache2: illegal option -- x\nUsage: apache2 [-D name]"))
    }

    @Test func `directives of the command line stand before and behind the file`() throws {
        try write()
        #expect(try run("-t", "-C", "Define A", "-c", "Timeout 5").status == 0)
        #expect(try run("-t", "-c", "Foo").complaint.contains("Invalid command 'Foo'"))
    }

    @Test func `a server in the background is started, reloaded and stopped by words`() throws {
        try write()
        #expect(try run("-k", "stop").output == "httpd (no pid file) not running\n")
        let started = try run("-k", "start")
        #expect(started.status == 0, "\(started.complaint)")
        let process = try #require(apache.process())
        #expect(apache.answer() == "one")
        #expect(try run("-k", "start").output == "httpd (pid \(process)) already running\n")
        try write(more: "<Location />\nErrorDocument 404 gone\n</Location>")
        #expect(try run("-k", "graceful").status == 0)
        #expect(eventually { Connection.get(apache.port, "/x")?.hasSuffix("gone") == true })
        try write(more: "Foo")
        let refused = try run("-k", "restart")
        #expect(refused.status == 1)
        #expect(refused.complaint.contains("Invalid command 'Foo'"))
        kill(process, SIGUSR1)
        #expect(eventually { apache.text(of: "error.log").contains("Invalid command 'Foo'") })
        #expect(apache.answer() == "one")
        try write()
        #expect(try run("-k", "graceful-stop").status == 0)
        #expect(eventually { kill(process, 0) != 0 })
        #expect(apache.process() == nil)
    }

    @Test func `a graceful restart opens the logs anew`() throws {
        try write()
        #expect(try run("-k", "start").status == 0)
        let url = apache.folder.url
        try FileManager.default.moveItem(
            at: url.appending(path: "error.log"), to: url.appending(path: "error.log.1"))
        #expect(try run("-k", "graceful").status == 0)
        #expect(eventually { FileManager.default.fileExists(atPath: apache.folder.path("error.log")) })
    }

    @Test func `a taken address is told in httpd's words`() throws {
        try write()
        let holder = try Listening()
        try apache.write(
            apache.text(of: "apache2.conf").replacing(":\(apache.port)", with: ":\(holder.port)"), to: "apache2.conf")
        #expect(try run("-t").status == 0)
        let result = try run("-k", "start")
        #expect(result.status == 1)
        #expect(
            result.complaint == """
                (98)Address already in use: AH00072: make_sock: could not bind to address 127.0.0.1:\(holder.port)
                no listening sockets available, shutting down
                AH00015: Unable to open logs

                """)
    }
}
