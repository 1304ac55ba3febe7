import Foundation
import TLS

/// Certificates for tests, made once by the openssl command: an authority, two hosts and a client.
final class Certificates: Sendable {
    static let shared = Result { try Certificates() }

    let folder: Scratch

    private init() throws {
        folder = try Scratch()
        try make("authority", issuedBy: nil)
        for name in ["a.test", "b.test", "alice", "new.a.test"] { try make(name, issuedBy: "authority") }
    }

    private func make(_ name: String, issuedBy issuer: String?) throws {
        var arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "30", "-subj", "/CN=\(name)", "-keyout", key(name), "-out", certificate(name),
        ]
        if let issuer {
            arguments += ["-CA", certificate(issuer), "-CAkey", key(issuer), "-addext", "subjectAltName=DNS:\(name)"]
            arguments += ["-addext", "basicConstraints=critical,CA:FALSE"]
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    func certificate(_ name: String) -> String { "\(folder.path)/\(name).pem" }
    func key(_ name: String) -> String { "\(folder.path)/\(name).key" }

    /// The statements of a server that has the certificate of a name.
    func pair(_ name: String) -> String { "ssl_certificate \(certificate(name)); ssl_certificate_key \(key(name));" }

    /// A client that takes any certificate.
    func client(showing name: String? = nil, newest: TLSVersion = .v13) throws -> TLSContext {
        var settings = TLSSettings()
        settings.most = newest
        if let name { settings.credentials = [try credential(name)] }
        return try TLSContext(client: settings)
    }

    /// A server with the certificate of a name.
    func server(_ name: String) throws -> TLSContext {
        var settings = TLSSettings()
        settings.credentials = [try credential(name)]
        var complaints: [String] = []
        return try TLSContext(server: settings, complaints: &complaints)
    }

    private func credential(_ name: String) throws -> TLSCredential {
        TLSCredential(
            chain: Array(try Data(contentsOf: URL(filePath: certificate(name)))),
            key: Array(try Data(contentsOf: URL(filePath: key(name)))), passwords: [], certificateName: name,
            keyName: name)
    }
}
