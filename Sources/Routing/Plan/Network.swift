extension Network {
    /// Reads an address, a CIDR network, `unix:`, or `all`; nil if it is none of these.
    ///
    /// A mask may be a number of bits or, for IPv4, an address; `10.1` and `10.1.` are Apache's partial addresses.
    init?(_ text: String) {
        if text == "all" {
            self.init(high: 0, low: 0, bits: 0, isIPv4: false, kind: .everyone)
            return
        }
        if text == "unix:" {
            self.init(high: 0, low: 0, bits: 0, isIPv4: false, kind: .unix)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first else { return nil }
        if let address = IPAddress(first) {
            guard let bits = Self.bits(parts.count > 1 ? parts[1] : nil, of: address) else { return nil }
            self.init(
                high: address.high, low: address.low, bits: bits, isIPv4: address.isIPv4, kind: .network)
            return
        }
        guard parts.count == 1, let partial = Self.partial(first) else { return nil }
        self = partial
    }

    /// Whether an address lies in the network.
    func contains(_ address: IPAddress) -> Bool {
        if kind == .everyone { return true }
        guard kind == .network, address.isIPv4 == isIPv4 else { return false }
        if bits > 64 {
            let mask = bits == 128 ? UInt64.max : ~(UInt64.max >> UInt64(bits - 64))
            return address.high == high && address.low & mask == low & mask
        }
        let mask = bits == 0 ? 0 : bits == 64 ? UInt64.max : ~(UInt64.max >> UInt64(bits))
        return address.high & mask == high & mask
    }

    private static func bits(_ text: Substring?, of address: IPAddress) -> UInt8? {
        let offset: UInt8 = address.isIPv4 ? 96 : 0
        guard let text else { return 128 }
        if let number = UInt8(text) { return number <= 128 - offset ? number + offset : nil }
        guard address.isIPv4, let mask = IPAddress(text), mask.isIPv4 else { return nil }
        let value = UInt32(truncatingIfNeeded: mask.low)
        let ones = (~value).leadingZeroBitCount
        // A mask with holes is none.
        guard ones == 32 || value << UInt32(ones) == 0 else { return nil }
        return UInt8(ones) + 96
    }

    private static func partial(_ text: Substring) -> Network? {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: true)
        guard (1...3).contains(numbers.count) else { return nil }
        var value: UInt32 = 0
        for number in numbers {
            guard let byte = UInt8(number) else { return nil }
            value = value << 8 | UInt32(byte)
        }
        value <<= UInt32(8 * (4 - numbers.count))
        let address = IPAddress(ipv4: value)
        return Network(
            high: address.high, low: address.low, bits: UInt8(96 + 8 * numbers.count), isIPv4: true, kind: .network)
    }
}

/// An IPv4 or IPv6 address.
package struct IPAddress: Hashable, Sendable {
    /// The first eight bytes; of an IPv4 address zero.
    package var high: UInt64
    /// The last eight bytes; an IPv4 address as it is mapped into IPv6.
    package var low: UInt64
    /// Whether it is an IPv4 address, also one that came mapped.
    package var isIPv4: Bool

    /// An IPv4 address from its number.
    package init(ipv4 value: UInt32) {
        high = 0
        low = 0xFFFF_0000_0000 | UInt64(value)
        isIPv4 = true
    }

    /// An IPv6 address from its two halves; one that is mapped counts as IPv4.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        isIPv4 = high == 0 && low >> 32 == 0xFFFF
    }

    /// Reads an address in its usual spelling, without brackets and zone.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        self.init(bytes.span)
    }

    /// Reads an address in its usual spelling, without brackets and zone.
    package init?(_ text: Span<UInt8>) {
        var hasColon = false
        for index in 0..<text.count where text[index] == UInt8(ascii: ":") { hasColon = true }
        if !hasColon {
            guard let value = Self.ipv4(text, from: 0) else { return nil }
            self.init(ipv4: value)
            return
        }
        guard let groups = Self.groups(text) else { return nil }
        self.init(
            high: groups[0..<4].reduce(0) { $0 << 16 | UInt64($1) },
            low: groups[4..<8].reduce(0) { $0 << 16 | UInt64($1) })
    }

    private static func ipv4(_ text: Span<UInt8>, from start: Int) -> UInt32? {
        var value: UInt32 = 0
        var number = -1
        var dots = 0
        for index in start..<text.count {
            let byte = text[index]
            if byte == UInt8(ascii: ".") {
                guard number >= 0, dots < 3 else { return nil }
                value = value << 8 | UInt32(number)
                number = -1
                dots += 1
            } else {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                number = max(number, 0) * 10 + Int(byte - UInt8(ascii: "0"))
                guard number <= 255 else { return nil }
            }
        }
        guard dots == 3, number >= 0 else { return nil }
        return value << 8 | UInt32(number)
    }

    /// The eight groups of an IPv6 address.
    private static func groups(_ text: Span<UInt8>) -> [UInt16]? {
        var head: [UInt16] = []
        var tail: [UInt16] = []
        var skipped = false
        var at = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            skipped = true
            at = 2
        }
        while at < text.count {
            var end = at
            var value: UInt32 = 0
            while end < text.count, let digit = hexDigit(text[end]) {
                value = value << 4 | UInt32(digit)
                end += 1
                if end - at > 4 { return nil }
            }
            if end < text.count, text[end] == UInt8(ascii: ".") {
                guard let last = ipv4(text, from: at) else { return nil }
                let pair = [UInt16(last >> 16), UInt16(last & 0xFFFF)]
                if skipped { tail += pair } else { head += pair }
                at = text.count
                break
            }
            guard end > at else { return nil }
            if skipped { tail.append(UInt16(value)) } else { head.append(UInt16(value)) }
            at = end
            if at == text.count { break }
            guard text[at] == UInt8(ascii: ":") else { return nil }
            at += 1
            if at < text.count, text[at] == UInt8(ascii: ":") {
                if skipped { return nil }
                skipped = true
                at += 1
            } else if at == text.count {
                return nil
            }
        }
        let missing = 8 - head.count - tail.count
        guard skipped ? missing >= 1 : missing == 0 else { return nil }
        return head + Array(repeating: 0, count: missing) + tail
    }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
