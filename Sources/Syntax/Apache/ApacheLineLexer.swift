/// Steps through the logical lines of an Apache file: a backslash before a line end is as if neither were there.
///
/// Offsets are those of the file. `skip` moves an offset behind continuations, so that a byte is looked at only where
/// the server sees one (`ap_cfg_getline` in httpd's server/util.c).
struct ApacheLineLexer {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
    }

    /// The offset of the first byte at or behind `offset` that is no continuation.
    @inline(__always)
    func skip(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.endIndex, let length = continuationLength(bytes, at: offset) { offset += length }
        return offset
    }

    /// The byte at an offset, nil at the end of the logical line (LF, NUL or the end of the text).
    @inline(__always)
    func byte(_ offset: Int) -> UInt8? {
        guard offset < bytes.endIndex, bytes[offset] != UInt8(ascii: "\n"), bytes[offset] != 0 else { return nil }
        return bytes[offset]
    }

    /// The offset behind blanks, as `apr_isspace` has them, and behind the continuations among them.
    func afterBlanks(_ offset: Int, limit: Int) -> Int {
        var offset = skip(offset)
        while offset < limit, let byte = byte(offset), isApacheSpace(byte) { offset = skip(offset + 1) }
        return min(offset, limit)
    }

    /// The offset of the LF that ends the logical line, or the end of the text.
    func lineEnd(_ offset: Int) -> Int {
        var offset = offset
        while offset < bytes.endIndex {
            if let length = continuationLength(bytes, at: offset) {
                offset += length
            } else if bytes[offset] == UInt8(ascii: "\n") {
                return offset
            } else {
                offset += 1
            }
        }
        return offset
    }

    /// The offset behind the last byte that is no blank, not going back over a line end or before `start`.
    func contentEnd(from start: Int, lineEnd: Int) -> Int {
        var end = lineEnd
        while end > start, isApacheSpace(bytes[end - 1]) { end -= 1 }
        return end
    }

    /// The offset behind letters, digits, `_` and `-`: what the name of a section is made of.
    func nameEnd(_ start: Int) -> Int {
        var end = start
        var offset = start
        while let byte = byte(offset), isNameByte(byte) {
            end = offset + 1
            offset = skip(end)
        }
        return end
    }

    /// The offset behind the bytes that are no blanks.
    func bareEnd(_ start: Int, limit: Int) -> Int {
        var end = start
        var offset = start
        while offset < limit, let byte = byte(offset), !isApacheSpace(byte) {
            end = offset + 1
            offset = skip(end)
        }
        return end
    }

    /// The kind and the end of the word that begins at an offset (`ap_getword_conf`).
    ///
    /// The end of a word in quotes is behind its closing quote, or behind the line's last byte when there is none.
    func word(_ start: Int, limit: Int) -> (kind: TokenKind, end: Int, isClosed: Bool) {
        let quote = bytes[start]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return (.bare, bareEnd(start, limit: limit), true)
        }
        let kind: TokenKind = quote == UInt8(ascii: "\"") ? .doubleQuoted : .singleQuoted
        var offset = skip(start + 1)
        while offset < limit, let byte = byte(offset) {
            if byte == quote { return (kind, offset + 1, true) }
            if byte == UInt8(ascii: "\\") {
                let next = skip(offset + 1)
                if next < limit, let escaped = self.byte(next), escaped == quote || escaped == UInt8(ascii: "\\") {
                    offset = next
                }
            }
            offset = skip(offset + 1)
        }
        return (kind, contentEnd(from: start + 1, lineEnd: min(offset, limit)), false)
    }
}

/// Whether a byte separates words: `isspace` in the C locale.
@inline(__always)
func isApacheSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte >= 0x09 && byte <= 0x0D && byte != UInt8(ascii: "\n"))
}

/// Whether a byte can be in the name of a section.
private func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
}
