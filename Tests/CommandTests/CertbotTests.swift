import Foundation
import TestSupport
import Testing

/// certbot installs a certificate, with Sluice in the place of the server whose configuration it edits.
struct CertbotTests {
    /// Runs a program of the system to its end.
    private static func system(_ words: [String], _ environment: [String: String] = [:]) throws -> Program.Result {
        try Program.run(words, environment: environment, program: URL(filePath: "/usr/bin/env"))
    }

    /// certbot's own folders below a server's, with one certificate in them that an authority might have issued.
    private struct Lineage {
        let folder: Folder
        let httpsPort: Int

        init(in folder: Folder) throws {
            self.folder = folder
            httpsPort = try Listening.freePort()
            let archive = "c/archive/a.test"
            try folder.write(Data(), to: archive + "/none")
            try folder.write(Data(), to: "c/live/a.test/README")
            try Self.certify(
                "a.test", key: folder.path(archive + "/privkey1.pem"), folder.path(archive + "/cert1.pem"))
            var renewal = "version = 2.1.0\narchive_dir = \(folder.path(archive))\n"
            for name in ["privkey", "cert", "chain", "fullchain"] {
                let file = folder.url.appending(path: "\(archive)/\(name)1.pem")
                if name.hasSuffix("chain") {
                    try FileManager.default.copyItem(
                        at: folder.url.appending(path: archive + "/cert1.pem"), to: file)
                }
                let live = folder.url.appending(path: "c/live/a.test/\(name).pem")
                try FileManager.default.createSymbolicLink(at: live, withDestinationURL: file)
                renewal += "\(name) = \(live.path)\n"
            }
            try folder.write(Data((renewal + "[renewalparams]\n").utf8), to: "c/renewal/a.test.conf")
        }

        static func certify(_ name: String, key: String, _ certificate: String) throws {
            let made = try CertbotTests.system([
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days", "30", "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:a.test", "-keyout", key, "-out",
                certificate,
            ])
            try #require(made.status == 0, "\(made.complaint)")
        }

        /// Runs certbot with the folders of this test.
        func certbot(_ words: [String], _ environment: [String: String] = [:]) throws -> Program.Result {
            let folders = ["config": "c", "work": "w", "logs": "l"].flatMap { ["--\($0)-dir", folder.path($1)] }
            return try CertbotTests.system(
                ["certbot"] + words + folders + ["-n", "--https-port", "\(httpsPort)"], environment)
        }

        /// Asks over HTTPS as curl does, trusting this test's certificate: what is answered, with its head.
        func ask(trusting certificate: String = "c/live/a.test/cert.pem") throws -> Program.Result {
            try CertbotTests.system([
                "curl", "-si", "--noproxy", "*", "--cacert", folder.path(certificate), "--resolve",
                "a.test:\(httpsPort):127.0.0.1", "https://a.test:\(httpsPort)/",
            ])
        }
    }

    @Test func `certbot's nginx plugin installs a certificate, hardens the site and takes it all back`() throws {
        let nginx = try Installation(of: "nginx")
        let lineage = try Lineage(in: nginx.folder)
        let folder = nginx.folder.url.path
        let copied = try Self.system(["cp", "-rL", "/etc/nginx", folder + "/etc"])
        try #require(copied.status == 0, "\(copied.complaint)")
        try nginx.write(
            """
            worker_processes auto;
            pid \(folder)/server.pid;
            error_log \(folder)/error.log;
            events { worker_connections 768; }
            http {
                include \(folder)/etc/mime.types;
                access_log \(folder)/access.log;
                include \(folder)/etc/conf.d/*.conf;
                include \(folder)/etc/sites-enabled/*;
            }
            """, to: "etc/nginx.conf")
        try nginx.write(
            """
            server {
                listen 127.0.0.1:\(nginx.port);
                server_name a.test;
                root \(folder)/www;
                location / {
                    try_files $uri $uri/ =404;
                }
            }

            """, to: "etc/sites-enabled/default")
        try nginx.write("one", to: "www/index.html")
        let main = nginx.folder.path("etc/nginx.conf")
        #expect(try nginx.run("-c", main).status == 0)
        let process = try #require(nginx.process())
        #expect(nginx.answer() == "one")
        let plugin = [
            "-i", "nginx", "--nginx-server-root", folder + "/etc", "--nginx-ctl", nginx.program.path,
            "--nginx-sleep-seconds", "0", "--http-01-port", "\(nginx.port)", "--cert-name", "a.test", "-d", "a.test",
        ]
        let installed = try lineage.certbot(["install"] + plugin + ["--redirect"])
        #expect(installed.status == 0, "\(installed.output)\(installed.complaint)")
        let answer = try lineage.ask()
        #expect(answer.status == 0 && answer.output.hasSuffix("one"), "\(answer)")
        #expect(nginx.answer() == "one")
        #expect(nginx.process() == process)
        let enhanced = try lineage.certbot(["enhance"] + plugin + ["--hsts"])
        #expect(enhanced.status == 0, "\(enhanced.output)\(enhanced.complaint)")
        #expect(try lineage.ask().output.contains("Strict-Transport-Security: max-age=31536000"))
        // A site that is broken by hand is found by certbot's test, before anything is changed.
        try nginx.write("server { foo on; }\n", to: "etc/sites-enabled/zzz")
        #expect(try lineage.certbot(["enhance"] + plugin + ["--hsts"]).status != 0)
        try FileManager.default.removeItem(atPath: nginx.folder.path("etc/sites-enabled/zzz"))
        // Each step that certbot took is a checkpoint of its own.
        for _ in 0..<6 where nginx.text(of: "etc/sites-enabled/default").contains("ssl") {
            let undone = try lineage.certbot(["rollback"] + plugin.prefix(6) + ["--checkpoints", "1"])
            #expect(undone.status == 0, "\(undone.output)\(undone.complaint)")
        }
        #expect(!nginx.text(of: "etc/sites-enabled/default").contains("ssl"))
        #expect(nginx.answer() == "one")
        #expect(nginx.process() == process)
    }

    @Test func `certbot's apache plugin renews a certificate and redirects to HTTPS`() throws {
        let apache = try Installation(of: "apache2")
        let lineage = try Lineage(in: apache.folder)
        let folder = apache.folder.url.path
        let apachectl = apache.folder.url.appending(path: "apache2ctl")
        try FileManager.default.createSymbolicLink(at: apachectl, withDestinationURL: Program.path)
        let copied = try Self.system(["cp", "-r", "/etc/apache2", folder + "/etc"])
        try #require(copied.status == 0, "\(copied.complaint)")
        let environment = ["APACHE_CONFDIR": folder + "/etc"]
        #expect(try Self.system(["a2enmod", "-q", "ssl", "rewrite", "headers"], environment).status == 0)
        try Lineage.certify("a.test", key: folder + "/old.key", folder + "/old.pem")
        try apache.write(
            """
            export APACHE_RUN_USER=www-data
            export APACHE_RUN_GROUP=www-data
            export APACHE_PID_FILE=\(folder)/server.pid
            export APACHE_RUN_DIR=\(folder)/run
            export APACHE_LOCK_DIR=\(folder)/lock
            export APACHE_LOG_DIR=\(folder)
            """, to: "etc/envvars")
        try apache.write(
            "Listen 127.0.0.1:\(apache.port)\nListen 127.0.0.1:\(lineage.httpsPort)\n", to: "etc/ports.conf")
        let site = """
            ServerName a.test
            DocumentRoot \(folder)/www
            <Directory \(folder)/www>
            Require all granted
            </Directory>
            </VirtualHost>

            """
        try apache.write("<VirtualHost *:\(apache.port)>\n" + site, to: "etc/sites-available/000-default.conf")
        try apache.write(
            """
            <VirtualHost *:\(lineage.httpsPort)>
            SSLEngine on
            SSLCertificateFile \(folder)/old.pem
            SSLCertificateKeyFile \(folder)/old.key

            """ + site, to: "etc/sites-available/secure.conf")
        #expect(try Self.system(["a2ensite", "-q", "secure"], environment).status == 0)
        try apache.write("one", to: "www/index.html")
        #expect(
            try Self.system(["chmod", "755", folder]).status == 0)
        let started = try Program.run(["start"], environment: environment, program: apachectl)
        #expect(started.status == 0, "\(started.complaint)")
        let process = try #require(apache.process())
        #expect(try lineage.ask(trusting: "old.pem").output.hasSuffix("one"))
        let installed = try lineage.certbot(
            [
                "install", "-i", "apache", "--apache-server-root", folder + "/etc", "--apache-vhost-root",
                folder + "/etc/sites-available", "--apache-challenge-location", folder + "/etc", "--apache-logs-root",
                folder, "--apache-ctl", apachectl.path, "--http-01-port", "\(apache.port)", "--cert-name", "a.test",
                "-d", "a.test", "--redirect", "--hsts",
            ], environment)
        #expect(installed.status == 0, "\(installed.output)\(installed.complaint)")
        let answer = try lineage.ask()
        #expect(answer.output.hasSuffix("one"), "\(answer)")
        #expect(answer.output.contains("Strict-Transport-Security: max-age=31536000"))
        let plain = try #require(Connection(port: apache.port))
        plain.send("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
        #expect(plain.read().contains("\r\nLocation: https://a.test/\r\n"))
        #expect(apache.process() == process)
    }
}
