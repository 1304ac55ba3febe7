internal import COpenSSL
internal import CTLS

/// The library that TLS is spoken by.
package enum TLSLibrary {
    /// Its name, version and date as it tells them: `OpenSSL 3.0.17 1 Jul 2025`.
    package static var version: String {
        // The library keeps this text for as long as the process lives.
        unsafe OpenSSL_version(OPENSSL_VERSION).map { unsafe String(cString: $0) } ?? "OpenSSL"
    }

    /// Whether a private key in PEM is encrypted, and with none of these passwords.
    package static func isLocked(_ key: [UInt8], without passwords: [String]) -> Bool {
        defer { ERR_clear_error() }
        // What holds no key at all is opened by no password either.
        guard key.contains("ENCRYPTED".utf8) else { return false }
        return !passwords.contains { password in
            guard let opened = unsafe sl_tls_key(key, key.count, password) else { return false }
            unsafe EVP_PKEY_free(opened)
            return true
        }
    }
}
