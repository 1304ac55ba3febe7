import TestSupport
import Testing

/// Every declaration that other targets see says what a caller must know.
///
/// Exempt are initialisers (a memberwise one repeats the properties), and what a protocol of the standard library asks
/// for, which says nothing new.
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
            "    package static let naked = 1",
            "    package static func == (left: Bare, right: Bare) -> Bool { true }",
            "}",
        ]
        #expect(undocumentedDeclarations(in: text) == [5, 9])
    }
}

/// The numbers of the lines that declare something for other targets without saying what.
private func undocumentedDeclarations(in lines: [Substring]) -> [Int] {
    lines.indices.filter { declaresForOthers(lines[$0]) && !isDocumented(lines, at: $0) }.map { $0 + 1 }
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
        guard text.hasPrefix("@") || text.hasPrefix("//") || text.hasPrefix("#if") else { return false }
        above -= 1
    }
    return false
}
