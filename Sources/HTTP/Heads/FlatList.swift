/// A growing list of plain values that has one owner.
///
/// `Array` asks on every change whether it is shared, and its buffer is counted wherever it is lent; for the tables of
/// a request, which are filled anew some hundred thousand times a second, both were measured. Invariants: `base` points
/// to `capacity` places that this value alone owns, of which the first `count` are initialised; every access compares
/// its index with the count. Elements need no end of their own (`BitwiseCopyable`).
@safe public struct FlatList<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var base: UnsafeMutablePointer<Element>
    @usableFromInline var capacity: Int
    @usableFromInline var filled = 0
    /// How many elements there are.
    @inlinable public var count: Int { filled }

    /// An empty list.
    public init(capacity: Int = 16) {
        self.capacity = max(1, capacity)
        unsafe base = .allocate(capacity: self.capacity)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Whether there is no element.
    @inlinable public var isEmpty: Bool { count == 0 }
    /// The indices of the elements.
    @inlinable public var indices: Range<Int> { 0..<count }

    /// The element at an index.
    @inlinable public subscript(_ index: Int) -> Element {
        @inline(__always) get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return unsafe base[index]
        }
        @inline(__always) set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            unsafe base[index] = newValue
        }
    }

    /// The elements, lent.
    @inlinable public var span: Span<Element> {
        @_lifetime(borrow self)
        @inline(__always) get {
            // The elements belong to this value, which is lent for as long as the span is used.
            let span = unsafe Span(_unsafeStart: UnsafePointer(base), count: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Adds an element at the end.
    @inlinable @inline(__always) public mutating func append(_ element: Element) {
        if count == capacity { grow() }
        // There is room for one more behind the first `count`.
        unsafe (base + count).initialize(to: element)
        filled &+= 1
    }

    /// Forgets all elements and keeps the memory.
    @inlinable public mutating func removeAll() { filled = 0 }

    /// Forgets the last elements; at most all.
    @inlinable public mutating func removeLast(_ number: Int = 1) { filled = max(0, count - max(0, number)) }

    @usableFromInline @inline(never) mutating func grow() {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        unsafe moved.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = moved
        capacity *= 2
    }
}

/// Only the owner reaches the memory, whichever thread it is on.
extension FlatList: @unchecked Sendable where Element: Sendable {}
