/// A growing run of bytes that heads and log lines are put together in.
///
/// `Array` checks on every append whether it is shared; for heads, which are some fifty small pieces, that was measured
/// as a quarter of all the work. Invariants: `base` points to `capacity` bytes that this value alone owns, of which the
/// first `count` are initialised; every method checks that what it adds fits before it writes.
@safe public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<UInt8>
    @usableFromInline var capacity: Int
    @usableFromInline var written = 0
    /// How many bytes were written.
    @inlinable public var count: Int { written }

    /// An empty run.
    public init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        unsafe base = .allocate(capacity: self.capacity)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Forgets what was written and keeps the memory.
    @inlinable public mutating func removeAll() { written = 0 }

    /// Forgets the last bytes.
    @inlinable public mutating func removeLast(_ count: Int) { written = max(0, written - max(0, count)) }

    /// Makes room for more bytes.
    @inlinable @inline(__always) mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(to: count + more) }
    }

    @usableFromInline mutating func grow(to wanted: Int) {
        let larger = max(wanted, capacity * 2)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity = larger
    }

    /// Whether nothing was written.
    @inlinable public var isEmpty: Bool { written == 0 }

    /// Writes one byte.
    @inlinable @inline(__always) public mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        written += 1
    }

    /// Writes a static text.
    @inlinable @inline(__always) public mutating func append(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        unsafe (base + count).update(from: text.utf8Start, count: length)
        written += length
    }

    /// Writes a part of other bytes.
    @inlinable @inline(__always) public mutating func append(_ range: Range<Int>, of other: [UInt8]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count)
        let length = range.count
        if length == 0 { return }
        reserve(length)
        unsafe other.withUnsafeBufferPointer {
            if let start = $0.baseAddress {
                unsafe (base + count).update(from: start + range.lowerBound, count: length)
            }
        }
        written += length
    }

    /// Writes all of other bytes.
    @inlinable public mutating func append(_ other: [UInt8]) { append(0..<other.count, of: other) }

    /// Writes a span of bytes.
    @inlinable @inline(__always) public mutating func append(_ other: Span<UInt8>) {
        if other.isEmpty { return }
        reserve(other.count)
        unsafe other.withUnsafeBufferPointer {
            if let start = $0.baseAddress { unsafe (base + count).update(from: start, count: $0.count) }
        }
        written += other.count
    }

    /// Hands out what was written.
    @inlinable @inline(__always) public borrowing func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The bytes belong to this value, which is lent for as long as `body` runs.
        try body(unsafe Span(_unsafeStart: UnsafePointer(base), count: count))
    }

    /// Lets somebody write at most so many bytes behind what was written; they answer how many they wrote, or below 0.
    @unsafe public mutating func append(
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

    /// Writes the bytes of any collection, one by one.
    public mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        for byte in bytes { append(byte) }
    }

    /// Writes a number in decimal digits.
    public mutating func appendDecimal(_ number: Int64) {
        reserve(20)
        if number < 0 { append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        var divisor: UInt64 = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Puts what was written behind other bytes.
    public func copy(to out: inout [UInt8]) {
        unsafe out.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }

    /// What was written, as an array.
    public var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }
}
