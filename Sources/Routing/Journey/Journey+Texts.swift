import HTTP

extension Journey {
    /// Puts a text into the arena.
    mutating func put(_ text: StaticString) -> Slice {
        let start = arena.count
        // The pointer of a static string is valid for its count of code units.
        unsafe arena.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        return Slice(start..<arena.count)
    }

    /// Puts bytes into the arena.
    mutating func put(_ bytes: some Collection<UInt8>) -> Slice {
        let start = arena.count
        arena.append(contentsOf: bytes)
        return Slice(start..<arena.count)
    }

    /// Puts a number into the arena.
    mutating func put(_ number: Int64) -> Slice {
        let start = arena.count
        arena.appendDecimal(number)
        return Slice(start..<arena.count)
    }

    /// The text that was put since the arena had so many bytes.
    func since(_ start: Int) -> Slice {
        Slice(start..<arena.count)
    }

    /// Puts a text of the arena behind its end.
    mutating func repeatText(_ slice: Slice) {
        let count = Int(slice.count)
        if slice.start < 0 || count == 0 { return }
        let wanted = arena.count + count
        if arena.capacity < wanted { arena.reserveCapacity(max(wanted, arena.capacity * 2)) }
        var index = Int(slice.start)
        for _ in 0..<count {
            arena.append(arena[index])
            index += 1
        }
    }

    /// Puts a byte behind the arena's end as `%XX`.
    mutating func appendEscaped(_ byte: UInt8, digits: [UInt8] = hexDigitsUpper) {
        arena.append(UInt8(ascii: "%"))
        arena.append(digits[Int(byte >> 4)])
        arena.append(digits[Int(byte & 15)])
    }

    /// Puts a part of the request's head into the arena.
    mutating func putRequest(_ range: Range<Int>) -> Slice {
        put(request.bytes[range])
    }

    /// A text for people.
    func describe(_ slice: Slice) -> String {
        String(decoding: arena[slice.range], as: UTF8.self)
    }

    /// Whether two texts of the arena are the same.
    func equal(_ a: Slice, _ b: Slice) -> Bool {
        if a.count != b.count { return false }
        if a.start == b.start { return true }
        let (left, right) = (Int(a.start), Int(b.start))
        for offset in 0..<Int(a.count) where arena[left + offset] != arena[right + offset] { return false }
        return true
    }

    /// Whether a text of the arena is this one.
    func equals(_ slice: Slice, _ text: StaticString) -> Bool {
        guard Int(slice.count) == text.utf8CodeUnitCount else { return false }
        let start = Int(slice.start)
        // The offset is below the count of the literal, compared above.
        for offset in 0..<Int(slice.count) {
            guard unsafe arena[start + offset] == text.utf8Start[offset] else { return false }
        }
        return true
    }

    /// Whether a text of the arena ends in this byte.
    func ends(_ slice: Slice, in byte: UInt8) -> Bool {
        slice.count > 0 && arena[Int(slice.end) - 1] == byte
    }

    /// Whether a text of the arena begins with this byte.
    func begins(_ slice: Slice, with byte: UInt8) -> Bool {
        slice.count > 0 && arena[Int(slice.start)] == byte
    }

    /// The method, as it is by now.
    mutating func methodText() -> Slice {
        if !method.isAbsent { return method }
        method = putRequest(request.methodBytes)
        return method
    }
}

extension [UInt8] {
    /// Appends a number in decimal digits.
    mutating func appendDecimal(_ number: Int64) {
        if number < 0 {
            append(UInt8(ascii: "-"))
            appendDecimal(number == Int64.min ? Int64.max : -number)
            return
        }
        if number >= 10 { appendDecimal(number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }

    /// Appends a number in lower-case hexadecimal digits.
    mutating func appendHex(_ number: UInt64) {
        if number >= 16 { appendHex(number >> 4) }
        append(hexDigitsLower[Int(number & 15)])
    }

    /// Appends a static text.
    mutating func append(_ text: StaticString) {
        // The pointer of a static string is valid for its count of code units.
        unsafe append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// The digits of hexadecimal numbers.
let hexDigitsLower: [UInt8] = Array("0123456789abcdef".utf8)
/// The digits of hexadecimal numbers, as they are written in escapes.
let hexDigitsUpper: [UInt8] = Array("0123456789ABCDEF".utf8)
