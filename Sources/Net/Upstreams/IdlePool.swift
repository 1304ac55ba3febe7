internal import HTTP
public import System

/// The idle connections to upstreams, by the number of their address; the one used last is taken first.
///
/// A connection that dies in the pool is released in its slab and forgotten here when its turn comes: whoever takes a
/// token asks the slab whether it still names anything.
public struct IdlePool: ~Copyable {
    /// The connections of one key: a stack, each of whose entries knows the one below it.
    @usableFromInline struct Stack: BitwiseCopyable {
        var top: Int32 = -1
        var count: Int32 = 0
    }

    @usableFromInline struct Entry: BitwiseCopyable {
        var token: Token
        /// The entry below, or the next free one; -1: none.
        var below: Int32
    }

    private var stacks = FlatList<Stack>()
    private var entries = FlatList<Entry>()
    private var free: Int32 = -1
    private var numbers: [SocketAddress: Int] = [:]
    private var encrypted: [EncryptedKey: Int] = [:]

    /// What connections over TLS must have in common to stand for one another.
    private struct EncryptedKey: Hashable {
        var address: Int
        var settings: Int
        var name: [UInt8]
    }

    /// A pool without connections.
    public init() {}

    /// The number of an address, the same each time; ask once, when a plan is made, and not for each request.
    public mutating func key(for address: SocketAddress) -> Int {
        if let number = numbers[address] { return number }
        numbers[address] = stacks.count
        stacks.append(Stack())
        return stacks.count - 1
    }

    /// The number of an address with which TLS is spoken by certain settings, for a certain name.
    ///
    /// Names may come from clients: -1 when there are too many to keep connections for each.
    public mutating func key(for address: Int, settings: Int, name: [UInt8]) -> Int {
        let key = EncryptedKey(address: address, settings: settings, name: name)
        if let number = encrypted[key] { return number }
        if encrypted.count >= 4_096 { return -1 }
        encrypted[key] = stacks.count
        stacks.append(Stack())
        return stacks.count - 1
    }

    /// How many tokens wait for this key, dead ones included.
    public func count(_ key: Int) -> Int { Int(stacks[key].count) }

    /// Puts an idle connection in; when `limit` wait already, the one that waited longest is returned, to be closed.
    public mutating func put(_ token: Token, key: Int, limit: Int) -> Token? {
        if limit <= 0 || key < 0 { return token }
        let entry = Entry(token: token, below: stacks[key].top)
        if free < 0 {
            stacks[key].top = Int32(truncatingIfNeeded: entries.count)
            entries.append(entry)
        } else {
            let place = free
            free = entries[Int(place)].below
            entries[Int(place)] = entry
            stacks[key].top = place
        }
        stacks[key].count &+= 1
        return Int(stacks[key].count) > limit ? removeOldest(key) : nil
    }

    /// Takes out the connection that was used last; it may be dead.
    public mutating func take(_ key: Int) -> Token? {
        if key < 0 { return nil }
        let place = stacks[key].top
        if place < 0 { return nil }
        let entry = entries[Int(place)]
        stacks[key].top = entry.below
        giveBack(place, key)
        return entry.token
    }

    /// Removes one connection, which has died or whose patience has ended.
    public mutating func remove(_ token: Token, key: Int) {
        if key < 0 { return }
        removeFirst(key) { entry in entry.token == token }
    }

    /// Empties the pool; the tokens are to be closed.
    public mutating func removeAll() -> [Token] {
        var all: [Token] = []
        for key in stacks.indices {
            while let token = take(key) { all.append(token) }
        }
        return all
    }

    private mutating func removeOldest(_ key: Int) -> Token? { removeFirst(key) { $0.below < 0 } }

    /// Takes out the uppermost connection of which this holds.
    @discardableResult
    private mutating func removeFirst(_ key: Int, where holds: (Entry) -> Bool) -> Token? {
        var above: Int32 = -1
        var place = stacks[key].top
        while place >= 0 {
            let entry = entries[Int(place)]
            if holds(entry) {
                if above < 0 { stacks[key].top = entry.below } else { entries[Int(above)].below = entry.below }
                giveBack(place, key)
                return entry.token
            }
            (above, place) = (place, entry.below)
        }
        return nil
    }

    private mutating func giveBack(_ place: Int32, _ key: Int) {
        entries[Int(place)].below = free
        free = place
        stacks[key].count &-= 1
    }
}
