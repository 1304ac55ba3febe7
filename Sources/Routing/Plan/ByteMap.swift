import HTTP

/// A hash table from byte strings to numbers that is looked up without making a key.
struct ByteMap: Sendable {
    /// The keys, one behind the other.
    private var keys: [UInt8] = []
    private var entries: [Entry] = []
    /// Indices of `entries` plus one; zero is free.
    ///
    /// Its size is a power of two.
    private var buckets: [Int32] = []
    /// A bit for each mark that a key has: most texts that are no keys have another.
    private var marks: UInt64 = 0

    private struct Entry {
        var hash: UInt32
        var start: Int32
        var count: Int32
        var value: Int32
    }

    /// How many keys there are.
    var count: Int { entries.count }
    /// Whether there is no key.
    var isEmpty: Bool { entries.isEmpty }

    /// Adds a key, unless it is there already.
    mutating func insert(_ key: some Collection<UInt8>, _ value: Int32) {
        let bytes = Array(key)
        if find(bytes.span) != nil { return }
        if entries.count * 2 >= buckets.count { grow() }
        let hash = Self.hash(bytes.span)
        entries.append(Entry(hash: hash, start: Int32(keys.count), count: Int32(bytes.count), value: value))
        keys.append(contentsOf: bytes)
        place(Int32(entries.count), hash: hash)
        marks |= Self.mark(bytes.span)
    }

    /// The number of a key.
    @inline(always) func find(_ key: Span<UInt8>) -> Int32? {
        marks & Self.mark(key) == 0 ? nil : search(key)
    }

    private func search(_ key: Span<UInt8>) -> Int32? {
        let hash = Self.hash(key)
        let mask = UInt32(buckets.count - 1)
        var slot = hash & mask
        while true {
            let index = buckets[Int(slot)]
            if index == 0 { return nil }
            let entry = entries[Int(index) - 1]
            if entry.hash == hash, Int(entry.count) == key.count, equals(entry, key) { return entry.value }
            slot = (slot &+ 1) & mask
        }
    }

    private func equals(_ entry: Entry, _ key: Span<UInt8>) -> Bool {
        same(keys.span.extracting(Int(entry.start)..<Int(entry.start) + key.count), key)
    }

    private mutating func grow() {
        buckets = Array(repeating: 0, count: max(8, buckets.count * 2))
        for index in entries.indices { place(Int32(index + 1), hash: entries[index].hash) }
    }

    private mutating func place(_ index: Int32, hash: UInt32) {
        let mask = UInt32(buckets.count - 1)
        var slot = hash & mask
        while buckets[Int(slot)] != 0 { slot = (slot &+ 1) & mask }
        buckets[Int(slot)] = index
    }

    /// The bit of a key's length, first and last byte.
    @inline(__always)
    private static func mark(_ key: Span<UInt8>) -> UInt64 {
        if key.isEmpty { return 1 }
        let ends = Int(key[0]) &+ Int(key[key.count &- 1]) &* 5
        return 1 &<< UInt64(truncatingIfNeeded: key.count &* 11 &+ ends)
    }

    /// Eight bytes at a time, multiplied and folded; the keys come from the configuration, so nobody can choose them to
    /// collide.
    private static func hash(_ key: Span<UInt8>) -> UInt32 {
        var hash = UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index + 8 <= key.count {
            hash = (hash ^ word(key, at: index)) &* 0xBF58_476D_1CE4_E5B9
            hash ^= hash >> 29
            index += 8
        }
        if index < key.count, key.count >= 8 {
            // The last eight, some of which have been counted already.
            hash = (hash ^ word(key, at: key.count - 8)) &* 0x94D0_49BB_1331_11EB
            index = key.count
        }
        while index < key.count {
            hash = (hash ^ UInt64(key[index])) &* 0x94D0_49BB_1331_11EB
            index += 1
        }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 32))
    }
}
