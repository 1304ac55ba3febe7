extension ProxyHeader {
    /// Why a further fact cannot be told.
    public enum Lookup: Hashable, Sendable {
        case value([UInt8])
        /// It was not sent, or there is no fact of that name.
        case missing
        /// The list is broken before its place.
        case broken
    }

    /// A further fact by nginx's name for it: `alpn`, `ssl_version`, `0x05`.
    ///
    /// Those inside the fact `ssl` have it in front of their names; `ssl_verify` is a number of its own there. Source:
    /// `ngx_proxy_protocol_get_tlv` in src/core/ngx_proxy_protocol.c.
    public static func fact(_ name: [UInt8], in extensions: [UInt8]) -> Lookup {
        let inside = Array("ssl_".utf8)
        guard name.starts(with: inside) else {
            guard let type = type(name, among: outerNames) else { return .missing }
            return find(type, in: extensions[...])
        }
        let rest = Array(name.dropFirst(inside.count))
        guard case .value(let ssl) = find(0x20, in: extensions[...]) else { return find(0x20, in: extensions[...]) }
        guard ssl.count >= 5 else { return .broken }
        if rest.elementsEqual("verify".utf8) {
            return .value(Array("\(ssl[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })".utf8))
        }
        guard let type = type(rest, among: innerNames) else { return .missing }
        return find(type, in: ssl[5...])
    }

    private static let outerNames: [String: UInt8] = [
        "alpn": 0x01, "authority": 0x02, "unique_id": 0x05, "ssl": 0x20, "netns": 0x30,
    ]
    private static let innerNames: [String: UInt8] = [
        "version": 0x21, "cn": 0x22, "cipher": 0x23, "sig_alg": 0x24, "key_alg": 0x25,
    ]

    private static func type(_ name: [UInt8], among names: [String: UInt8]) -> UInt8? {
        let text = String(decoding: name, as: UTF8.self)
        if text.hasPrefix("0x") { return UInt8(text.dropFirst(2), radix: 16) }
        return names[text]
    }

    private static func find(_ type: UInt8, in list: ArraySlice<UInt8>) -> Lookup {
        var rest = list
        while rest.count >= 3 {
            let start = rest.startIndex
            let count = Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            guard rest.count >= 3 + count else { return .broken }
            if rest[start] == type { return .value(Array(rest[start + 3..<start + 3 + count])) }
            rest = rest[(start + 3 + count)...]
        }
        return rest.isEmpty ? .missing : .broken
    }
}
