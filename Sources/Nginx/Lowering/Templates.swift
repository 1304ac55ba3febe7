import IR
import Language
import Source

/// How captures are put into a text.
enum CaptureEscaping {
    /// As they are.
    case none
    /// As path of a redirect.
    case redirectPath
    /// As part of a query.
    case query
}

extension NginxLowering {
    /// An argument with variables in it.
    mutating func template(_ argument: Argument) -> Template {
        template(argument.text, at: argument.range)
    }

    /// A text with variables in it: `$name`, `${name}`, `$1`.
    ///
    /// Source: `ngx_http_script_compile` in src/http/ngx_http_script.c.
    mutating func template(
        _ text: String, at range: SourceRange, captures: CaptureEscaping = .none
    ) -> Template {
        var result = Template()
        let bytes = Array(text.utf8)
        var position = 0
        var literal = 0
        func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "$") else {
                position += 1
                continue
            }
            result.append(string(literal..<position))
            let start = position
            position += 1
            if position < bytes.count, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[position]) {
                result.append(capture(Int(bytes[position]) - 48, captures))
                position += 1
            } else if let name = variable(in: bytes, at: &position) {
                result.append(value(ofVariable: name, at: range, whole: bytes.count, start..<position))
            } else {
                report(
                    "invalid-variable", .error, "`$` stands for no variable in \"\(text)\"", at: range,
                    why: "nginx refuses to start: invalid variable name",
                    help: bytes[start...].contains(UInt8(ascii: "{"))
                        ? "close the brace: `${name}`"
                        : "nginx has no way to write a plain dollar sign here; in a pattern put `$` at the end")
                position = bytes.count
            }
            literal = position
        }
        result.append(string(min(literal, bytes.count)..<bytes.count))
        return result
    }

    /// The name that begins at `position`, just behind `$`; nil where there is none.
    private func variable(in bytes: [UInt8], at position: inout Int) -> String? {
        let isBraced = position < bytes.count && bytes[position] == UInt8(ascii: "{")
        if isBraced { position += 1 }
        let start = position
        while position < bytes.count, isNameByte(bytes[position]) { position += 1 }
        guard position > start else { return nil }
        let name = String(decoding: bytes[start..<position], as: UTF8.self)
        guard isBraced else { return name }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "}") else { return nil }
        position += 1
        return name
    }

    private func capture(_ number: Int, _ escaping: CaptureEscaping) -> Template {
        let plain = Template(Value.capture(0, number))
        return switch escaping {
        case .none: plain
        case .redirectPath: Template(pieces: [.apply(.escape(.redirectPath), [plain])])
        case .query: Template(pieces: [.apply(.escape(.queryPart), [plain])])
        }
    }

    /// What a variable stands for; an unknown one is reported and is empty.
    private mutating func value(
        ofVariable name: String, at range: SourceRange, whole: Int, _ bytes: Range<Int>
    ) -> Template {
        if let group = variables.groupsAtHand[name] { return Template(Value.capture(0, group)) }
        if let slot = variables.slots[name] { return Template(Value.variable(slot)) }
        if let value = BuiltinVariable.value(of: name, profile: profile) { return value }
        if variables.unavailable.contains(name) { return Template() }
        // Without quotes and escapes the variable's own place is known.
        let place =
            range.end - range.start == whole
            ? SourceRange(file: range.file, start: range.start + bytes.lowerBound, end: range.start + bytes.upperBound)
            : range
        let near = closest(to: name, in: BuiltinVariable.names + variables.slots.keys.sorted())
        report(
            "unknown-variable", hasForeignDirectives || isFragment ? .warning : .error,
            "unknown variable `$\(name)`", at: place,
            why: hasForeignDirectives
                ? "unless a third-party module defines it, nginx refuses to start"
                : isFragment
                    ? "unless what lies around this fragment defines it, nginx refuses to start"
                    : "neither nginx nor this configuration defines it, so nginx refuses to start",
            help: near.map { "did you mean `$\($0)`?" } ?? "define it with `set` or `map`")
        return Template()
    }
}

/// Whether a byte may stand in a variable's name.
private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        true
    default: false
    }
}

extension Escaping {
    /// What nginx sends upstream as it is; only a path that had escapes is escaped at all.
    ///
    /// Source: `NGX_ESCAPE_URI` of `ngx_escape_uri`, measured on nginx 1.22.1 and 1.31.3.
    static let upstreamPath = Escaping(passes: visible(except: "\"#%<>?\\^`{|}"), onlyIfDecoded: true)

    /// A capture in the path of a redirect: `NGX_ESCAPE_ARGS`, of which `NGX_UNESCAPE_REDIRECT` takes much back.
    static let redirectPath = Escaping(passes: visible(except: "\"#%\\^`{|}"), onlyIfDecoded: true)

    /// A capture in a query: `NGX_ESCAPE_ARGS`.
    static let queryPart = Escaping(passes: visible(except: "\"#%&+;<>?\\^`{|}"), onlyIfDecoded: true)

    /// All visible ASCII but some.
    private static func visible(except: String) -> Set<UInt8> {
        Set(0x21...0x7E).subtracting(except.utf8)
    }
}
