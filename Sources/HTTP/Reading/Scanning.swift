// Eight bytes at a time: a flag bit in each byte that is looked for, the first of which counts the bytes before it.
// Only the lowest flag is exact, since a borrow can raise flags above it, and only the lowest is used.

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// Eight bytes as a number whose lowest byte is the first.
@inline(__always)
func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    // The load is checked against the bounds of the span; any eight bytes are a number.
    unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
}

/// Where the byte first stands at or after `from` and before `end`; `end` when it does not.
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    var index = from
    let pattern = ones &* UInt64(byte)
    while index + 8 <= end {
        let difference = word(bytes, at: index) ^ pattern
        let flags = (difference &- ones) & ~difference & highs
        if flags != 0 { return index + flags.trailingZeroBitCount >> 3 }
        index += 8
    }
    while index < end {
        if bytes[index] == byte { return index }
        index += 1
    }
    return end
}

/// Where a control byte other than HTAB first stands at or after `from`; the end of the bytes when there is none.
func firstControl(in bytes: Span<UInt8>, from: Int) -> Int {
    var index = from
    let end = bytes.count
    while index + 8 <= end {
        let eight = word(bytes, at: index)
        let small = (eight &- ones &* 0x20) & ~eight & highs
        let delete = eight ^ (ones &* 0x7f)
        var flags = small | ((delete &- ones) & ~delete & highs)
        while flags != 0 {
            let at = index + flags.trailingZeroBitCount >> 3
            if bytes[at] != 9 {
                // A flag above a HTAB may be false, so the byte itself is asked.
                if bytes[at] < 0x20 || bytes[at] == 0x7f { return at }
            }
            flags &= flags &- 1
        }
        index += 8
    }
    while index < end {
        let byte = bytes[index]
        if (byte < 0x20 && byte != 9) || byte == 0x7f { return index }
        index += 1
    }
    return end
}

/// Whether the byte may stand in a token (RFC 9110, section 5.6.2).
@inline(__always)
func isToken(_ byte: UInt8) -> Bool {
    // Bits 0x21, 0x23–0x27, 0x2a, 0x2b, 0x2d, 0x2e and the digits; then the letters, ^ _ ` | and ~.
    let low: UInt64 = 0x03ff_6cfa_0000_0000
    let high: UInt64 = 0x57ff_ffff_c7ff_fffe
    return byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
}
