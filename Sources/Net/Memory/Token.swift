/// The name of something an event loop looks after: its kind, its place, and which one of those that were there.
///
/// A token outlives what it names. Looking it up then finds nothing, since the generation no longer agrees.
public struct Token: Hashable, Sendable, BitwiseCopyable {
    /// Eight bits of kind, 24 of generation, 32 of index.
    public let rawValue: UInt64

    /// The token with these bits, as it came back from the poller.
    @inlinable public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The token of a place; of the generation, 24 bits count.
    @inlinable public init(kind: UInt8, generation: UInt32, index: UInt32) {
        rawValue = UInt64(kind) << 56 | UInt64(generation & 0xff_ffff) << 32 | UInt64(index)
    }

    /// What kind of thing it is, by the numbers of whoever owns the loop.
    @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 56) }
    /// The place.
    @inlinable public var index: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    /// Which one of those that stood at the place.
    @inlinable public var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) & 0xff_ffff }

    /// A token that names nothing.
    @inlinable public static var none: Token { Token(rawValue: 0) }
}
