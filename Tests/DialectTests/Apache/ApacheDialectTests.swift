import Apache
import Language
import Source
import TestSupport
import Testing

/// The tables, and that no input breaks anything.
struct ApacheDialectTests {
    @Test func `every directive is listed once for each module, with a sentence`() {
        var seen: Set<String> = []
        for directive in ApacheDialect().directives {
            #expect(seen.insert(directive.module + " " + directive.name.lowercased()).inserted, "\(directive.name)")
            #expect(directive.summary.hasSuffix("."), "\(directive.name)")
            #expect(!directive.contexts.isEmpty, "\(directive.name)")
        }
        #expect(seen.count > 650)
    }

    @Test func `each rule finds its bad example, and nothing in its good one`() {
        // What rules over a whole configuration find is lint's own matter.
        for rule in ApacheDialect().rules where rule.check == nil {
            for example in rule.examples {
                let bad = ApacheCase(example.bad, isMain: false)
                #expect(bad.diagnostics.map(\.rule) == [rule.id], "\(rule.id)")
                let line = bad.diagnostics.first?.range.map { bad.reading.sources.position(of: $0).line }
                #expect(line == example.line, "\(rule.id)")
                #expect(ApacheCase(example.good, isMain: false).diagnostics.isEmpty, "\(rule.id)")
            }
        }
    }

    @Test func `no change to the repository's configurations breaks reading or lowering`() throws {
        let all =
            Repository.files(below: "fixtures", suffix: ".conf") + Repository.files(below: "samples", suffix: ".conf")
        let files = all.filter { !$0.path.contains("nginx") }
        var random = SplitMix(seed: 7)
        for file in files {
            let text = Array(try file.text().utf8)
            for _ in 0..<3 {
                let changed = String(configuration: mutated(text, &random))
                let apache = ApacheCase(changed, isMain: false)
                #expect(apache.diagnostics.allSatisfy { $0.range != nil }, "\(file.path)")
            }
        }
    }

    /// Drops, doubles or swaps stretches of a text.
    private func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<6 where bytes.count > 20 {
            let start = Int.random(in: 0..<bytes.count - 10, using: &random)
            let stretch = start..<start + Int.random(in: 1..<10, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(stretch)
            case 1: bytes.insert(contentsOf: bytes[stretch], at: start)
            case 2: bytes.insert(contentsOf: Array("\"'\\\n<>${%".utf8).shuffled(using: &random), at: start)
            default: bytes.swapAt(start, stretch.upperBound)
            }
        }
        return bytes
    }
}

/// A generator whose numbers follow from its seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
