public import System

/// The idle connections to upstreams, by the number of their address; the one used last is taken first.
///
/// A connection that dies in the pool is released in its slab and forgotten here when its turn comes: whoever takes a
/// token asks the slab whether it still names anything.
public struct IdlePool: ~Copyable {
    private var stacks: [[Token]] = []
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
        stacks.append([])
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
        stacks.append([])
        return stacks.count - 1
    }

    /// How many tokens wait for this key, dead ones included.
    public func count(_ key: Int) -> Int { stacks[key].count }

    /// Puts an idle connection in; when `limit` wait already, the one that waited longest is returned, to be closed.
    public mutating func put(_ token: Token, key: Int, limit: Int) -> Token? {
        if limit <= 0 || key < 0 { return token }
        stacks[key].append(token)
        return stacks[key].count > limit ? stacks[key].removeFirst() : nil
    }

    /// Takes out the connection that was used last; it may be dead.
    public mutating func take(_ key: Int) -> Token? { key < 0 ? nil : stacks[key].popLast() }

    /// Removes one connection, which has died or whose patience has ended.
    public mutating func remove(_ token: Token, key: Int) {
        if key >= 0, let place = stacks[key].lastIndex(of: token) { stacks[key].remove(at: place) }
    }

    /// Empties the pool; the tokens are to be closed.
    public mutating func removeAll() -> [Token] {
        var all: [Token] = []
        for key in stacks.indices {
            all += stacks[key]
            stacks[key].removeAll(keepingCapacity: true)
        }
        return all
    }
}
