import IR
import Source

/// The values of Header and RequestHeader: text with `%` formats in it (`parse_format_string` in mod_headers.c).
struct HeaderFormat {
    /// The first format that nobody knows.
    var unknown: String?
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.configurationBytes }

    /// The value; `environment` says what a variable is read by.
    mutating func template(_ environment: (String) -> Value) -> Template {
        var template = Template()
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%"), index + 1 < bytes.count else {
                literal.append(bytes[index])
                index += 1
                continue
            }
            index += 1
            if bytes[index] == UInt8(ascii: "%") {
                literal.append(bytes[index])
                index += 1
                continue
            }
            template.append(String(configuration: literal))
            literal = []
            var name: String?
            if bytes[index] == UInt8(ascii: "{"), let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) {
                name = String(configuration: bytes[index + 1..<end])
                index = end + 1
            }
            guard index < bytes.count else {
                unknown = unknown ?? "{\(name ?? "")}"
                break
            }
            append(bytes[index], name, environment, to: &template)
            index += 1
        }
        template.append(String(configuration: literal))
        return template
    }

    private mutating func append(
        _ letter: UInt8, _ name: String?, _ environment: (String) -> Value, to template: inout Template
    ) {
        switch letter {
        case UInt8(ascii: "t"):
            template.append("t=")
            template.append(.time("usec"))
        case UInt8(ascii: "D"):
            template.append("D=")
            template.append(.durationMicroseconds)
        case UInt8(ascii: "e"):
            template.append(RequestVariables.orElse("(null)", Template(environment(name ?? ""))))
        case UInt8(ascii: "s"):
            template.append(RequestVariables.orElse("(null)", Template(.tls(name ?? ""))))
        // Load and idle workers are figures of httpd's own processes; there is nothing to tell here.
        case UInt8(ascii: "l"): template.append("l=0.00 0.00 0.00")
        case UInt8(ascii: "i"): template.append("i=100")
        case UInt8(ascii: "b"): template.append("b=0")
        default:
            unknown = unknown ?? String(decoding: [letter], as: UTF8.self)
        }
    }
}
