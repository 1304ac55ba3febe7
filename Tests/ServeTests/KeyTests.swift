import Foundation
import Serve
import System
import TLS
import TestSupport
import Testing

/// Keys, lists and answers that a site shows or checks, asked for by OpenSSL's own client.
@Suite struct KeyTests {
    let folder: Scratch

    init() throws { folder = try Scratch() }

    /// Runs the openssl command in the folder: what it prints, errors too.
    @discardableResult
    private func openssl(_ words: String, input: String = "") throws -> String {
        let process = Process()
        let (output, stdin) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + words.split(separator: " ").map(String.init)
        process.currentDirectoryURL = folder.url
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }

    private func certify(_ name: String, _ kind: String = "ec", key: String = "-nodes", by issuer: String? = nil) throws
    {
        let algorithm = kind == "ec" ? "ec -pkeyopt ec_paramgen_curve:prime256v1" : "rsa:2048"
        var words =
            "req -x509 -newkey \(algorithm) \(key) -days 30 -subj /CN=\(name) -keyout \(name).key -out \(name).pem"
        if let issuer { words += " -CA \(issuer).pem -CAkey \(issuer).key -addext basicConstraints=critical,CA:FALSE" }
        try openssl(words)
    }

    /// What openssl's client says of a connection to a site.
    private func client(_ site: Site, _ words: String = "") throws -> String {
        try openssl(
            "s_client -connect \(site.address) -servername a.test \(words)",
            input: "GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n")
    }

    @Test func `an encrypted key is opened by any line of its password file`() throws {
        try certify("a", key: "-passout pass:second")
        try folder.write("first\nsecond\nthird\n", to: "passwords")
        let site = try Site(
            """
            ssl_password_file \(folder.path)/passwords;
            server { listen @PORT@ ssl; ssl_certificate \(folder.path)/a.pem; ssl_certificate_key \(folder.path)/a.key;
              return 200 opened; }
            """)
        #expect(try client(site, "-ign_eof").contains("opened"))
    }

    @Test func `the client's signatures choose among a site's certificates`() throws {
        try certify("ec")
        try certify("rsa", "rsa")
        let pairs = ["ec", "rsa"].map {
            "ssl_certificate \(folder.path)/\($0).pem; ssl_certificate_key \(folder.path)/\($0).key;"
        }.joined(separator: " ")
        let site = try Site("server { listen @PORT@ ssl; \(pairs) return 200 ok; }")
        for version in ["-tls1_2", "-tls1_3"] {
            #expect(try client(site, "\(version) -sigalgs ECDSA+SHA256").contains("subject=CN = ec"))
            #expect(try client(site, "\(version) -sigalgs RSA-PSS+SHA256:RSA+SHA256").contains("subject=CN = rsa"))
        }
    }

    @Test func `an answer about revocation is stapled from its file`() throws {
        try certify("authority")
        try certify("a", by: "authority")
        let serial = try openssl("x509 -in a.pem -noout -serial").split(separator: "=").last?.dropLast() ?? ""
        try folder.write("V\t491231235959Z\t\t\(serial)\tunknown\t/CN=a\n", to: "index")
        try openssl(
            "ocsp -index index -CA authority.pem -rsigner authority.pem -rkey authority.key -issuer authority.pem "
                + "-cert a.pem -respout a.staple -ndays 7")
        let site = try Site(
            """
            server { listen @PORT@ ssl; ssl_certificate \(folder.path)/a.pem; ssl_certificate_key \(folder.path)/a.key;
              ssl_stapling on; ssl_stapling_file \(folder.path)/a.staple; return 200 ok; }
            """)
        let said = try client(site, "-status")
        #expect(said.contains("OCSP Response Status: successful") && said.contains("Cert Status: good"), "\(said)")
        #expect(try !client(site).contains("OCSP Response Status"))
    }

    @Test func `a certificate that was withdrawn is refused, and the others tell who they are`() throws {
        try certify("authority")
        for name in ["a", "alice", "mallory"] { try certify(name, by: "authority") }
        try folder.write("", to: "index")
        try folder.write("1000\n", to: "number")
        try folder.write(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index\ncrlnumber = number\ndefault_md = sha256\n"
                + "default_crl_days = 30\n", to: "ca.conf")
        try openssl("ca -config ca.conf -keyfile authority.key -cert authority.pem -revoke mallory.pem")
        try openssl("ca -config ca.conf -keyfile authority.key -cert authority.pem -gencrl -out list.pem")
        let site = try Site(
            """
            server { listen @PORT@ ssl; ssl_certificate \(folder.path)/a.pem; ssl_certificate_key \(folder.path)/a.key;
              ssl_client_certificate \(folder.path)/authority.pem; ssl_verify_client on;
              ssl_crl \(folder.path)/list.pem;
              return 200 "$ssl_client_verify $ssl_client_s_dn $ssl_client_i_dn $ssl_client_serial"; }
            """)
        let serial = try openssl("x509 -in alice.pem -noout -serial").dropFirst("serial=".count).dropLast()
        let alice = try client(site, "-ign_eof -cert alice.pem -key alice.key")
        #expect(alice.contains("SUCCESS CN=alice CN=authority \(serial)"), "\(alice)")
        let mallory = try client(site, "-ign_eof -cert mallory.pem -key mallory.key")
        #expect(mallory.contains("HTTP/1.1 400 ") && mallory.contains("certificate error"), "\(mallory)")
        #expect(try client(site, "-ign_eof").contains("HTTP/1.1 400 "))
    }

    @Test func `a session outlives a reload for openssl's client too`() throws {
        try certify("a")
        let http = """
            server { listen @PORT@ ssl; ssl_certificate \(folder.path)/a.pem; ssl_certificate_key \(folder.path)/a.key;
              return 200 "$ssl_session_reused"; }
            """
        let site = try Site(http)
        for version in ["-tls1_2", "-tls1_3"] {
            #expect(try client(site, "\(version) -ign_eof -sess_out \(folder.path)/session").contains("New, TLS"))
            site.swap(http)
            let again = try client(site, "\(version) -ign_eof -sess_in \(folder.path)/session")
            #expect(again.contains("Reused, TLS") && again.contains("\r\n\r\nr"), "\(again)")
        }
    }
}
