import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Keys, certificates and passwords as the servers' command lines meet them.
struct KeyCommandTests {
    private func certify(in folder: Folder, _ name: String, password: String? = nil) throws {
        var words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "30", "-subj", "/CN=\(name)"]
        words += password.map { ["-passout", "pass:\($0)"] } ?? ["-nodes"]
        words += ["-keyout", folder.path(name + ".key"), "-out", folder.path(name + ".pem")]
        let made = try Program.run(words, program: URL(filePath: "/usr/bin/env"))
        try #require(made.status == 0, "\(made.complaint)")
    }

    /// The subject of the certificate that is shown for a name.
    private func shown(_ port: Int, _ name: String) throws -> String {
        try Program.run(
            ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", name],
            program: URL(filePath: "/usr/bin/env")
        ).output
    }

    @Test func `httpd's program is asked for the passwords of encrypted keys, and only once`() throws {
        let apache = try Installation(of: "apache2")
        let folder = apache.folder
        try certify(in: folder, "open.test")
        try certify(in: folder, "locked.test", password: "secret")
        try certify(in: folder, "same.test", password: "secret")
        try apache.write("#!/bin/sh\necho \"$@\" >>\(folder.path("asked"))\necho secret\n", to: "ask")
        chmod(folder.path("ask"), 0o755)
        let sites = ["open", "locked", "same"].map { name in
            """
            <VirtualHost *:\(apache.port)>
            ServerName \(name).test
            SSLEngine on
            SSLCertificateFile \(folder.path(name)).test.pem
            SSLCertificateKeyFile \(folder.path(name)).test.key
            </VirtualHost>
            """
        }
        try apache.write(
            """
            ServerName main.test
            LoadModule ssl_module none.so
            PidFile \(folder.path("server.pid"))
            ErrorLog \(folder.path("error.log"))
            Listen 127.0.0.1:\(apache.port)
            SSLPassPhraseDialog exec:\(folder.path("ask"))
            \(sites.joined(separator: "\n"))
            """, to: "apache2.conf")
        let main = folder.path("apache2.conf")
        // A test of the syntax asks nobody, as with httpd.
        #expect(try apache.run("-f", main, "-t").status == 0)
        #expect(apache.text(of: "asked") == "")
        let started = try apache.run("-f", main, "-k", "start")
        #expect(started.status == 0, "\(started.complaint)")
        for name in ["open", "locked", "same"] {
            let said = try shown(apache.port, name + ".test")
            #expect(said.contains("subject=CN = \(name).test"), "\(said)")
        }
        #expect(try apache.run("-f", main, "-k", "graceful").status == 0)
        #expect(try shown(apache.port, "locked.test").contains("subject=CN = locked.test"))
        #expect(apache.text(of: "asked") == "locked.test:443 RSA\n")
    }

    @Test func `httpd -t finds certificates that are not there`() throws {
        let apache = try Installation(of: "apache2")
        try apache.write(
            """
            LoadModule ssl_module none.so
            Listen 127.0.0.1:\(apache.port)
            ErrorLog \(apache.folder.path("error.log"))
            <VirtualHost *:\(apache.port)>
            SSLEngine on
            SSLCertificateFile \(apache.folder.path("none.pem"))
            </VirtualHost>
            """, to: "apache2.conf")
        let tested = try apache.run("-f", apache.folder.path("apache2.conf"), "-t")
        #expect(tested.status == 1)
        let message = """
            AH00526: Syntax error on line 6 of \(apache.folder.path("apache2.conf")):
            SSLCertificateFile: file '\(apache.folder.path("none.pem"))' does not exist or is empty

            """
        #expect(tested.complaint == message)
    }

    @Test func `nginx -t finds keys that do not fit, and changes nothing`() throws {
        let nginx = try Installation(of: "nginx")
        let folder = nginx.folder
        try certify(in: folder, "a.test")
        try certify(in: folder, "b.test")
        func write(key: String, _ certificate: String = "a.test.pem") throws {
            try nginx.write(
                """
                pid \(folder.path("server.pid"));
                error_log \(folder.path("error.log"));
                events {}
                http { access_log off; server { listen 127.0.0.1:\(nginx.port) ssl; return 200 one;
                  ssl_certificate \(folder.path(certificate)); ssl_certificate_key \(folder.path(key)); } }
                """, to: "nginx.conf")
        }
        let main = folder.path("nginx.conf")
        try write(key: "a.test.key")
        #expect(try nginx.run("-c", main, "-t").status == 0)
        #expect(try nginx.run("-c", main).status == 0)
        for (key, certificate) in [
            ("b.test.key", "a.test.pem"), ("none.key", "a.test.pem"), ("a.test.key", "none.pem"),
        ] {
            try write(key: key, certificate)
            let tested = try nginx.run("-c", main, "-t")
            #expect(tested.status == 1)
            #expect(tested.complaint.contains("[emerg]") && tested.complaint.contains("test failed"), "\(tested)")
            #expect(tested.complaint.contains(certificate == "none.pem" ? "none.pem" : key), "\(tested)")
            let reloaded = try nginx.run("-c", main, "-s", "reload")
            #expect(reloaded.status == 1 && reloaded.complaint.contains("[emerg]"), "\(reloaded)")
            #expect(try shown(nginx.port, "a.test").contains("subject=CN = a.test"))
        }
    }
}
