/// A few elements that stay where they are until they are removed, found by their place.
@safe public struct Shelf<Element: ~Copyable>: ~Copyable {
    @usableFromInline var places: [UnsafeMutablePointer<Element>?] = unsafe []

    /// A shelf with nothing on it.
    public init() {}

    deinit {
        for index in unsafe places.indices {
            guard let pointer = unsafe places[index] else { continue }
            unsafe pointer.deinitialize(count: 1)
            unsafe pointer.deallocate()
        }
    }

    /// Puts an element at the first free place, and returns the place.
    public mutating func put(_ element: consuming Element) -> Int {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: 1)
        unsafe pointer.initialize(to: element)
        for index in unsafe places.indices where unsafe places[index] == nil {
            unsafe places[index] = unsafe pointer
            return index
        }
        unsafe places.append(pointer)
        return unsafe places.count - 1
    }

    /// The element at a place, which must not be empty.
    @inlinable public subscript(place: Int) -> Ref<Element> {
        precondition(isTaken(place), "nothing stands at this place")
        // It was just looked up.
        return unsafe Ref(
            places[place].unsafelyUnwrapped, Token(kind: 0, generation: 0, index: UInt32(truncatingIfNeeded: place)))
    }

    /// Whether something stands at a place.
    @inlinable public func isTaken(_ place: Int) -> Bool {
        unsafe places.indices.contains(place) && places[place] != nil
    }

    /// The places that are taken.
    public var taken: [Int] { unsafe places.indices.filter { unsafe places[$0] != nil } }

    /// Ends the element at a place; no `Ref` to it may be used any more.
    public mutating func remove(_ place: Int) {
        guard let pointer = unsafe places[place] else { return }
        unsafe pointer.deinitialize(count: 1)
        unsafe pointer.deallocate()
        unsafe places[place] = nil
    }
}
