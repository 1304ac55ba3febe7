extension Grammar {
    /// Tells the grammar of a file by its path and content; the confidence goes from 0, nothing known, to 1.
    ///
    /// A `.htaccess` is Apache's. Else lines are counted that only one of the grammars has: tags and directives in
    /// capital letters without an end on one side; `;`, `{` and `}` at the end of a line on the other.
    package static func detect(_ bytes: [UInt8], path: String = "") -> (grammar: Grammar, confidence: Double) {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasPrefix(".htaccess") || name.hasSuffix(".htaccess") { return (.apache, 1) }
        var apache = 0
        var nginx = 0
        var commentedApache = 0
        var commentedNginx = 0
        for line in bytes.prefix(200_000).split(separator: UInt8(ascii: "\n")).prefix(2000) {
            let line = trimmed(line)
            if line.first == UInt8(ascii: "#") {
                let vote = vote(withoutTrailingComment(trimmed(line.drop { $0 == UInt8(ascii: "#") })))
                commentedApache += vote.apache
                commentedNginx += vote.nginx
            } else {
                let vote = vote(withoutTrailingComment(line))
                apache += vote.apache
                nginx += vote.nginx
            }
        }
        // Directives in comments tell the grammar where nothing else does; prose among them makes it a guess.
        let isGuess = apache + nginx == 0
        if isGuess { (apache, nginx) = (commentedApache, commentedNginx) }
        let path = path.lowercased()
        if path.contains("nginx") { nginx += 1 }
        if path.contains("apache") || path.contains("httpd") { apache += 1 }
        guard apache + nginx > 0 else { return (.nginx, 0) }
        let confidence = Double(max(apache, nginx)) / Double(apache + nginx)
        return (apache > nginx ? .apache : .nginx, isGuess || apache + nginx == 1 ? confidence / 2 : confidence)
    }
}

/// What one line says for each grammar.
private func vote(_ line: ArraySlice<UInt8>) -> (apache: Int, nginx: Int) {
    guard let first = line.first, let last = line.last else { return (0, 0) }
    return switch (first, last) {
    case (UInt8(ascii: "<"), _): (3, 0)
    case (_, UInt8(ascii: ";")), (_, UInt8(ascii: "{")), (UInt8(ascii: "}"), _): (0, 2)
    case (_, UInt8(ascii: "}")) where line.contains(UInt8(ascii: ";")): (0, 2)
    case (UInt8(ascii: "A")...UInt8(ascii: "Z"), _): (2, 0)
    default: (0, 0)
    }
}

private func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var line = line.drop { $0 <= 0x20 || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF }
    while let last = line.last, last <= 0x20 { line.removeLast() }
    return line
}

/// A line without ` # comment` at its end, as nginx allows it.
private func withoutTrailingComment(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard let mark = line.lastIndex(of: UInt8(ascii: "#")), mark > line.startIndex, line[mark - 1] <= 0x20 else {
        return line
    }
    return trimmed(line[..<mark])
}
