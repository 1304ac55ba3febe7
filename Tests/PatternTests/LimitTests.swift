import Pattern
import Testing

struct LimitTests {
    @Test(arguments: ["^(a+)+$", "^(a|aa)+$", "^(.*a){20}$", "(x+x+)+[yz]"])
    func `a catastrophic pattern is given up, not called a miss`(text: String) throws {
        var scratch = MatchScratch()
        let subject = String(repeating: text.contains("x") ? "x" : "a", count: 60) + "!"
        let outcome = try CompiledPattern(text).match(subject, &scratch)
        #expect(outcome == .exceeded)
        #expect(scratch.count == 0)
    }

    @Test func `the scratch works on after a match was given up`() throws {
        var scratch = MatchScratch()
        let hostile = try CompiledPattern("^(a+)+$")
        let plain = try CompiledPattern("b")
        #expect(hostile.match(String(repeating: "a", count: 40) + "!", &scratch) == .exceeded)
        #expect(plain.match("abc", &scratch) == .matched)
        #expect(scratch[0] == 1..<2)
    }

    @Test func `an ordinary pattern matches a subject of many kilobytes`() throws {
        var scratch = MatchScratch()
        let subject = "/" + String(repeating: "ab", count: 8_000)
        #expect(try CompiledPattern("^/(a|b)*$").match(subject, &scratch) == .matched)
        #expect(try CompiledPattern("^/(.*)$").match(subject, &scratch) == .matched)
        #expect(try CompiledPattern(#"\.php(/|$)"#).match(subject, &scratch) == .unmatched)
    }

    @Test func `tighter limits give up sooner`() throws {
        let pattern = try CompiledPattern("^(a|b)*[cd]")
        let subject = String(repeating: "ab", count: 50)
        var wide = MatchScratch()
        var narrow = MatchScratch(limits: MatchLimits(steps: 10, depth: 10, heap: 1, stack: 32))
        #expect(pattern.match(subject, &wide) == .unmatched)
        #expect(pattern.match(subject, &narrow) == .exceeded)
    }

    @Test func `one pattern serves several threads`() async throws {
        let pattern = try CompiledPattern("^/(?<name>[a-z]+)/([0-9]+)$")
        let good = await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var scratch = MatchScratch()
                    return (0..<500).allSatisfy { turn in
                        let outcome = pattern.match("/worker/\(worker * 1000 + turn)", &scratch)
                        return outcome == .matched && scratch[1] == 1..<7
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        #expect(good)
    }
}
