import Serve
import System
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct LogFileTests {
    @Test func `a log that takes nothing loses lines, and goes on when it takes some again`() throws {
        let (ours, theirs) = try Descriptor.socketPair()
        let reader = Descriptor(owning: ours)
        for socket in [ours, theirs] { _ = fcntl(socket, F_SETFL, O_NONBLOCK) }
        let log = LogFile(path: "/full/access.log", descriptor: Descriptor(owning: theirs), lanes: 1)
        // Nobody reads: what does not fit any more is lost, and nothing waits for it.
        let line = [UInt8](repeating: 97, count: 1_000) + [10]
        for _ in 0..<10_000 { log.writeNow(line) }
        var taken: [UInt8] = []
        while reader.append(to: &taken, upTo: 1 << 20) > 0 {}
        #expect(taken.count < 10_000 * line.count)
        log.writeNow(Array("again\n".utf8))
        taken = []
        _ = reader.append(to: &taken, upTo: 1 << 20)
        #expect(taken == Array("again\n".utf8))
    }
}
