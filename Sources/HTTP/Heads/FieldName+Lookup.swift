extension FieldName {
    /// The field whose name stands at `from..<to`, in whatever case; `other` when it has no case of its own.
    public init(_ bytes: Span<UInt8>, from: Int, to: Int) {
        self = KnownNames.shared.find(NameKey(bytes, from, to))
    }
}

/// A name as three words that overlap: its first eight bytes, the eight after them, its last eight, and its length.
///
/// Names of at most eight bytes have the first only, of at most sixteen the first and the last; a name of more than 24
/// bytes has length 0, which no known name has.
struct NameKey: BitwiseCopyable {
    var first: UInt64 = 0
    var middle: UInt64 = 0
    var last: UInt64 = 0
    var length = 0

    /// The key of no name.
    init() {}

    @inline(__always)
    init(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) {
        precondition(from >= 0 && to <= bytes.count)
        length = to &- from
        if length > 24 || length < 1 {
            length = 0
            return
        }
        if length < 8 {
            // The bytes behind a name are there when a value follows; they are masked away.
            if from &+ 8 <= bytes.count {
                first = unsafe knownWord(bytes, at: from) & (~0 &>> (64 &- 8 &* UInt64(length)))
            } else {
                for index in 0..<length { first |= UInt64(bytes[from + index]) << (8 * UInt64(index)) }
            }
            return
        }
        // The name has at least eight bytes, and more than 16 where the middle is read.
        first = unsafe knownWord(bytes, at: from)
        if length > 8 { last = unsafe knownWord(bytes, at: to &- 8) }
        if length > 16 { middle = unsafe knownWord(bytes, at: from &+ 8) }
    }

    /// Which slot of the table to look at first; the same for capital and small letters.
    @inline(__always) var slot: Int {
        let mixed = (first | lowerCaseBits) ^ ((last | lowerCaseBits) &<< 3) &+ UInt64(length)
        return Int(truncatingIfNeeded: (mixed &* 0x9e37_79b9_7f4a_7c15) >> 56)
    }
}

private let lowerCaseBits: UInt64 = 0x2020_2020_2020_2020

/// A hash table of the known names with open addressing.
///
/// It is made once and never freed, and read without any count of who reads it: a head has some dozen names. Invariant:
/// `slots` has 256 entries, of which fewer than 64 are taken, so that every search meets a free one.
@safe struct KnownNames: @unchecked Sendable {
    static let shared = KnownNames()

    private struct Entry: BitwiseCopyable {
        var key = NameKey()
        /// The bit that makes a letter small, at the places where the name has letters.
        var letters = NameKey()
        var name = FieldName.other
    }

    private let slots: UnsafeMutablePointer<Entry>

    init() {
        unsafe slots = .allocate(capacity: 256)
        unsafe slots.initialize(repeating: Entry(), count: 256)
        for name in FieldName.allCases where name != .other {
            var text = Array(name.spelling.utf8)
            for index in text.indices where text[index] != UInt8(ascii: "-") { text[index] |= 0x20 }
            let mask = text.map { $0 == UInt8(ascii: "-") ? UInt8(0) : 0x20 }
            let key = NameKey(text.span, 0, text.count)
            var slot = key.slot
            while unsafe slots[slot].name != .other { slot = (slot + 1) & 255 }
            unsafe slots[slot] = Entry(key: key, letters: NameKey(mask.span, 0, mask.count), name: name)
        }
    }

    @inline(__always) func find(_ key: NameKey) -> FieldName {
        var slot = key.slot
        while true {
            // A slot is a number below 256.
            let entry = unsafe slots + slot
            if unsafe entry.pointee.key.length == key.length,
                unsafe key.first | entry.pointee.letters.first == entry.pointee.key.first,
                unsafe key.last | entry.pointee.letters.last == entry.pointee.key.last,
                unsafe key.middle | entry.pointee.letters.middle == entry.pointee.key.middle
            {
                return unsafe entry.pointee.name
            }
            if unsafe entry.pointee.name == .other { return .other }
            slot = (slot + 1) & 255
        }
    }
}
