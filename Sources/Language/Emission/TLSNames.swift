/// The names of what a request may know of its TLS: mod_ssl's variables, and nginx's.
package enum TLSNames {
    /// mod_ssl's name of a fact, which the IR has under either's.
    package static func apache(_ name: String) -> String {
        let upper = name.uppercased()
        if upper.hasPrefix("SSL_") || upper == "HTTPS" { return upper }
        return pairs.first { $0.nginx == name.lowercased() }.map { "SSL_" + $0.apache } ?? "SSL_" + upper
    }

    /// nginx's name of a fact, without its dollar sign; nil: nginx does not know it.
    package static func nginx(_ name: String) -> String? {
        let upper = name.uppercased()
        if upper == "HTTPS" { return "https" }
        guard upper.hasPrefix("SSL_") else { return "ssl_" + name.lowercased() }
        let bare = String(upper.dropFirst(4))
        if let pair = pairs.first(where: { $0.apache == bare }) { return "ssl_" + pair.nginx }
        return same.contains(bare.lowercased()) ? "ssl_" + bare.lowercased() : nil
    }

    /// Names that differ by their case only.
    private static let same: Set<String> = [
        "protocol", "cipher", "session_id", "client_verify", "client_s_dn", "client_i_dn", "client_v_start",
        "client_v_end", "client_v_remain",
    ]

    private static let pairs: [(apache: String, nginx: String)] = [
        ("TLS_SNI", "server_name"), ("CLIENT_M_SERIAL", "client_serial"), ("CLIENT_CERT", "client_raw_cert"),
        ("SESSION_RESUMED", "session_reused"),
    ]
}
