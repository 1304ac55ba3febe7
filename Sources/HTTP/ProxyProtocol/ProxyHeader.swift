/// What a proxy says of a connection before anything else is said on it (the PROXY protocol, versions 1 and 2).
public struct ProxyHeader: Hashable, Sendable {
    /// What was said of where the connection comes from and leads to.
    public enum Content: Hashable, Sendable {
        /// Nothing: the proxy speaks for itself (`LOCAL`), or does not know (`UNKNOWN`).
        case nothing
        /// Something that says nothing about TCP: another command, another family, another transport.
        case foreign
        /// Both ends.
        case ends(source: End, destination: End)
    }

    /// One end of the connection that the proxy took.
    public struct End: Hashable, Sendable {
        /// The address: its text as version 1 has it, or its four or sixteen bytes as version 2 does.
        public var address: Address
        /// The port.
        public var port: UInt16

        /// An end of an address and a port.
        public init(address: Address, port: UInt16) {
            self.address = address
            self.port = port
        }
    }

    /// An address in one of two forms.
    public enum Address: Hashable, Sendable {
        /// The bytes of its text, not yet known to be an address; IPv6 if `isV6`.
        case text([UInt8], isV6: Bool)
        /// Its bytes, the highest first.
        case octets([UInt8])
    }

    /// What was said.
    public var content: Content
    /// Further facts in version 2, as they came: a type, a length of two bytes and a value each.
    public var extensions: [UInt8]

    /// A header of these parts.
    public init(_ content: Content, extensions: [UInt8] = []) {
        self.content = content
        self.extensions = extensions
    }

    /// How reading a header ended.
    public enum Reading: Hashable, Sendable {
        /// All that is here may be the beginning of one.
        case needMore
        /// A header of so many bytes.
        case header(ProxyHeader, count: Int)
        /// This is none.
        case refused(Refusal)
    }

    /// Why bytes are no header.
    public enum Refusal: String, Hashable, Sendable {
        case noHeader = "no PROXY header"
        case malformed = "a malformed PROXY header"
        case unknownVersion = "a PROXY header of an unknown version"
        case tooLong = "a PROXY header that is too long"
    }

    /// The longest header of version 1, with its line end (section 2.1 of the specification).
    public static let longestLine = 107

    /// Reads the header that stands in front of what a client sends.
    ///
    /// It keeps nothing between calls: whoever got `needMore` asks again with more behind the same bytes. It never
    /// takes a byte behind the header, and refuses as soon as the bytes cannot become one; a header of version 2 may
    /// have `limit` bytes in all.
    public static func read(_ input: Span<UInt8>, limit: Int) -> Reading {
        let count = min(input.count, signature.count)
        var matches = 0
        while matches < count, input[matches] == signature[matches] { matches += 1 }
        if matches == signature.count { return readBinary(input, limit) }
        if matches == count { return .needMore }
        return readLine(input)
    }
}

/// What version 2 begins with.
private let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + Array("QUIT\n".utf8)

/// What version 1 begins with.
private let word = Array("PROXY ".utf8)

extension ProxyHeader {
    // MARK: Version 2

    /// Section 2.2: sixteen bytes, then as many as the last two of them say.
    private static func readBinary(_ input: Span<UInt8>, _ limit: Int) -> Reading {
        if input.count > 12, input[12] >> 4 != 2 { return .refused(.unknownVersion) }
        guard input.count >= 16 else { return .needMore }
        let end = 16 + number(input, at: 14)
        if end > limit { return .refused(.tooLong) }
        guard input.count >= end else { return .needMore }
        guard let header = binary(input.extracting(..<end), command: input[12] & 15, kind: input[13]) else {
            return .refused(.malformed)
        }
        return .header(header, count: end)
    }

    private static func binary(_ input: Span<UInt8>, command: UInt8, kind: UInt8) -> ProxyHeader? {
        if command == 0 { return ProxyHeader(.nothing) }
        // Anything but a stream over IPv4 or IPv6 says nothing that is of use here.
        guard command == 1, kind == 0x11 || kind == 0x21 else { return ProxyHeader(.foreign) }
        let size = kind == 0x11 ? 4 : 16
        let ports = 16 + 2 * size
        guard input.count >= ports + 4 else { return nil }
        let source = End(
            address: .octets(bytes(input, 16..<16 + size)), port: UInt16(truncatingIfNeeded: number(input, at: ports)))
        let destination = End(
            address: .octets(bytes(input, 16 + size..<ports)),
            port: UInt16(truncatingIfNeeded: number(input, at: ports + 2)))
        return ProxyHeader(
            .ends(source: source, destination: destination), extensions: bytes(input, ports + 4..<input.count))
    }

    private static func number(_ input: Span<UInt8>, at place: Int) -> Int {
        Int(input[place]) << 8 | Int(input[place + 1])
    }

    private static func bytes(_ input: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        for index in range { result.append(input[index]) }
        return result
    }

    // MARK: Version 1

    /// Section 2.1: one line of words that single blanks part.
    private static func readLine(_ input: Span<UInt8>) -> Reading {
        for index in 0..<min(input.count, word.count) where input[index] != word[index] { return .refused(.noHeader) }
        var end = word.count
        while end < input.count, input[end] != 13, input[end] != 10, end < longestLine { end += 1 }
        if end >= longestLine - 1 { return .refused(.tooLong) }
        guard end < input.count else { return .needMore }
        if input[end] == 10 { return .refused(.malformed) }
        guard end + 1 < input.count else { return .needMore }
        guard input[end + 1] == 10, let content = line(bytes(input, word.count..<end)) else {
            return .refused(.malformed)
        }
        return .header(ProxyHeader(content), count: end + 2)
    }

    private static func line(_ text: [UInt8]) -> Content? {
        let words = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        // What follows UNKNOWN is for nobody.
        if words[0].elementsEqual("UNKNOWN".utf8) { return .nothing }
        let isV6 = words[0].elementsEqual("TCP6".utf8)
        guard words.count == 5, isV6 || words[0].elementsEqual("TCP4".utf8), let from = port(words[3]),
            let to = port(words[4]), !words[1].isEmpty, !words[2].isEmpty
        else { return nil }
        return .ends(
            source: End(address: .text(Array(words[1]), isV6: isV6), port: from),
            destination: End(address: .text(Array(words[2]), isV6: isV6), port: to))
    }

    private static func port(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
        return UInt16(exactly: digits.reduce(0) { $0 * 10 + Int($1 - 48) })
    }
}
