import HTTP

/// The header fields of an answer while they are edited: names and values lie in buffers of its own.
///
/// Nothing is allocated once it is warm.
struct FieldList: ~Copyable, Sendable {
    /// One field.
    struct Entry: Sendable, BitwiseCopyable {
        var nameStart: Int32
        var nameCount: Int32
        var valueStart: Int32
        var valueCount: Int32
        var id: FieldName
        /// It stands in Apache's table of fields that are sent with every answer.
        var isAlways: Bool
        var isRemoved: Bool
    }

    /// The fields in order.
    var entries = FlatList<Entry>()
    /// Their names and values.
    var bytes = ByteWriter()

    /// Forgets all fields and keeps the memory.
    mutating func removeAll() {
        entries.removeAll()
        bytes.removeAll()
    }

    /// Adds a field; a byte of its value that would end the line becomes a blank (RFC 9110, section 5.5).
    mutating func add(_ name: Span<UInt8>, _ value: Span<UInt8>, id: FieldName, always: Bool = false) {
        let start = bytes.count
        bytes.append(name)
        add(namedSince: start, value, id, always)
    }

    /// Adds a field with a name that is known here.
    mutating func add(_ name: StaticString, _ value: Span<UInt8>, id: FieldName, always: Bool = false) {
        let start = bytes.count
        bytes.append(name)
        add(namedSince: start, value, id, always)
    }

    private mutating func add(namedSince start: Int, _ value: Span<UInt8>, _ id: FieldName, _ always: Bool) {
        let middle = bytes.count
        bytes.append(value)
        bytes.blankLineEnds(inLast: value.count)
        entries.append(
            Entry(
                nameStart: Int32(start), nameCount: Int32(middle - start), valueStart: Int32(middle),
                valueCount: Int32(value.count), id: id, isAlways: always, isRemoved: false))
    }

    /// Gives a field another value.
    mutating func set(_ index: Int, _ value: Span<UInt8>) {
        entries[index].valueStart = Int32(bytes.count)
        entries[index].valueCount = Int32(value.count)
        bytes.append(value)
        bytes.blankLineEnds(inLast: value.count)
    }

    /// The place of the first field of a well-known name that is still there.
    func firstIndex(of name: FieldName) -> Int? {
        for index in entries.indices where entries[index].id == name && !entries[index].isRemoved { return index }
        return nil
    }

    /// The place of the first field of a name, in whatever case, that is still there.
    func firstIndex(named name: Span<UInt8>) -> Int? {
        for index in entries.indices where matches(index, name) { return index }
        return nil
    }

    /// Whether a field that is still there has this name, in whatever case.
    func matches(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let entry = entries[index]
        if entry.isRemoved || Int(entry.nameCount) != name.count { return false }
        let start = Int(entry.nameStart)
        for offset in 0..<name.count where asciiLower(bytes[start + offset]) != asciiLower(name[offset]) {
            return false
        }
        return true
    }

    /// The bytes of a field's value.
    func value(_ index: Int) -> Range<Int> {
        Int(entries[index].valueStart)..<Int(entries[index].valueStart + entries[index].valueCount)
    }

    /// Puts a field's value behind other bytes.
    func appendValue(_ index: Int, to out: inout ByteWriter) {
        out.append(value(index), of: bytes)
    }

    /// Writes all lines: first those of the table that is sent with every answer, as httpd does
    /// (modules/http/http_filters.c, ap_http_header_filter).
    func write(to out: inout ByteWriter) {
        write(always: true, to: &out)
        write(always: false, to: &out)
    }

    private func write(always: Bool, to out: inout ByteWriter) {
        for index in entries.indices where !entries[index].isRemoved && entries[index].isAlways == always {
            let entry = entries[index]
            let start = Int(entry.nameStart)
            out.append(start..<start + Int(entry.nameCount), of: bytes)
            out.append(": ")
            let value = Int(entry.valueStart)
            out.append(value..<value + Int(entry.valueCount), of: bytes)
            out.append("\r\n")
        }
    }
}

/// Whether a byte would end a header line for some reader: CR, LF or NUL.
func endsLine(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 || byte == 0 }
