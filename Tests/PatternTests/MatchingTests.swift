import Pattern
import Testing

struct MatchingTests {
    private func outcome(_ pattern: String, _ options: PatternOptions, _ subject: String) throws -> MatchOutcome {
        var scratch = MatchScratch()
        return try CompiledPattern(pattern, options: options).match(subject, &scratch)
    }

    @Test func `groups are offsets into the subject`() throws {
        var scratch = MatchScratch()
        let pattern = try CompiledPattern("/user/([a-z]+)(/edit)?")
        #expect(pattern.match("/app/user/ann?x", &scratch) == .matched)
        #expect(scratch.count == 3)
        #expect(scratch[0] == 4..<13)
        #expect(scratch[1] == 10..<13)
        #expect(scratch[2] == nil)
        #expect(scratch[3] == nil)
        #expect(scratch[-1] == nil)
    }

    @Test func `a miss leaves no groups of an earlier match behind`() throws {
        var scratch = MatchScratch()
        let pattern = try CompiledPattern("(a)")
        #expect(pattern.match("a", &scratch) == .matched)
        #expect(pattern.match("b", &scratch) == .unmatched)
        #expect(scratch.count == 0)
        #expect(scratch[0] == nil)
    }

    @Test func `one scratch serves patterns of any number of groups`() throws {
        var scratch = MatchScratch()
        let many = try CompiledPattern(String(repeating: "(a)", count: 40))
        let few = try CompiledPattern("(b)")
        #expect(many.match(String(repeating: "a", count: 40), &scratch) == .matched)
        #expect(scratch[40] == 39..<40)
        #expect(few.match("ab", &scratch) == .matched)
        #expect(scratch.count == 2)
        #expect(scratch[1] == 1..<2)
    }

    @Test func `an empty subject can match`() throws {
        #expect(try outcome("^$", .nginx, "") == .matched)
        #expect(try outcome(".", .nginx, "") == .unmatched)
    }

    @Test func `a dot crosses a newline only with Apache's options`() throws {
        #expect(try outcome("^/a(.*)b$", .apache, "/a\nb") == .matched)
        #expect(try outcome("^/a(.*)b$", .nginx, "/a\nb") == .unmatched)
    }

    @Test func `a dollar ends before a final newline only with nginx's options`() throws {
        #expect(try outcome("^/dol$", .apache, "/dol\n") == .unmatched)
        #expect(try outcome("^/dol$", .nginx, "/dol\n") == .matched)
        #expect(try outcome("^/dol$", .apache, "/dol") == .matched)
    }

    @Test func `case is ignored only when asked for`() throws {
        #expect(try outcome(#"\.PNG$"#, .nginx, "/x.png") == .unmatched)
        #expect(try outcome(#"\.PNG$"#, [.ignoresCase], "/x.png") == .matched)
    }

    @Test func `lines and white space are read as asked`() throws {
        #expect(try outcome("^b$", .nginx, "a\nb\nc") == .unmatched)
        #expect(try outcome("^b$", .multiline, "a\nb\nc") == .matched)
        #expect(try outcome("a b # both", .extended, "ab") == .matched)
    }

    @Test func `a dot is one byte, and one character when the pattern asks for UTF`() throws {
        #expect(try outcome("^.$", .nginx, "é") == .unmatched)
        #expect(try outcome("^..$", .nginx, "é") == .matched)
        #expect(try outcome("(*UTF8)^.$", .nginx, "é") == .matched)
        #expect(try outcome("(*UTF)^.$", .nginx, "é") == .matched)
        #expect(try outcome("(*UCP)(*UTF8)^É$", .ignoresCase, "é") == .matched)
    }

    @Test func `bytes that are not UTF-8 are no error in UTF mode`() throws {
        var scratch = MatchScratch()
        let pattern = try CompiledPattern("(*UTF8)/ok")
        #expect(pattern.match([0xFF] + Array("/ok".utf8), &scratch) == .matched)
        #expect(pattern.match([0x2F, 0xFF, 0x6F, 0x6B], &scratch) == .unmatched)
    }
}
