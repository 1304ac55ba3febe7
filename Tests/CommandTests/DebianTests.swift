import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The very commands of Debian's unit files and rotation rules, against copies of the servers' folders.
struct DebianTests {
    /// Runs a program of the system to its end; its status.
    private func system(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Int32 {
        try Program.run(arguments, environment: environment, program: URL(filePath: "/usr/bin/env")).status
    }

    @Test func `nginx.service starts, checks, reloads, rotates and stops`() throws {
        let nginx = try Installation(of: "nginx")
        let pid = nginx.folder.path("server.pid")
        try nginx.write(
            """
            worker_processes auto;
            pid \(pid);
            error_log \(nginx.folder.path("error.log"));
            include modules-enabled/*.conf;
            events { worker_connections 768; }
            http {
                access_log \(nginx.folder.path("access.log"));
                include sites-enabled/*;
            }
            """, to: "nginx.conf")
        try nginx.write("server { listen 127.0.0.1:\(nginx.port); return 200 one; }\n", to: "sites-enabled/default")
        let file = nginx.folder.path("nginx.conf")
        // ExecStartPre, ExecStart, ExecReload and ExecStop, each with the copy's -c.
        let directives = ["-g", "daemon on; master_process on;"]
        func run(_ arguments: [String]) throws -> Program.Result {
            try Program.run(["-c", file] + arguments, program: nginx.program)
        }
        let checked = try run(["-t", "-q"] + directives)
        #expect(checked.status == 0)
        #expect(checked.complaint == "")
        #expect(try run(directives).status == 0)
        let process = try #require(nginx.process())
        #expect(nginx.answer() == "one")
        try nginx.write("server { listen 127.0.0.1:\(nginx.port); return 200 two; }\n", to: "sites-enabled/default")
        #expect(try run(directives + ["-s", "reload"]).status == 0)
        #expect(eventually { nginx.answer() == "two" })
        // logrotate: `invoke-rc.d nginx rotate`, which is the next line in /etc/init.d/nginx.
        let url = nginx.folder.url
        try FileManager.default.moveItem(
            at: url.appending(path: "access.log"), to: url.appending(path: "access.log.1"))
        let daemon = ["start-stop-daemon", "--stop", "--quiet", "--pidfile", pid]
        #expect(try system(daemon + ["--signal", "USR1", "--name", "nginx"]) == 0)
        #expect(eventually { FileManager.default.fileExists(atPath: nginx.folder.path("access.log")) })
        #expect(try system(daemon + ["--retry", "QUIT/5"]) == 0)
        #expect(kill(process, 0) != 0)
        #expect(nginx.process() == nil)
    }

    @Test func `apache2.service starts, reloads and stops`() throws {
        let apache = try Installation(of: "apache2")
        let apachectl = apache.folder.url.appending(path: "apachectl")
        try FileManager.default.createSymbolicLink(at: apachectl, withDestinationURL: Program.path)
        let folder = apache.folder.url.path
        try apache.write(
            """
            export APACHE_PID_FILE=\(folder)/server.pid
            export APACHE_RUN_DIR=\(folder)/run
            export APACHE_LOCK_DIR=\(folder)/lock
            export APACHE_LOG_DIR=\(folder)
            """, to: "envvars")
        try apache.write(
            """
            ServerName main.test
            DefaultRuntimeDir ${APACHE_RUN_DIR}
            PidFile ${APACHE_PID_FILE}
            ErrorLog ${APACHE_LOG_DIR}/error.log
            Include ports.conf
            <Directory \(folder)/www>
                Require all granted
            </Directory>
            IncludeOptional sites-enabled/*.conf
            """, to: "apache2.conf")
        try apache.write("Listen 127.0.0.1:\(apache.port)\n", to: "ports.conf")
        try apache.write(
            "<VirtualHost *:\(apache.port)>\nDocumentRoot \(folder)/www\n</VirtualHost>\n", to: "sites-enabled/a.conf")
        try apache.write("one", to: "www/index.html")
        func run(_ word: String) throws -> Program.Result {
            try Program.run(
                [word], environment: ["APACHE_CONFDIR": folder, "APACHE_STARTED_BY_SYSTEMD": "true"],
                program: apachectl)
        }
        #expect(try run("configtest").complaint == "Syntax OK\n")
        let started = try run("start")
        #expect(started.status == 0, "\(started.complaint)")
        let process = try #require(apache.process())
        #expect(apache.answer() == "one")
        // Rotation looks for the server by this name: `pgrep -f ^/usr/sbin/apache2`.
        let line = try String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
        #expect(line.hasPrefix(apache.program.path))
        #expect(try run("graceful").status == 0)
        #expect(apache.answer() == "one")
        try apache.write("Foo\n", to: "sites-enabled/b.conf")
        let refused = try run("graceful")
        #expect(refused.status == 1)
        #expect(refused.output.hasPrefix("Action 'graceful' failed.\n"))
        #expect(apache.answer() == "one")
        try FileManager.default.removeItem(atPath: apache.folder.path("sites-enabled/b.conf"))
        #expect(try run("graceful-stop").status == 0)
        #expect(eventually { kill(process, 0) != 0 })
    }
}
