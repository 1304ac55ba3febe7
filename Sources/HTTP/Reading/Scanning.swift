internal import CScan

/// Eight bytes as a number whose lowest byte is the first; they must all be there.
@inlinable @inline(__always)
public func word(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    // The load is checked against the bounds of the span; any eight bytes are a number.
    unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
}

/// Eight bytes as `word` reads them, of which the caller has just seen that they are there.
@unsafe @inline(__always)
func knownWord(_ bytes: Span<UInt8>, at index: Int) -> UInt64 {
    unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
}

/// Four bytes as a number whose lowest byte is the first, of which the caller has just seen that they are there.
@unsafe @inline(__always)
func knownFour(_ bytes: Span<UInt8>, at index: Int) -> UInt32 {
    unsafe UInt32(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt32.self))
}

/// Sixteen bytes, of which the caller has just seen that they are there.
@unsafe @inline(__always)
func knownSixteen(_ bytes: Span<UInt8>, at index: Int) -> SIMD16<UInt8> {
    unsafe bytes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
}

/// Where the first byte that `flags` marks stands at or after `from` and before `end`; `end` when there is none.
///
/// Bytes behind `end` may be looked at, and do not count.
@inline(__always)
private func first(
    in bytes: Span<UInt8>, from: Int, to end: Int, _ flags: (SIMD16<UInt8>) -> UInt32
) -> Int {
    precondition(from >= 0)
    var index = from
    while index &+ 16 <= bytes.count {
        let found = flags(unsafe knownSixteen(bytes, at: index))
        if found != 0 { return min(end, index &+ found.trailingZeroBitCount) }
        index &+= 16
        if index >= end { return end }
    }
    if index >= end { return end }
    if bytes.count >= 16 {
        // The last sixteen, some of which were looked at before and are shifted away.
        let start = bytes.count &- 16
        let found = flags(unsafe knownSixteen(bytes, at: start)) &>> UInt32(truncatingIfNeeded: index &- start)
        return found == 0 ? end : min(end, index &+ found.trailingZeroBitCount)
    }
    while index < end, flags(SIMD16(repeating: bytes[index])) == 0 { index &+= 1 }
    return index
}

/// Where the byte first stands at or after `from` and before `end`; `end` when it does not.
@inline(__always)
func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    first(in: bytes, from: from, to: end) { sl_find($0, byte) }
}

/// Where a control byte other than HTAB first stands at or after `from` and before `end`; `end` when there is none.
@inline(__always)
func firstControl(in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    first(in: bytes, from: from, to: end) { sl_find_controls($0) }
}

/// Where a control byte or a blank first stands at or after `from` and before `end`; `end` when there is none.
@inline(__always)
func firstBlankOrControl(in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    first(in: bytes, from: from, to: end) { sl_find_blanks($0) }
}

/// Where a byte that is no letter, digit or hyphen first stands; `end` when there is none.
@inline(__always)
func firstOdd(in bytes: Span<UInt8>, from: Int, to end: Int) -> Int {
    first(in: bytes, from: from, to: end) { sl_find_odd($0) }
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

/// Whether the byte may stand in a token (RFC 9110, section 5.6.2).
@inline(__always)
func isToken(_ byte: UInt8) -> Bool {
    // Bits 0x21, 0x23–0x27, 0x2a, 0x2b, 0x2d, 0x2e and the digits; then the letters, ^ _ ` | and ~.
    let low: UInt64 = 0x03ff_6cfa_0000_0000
    let high: UInt64 = 0x57ff_ffff_c7ff_fffe
    return byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
}
