import Foundation
import Serve
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// PHP itself behind both servers' configurations.
@Suite struct PHPTests {
    private static let script = """
        <?php
        header('X-Script: ' . $_SERVER['SCRIPT_NAME']);
        foreach (['SCRIPT_FILENAME', 'PATH_INFO', 'QUERY_STRING', 'PHP_SELF', 'REQUEST_URI', 'STAGE'] as $name)
            echo $name, '=', $_SERVER[$name] ?? '-', "\\n";
        echo 'posted=', $_POST['a'] ?? '-', "\\n", 'user=', $_SERVER['PHP_AUTH_USER'] ?? '-', "\\n";
        """

    @Test func `PHP answers behind Apache's handler`() throws {
        let php = try PHP(script: Self.script)
        let site = try Site(
            apache: """
                ServerName a.test
                DocumentRoot \(php.root)
                DirectoryIndex index.php
                SetEnv STAGE live
                <FilesMatch ".+\\.ph(?:ar|p|tml)$">
                SetHandler "proxy:unix:\(php.socket)|fcgi://localhost"
                CGIPassAuth On
                </FilesMatch>

                """)
        let answer = site.get("/index.php/more?q=1", "Authorization: Basic dXNlcjpwYXNz\r\n")
        #expect(answer.status == 200 && answer.field("x-script") == "/index.php")
        #expect(
            answer.body == """
                SCRIPT_FILENAME=\(php.root)/index.php
                PATH_INFO=/more
                QUERY_STRING=q=1
                PHP_SELF=/index.php/more
                REQUEST_URI=/index.php/more?q=1
                STAGE=live
                posted=-
                user=user

                """)
        #expect(site.get("/").body.contains("SCRIPT_FILENAME=\(php.root)/index.php\n"))
        #expect(site.get("/missing.php").status == 404)
        checkPost(site)
    }

    @Test func `PHP answers behind ProxyPassMatch and fastcgi_pass`() throws {
        let php = try PHP(script: Self.script)
        let sites = try [
            Site(
                apache: "ServerName a.test\nProxyPassMatch \"^/(.*\\.php(/.*)?)$\" "
                    + "\"unix:\(php.socket)|fcgi://localhost\(php.root)/$1\"\n"),
            Site(
                """
                server { listen @PORT@; root \(php.root); location ~ \\.php(/|$) {
                  fastcgi_split_path_info ^(.+?\\.php)(/.*)$;
                  fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
                  fastcgi_param SCRIPT_NAME $fastcgi_script_name; fastcgi_param PATH_INFO $fastcgi_path_info;
                  fastcgi_param QUERY_STRING $query_string; fastcgi_param REQUEST_METHOD $request_method;
                  fastcgi_param CONTENT_TYPE $content_type; fastcgi_param CONTENT_LENGTH $content_length;
                  fastcgi_pass unix:\(php.socket); } }
                """),
        ]
        for site in sites {
            let answer = site.get("/index.php/more?q=1")
            #expect(answer.status == 200 && answer.body.contains("SCRIPT_FILENAME=\(php.root)/index.php\n"))
            #expect(answer.body.contains("PATH_INFO=/more\n") && answer.body.contains("QUERY_STRING=q=1\n"))
            checkPost(site)
        }
    }

    private func checkPost(_ site: Site) {
        let wire = site.connect()
        wire.send(
            "POST /index.php HTTP/1.1\r\nHost: a.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 5\r\nConnection: close\r\n\r\na=one")
        #expect(wire.readMessage().body.contains("posted=one\n"))
    }
}

/// php-fpm with one script, for as long as a test holds it.
private final class PHP {
    private let scratch: Scratch
    let root: String
    let socket: String

    private let process = Process()

    init(script: String) throws {
        scratch = try Scratch()
        root = scratch.path + "/www"
        socket = scratch.path + "/fpm.sock"
        try scratch.write(script, to: "www/index.php")
        // Workers give up their rights, and have to come to the script all the same.
        chmod(scratch.path, 0o755)
        let user = getuid() == 0 ? "user = nobody\ngroup = nogroup\n" : ""
        let file = try scratch.write(
            """
            [global]
            pid = \(scratch.path)/fpm.pid
            error_log = \(scratch.path)/fpm.log
            daemonize = no
            [www]
            \(user)listen = \(socket)
            listen.mode = 0666
            pm = static
            pm.max_children = 1

            """, to: "fpm.conf")
        let program = try #require(Self.programs.max(), "php-fpm is missing: run script/setup test")
        process.executableURL = URL(filePath: program)
        process.arguments = ["--nodaemonize", "--fpm-config", file]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Its log says so once it listens and its workers are there.
        let isReady = eventually { !process.isRunning || scratch.text(of: "fpm.log").contains("ready to handle") }
        #expect(isReady && process.isRunning, "php-fpm: \(scratch.text(of: "fpm.log"))")
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Debian puts the version behind the name.
    private static var programs: [String] {
        ["/usr/sbin", "/usr/local/sbin"].flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { $0.hasPrefix("php-fpm") }.map { "\(folder)/\($0)" }
        }
    }
}
