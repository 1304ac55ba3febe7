import Pattern
import Testing

struct CompilationTests {
    @Test func `a broken pattern is refused with PCRE2's words and the place`() {
        let error = #expect(throws: PatternError.self) { try CompiledPattern("/api/(a|b") }
        #expect(error?.message == "missing closing parenthesis")
        #expect(error?.offset == 9)
    }

    @Test func `groups are counted and named`() throws {
        let pattern = try CompiledPattern(#"^/(?<kind>\w+)/(\d+)/(?<rest>.*)$"#)
        #expect(pattern.groupCount == 3)
        #expect(pattern.namedGroups == ["kind": 1, "rest": 3])
    }

    @Test func `two groups may share a name only when that is permitted`() throws {
        #expect(throws: PatternError.self) { try CompiledPattern("(?<x>a)|(?<x>b)", options: .nginx) }
        let pattern = try CompiledPattern("(?<x>a)|(?<x>b)", options: .apache)
        #expect(pattern.namedGroups == ["x": 1])
    }

    @Test func `a pattern keeps what it was made of`() throws {
        let pattern = try CompiledPattern("(*UTF8)é", options: [.ignoresCase])
        #expect(pattern.source == Array("(*UTF8)é".utf8))
        #expect(pattern.options == [.ignoresCase])
    }

    @Test func `a pattern may hold any byte, also zero`() throws {
        var scratch = MatchScratch()
        let pattern = try CompiledPattern([0x00, 0xFF])
        #expect(pattern.match([0x61, 0x00, 0xFF] as [UInt8], &scratch) == .matched)
        #expect(scratch[0] == 1..<3)
    }

    @Test(arguments: ["", "(", "[", "\\", "(*", "(*UTF8", "(*UTF8)(", "(?<", "a{2,1}", "*", "(?"])
    func `no pattern stops the compiler`(text: String) {
        _ = try? CompiledPattern(text)
    }
}

extension CompiledPattern {
    /// Matches bytes that stand in an array.
    func match(_ bytes: [UInt8], _ scratch: inout MatchScratch) -> MatchOutcome {
        match(bytes.span, using: &scratch)
    }

    /// Matches the bytes of a text.
    func match(_ text: String, _ scratch: inout MatchScratch) -> MatchOutcome {
        match(Array(text.utf8), &scratch)
    }
}
