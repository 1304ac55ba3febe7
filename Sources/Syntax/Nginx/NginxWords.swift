import Source

/// Unquotes a word as `ngx_conf_read_token` of nginx's core/ngx_conf_file.c does, quoted or not.
///
/// A backslash before a quote or a backslash goes; `\t`, `\r` and `\n` are the control characters; every other
/// backslash stays, for regular expressions.
func nginxWord(_ word: ArraySlice<UInt8>, kind: TokenKind) -> String {
    var word = word
    if kind != .bare {
        let quote = word.popFirst()
        if endsUnescaped(word, with: quote) { word.removeLast() }
    }
    guard word.contains(UInt8(ascii: "\\")) else { return String(configuration: word) }
    var text: [UInt8] = []
    text.reserveCapacity(word.count)
    var offset = word.startIndex
    while offset < word.endIndex {
        let byte = word[offset]
        offset += 1
        guard byte == UInt8(ascii: "\\"), offset < word.endIndex else {
            text.append(byte)
            continue
        }
        let next = word[offset]
        offset += 1
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): text.append(next)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "n"): text.append(0x0A)
        default:
            // The byte behind a kept backslash is looked at on its own; it is no backslash, so it stays too.
            text.append(byte)
            text.append(next)
        }
    }
    return String(configuration: text)
}

/// Whether the text ends in its closing quote: a quote that no backslash takes away.
private func endsUnescaped(_ text: ArraySlice<UInt8>, with quote: UInt8?) -> Bool {
    guard let quote, text.last == quote else { return false }
    return text.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
}
