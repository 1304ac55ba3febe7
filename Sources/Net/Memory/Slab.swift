public import HTTP

/// Something that is used again and again, so that what it has allocated serves the next use.
public protocol Recyclable: ~Copyable {
    /// A fresh one.
    init()
    /// Lets go of what it holds, descriptors above all, and keeps its memory.
    mutating func recycle()
}

/// Elements that never move, in chunks of 256, with a free list.
///
/// An element is reached by its `Ref` without copying, retaining or checking exclusivity. A slot that is released stays
/// empty until `reclaim()`, which an event loop calls behind each batch of events: a `Ref` that was taken within the
/// batch never leads to another connection. Across batches an element is named by its token.
///
/// Elements are initialised when their chunk is allocated and live as long as the slab, so even a stale `Ref` leads to
/// an element of the right type.
@safe public struct Slab<Element: Recyclable & ~Copyable>: ~Copyable {
    @usableFromInline var chunks: [UnsafeMutablePointer<Element>] = unsafe []
    /// One for each slot; odd while the slot is in use.
    @usableFromInline var generations = FlatList<UInt32>()
    @usableFromInline var free = FlatList<UInt32>()
    @usableFromInline var released = FlatList<UInt32>()
    @usableFromInline let kind: UInt8
    @usableFromInline var inUse = 0

    /// A slab whose tokens are of this kind.
    public init(kind: UInt8) {
        self.kind = kind
    }

    deinit {
        for index in unsafe chunks.indices {
            unsafe chunks[index].deinitialize(count: Self.chunkSize)
            unsafe chunks[index].deallocate()
        }
    }

    @usableFromInline static var chunkSize: Int { 256 }

    /// How many elements are in use.
    public var count: Int { inUse }

    /// Takes a slot into use; the element is fresh or recycled.
    @inlinable public mutating func insert() -> Ref<Element> {
        if free.isEmpty { grow() }
        let index = free[free.count - 1]
        free.removeLast()
        generations[Int(index)] &+= 1
        inUse += 1
        return ref(at: index)
    }

    /// The element that a token names; nil when it has been released.
    @inlinable public func find(_ token: Token) -> Ref<Element>? {
        let index = Int(token.index)
        guard index < generations.count, generations[index] & 1 == 1,
            generations[index] & 0xff_ffff == token.generation
        else { return nil }
        return ref(at: token.index)
    }

    /// Recycles an element, whose slot is used again after the next reclaiming.
    ///
    /// Releasing it twice does nothing.
    @inlinable public mutating func release(_ element: Ref<Element>) {
        let index = Int(element.token.index)
        guard generations[index] & 0xff_ffff == element.token.generation else { return }
        generations[index] &+= 1
        element.it.recycle()
        released.append(element.token.index)
        inUse -= 1
    }

    /// Makes the slots of released elements usable.
    @inlinable public mutating func reclaim() {
        if released.isEmpty { return }
        for place in released.indices { free.append(released[place]) }
        released.removeAll()
    }

    /// The tokens of all elements in use.
    public func tokens() -> [Token] {
        generations.indices.filter { generations[$0] & 1 == 1 }.map { ref(at: UInt32($0)).token }
    }

    @inlinable func ref(at index: UInt32) -> Ref<Element> {
        let chunk = unsafe chunks[Int(index) / Self.chunkSize]
        let token = Token(kind: kind, generation: generations[Int(index)], index: index)
        // The chunk holds `chunkSize` initialised elements, and the remainder is below that.
        return unsafe Ref(chunk + Int(index) % Self.chunkSize, token)
    }

    @usableFromInline mutating func grow() {
        let chunk = UnsafeMutablePointer<Element>.allocate(capacity: Self.chunkSize)
        for offset in 0..<Self.chunkSize { unsafe (chunk + offset).initialize(to: Element()) }
        let first = unsafe UInt32(chunks.count * Self.chunkSize)
        unsafe chunks.append(chunk)
        for _ in 0..<Self.chunkSize { generations.append(0) }
        // The lowest index is taken first, which keeps what is in use close together.
        for offset in (0..<UInt32(Self.chunkSize)).reversed() { free.append(first + offset) }
    }
}

/// The way to one element of a slab, valid until the slab is gone.
@safe public struct Ref<Element: ~Copyable> {
    @usableFromInline let pointer: UnsafeMutablePointer<Element>
    /// The name of the element, for the poller, for timers and for others to find it by.
    public let token: Token

    @inlinable init(_ pointer: UnsafeMutablePointer<Element>, _ token: Token) {
        unsafe self.pointer = pointer
        self.token = token
    }

    /// The element itself.
    ///
    /// The pointer leads into a chunk of the slab, which neither moves nor is freed while the loop runs. All access is
    /// from the loop's own thread.
    @inlinable public var it: Element {
        unsafeAddress { unsafe UnsafePointer(pointer) }
        nonmutating unsafeMutableAddress { unsafe pointer }
    }
}
