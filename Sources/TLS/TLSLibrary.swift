internal import COpenSSL

/// The library that TLS is spoken by.
package enum TLSLibrary {
    /// Its name, version and date as it tells them: `OpenSSL 3.0.17 1 Jul 2025`.
    package static var version: String {
        // The library keeps this text for as long as the process lives.
        unsafe OpenSSL_version(OPENSSL_VERSION).map { unsafe String(cString: $0) } ?? "OpenSSL"
    }
}
