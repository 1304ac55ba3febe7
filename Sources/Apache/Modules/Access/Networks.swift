/// Addresses as `Require ip` and `Allow from` write them (`apr_ipsubnet_create`).
enum Networks {
    /// The network in CIDR form; nil if the text is none.
    static func network(_ text: String) -> String? {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        guard let address = parts.first, !address.isEmpty else { return nil }
        if isIPv6(address) {
            guard parts.count == 2 else { return address }
            guard let bits = Int(parts[1]), (0...128).contains(bits) else { return nil }
            return "\(address)/\(bits)"
        }
        return parts.count == 2 ? ipv4(address, mask: parts[1]) : partial(address)
    }

    private static func ipv4(_ address: String, mask: String) -> String? {
        guard isIPv4(address) else { return partial(address, mask: mask) }
        if let bits = Int(mask), (0...32).contains(bits) { return "\(address)/\(bits)" }
        guard isIPv4(mask) else { return nil }
        return bits(ofMask: mask).map { "\(address)/\($0)" }
    }

    /// `10.1/16`, which APR reads as well.
    private static func partial(_ address: String, mask: String) -> String? {
        guard let whole = partial(address), let bits = Int(mask), (0...32).contains(bits) else { return nil }
        return whole.split(separator: "/").first.map { "\($0)/\(bits)" }
    }

    /// `10`, `10.1`, `10.1.2.3`: the octets that are written count.
    private static func partial(_ text: String) -> String? {
        var octets = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        if octets.count > 1, octets.last == "" { octets.removeLast() }
        guard (1...4).contains(octets.count), octets.allSatisfy({ isOctet($0) }) else { return nil }
        if octets.count == 4 { return octets.joined(separator: ".") }
        let bits = octets.count * 8
        while octets.count < 4 { octets.append("0") }
        return octets.joined(separator: ".") + "/\(bits)"
    }

    /// The length of a mask of ones and then zeros.
    private static func bits(ofMask mask: String) -> Int? {
        var value: UInt32 = 0
        for octet in mask.split(separator: ".") { value = value << 8 | (UInt32(octet) ?? 0) }
        let ones = (~value).leadingZeroBitCount
        return value == (ones == 0 ? 0 : ~UInt32(0) << UInt32(32 - ones)) ? ones : nil
    }
}
