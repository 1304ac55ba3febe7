extension IPAddress {
    /// Appends the address in its usual spelling; an IPv4 address that came mapped as `::ffff:1.2.3.4` if asked so.
    package func append(to text: inout [UInt8], isMapped: Bool = false) {
        if isIPv4 {
            if isMapped { text.append(contentsOf: "::ffff:".utf8) }
            for shift in stride(from: 24, through: 0, by: -8) {
                text.append(contentsOf: "\(low >> UInt64(shift) & 255)".utf8)
                if shift > 0 { text.append(UInt8(ascii: ".")) }
            }
            return
        }
        let groups = (0..<8).map { index in
            UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - index % 4 * 16))
        }
        let zeros = Self.longestZeros(groups)
        var index = 0
        while index < 8 {
            if index == zeros.lowerBound, !zeros.isEmpty {
                text.append(contentsOf: "::".utf8)
                index = zeros.upperBound
                continue
            }
            if index > 0, index != zeros.upperBound || zeros.isEmpty { text.append(UInt8(ascii: ":")) }
            text.append(contentsOf: String(groups[index], radix: 16).utf8)
            index += 1
        }
    }

    /// The longest run of zeros that `::` may stand for, the first of equal ones; a single group is none.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var index = 0
        while index < groups.count {
            var end = index
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - index > max(best.count, 1) { best = index..<end }
            index = max(end, index + 1)
        }
        return best
    }
}
