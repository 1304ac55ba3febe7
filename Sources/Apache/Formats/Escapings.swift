import IR

/// Which bytes pass unescaped where (server/gen_test_char.c, modules/proxy/proxy_util.c).
enum Escapings {
    /// What `ap_os_escape_path` lets through: locations of redirects.
    static let path = Escaping(passes: bytes("$-_.+!*'(),;:@&=/~"), upperHex: false)

    /// What `ap_proxy_canonenc` lets through in a path: what is sent to an upstream.
    static let upstream = Escaping(passes: bytes("~$-_.+!*'(),;:@&=/"))

    /// The same with `%2F` kept as it is: AllowEncodedSlashes NoDecode.
    static let upstreamKeepingSlashes = Escaping(passes: bytes("~$-_.+!*'(),;:@&=/"), keepsEncodedSlashes: true)

    /// What the flag B of mod_rewrite lets through: letters, digits and `_`.
    ///
    /// A blank becomes `+` unless BNP is set; a plus cannot be said by an escaping, so `%20` it is.
    static func backReference(except letters: String, only: String?) -> Escaping {
        guard let only else { return Escaping(passes: bytes("_" + letters), upperHex: false) }
        var passes = Set<UInt8>(UInt8.min...UInt8.max)
        for byte in only.utf8 { passes.remove(byte) }
        for byte in letters.utf8 { passes.insert(byte) }
        return Escaping(passes: passes, upperHex: false)
    }

    /// Letters, digits, and some more.
    private static func bytes(_ more: String) -> Set<UInt8> {
        var passes = Set(more.utf8)
        passes.formUnion(UInt8(ascii: "a")...UInt8(ascii: "z"))
        passes.formUnion(UInt8(ascii: "A")...UInt8(ascii: "Z"))
        passes.formUnion(UInt8(ascii: "0")...UInt8(ascii: "9"))
        return passes
    }
}
