// Eight bytes at a time: a flag bit in each byte that is looked for, the first of which counts the bytes before it.
// Only the lowest flag is exact, since a borrow can raise flags above it, and only the lowest is used.

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// Eight bytes as a number whose lowest byte is the first; they must all be there.
@inlinable @inline(__always)
public func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    // The load is checked against the bounds of the span; any eight bytes are a number.
    unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
}

/// Where the byte first stands at or after `from` and before `end`; `end` when it does not.
@inline(__always)
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    var index = from
    let pattern = ones &* UInt64(byte)
    while index &+ 8 <= end {
        let difference = word(bytes, at: index) ^ pattern
        let flags = (difference &- ones) & ~difference & highs
        if flags != 0 { return index &+ flags.trailingZeroBitCount >> 3 }
        index &+= 8
    }
    if index < end, index &+ 8 <= bytes.count {
        // What lies behind the end is looked at too, and does not count.
        let difference = word(bytes, at: index) ^ pattern
        let flags = (difference &- ones) & ~difference & highs
        return flags == 0 ? end : min(end, index &+ flags.trailingZeroBitCount >> 3)
    }
    while index < end {
        if bytes[index] == byte { return index }
        index &+= 1
    }
    return end
}

/// Where a control byte other than HTAB first stands at or after `from` and before `end`; `end` when there is none.
@inline(__always)
func firstControl(in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    var index = from
    while index &+ 8 <= end {
        var flags = controlFlags(word(bytes, at: index))
        while flags != 0 {
            // A flag above a HTAB may be false, so the byte itself is asked.
            let at = index &+ flags.trailingZeroBitCount >> 3
            if isControl(bytes[at]) { return at }
            flags &= flags &- 1
        }
        index &+= 8
    }
    if index < end, index &+ 8 <= bytes.count {
        // What lies behind the end is shifted away.
        let flags = controlFlags(word(bytes, at: index)) << UInt64(64 - 8 * (end - index))
        if flags == 0 { return end }
    }
    while index < end {
        if isControl(bytes[index]) { return index }
        index &+= 1
    }
    return end
}

/// Whether a text has a byte that a log line would not show as it is: a control byte, one from 0x7f on, `"` or `\`.
public func needsEscape(_ bytes: Span<UInt8>) -> Bool {
    var index = 0
    while index &+ 8 <= bytes.count {
        let eight = word(bytes, at: index)
        let quote = eight ^ (ones &* 0x22)
        let slash = eight ^ (ones &* 0x5c)
        let delete = eight ^ (ones &* 0x7f)
        let found =
            ((eight &- ones &* 0x20) | (quote &- ones) | (slash &- ones) | (delete &- ones) | eight) & highs
        if found != 0 { break }
        index &+= 8
    }
    while index < bytes.count {
        let byte = bytes[index]
        if byte &- 0x20 >= 0x5f || byte == 0x22 || byte == 0x5c { return true }
        index &+= 1
    }
    return false
}

/// Whether two texts are the same.
public func same(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    let count = a.count
    if count != b.count { return false }
    var index = 0
    while index &+ 8 <= count {
        if word(a, at: index) != word(b, at: index) { return false }
        index &+= 8
    }
    while index < count {
        if a[index] != b[index] { return false }
        index &+= 1
    }
    return true
}

/// Where a control byte or a blank first stands at or after `from` and before `end`; `end` when there is none.
@inline(__always)
func firstBlankOrControl(in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    var index = from
    while index &+ 8 <= end {
        let eight = word(bytes, at: index)
        let small = (eight &- ones &* 0x21) & ~eight & highs
        let delete = eight ^ (ones &* 0x7f)
        let flags = small | ((delete &- ones) & ~delete & highs)
        if flags != 0 { return index &+ flags.trailingZeroBitCount >> 3 }
        index &+= 8
    }
    while index < end {
        if bytes[index] <= 32 || bytes[index] == 0x7f { return index }
        index &+= 1
    }
    return end
}

/// A flag for each byte that is a control byte, and perhaps for some above the first of them.
@inline(__always)
private func controlFlags(_ eight: UInt64) -> UInt64 {
    let small = (eight &- ones &* 0x20) & ~eight & highs
    let delete = eight ^ (ones &* 0x7f)
    return small | ((delete &- ones) & ~delete & highs)
}

/// Whether the byte is a control byte other than HTAB.
@inline(__always)
private func isControl(_ byte: UInt8) -> Bool {
    (byte < 0x20 && byte != 9) || byte == 0x7f
}

/// Whether the byte may stand in a token (RFC 9110, section 5.6.2).
@inline(__always)
func isToken(_ byte: UInt8) -> Bool {
    // Bits 0x21, 0x23–0x27, 0x2a, 0x2b, 0x2d, 0x2e and the digits; then the letters, ^ _ ` | and ~.
    let low: UInt64 = 0x03ff_6cfa_0000_0000
    let high: UInt64 = 0x57ff_ffff_c7ff_fffe
    return byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
}
