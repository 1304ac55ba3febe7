import HTTP

extension Journey {
    /// Puts a text into the arena.
    mutating func put(_ text: StaticString) -> Slice {
        let start = arena.count
        arena.append(text)
        return Slice(start..<arena.count)
    }

    /// Puts bytes into the arena.
    mutating func put(_ bytes: some Collection<UInt8>) -> Slice {
        let start = arena.count
        arena.append(contentsOf: bytes)
        return Slice(start..<arena.count)
    }

    /// Puts bytes that lie elsewhere into the arena.
    mutating func put(_ bytes: Span<UInt8>) -> Slice {
        let start = arena.count
        arena.append(bytes)
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
        if slice.count > 0 { arena.append(again: slice.range) }
    }

    /// Puts a byte behind the arena's end as `%XX`.
    mutating func appendEscaped(_ byte: UInt8, digits: [UInt8] = hexDigitsUpper) {
        arena.append(UInt8(ascii: "%"))
        arena.append(digits[Int(byte >> 4)])
        arena.append(digits[Int(byte & 15)])
    }

    /// Puts a part of the request's head behind the arena's end.
    mutating func appendRequest(_ range: Range<Int>) { arena.append(range, of: request.bytes) }

    /// Puts a part of the upstream's head behind the arena's end.
    mutating func appendAnswer(_ range: Range<Int>) { arena.append(range, of: answer.bytes) }

    /// Puts the address of the upstream that was asked behind the arena's end.
    mutating func appendAddress() { arena.append(0..<exchange.address.count, of: exchange.address) }

    /// Puts the name of the member that was asked behind the arena's end.
    mutating func appendMember() { arena.append(0..<exchange.member.count, of: exchange.member) }

    /// Puts the client's address behind the arena's end.
    mutating func appendClient() { arena.append(connection.clientText) }

    /// Puts a part of the request's head into the arena.
    @inline(__always) mutating func putRequest(_ range: Range<Int>) -> Slice {
        let start = arena.count
        arena.append(range, of: request.bytes)
        return Slice(start..<arena.count)
    }

    /// Puts a part of the upstream's head into the arena.
    mutating func putAnswer(_ range: Range<Int>) -> Slice {
        let start = arena.count
        appendAnswer(range)
        return Slice(start..<arena.count)
    }

    /// A text for people.
    func describe(_ slice: Slice) -> String {
        arena.text(slice.range)
    }

    /// Whether two texts of the arena are the same.
    func equal(_ a: Slice, _ b: Slice) -> Bool {
        if a.count != b.count { return false }
        return a.start == b.start || same(arena[a.range], arena[b.range])
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

/// The digits of hexadecimal numbers.
let hexDigitsLower: [UInt8] = Array("0123456789abcdef".utf8)
/// The digits of hexadecimal numbers, as they are written in escapes.
let hexDigitsUpper: [UInt8] = Array("0123456789ABCDEF".utf8)
