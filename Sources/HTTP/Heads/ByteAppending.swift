extension [UInt8] {
    /// Appends a part of other bytes in one copy; `Array.append(contentsOf:)` of a slice costs several times as much.
    @inlinable public mutating func append(_ range: Range<Int>, of other: [UInt8]) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count)
        unsafe other.withUnsafeBufferPointer {
            // The range was compared with the count above, and the copy ends before the buffer is given back.
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: $0[range]))
        }
    }
}
