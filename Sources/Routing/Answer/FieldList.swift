import HTTP

/// The header fields of an answer while they are edited: names and values lie in buffers of its own.
///
/// Nothing is allocated once it is warm.
struct FieldList: Sendable {
    /// One field.
    struct Entry: Sendable {
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
    var entries: [Entry] = []
    /// Their names and values.
    var bytes: [UInt8] = []

    /// Forgets all fields and keeps the memory.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds a field; a byte of its value that would end the line becomes a blank (RFC 9110, section 5.5).
    mutating func add(
        _ name: some Collection<UInt8>, _ value: some Collection<UInt8>, id: FieldName, always: Bool = false
    ) {
        let start = Int32(bytes.count)
        bytes.append(contentsOf: name)
        let middle = Int32(bytes.count)
        bytes.append(contentsOf: value)
        blankLineEnds(from: Int(middle))
        entries.append(
            Entry(
                nameStart: start, nameCount: middle - start, valueStart: middle,
                valueCount: Int32(bytes.count) - middle, id: id, isAlways: always, isRemoved: false))
    }

    /// Gives a field another value.
    mutating func set(_ index: Int, _ value: some Collection<UInt8>) {
        entries[index].valueStart = Int32(bytes.count)
        bytes.append(contentsOf: value)
        blankLineEnds(from: Int(entries[index].valueStart))
        entries[index].valueCount = Int32(bytes.count) - entries[index].valueStart
    }

    private mutating func blankLineEnds(from start: Int) {
        for index in start..<bytes.count where endsLine(bytes[index]) { bytes[index] = UInt8(ascii: " ") }
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
    func appendValue(_ index: Int, to out: inout [UInt8]) {
        out.append(contentsOf: bytes[value(index)])
    }

    /// Writes all lines: first those of the table that is sent with every answer, as httpd does
    /// (modules/http/http_filters.c, ap_http_header_filter).
    func write(to out: inout ByteWriter) {
        write(always: true, to: &out)
        write(always: false, to: &out)
    }

    private func write(always: Bool, to out: inout ByteWriter) {
        for entry in entries where !entry.isRemoved && entry.isAlways == always {
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
