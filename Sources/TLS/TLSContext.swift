internal import COpenSSL
internal import CTLS

/// What connections of one kind have in common: certificates, versions, ciphers, and sessions to take up again.
///
/// It is complete once it is made, and any number of threads may open connections with it: OpenSSL locks what it
/// changes itself, the cache of sessions and the count of owners.
@safe package final class TLSContext: Sendable {
    // Written in `init` only; every connection holds a count of its own.
    nonisolated(unsafe) let raw: OpaquePointer
    /// The own certificates, as servers tell applications of them; empty for clients.
    package let certificates: [CertificateFacts]

    /// Makes the context of a server; certificates that cannot be used are told of, and the others are kept.
    ///
    /// It throws where nothing is left to serve with, or where any other setting is wrong.
    package convenience init(server settings: TLSSettings, complaints: inout [String]) throws(TLSProblem) {
        try self.init(settings, isServer: true, complaints: &complaints)
    }

    /// Makes the context of a client.
    package convenience init(client settings: TLSSettings) throws(TLSProblem) {
        var complaints: [String] = []
        try self.init(settings, isServer: false, complaints: &complaints)
        if let first = complaints.first { throw TLSProblem(first) }
    }

    private init(_ settings: TLSSettings, isServer: Bool, complaints: inout [String]) throws(TLSProblem) {
        let method = unsafe isServer ? TLS_server_method() : TLS_client_method()
        guard let made = unsafe SSL_CTX_new(method) else { throw .library("no TLS context can be made") }
        unsafe raw = unsafe made
        var builder = unsafe ContextBuilder(raw: made)
        unsafe sl_tls_prepare(made, isServer ? 1 : 0)
        do throws(TLSProblem) {
            try builder.choose(settings)
            builder.take(settings.credentials, complaints: &complaints)
            if isServer, builder.certificates.isEmpty, !settings.mayLackCertificate {
                throw TLSProblem(complaints.isEmpty ? "there is no certificate" : complaints.joined(separator: "; "))
            }
            try builder.trust(settings.peer)
            try builder.keep(settings.sessions, identity: settings.identity, isServer: isServer)
            if let staple = settings.staple, unsafe sl_tls_staple(made, staple, staple.count) != 1 {
                throw .library("the answer about revocation cannot be used")
            }
            try builder.obey(settings.commands, isServer: isServer)
        } catch {
            certificates = []
            throw error
        }
        certificates = builder.certificates
    }

    deinit {
        unsafe SSL_CTX_free(raw)
    }
}

extension TLSContext: Hashable {
    package static func == (left: TLSContext, right: TLSContext) -> Bool { left === right }

    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension TLSProblem {
    /// A problem, with the library's own words.
    static func library(_ what: String) -> TLSProblem { TLSProblem(what + ": " + TLSErrors.take()) }
}

/// The errors that OpenSSL keeps for each thread.
enum TLSErrors {
    /// What the first of them says, which is the cause; the others are forgotten.
    static func take() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        if code == 0 { return "no reason is given" }
        let words = unsafe ERR_reason_error_string(code)
        guard let words = unsafe words else { return "error \(String(code, radix: 16))" }
        return unsafe String(cString: words)
    }
}

/// The library with its version: `OpenSSL/3.0.1`.
package func libraryName() -> String {
    // OPENSSL_VERSION_STRING.
    guard let text = unsafe OpenSSL_version(6) else { return "OpenSSL" }
    return unsafe "OpenSSL/" + String(cString: text)
}

/// Random bytes for keys; empty when the system has none to give.
package func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let isFilled = unsafe RAND_bytes(&bytes, Int32(count)) == 1
    return isFilled ? bytes : []
}
