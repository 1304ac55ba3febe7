import IR
import Source

/// A line of an access log (`log_item` and its functions in mod_log_config.c).
struct LogFormat {
    /// Parts that nobody knows or that are not run, as written.
    var unknown: [String] = []
    /// httpd's own `common`, which is the format where none is said.
    static let common = "%h %l %u %t \"%r\" %>s %b"
    private let bytes: [UInt8]

    init(_ text: String) { bytes = text.configurationBytes }

    /// The line as a template.
    mutating func template(_ environment: (String) -> Value) -> Template {
        var template = Template()
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\\"), index < bytes.count {
                literal.append(contentsOf: unescaped(bytes[index]))
                index += 1
            } else if byte == UInt8(ascii: "%") {
                template.append(String(configuration: literal))
                literal = []
                item(at: &index, environment, into: &template)
            } else {
                literal.append(byte)
            }
        }
        template.append(String(configuration: literal))
        return template
    }

    private func unescaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "n"): [10]
        case UInt8(ascii: "r"): [13]
        case UInt8(ascii: "t"): [9]
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): [byte]
        default: [UInt8(ascii: "\\"), byte]
        }
    }

    /// One item: statuses, `<` and `>`, a name in braces, in any order, then a letter.
    private mutating func item(
        at index: inout Int, _ environment: (String) -> Value, into template: inout Template
    ) {
        let start = index
        var name: String?
        var wantsFinal: Bool?
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "%"):
                template.append("%")
                return
            case UInt8(ascii: "<"): wantsFinal = false
            case UInt8(ascii: ">"): wantsFinal = true
            case UInt8(ascii: "!"), UInt8(ascii: ","), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "{"):
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count
                name = String(configuration: bytes[index..<end])
                index = min(end + 1, bytes.count)
            case UInt8(ascii: "^"):
                let kind = bytes[index...].prefix(2)
                index = min(index + 2, bytes.count)
                append(trailer: String(decoding: kind, as: UTF8.self), name ?? "", to: &template)
                return
            default:
                guard let value = value(byte, name, wantsFinal, environment) else {
                    unknown.append("%" + String(configuration: bytes[start..<index]))
                    template.append("-")
                    return
                }
                template.append(value)
                return
            }
        }
    }

    private mutating func append(trailer kind: String, _ name: String, to template: inout Template) {
        switch kind {
        case "to": template.append(.answerTrailer(name.lowercased()))
        default:
            unknown.append("%{\(name)}^\(kind)")
            template.append("-")
        }
    }

    private func value(
        _ letter: UInt8, _ name: String?, _ wantsFinal: Bool?, _ environment: (String) -> Value
    ) -> Template? {
        if let name, let value = named(letter, name, environment) { return Template(value) }
        switch letter {
        case UInt8(ascii: "s"): return Template(wantsFinal == true ? .status : .originalStatus)
        case UInt8(ascii: "q"):
            var query = Template(.queryMark)
            query.append(.query)
            return query
        case UInt8(ascii: "l"), UInt8(ascii: "i"), UInt8(ascii: "o"), UInt8(ascii: "n"), UInt8(ascii: "e"): return "-"
        default: return Self.plain[letter].map { Template($0) }
        }
    }

    private func named(_ letter: UInt8, _ name: String, _ environment: (String) -> Value) -> Value? {
        switch letter {
        case UInt8(ascii: "i"): .requestHeader(name.lowercased())
        case UInt8(ascii: "o"): .responseHeader(name.lowercased())
        case UInt8(ascii: "e"), UInt8(ascii: "n"): environment(name)
        case UInt8(ascii: "C"): .cookie(name)
        case UInt8(ascii: "x"): .tls(name)
        case UInt8(ascii: "t"): .time(time(name))
        case UInt8(ascii: "a") where name == "c": .peerAddress
        case UInt8(ascii: "h") where name == "c": .peerAddress
        case UInt8(ascii: "p") where name == "remote": .clientPort
        case UInt8(ascii: "p") where name == "local": .listenerPort
        case UInt8(ascii: "T") where name == "ms": .durationMilliseconds
        case UInt8(ascii: "T") where name == "us": .durationMicroseconds
        default: nil
        }
    }

    /// A time's format; `begin:` and `end:` before it are the same moment here.
    private func time(_ format: String) -> String {
        var format = format
        for prefix in ["begin:", "end:"] where format.hasPrefix(prefix) {
            format = String(format.dropFirst(prefix.count))
        }
        return format
    }

    private static let plain: [UInt8: Value] = [
        UInt8(ascii: "h"): .clientAddress, UInt8(ascii: "a"): .clientAddress, UInt8(ascii: "A"): .listenerAddress,
        UInt8(ascii: "u"): .user, UInt8(ascii: "t"): .time("[%d/%b/%Y:%H:%M:%S %z]"), UInt8(ascii: "r"): .requestLine,
        UInt8(ascii: "b"): .bodyBytes(dashForZero: true), UInt8(ascii: "B"): .bodyBytes(dashForZero: false),
        UInt8(ascii: "D"): .durationMicroseconds, UInt8(ascii: "T"): .durationWholeSeconds,
        UInt8(ascii: "v"): .siteName,
        UInt8(ascii: "V"): .hostOrSiteName, UInt8(ascii: "p"): .authorityPort, UInt8(ascii: "f"): .filePath,
        UInt8(ascii: "H"): .version, UInt8(ascii: "m"): .method, UInt8(ascii: "U"): .path,
        UInt8(ascii: "I"): .bytesReceived,
        UInt8(ascii: "O"): .bytesSent, UInt8(ascii: "S"): .bytesSent, UInt8(ascii: "k"): .connectionRequests,
        UInt8(ascii: "X"): .keepsAlive, UInt8(ascii: "L"): .requestID, UInt8(ascii: "P"): .processID,
        UInt8(ascii: "R"): .handler,
    ]
}
