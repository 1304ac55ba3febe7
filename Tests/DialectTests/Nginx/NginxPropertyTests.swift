import IR
import Language
import Nginx
import Source
import TestSupport
import Testing

/// What holds for any text.
struct NginxPropertyTests {
    @Test(arguments: Repository.files(below: "fixtures", suffix: ".conf"))
    func `no change of a text crashes reading or lowering`(_ file: RepositoryFile) throws {
        let original = Array(try file.text().utf8)
        guard !original.isEmpty, original.count < 20_000 else { return }
        var generator = SeededGenerator(seed: UInt64(original.count))
        for _ in 0..<40 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&bytes, &generator) }
            let entry = ReadEntry(path: "x.conf", bytes: bytes, isMain: Bool.random(using: &generator))
            let dialect = NginxDialect()
            let reading = dialect.read(ReadRequest(entries: [entry], files: .memory([:]), version: "nginx-1.31"))
            let lowered = dialect.lower(reading)
            for diagnostic in reading.diagnostics + lowered.diagnostics {
                if let range = diagnostic.range { #expect(range.end <= bytes.count) }
            }
        }
    }

    private func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes.remove(at: place)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.insert(contentsOf: Array(" {};\"'$\\~=@()".utf8).shuffled(using: &generator).prefix(2), at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        default:
            let end = min(bytes.count, place + 40)
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
        }
    }

    @Test func `every directive says what it does, and no module has one twice in one place`() {
        var seen: Set<String> = []
        for directive in NginxDialect().directives {
            #expect(directive.summary.hasSuffix("."), "\(directive.name)")
            for context in directive.contexts {
                #expect(seen.insert("\(directive.name) \(context) \(directive.summary)").inserted, "\(directive.name)")
            }
        }
        #expect(NginxDialect().directives.count > 700)
    }
}
