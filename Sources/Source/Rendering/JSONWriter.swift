/// Writes JSON (RFC 8259) into bytes, without building a value first.
///
/// A comma is set where one is needed. Text may hold bytes that are not UTF-8 (see `String(configuration:)`); they
/// are written as U+FFFD, because JSON has no way to spell them.
package struct JSONWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether each member goes on a line of its own.
    private let isIndented: Bool
    private var depth = 0
    private var needsComma = false

    /// Makes a writer; `indented` puts each member on its own line, two spaces deeper at each level.
    package init(indented: Bool = true) {
        isIndented = indented
    }

    /// What was written so far, as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Writes an object; the body calls `field` or `key` for each member.
    package mutating func object(_ body: (inout JSONWriter) -> Void) {
        nested(open: "{", close: "}", body)
    }

    /// Writes an array; the body writes the elements one by one.
    package mutating func array(_ body: (inout JSONWriter) -> Void) {
        nested(open: "[", close: "]", body)
    }

    /// Writes an array with one element for each member of a sequence.
    package mutating func array<Elements: Sequence>(
        of elements: Elements, _ body: (inout JSONWriter, Elements.Element) -> Void
    ) {
        array { json in
            for element in elements { body(&json, element) }
        }
    }

    /// Writes a member's name; its value must follow.
    package mutating func key(_ name: String) {
        beginValue()
        writeString(name)
        bytes.append(contentsOf: (isIndented ? ": " : ":").utf8)
        needsComma = false
        isAfterKey = true
    }

    /// Writes a text.
    package mutating func value(_ text: String) {
        beginValue()
        writeString(text)
    }

    /// Writes a whole number.
    package mutating func value(_ number: Int) {
        beginValue()
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes true or false.
    package mutating func value(_ flag: Bool) {
        beginValue()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
    }

    /// Writes null.
    package mutating func null() {
        beginValue()
        bytes.append(contentsOf: "null".utf8)
    }

    /// Writes a member with a text, and leaves it out when there is none.
    package mutating func field(_ name: String, _ text: String?) {
        guard let text else { return }
        key(name)
        value(text)
    }

    /// Writes a member with a whole number, and leaves it out when there is none.
    package mutating func field(_ name: String, _ number: Int?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    /// Writes a member with true or false.
    package mutating func field(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    private var isAfterKey = false

    private mutating func nested(open: Unicode.Scalar, close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void) {
        beginValue()
        bytes.append(UInt8(ascii: open))
        let before = bytes.count
        depth += 1
        needsComma = false
        body(&self)
        depth -= 1
        if bytes.count > before { newLine() }
        bytes.append(UInt8(ascii: close))
        needsComma = true
        isAfterKey = false
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if !isAfterKey, depth > 0 { newLine() }
        needsComma = true
        isAfterKey = false
    }

    private mutating func newLine() {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }

    private mutating func writeString(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars { writeScalar(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func writeScalar(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes.append(contentsOf: "\\\"".utf8)
        case "\\": bytes.append(contentsOf: "\\\\".utf8)
        case "\n": bytes.append(contentsOf: "\\n".utf8)
        case "\r": bytes.append(contentsOf: "\\r".utf8)
        case "\t": bytes.append(contentsOf: "\\t".utf8)
        default:
            if scalar.value < 0x20 || scalar.value == 0x7F {
                let digits = String(scalar.value, radix: 16)
                bytes.append(contentsOf: "\\u".utf8)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
                bytes.append(contentsOf: digits.utf8)
            } else if scalar.value < 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            } else if scalar.configurationByte != nil {
                bytes.append(contentsOf: UTF8.encodedReplacementCharacter)
            } else {
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
