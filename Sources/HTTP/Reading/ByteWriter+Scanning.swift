internal import CScan

extension ByteWriter {
    /// Sixteen bytes from an index on, of which those behind the end mean nothing.
    @inline(__always) func sixteen(at index: Int) -> SIMD16<UInt8> {
        precondition(index >= 0 && index <= written)
        // Sixteen bytes of memory stand behind whatever was written.
        return unsafe UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<UInt8>.self)
    }

    /// Whether something behind an index would not be shown in a line of a log as it is: a control byte, one from 0x7f
    /// on, `"` or `\`.
    public func needsEscape(from start: Int) -> Bool {
        first(in: min(start, written)..<written) { sl_find_unprintable($0) } < written
    }

    /// Where the query of a request target begins, if its path stands for itself: without `%`, `#`, `//` and `/.`, and
    /// without a `#` in the query.
    ///
    /// The index of the `?`, the range's end where there is none, or nil for a target that has to be looked at closely.
    public func plainPathEnd(_ range: Range<Int>) -> Int? {
        precondition(range.upperBound <= written)
        var index = range.lowerBound
        var mark = range.upperBound
        var endedInSlash: UInt32 = 0
        while index < range.upperBound {
            let bytes = sixteen(at: index)
            let here = firstBits(range.upperBound &- index)
            if sl_find(bytes, UInt8(ascii: "#")) & here != 0 { return nil }
            if mark == range.upperBound {
                let marks = sl_find(bytes, UInt8(ascii: "?")) & here
                if marks != 0 { mark = index &+ marks.trailingZeroBitCount }
                let path = marks == 0 ? here : (marks & (0 &- marks)) &- 1
                let slashes = sl_find(bytes, UInt8(ascii: "/")) & path
                let followers = (slashes | sl_find(bytes, UInt8(ascii: "."))) & path
                let closely = sl_find(bytes, UInt8(ascii: "%")) & path
                if (slashes &<< 1 | endedInSlash) & followers | closely != 0 { return nil }
                endedInSlash = slashes >> 15
            }
            index &+= 16
        }
        return mark
    }

    /// Where a run of small letters, digits, hyphens and points ends.
    public func plainHostEnd(_ range: Range<Int>) -> Int {
        first(in: range) { sl_find_no_host($0) }
    }

    /// Where a run of digits ends.
    public func digitsEnd(_ range: Range<Int>) -> Int {
        first(in: range) { sl_find_no_digit($0) }
    }

    /// Where the first byte of a part stands that `flags` marks; its end when there is none.
    @inline(__always)
    private func first(in range: Range<Int>, _ flags: (SIMD16<UInt8>) -> UInt32) -> Int {
        precondition(range.upperBound <= written)
        var index = range.lowerBound
        while index < range.upperBound {
            let found = flags(sixteen(at: index)) & firstBits(range.upperBound &- index)
            if found != 0 { return index &+ found.trailingZeroBitCount }
            index &+= 16
        }
        return range.upperBound
    }
}

/// A bit for each of so many bytes, at most sixteen.
@inline(__always)
private func firstBits(_ count: Int) -> UInt32 {
    count >= 16 ? 0xffff : (1 &<< UInt32(truncatingIfNeeded: count)) &- 1
}
