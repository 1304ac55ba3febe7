import HTTP

/// A run of bytes in a journey's arena or in a plan's texts; which of the two, the place where it is kept says.
package struct Slice: Hashable, Sendable {
    /// The first byte's index.
    package var start: Int32
    /// How many bytes.
    package var count: Int32

    /// No bytes at all, and known to be absent rather than empty.
    package static let absent = Slice(start: -1, count: 0)
    /// No bytes.
    package static let empty = Slice(start: 0, count: 0)

    package init(start: Int32, count: Int32) {
        self.start = start
        self.count = count
    }
}

extension Slice {
    /// The bytes of a range.
    init(_ range: Range<Int>) {
        // What is cut off by wrong numbers is not there when it is looked for: every look is compared with the count.
        self.init(
            start: Int32(truncatingIfNeeded: range.lowerBound), count: Int32(truncatingIfNeeded: range.count))
    }

    /// Whether there is no byte in it.
    @inline(__always) package var isEmpty: Bool { count == 0 }
    /// Whether it stands for nothing at all.
    @inline(__always) package var isAbsent: Bool { start < 0 }
    /// The indices of its bytes.
    @inline(__always) package var range: Range<Int> {
        // Neither number is negative here, which the compiler is told by the way.
        let first = Int(UInt32(bitPattern: start))
        return start < 0 ? 0..<0 : first..<first + Int(UInt32(bitPattern: count))
    }
    /// The index behind its last byte.
    @inline(__always) var end: Int32 { start + count }

    /// What is left when the first bytes are cut off.
    func dropping(_ bytes: Int32) -> Slice {
        let cut = min(max(bytes, 0), count)
        return Slice(start: start + cut, count: count - cut)
    }
}

/// A run of entries in one of a plan's lists.
struct Span32: Hashable, Sendable {
    /// The first entry's index.
    var start: Int32
    /// The index behind the last entry.
    var end: Int32

    static let none = Span32(start: 0, end: 0)

    @inline(__always) var isEmpty: Bool { start == end }
    @inline(__always) var range: Range<Int> { Int(UInt32(bitPattern: start))..<Int(UInt32(bitPattern: end)) }
}

extension Array {
    /// The element at an index as a plan's lists have it; -1, which stands for none, is beyond every list.
    @inline(__always) subscript(_ index: Int32) -> Element {
        get { self[Int(UInt32(bitPattern: index))] }
        _modify { yield &self[Int(UInt32(bitPattern: index))] }
    }
}
