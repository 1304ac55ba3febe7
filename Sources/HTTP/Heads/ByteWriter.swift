/// A growing run of bytes with one owner: heads, texts and log lines are put together in it, and read out of it.
///
/// `Array` checks on every append whether it is shared; for heads, which are some fifty small pieces, that was measured
/// as a quarter of all the work. Ranges and indices are compared with the count at every access. Invariants: `base`
/// points to `capacity` bytes and sixteen more that this value alone owns, of which the first `count` are initialised;
/// every method checks that what it adds fits into the capacity before it writes. The sixteen bytes are there so that
/// short pieces are copied as sixteen bytes, of which those behind the piece count for nothing.
@safe public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var written = 0
    /// How many bytes were written.
    @inlinable public var count: Int { written }

    /// An empty run.
    public init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        unsafe base = .allocate(capacity: self.capacity + 16)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Forgets what was written and keeps the memory.
    @inlinable public mutating func removeAll() { written = 0 }

    /// Forgets the last bytes.
    @inlinable public mutating func removeLast(_ count: Int = 1) { written = max(0, written - max(0, count)) }

    /// Makes room for more bytes.
    @inlinable @inline(__always) mutating func reserve(_ more: Int) {
        // Both are lengths of memory, so that their sum cannot overflow.
        if count &+ more > capacity { grow(to: count &+ more) }
    }

    @usableFromInline mutating func grow(to wanted: Int) {
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + 16)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }

    /// Whether nothing was written.
    @inlinable public var isEmpty: Bool { written == 0 }

    /// Copies bytes behind what was written, where `reserve` has made room for them.
    ///
    /// Most pieces are shorter than it takes to call the library: up to 32 bytes go as two words or vectors that may
    /// overlap, both read before either is written.
    @inlinable @inline(__always) mutating func copy(_ start: UnsafePointer<UInt8>, _ length: Int) {
        let from = unsafe UnsafeRawPointer(start)
        let to = unsafe UnsafeMutableRawPointer(base + written)
        if length > 32 {
            unsafe to.copyMemory(from: from, byteCount: length)
        } else if length >= 16 {
            let first = unsafe from.loadUnaligned(as: SIMD16<UInt8>.self)
            let last = unsafe from.loadUnaligned(fromByteOffset: length &- 16, as: SIMD16<UInt8>.self)
            unsafe to.storeBytes(of: first, as: SIMD16<UInt8>.self)
            unsafe to.storeBytes(of: last, toByteOffset: length &- 16, as: SIMD16<UInt8>.self)
        } else if length >= 8 {
            let first = unsafe from.loadUnaligned(as: UInt64.self)
            let last = unsafe from.loadUnaligned(fromByteOffset: length &- 8, as: UInt64.self)
            unsafe to.storeBytes(of: first, as: UInt64.self)
            unsafe to.storeBytes(of: last, toByteOffset: length &- 8, as: UInt64.self)
        } else if length >= 4 {
            let first = unsafe from.loadUnaligned(as: UInt32.self)
            let last = unsafe from.loadUnaligned(fromByteOffset: length &- 4, as: UInt32.self)
            unsafe to.storeBytes(of: first, as: UInt32.self)
            unsafe to.storeBytes(of: last, toByteOffset: length &- 4, as: UInt32.self)
        } else {
            for offset in 0..<length { unsafe base[written &+ offset] = start[offset] }
        }
        written &+= length
    }

    // MARK: Reading

    /// The byte at an index.
    @inlinable public subscript(_ index: Int) -> UInt8 {
        @inline(__always) get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: written))
            return unsafe base[index]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: written))
            unsafe base[index] = newValue
        }
    }

    /// What was written, lent.
    @inlinable public var span: Span<UInt8> {
        @_lifetime(borrow self)
        @inline(__always) get {
            // The bytes belong to this value, which is lent for as long as the span is used.
            let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: written)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A part of what was written, lent.
    @inlinable public subscript(_ range: Range<Int>) -> Span<UInt8> {
        @_lifetime(borrow self)
        @inline(__always) get {
            precondition(range.lowerBound >= 0 && range.upperBound <= written)
            // As above; the range was compared with the count.
            let span = unsafe Span(_unsafeStart: UnsafePointer(base + range.lowerBound), count: range.count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// The last byte.
    @inlinable public var last: UInt8? { written == 0 ? nil : self[written - 1] }

    /// A part of what was written, copied.
    public func array(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= written)
        return unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// A part of what was written as text, for people; bytes that are not UTF-8 become U+FFFD.
    public func text(_ range: Range<Int>) -> String {
        precondition(range.lowerBound >= 0 && range.upperBound <= written)
        return unsafe String(
            decoding: UnsafeBufferPointer(start: base + range.lowerBound, count: range.count), as: UTF8.self)
    }

    // MARK: Writing

    /// Writes one byte.
    @inlinable @inline(__always) public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        written &+= 1
    }

    /// Copies bytes of a value of this type behind what was written, where `reserve` has made room for them.
    ///
    /// Sixteen bytes can be read at any place of what was written, and be stored behind its end.
    @inlinable @inline(__always) mutating func copyPadded(_ start: UnsafePointer<UInt8>, _ length: Int) {
        let from = unsafe UnsafeRawPointer(start)
        let to = unsafe UnsafeMutableRawPointer(base + written)
        if length > 32 {
            unsafe to.copyMemory(from: from, byteCount: length)
        } else {
            let first = unsafe from.loadUnaligned(as: SIMD16<UInt8>.self)
            if length > 16 {
                let last = unsafe from.loadUnaligned(fromByteOffset: length &- 16, as: SIMD16<UInt8>.self)
                unsafe to.storeBytes(of: last, toByteOffset: length &- 16, as: SIMD16<UInt8>.self)
            }
            unsafe to.storeBytes(of: first, as: SIMD16<UInt8>.self)
        }
        written &+= length
    }

    /// Writes the first of sixteen bytes.
    @inlinable @inline(__always) public mutating func append(_ bytes: SIMD16<UInt8>, count: Int) {
        precondition(UInt(bitPattern: count) <= 16)
        reserve(count)
        // Sixteen bytes can be stored behind the end of what was written.
        unsafe UnsafeMutableRawPointer(base + written).storeBytes(of: bytes, as: SIMD16<UInt8>.self)
        written &+= count
    }

    /// Writes a static text.
    @inlinable @inline(__always) public mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        unsafe copy(text.utf8Start, length)
    }

    /// Writes a part of other bytes.
    @inlinable @inline(__always) public mutating func append(_ range: Range<Int>, of other: [UInt8]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count)
        let length = range.count
        if length == 0 { return }
        reserve(length)
        unsafe other.withUnsafeBufferPointer {
            if let start = $0.baseAddress {
                unsafe copy(start + range.lowerBound, length)
            }
        }
    }

    /// Writes all of other bytes.
    @inlinable public mutating func append(_ other: [UInt8]) { append(0..<other.count, of: other) }

    /// Writes a span of bytes.
    @inlinable @inline(__always) public mutating func append(_ other: Span<UInt8>) {
        if other.isEmpty { return }
        reserve(other.count)
        unsafe other.withUnsafeBufferPointer {
            if let start = $0.baseAddress { unsafe copy(start, $0.count) }
        }
    }

    /// Writes a part of what was written once more.
    @inlinable public mutating func append(again range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= written)
        reserve(range.count)
        // Both parts lie in the memory of this value, and the new one begins where the old one has ended.
        unsafe copyPadded(UnsafePointer(base + range.lowerBound), range.count)
    }

    /// Writes a part of what another has written.
    @inlinable @inline(__always) public mutating func append(_ range: Range<Int>, of other: borrowing ByteWriter) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.written)
        reserve(range.count)
        // The range was compared with the other's count, and `reserve` has made room.
        unsafe copyPadded(UnsafePointer(other.base + range.lowerBound), range.count)
    }

    /// Lets somebody write at most so many bytes behind what was written; they answer how many they wrote, or below 0.
    @unsafe @inlinable @inline(always) public mutating func append(
        upTo room: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Int {
        reserve(room)
        // `reserve` has made room for so many bytes behind the first `count`.
        let count = unsafe write(UnsafeMutableRawBufferPointer(start: base + count, count: room))
        written += min(max(count, 0), room)
        return count
    }

    /// Makes CR, LF and NUL among the last bytes blanks, so that what was written is one line.
    public mutating func blankLineEnds(inLast length: Int) {
        let start = max(0, count - length)
        // The bytes belong to this value, and no reference to them outlives the search.
        let bytes = unsafe Span(_unsafeStart: UnsafePointer(base), count: count)
        var index = firstControl(in: bytes, from: start, to: count)
        while index < count {
            // `firstControl` answers a place below the count.
            let byte = unsafe base[index]
            if byte == 10 || byte == 13 || byte == 0 { unsafe base[index] = 32 }
            index = firstControl(
                in: unsafe Span(_unsafeStart: UnsafePointer(base), count: count), from: index + 1, to: count)
        }
    }

    /// Writes the bytes of any collection, in one piece where they lie in one.
    @inlinable public mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        let isWritten: Void? = bytes.withContiguousStorageIfAvailable { append(unsafe $0.span) }
        if isWritten == nil { for byte in bytes { append(byte) } }
    }

    /// Writes a number in decimal digits.
    @inlinable @inline(__always) public mutating func appendDecimal(_ number: Int64) {
        if UInt64(bitPattern: number) < 1000 {
            appendSmall(UInt32(truncatingIfNeeded: number))
        } else {
            appendLarge(number)
        }
    }

    @usableFromInline mutating func appendLarge(_ number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var digits = 1
        var limit: UInt64 = 10
        while digits < 19, rest >= limit {
            digits += 1
            limit *= 10
        }
        reserve(digits)
        // The digits are written from the last to the first into the room that was made for them: a division by a
        // constant is a multiplication.
        var place = written + digits
        while place > written {
            place -= 1
            unsafe base[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        written += digits
    }

    /// Writes a number below 1000, as a status or a short length is.
    @inlinable @inline(always) mutating func appendSmall(_ number: UInt32) {
        let tens = number / 10
        let hundreds = number / 100
        // The last digit comes to stand lowest in the word, and the digits that are none are shifted away.
        var word = (number &- tens &* 10) &<< 16 | (tens &- hundreds &* 10) &<< 8 | hundreds
        word |= 0x30_3030
        let digits = number >= 100 ? 3 : number >= 10 ? 2 : 1
        word = word &>> UInt32(truncatingIfNeeded: (3 &- digits) &* 8)
        reserve(digits)
        // Four bytes can be stored wherever there is room, since sixteen more stand behind it.
        unsafe UnsafeMutableRawPointer(base + written).storeBytes(of: word.littleEndian, as: UInt32.self)
        written &+= digits
    }

    /// Writes a number in lower-case hexadecimal digits.
    public mutating func appendHex(_ number: UInt64) {
        if number >= 16 { appendHex(number >> 4) }
        let digit = UInt8(truncatingIfNeeded: number & 15)
        append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
    }

    /// The same bytes in memory of their own.
    public func copy() -> ByteWriter {
        var other = ByteWriter(capacity: written)
        other.append(0..<written, of: self)
        return other
    }

    /// What was written, as an array.
    public var bytes: [UInt8] { array(0..<written) }
}

/// Only the owner reaches the memory, whichever thread it is on.
extension ByteWriter: @unchecked Sendable {}
