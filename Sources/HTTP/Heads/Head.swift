internal import Synchronization

/// The head of a request or an answer, of HTTP/1 and HTTP/2 alike: an arena of bytes and a table of where fields stand.
///
/// The arena holds the first line and then one line a field, each written `name: value` and ended by CRLF whatever the
/// peer sent, so that runs of fields can be copied to another message in one piece. A head is reused for one message
/// after another: `removeAll()` keeps its memory. Ranges are offsets into `bytes`; they stay valid until a field is
/// appended or the head is emptied.
public struct Head: ~Copyable, Sendable {
    /// Holds the head in its place: without a member that has an address, the compiler lends it by copying it to the
    /// stack.
    private let place = Atomic<Bool>(false)
    /// The arena.
    public internal(set) var bytes = ByteWriter(capacity: 1024)
    /// The fields in the order in which they came.
    public internal(set) var fields = FlatList<Field>()
    /// The well-known names that have a field.
    public internal(set) var names = FieldNames.none
    /// Those of them that have several; `other` stands here for any two fields whose names are not well known.
    public internal(set) var repeated = FieldNames.none
    /// The method of a request.
    public internal(set) var method = Method.other
    /// The version of the message.
    public internal(set) var version = Version.v11
    /// The status of an answer; 0 in a request.
    public internal(set) var status: UInt16 = 0
    @usableFromInline var methodEnd: UInt32 = 0
    @usableFromInline var targetEnd: UInt32 = 0
    @usableFromInline var startEnd: UInt32 = 0

    /// Where one field stands in the arena.
    public struct Field: Sendable, BitwiseCopyable {
        /// Where the name, and the line, starts.
        public let start: UInt32
        /// Where the name ends; the value starts two bytes behind.
        public let nameEnd: UInt32
        /// Where the value ends; the line ends two bytes behind.
        public internal(set) var valueEnd: UInt32
        /// The name, if it is well known.
        public let id: FieldName
        /// Whether a `Connection` field names this one, which makes it hop-by-hop.
        public internal(set) var isNamedByConnection = false

        /// A field of these offsets.
        init(start: Int, nameEnd: Int, valueEnd: Int, id: FieldName) {
            self.start = UInt32(truncatingIfNeeded: start)
            self.nameEnd = UInt32(truncatingIfNeeded: nameEnd)
            self.valueEnd = UInt32(truncatingIfNeeded: valueEnd)
            self.id = id
        }

        /// The name.
        @inlinable public var name: Range<Int> { Int(start)..<Int(nameEnd) }
        /// The value, without white space around it.
        @inlinable public var value: Range<Int> { Int(nameEnd) + 2..<Int(valueEnd) }
        /// The whole line with its CRLF.
        @inlinable public var line: Range<Int> { Int(start)..<Int(valueEnd) + 2 }
    }

    /// An empty head.
    public init() {}

    /// Forgets the message and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll()
        fields.removeAll()
        (names, repeated) = (.none, .none)
        method = .other
        version = .v11
        status = 0
        (methodEnd, targetEnd, startEnd) = (0, 0, 0)
    }

    /// The first line without its end: `GET /x HTTP/1.1`, `HTTP/1.1 200 OK`.
    public var startLine: Range<Int> { 0..<Int(startEnd) }
    /// The method's bytes.
    public var methodBytes: Range<Int> { 0..<Int(methodEnd) }
    /// The request target as it was received: a path with a query, an absolute URI, an authority or `*`.
    public var target: Range<Int> { status == 0 && methodEnd > 0 ? Int(methodEnd) + 1..<Int(targetEnd) : 0..<0 }
    /// The status with the words behind it and the line's end, as they were read; nil where there are no words.
    @inlinable public var statusWords: Range<Int>? {
        // `HTTP/1.1 ` and three digits stand before the words of every status line.
        methodEnd == 12 && startEnd > 13 ? 9..<Int(startEnd) + 2 : nil
    }
    /// The first line of a request with its end, if it says `HTTP/1.1` and nothing else of the version.
    @inlinable public var lineOf11: Range<Int>? {
        let end = Int(startEnd)
        guard version == .v11, startEnd == targetEnd + 9,
            word(bytes.span, at: end - 8) == 0x312e_312f_5054_5448
        else { return nil }
        return 0..<end + 2
    }
    /// The words behind the status; may be empty.
    public var reason: Range<Int> { status == 0 ? 0..<0 : min(Int(methodEnd) + 1, Int(startEnd))..<Int(startEnd) }
}
