import Source

/// Unquotes a word as `ap_getword_conf` and `substring_conf` of httpd's server/util.c do.
///
/// In quotes `\\` and a backslash before that quote lose the backslash; without quotes only `\\` does. `${VAR}` stays.
func apacheWord(_ word: ArraySlice<UInt8>, kind: TokenKind) -> String {
    let quote: UInt8? =
        switch kind {
        case .doubleQuoted: UInt8(ascii: "\"")
        case .singleQuoted: UInt8(ascii: "'")
        default: nil
        }
    guard quote != nil || word.contains(UInt8(ascii: "\\")) else { return String(configuration: word) }
    let joined = withoutContinuations(word)
    var text: [UInt8] = []
    text.reserveCapacity(joined.count)
    var offset = joined.startIndex + (quote == nil ? 0 : 1)
    while offset < joined.endIndex {
        let byte = joined[offset]
        offset += 1
        if byte == UInt8(ascii: "\\"), offset < joined.endIndex,
            joined[offset] == UInt8(ascii: "\\") || joined[offset] == quote
        {
            text.append(joined[offset])
            offset += 1
        } else if byte == quote {
            break
        } else {
            text.append(byte)
        }
    }
    return String(configuration: text)
}

/// The text with every backslash before a line end taken out together with the line end (`ap_cfg_getline`).
func withoutContinuations(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard text.contains(UInt8(ascii: "\n")) else { return text }
    var joined: [UInt8] = []
    joined.reserveCapacity(text.count)
    var offset = text.startIndex
    while offset < text.endIndex {
        if let length = continuationLength(text, at: offset) {
            offset += length
        } else {
            joined.append(text[offset])
            offset += 1
        }
    }
    return joined[...]
}

/// The length of the line continuation at an offset: a backslash and the line end directly behind it.
@inline(__always)
func continuationLength(_ text: ArraySlice<UInt8>, at offset: Int) -> Int? {
    guard text[offset] == UInt8(ascii: "\\"), offset + 1 < text.endIndex else { return nil }
    if text[offset + 1] == UInt8(ascii: "\n") { return 2 }
    guard text[offset + 1] == UInt8(ascii: "\r"), offset + 2 < text.endIndex else { return nil }
    return text[offset + 2] == UInt8(ascii: "\n") ? 3 : nil
}
