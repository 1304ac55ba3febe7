import TestSupport
import Testing

/// Every declaration that other targets see says what a caller must know.
///
/// Exempt are initialisers (a memberwise one repeats the properties) and what a protocol asks for, where the protocol
/// has said it: members of an extension that conforms to one, and the usual ones of the standard library. Constants and
/// variables that follow one another without a gap share the comment of the first.
struct DocumentationCommentTests {
    @Test(arguments: ImportTests.permitted.keys.sorted())
    func `every package declaration has a doc comment`(target: String) throws {
        for file in Repository.files(below: "Sources/\(target)", suffix: ".swift") {
            for line in undocumentedDeclarations(in: try file.lines()) {
                Issue.record("\(file.path):\(line) has no doc comment")
            }
        }
    }

    @Test func `a declaration is documented by the comment above it, attributes between them`() {
        let text: [Substring] = [
            "/// Says something.",
            "@inlinable",
            "package func documented() {}",
            "",
            "package struct Bare {",
            "    package init() {}",
            "    /// Says something.",
            "    package var fine: Int",
            "",
            "    package static let naked = 1",
            "    package static func == (left: Bare, right: Bare) -> Bool { true }",
            "}",
        ]
        #expect(undocumentedDeclarations(in: text) == [5, 10])
    }

    @Test func `a run of properties shares a comment, and a conformance needs none`() {
        let text: [Substring] = [
            "extension A: Sequence {",
            "    package func makeIterator() {}",
            "    package func again() {}",
            "}",
            "extension A {",
            "    package func bare() {}",
            "    /// The size.",
            "    package let width: Int",
            "    package let height: Int",
            "",
            "    package let depth: Int",
            "}",
        ]
        #expect(undocumentedDeclarations(in: text) == [6, 11])
    }
}

/// The numbers of the lines that declare something for other targets without saying what.
private func undocumentedDeclarations(in lines: [Substring]) -> [Int] {
    var inConformance = false
    return lines.indices.filter { index in
        let line = lines[index]
        if line.first?.isWhitespace == false { inConformance = isConformance(line) }
        return !inConformance && declaresForOthers(line) && !isDocumented(lines, at: index)
    }.map { $0 + 1 }
}

/// Whether a line begins an extension that adds a protocol.
private func isConformance(_ line: Substring) -> Bool {
    let head = line.prefix { $0 != "{" }
    guard head.split(whereSeparator: \.isWhitespace).contains("extension") else { return false }
    return (head.firstRange(of: " where ").map { head[..<$0.lowerBound] } ?? head).contains(":")
}

private func isProperty(_ line: Substring) -> Bool {
    let words = line.split(whereSeparator: \.isWhitespace)
    return words.first == "package" && (words.contains("let") || words.contains("var"))
}

private func declaresForOthers(_ line: Substring) -> Bool {
    var words = line.split(whereSeparator: { $0.isWhitespace || "(:<{=".contains($0) })
    while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
    guard words.first?.hasPrefix("package") == true else { return false }
    let kinds: Set<Substring> = [
        "func", "var", "let", "subscript", "struct", "class", "enum", "protocol", "typealias", "actor", "macro",
    ]
    guard let kind = words.firstIndex(where: kinds.contains), kind <= 5 else { return false }
    let witnesses: Set<Substring> = [
        "hash", "description", "debugDescription", "rawValue", "makeIterator", "next", "RawValue", "Element",
    ]
    let isOperator = words[kind] == "func" && line.contains { "=<>".contains($0) } && isOperatorName(line)
    return !isOperator && !(words.dropFirst(kind + 1).first.map(witnesses.contains) ?? false)
}

private func isOperatorName(_ line: Substring) -> Bool {
    guard let name = line.firstRange(of: "func ") else { return false }
    return line[name.upperBound...].first.map { !$0.isLetter && $0 != "_" && $0 != "`" } ?? false
}

private func isDocumented(_ lines: [Substring], at declaration: Int) -> Bool {
    var above = declaration - 1
    while above >= 0 {
        let text = lines[above].drop { $0.isWhitespace }
        if text.hasPrefix("///") { return true }
        if isProperty(lines[declaration]), isProperty(text) { return isDocumented(lines, at: above) }
        guard text.hasPrefix("@") || text.hasPrefix("//") || text.hasPrefix("#if") else { return false }
        above -= 1
    }
    return false
}
