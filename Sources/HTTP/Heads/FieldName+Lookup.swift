internal import CScan

extension FieldName {
    /// The field whose name stands at `from..<to`, in whatever case; `other` when it has no case of its own.
    public init(_ bytes: Span<UInt8>, from: Int, to: Int) {
        self = KnownNames.shared.find(NameKey(bytes, from, to))
    }
}

/// A name as its first sixteen bytes, its last sixteen, which may overlap, and its length.
///
/// Names of less than sixteen bytes have the first only, with zeros behind; a name of more than 32 bytes has length 0,
/// which no known name has.
struct NameKey: BitwiseCopyable {
    var first = SIMD16<UInt8>()
    var last = SIMD16<UInt8>()
    var length = 0

    /// The key of no name.
    init() {}

    /// The key of a name of less than sixteen bytes, with what stands behind it.
    @inline(__always)
    init(_ bytes: SIMD16<UInt8>, length: Int) {
        first = sl_first(bytes, UInt64(truncatingIfNeeded: length))
        self.length = length
    }

    /// The key of the name that stands at `from..<to`.
    @inline(__always)
    init(_ bytes: Span<UInt8>, _ from: Int, _ to: Int) {
        precondition(from >= 0 && from <= to && to <= bytes.count)
        let count = to &- from
        if count > 32 { return }
        length = count
        if count >= 16 {
            // So many bytes are there, by the two comparisons above.
            first = unsafe knownSixteen(bytes, at: from)
            last = unsafe knownSixteen(bytes, at: to &- 16)
        } else {
            for index in 0..<count { first[index] = bytes[from &+ index] }
        }
    }

    /// Which slot of the table to look at first; the same for capital and small letters.
    @inline(__always) var slot: Int {
        let mixed = sl_mix(first) &+ UInt64(truncatingIfNeeded: length)
        return Int(truncatingIfNeeded: (mixed &* 0x9e37_79b9_7f4a_7c15) >> 56)
    }
}

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
                unsafe sl_is_text(key.first, entry.pointee.letters.first, entry.pointee.key.first) != 0,
                unsafe key.length < 16
                    || sl_is_text(key.last, entry.pointee.letters.last, entry.pointee.key.last) != 0
            {
                return unsafe entry.pointee.name
            }
            if unsafe entry.pointee.name == .other { return .other }
            slot = (slot + 1) & 255
        }
    }
}
