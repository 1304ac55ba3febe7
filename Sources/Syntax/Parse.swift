package import Source

extension SyntaxTree {
    /// Reads a configuration; never fails, whatever the bytes are.
    ///
    /// What is wrong is in `diagnostics`, all of it: reading goes on behind each error. A file whose blocks do not
    /// balance is read a second time, with indentation and names telling which closing is missing.
    package static func parse(_ bytes: [UInt8], file: FileID, grammar: Grammar) -> SyntaxTree {
        switch grammar {
        case .apache: parseApache(bytes, file: file)
        case .nginx: parseNginx(bytes, file: file)
        }
    }
}

extension TreeBuilder {
    /// Takes a byte order mark at the begin of the text, and reports it.
    mutating func addByteOrderMark(server: String) {
        guard bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
        add(.byteOrderMark, upTo: 3)
        report(
            .byteOrderMark, .error, "the file begins with a byte order mark", at: 0..<3,
            why: "\(server) takes the three bytes for the beginning of the first name and refuses the file",
            help: "save the file as UTF-8 without a byte order mark",
            fix: fix("remove the byte order mark", replace: 0..<3, with: ""))
    }

    /// Reports bytes in a word that look like something else on a screen.
    mutating func checkLookalikes(in word: Range<Int>, isName: Bool, isQuoted: Bool) {
        var offset = word.lowerBound
        while offset < word.upperBound {
            let byte = bytes[offset]
            offset += 1
            guard byte == 0 || byte == 0xC2 || byte == 0xE2 else { continue }
            let start = offset - 1
            if byte == 0 {
                report(
                    .nulByte, .error, "a NUL byte in the text", at: start..<offset,
                    why: "no name, path or address can hold one; the file is probably damaged or not UTF-8",
                    help: "save the file as UTF-8")
                return
            }
            if isQuoted { continue }
            if byte == 0xC2, offset < word.upperBound, bytes[offset] == 0xA0 {
                reportNonBreakingSpace(at: start..<offset + 1, isName: isName)
                return
            }
            if byte == 0xE2, start == word.lowerBound, offset + 1 < word.upperBound, bytes[offset] == 0x80,
                (0x98...0x9F).contains(bytes[offset + 1])
            {
                reportCurlyQuote(at: start..<offset + 2)
                return
            }
        }
    }

    private mutating func reportNonBreakingSpace(at range: Range<Int>, isName: Bool) {
        report(
            .nonBreakingSpace, isName ? .error : .warning, "a non-breaking space (U+00A0) is part of the word",
            at: range, why: "it looks like a space, yet to the server it is a letter",
            help: "put a plain space in its place; it often comes from copying out of a web page",
            fix: fix("put a plain space in its place", replace: range, with: " ", isSafe: isName))
    }

    private mutating func reportCurlyQuote(at range: Range<Int>) {
        let isSingle = bytes[range.upperBound - 1] < 0x9C
        let plain = isSingle ? "'" : "\""
        report(
            .curlyQuote, .warning, "a typographic quote quotes nothing", at: range,
            why: "the server takes it for a letter, and splits the text at its blanks",
            help: "write \(plain); word processors and web pages change it",
            fix: fix("put a plain quote in its place", replace: range, with: plain, isSafe: false))
    }
}
