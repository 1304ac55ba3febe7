extension Head {
    /// Whether a field of this name is there.
    @inlinable @inline(__always) public func has(_ name: FieldName) -> Bool { names.contains(name) }

    /// The place in `fields` of the first field of this name.
    @inlinable public func firstIndex(of name: FieldName) -> Int? {
        has(name) ? search(for: name, from: 0) : nil
    }

    /// The place in `fields` of the next field of this name, behind one that has it too.
    @inlinable public func nextIndex(of name: FieldName, behind index: Int) -> Int? {
        repeated.contains(name) ? search(for: name, from: index &+ 1) : nil
    }

    @usableFromInline func search(for name: FieldName, from index: Int) -> Int? {
        var index = index
        while index < fields.count {
            if fields[index].id == name { return index }
            index &+= 1
        }
        return nil
    }

    /// The value of the first field of this name.
    @inlinable public func value(of name: FieldName) -> Range<Int>? {
        firstIndex(of: name).map { fields[$0].value }
    }

    /// The place in `fields` of the first field with this name, in whatever case.
    public func firstIndex(named name: Span<UInt8>) -> Int? {
        let id = FieldName(name, from: 0, to: name.count)
        return id == .other ? search(forName: name, from: 0) : firstIndex(of: id)
    }

    /// The place in `fields` of the next field with this name, behind one that has it too.
    public func nextIndex(named name: Span<UInt8>, behind index: Int) -> Int? {
        let id = FieldName(name, from: 0, to: name.count)
        return id == .other ? search(forName: name, from: index &+ 1) : nextIndex(of: id, behind: index)
    }

    private func search(forName name: Span<UInt8>, from index: Int) -> Int? {
        var index = index
        while index < fields.count {
            if fields[index].id == .other, matches(fields[index].name, name) { return index }
            index &+= 1
        }
        return nil
    }

    /// As `firstIndex(named:)`, where the name's own number is known.
    @inline(__always)
    public func firstIndex(of id: FieldName, named name: Span<UInt8>) -> Int? {
        if id != .other { return firstIndex(of: id) }
        return names.contains(.other) ? firstIndex(named: name) : nil
    }

    /// As `nextIndex(named:behind:)`, where the name's own number is known.
    @inline(__always)
    public func nextIndex(of id: FieldName, named name: Span<UInt8>, behind index: Int) -> Int? {
        if id != .other { return nextIndex(of: id, behind: index) }
        return repeated.contains(.other) ? nextIndex(named: name, behind: index) : nil
    }

    /// The value of the first field with this name, in whatever case; for places where speed does not matter.
    public func value(named name: String) -> String? {
        let bytes = Array(name.utf8)
        return firstIndex(named: bytes.span).map { text(fields[$0].value) }
    }

    /// A part of the arena as text, for people and for tests; bytes that are not UTF-8 become U+FFFD.
    public func text(_ range: Range<Int>) -> String {
        bytes.text(range)
    }

    /// Whether a part of the arena is this text, whose letters must be small, in whatever case.
    public func isText(_ range: Range<Int>, _ lowerCase: StaticString) -> Bool {
        let length = lowerCase.utf8CodeUnitCount
        guard range.count == length else { return false }
        let text = bytes[range]
        let literal = unsafe UnsafeRawPointer(lowerCase.utf8Start)
        var offset = 0
        while offset &+ 8 <= length {
            // The offset and seven more are below the count of the literal, compared above.
            let eight = unsafe UInt64(littleEndian: literal.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            // Letters have this bit in either case; it makes the bit of small letters.
            let letters = (eight & 0x4040_4040_4040_4040) &>> 1
            if word(text, at: offset) | letters != eight { return false }
            offset &+= 8
        }
        if offset < length, length >= 8 {
            // The last eight, some of which were compared before.
            let last = length &- 8
            let eight = unsafe UInt64(littleEndian: literal.loadUnaligned(fromByteOffset: last, as: UInt64.self))
            let letters = (eight & 0x4040_4040_4040_4040) &>> 1
            return word(text, at: last) | letters == eight
        }
        while offset < length {
            // As above.
            guard unsafe lowered(text[offset]) == lowerCase.utf8Start[offset] else { return false }
            offset &+= 1
        }
        return true
    }

    /// Whether a part of the arena has these bytes, in whatever case.
    public func matches(_ range: Range<Int>, _ other: Span<UInt8>) -> Bool {
        guard range.count == other.count else { return false }
        let text = bytes[range]
        var offset = 0
        while offset < text.count {
            if lowered(text[offset]) != lowered(other[offset]) { return false }
            offset &+= 1
        }
        return true
    }

    /// Calls `body` with each element of a comma-separated value that is not empty, without the white space around it.
    public func forEachElement(of value: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = value.lowerBound
        var quoted = false
        var index = start
        while index <= value.upperBound {
            let byte = index < value.upperBound ? bytes[index] : UInt8(ascii: ",")
            if quoted, index < value.upperBound {
                if byte == UInt8(ascii: "\\") { index += 1 }
                if byte == UInt8(ascii: "\"") { quoted = false }
            } else if byte == UInt8(ascii: "\"") {
                quoted = true
            } else if byte == UInt8(ascii: ",") || index == value.upperBound {
                let element = trimmed(start..<index)
                if !element.isEmpty { body(element) }
                start = index + 1
            }
            index += 1
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }
}

/// A letter made small, everything else as it is.
@inline(__always)
func lowered(_ byte: UInt8) -> UInt8 {
    byte &- 65 < 26 ? byte | 0x20 : byte
}

/// Whether the byte is a space or a HTAB.
@inline(__always)
func isBlank(_ byte: UInt8) -> Bool {
    byte == 32 || byte == 9
}
