import Net
import System
import Testing

/// Two channels that are connected to each other over loopback, and the poller that watches them.
private struct Wire: ~Copyable {
    let poller: Poller
    var near: Channel
    var far: Channel

    init() throws {
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = try Descriptor.listen(on: address)
        let bound = listener.localAddress()
        let client = SocketIO.connect(to: try #require(bound))
        listener.waitUntilReadable()
        var peer = SocketAddress.unnamed
        let server = SocketIO.accept(on: listener.raw, peer: &peer)
        poller = try Poller()
        near = Channel()
        far = Channel()
        _ = near.open(client, token: Token(kind: 1, generation: 1, index: 1), poller: poller)
        _ = far.open(server, token: Token(kind: 1, generation: 1, index: 2), poller: poller)
    }

    /// Tells both channels what the poller knows.
    mutating func listen(_ milliseconds: Int32 = 10_000) throws {
        let count = try poller.wait(milliseconds: milliseconds)
        for index in 0..<count {
            let event = poller.event(index)
            if Token(rawValue: event.token).index == 1 { near.note(event.readiness) } else { far.note(event.readiness) }
        }
    }

    /// Reads on the far side until so many bytes are there, or the end.
    mutating func read(_ count: Int = .max, flushing outbox: inout Outbox) throws -> [UInt8] {
        var all: [UInt8] = []
        var buffer = ReceiveBuffer(size: 64 << 10)
        while all.count < count {
            while !far.canReceive {
                try listen()
                if !outbox.isEmpty, near.canSend { _ = outbox.flush(on: &near) }
            }
            buffer.clear()
            switch far.receive(into: &buffer) {
            case .bytes: all += buffer.bytes[..<buffer.count]
            case .nothing: break
            case .end, .failed: return all
            }
            if !outbox.isEmpty, near.canSend { _ = outbox.flush(on: &near) }
        }
        return all
    }
}

@Suite struct ChannelTests {
    @Test func `a short read empties the socket and is remembered`() throws {
        var wire = try Wire()
        while !wire.near.canSend { try wire.listen() }
        let sent = wire.near.send([1, 2, 3].span)
        #expect(sent == 3)
        while !wire.far.canReceive { try wire.listen() }
        var buffer = ReceiveBuffer(size: 1_000)
        let limited = wire.far.receive(into: &buffer, upTo: 2)
        #expect(limited == .bytes(2))
        let more = wire.far.canReceive
        #expect(more)
        let rest = wire.far.receive(into: &buffer, upTo: 2)
        #expect(rest == .bytes(1))
        let empty = wire.far.canReceive
        #expect(!empty)
        #expect(Array(buffer.bytes[..<buffer.count]) == [1, 2, 3])
    }

    @Test func `the end of the stream is seen behind the last bytes`() throws {
        var wire = try Wire()
        while !wire.near.canSend { try wire.listen() }
        _ = wire.near.send([1].span)
        wire.near.finishWriting()
        while !wire.far.peerHasFinished { try wire.listen() }
        var buffer = ReceiveBuffer(size: 1_000)
        let first = wire.far.receive(into: &buffer)
        #expect(first == .bytes(1))
        let again = wire.far.canReceive
        #expect(again)
        let end = wire.far.receive(into: &buffer)
        #expect(end == .end)
    }

    @Test func `an aborted connection is told apart from a finished one`() throws {
        var wire = try Wire()
        wire.near.close(aborting: true)
        while !wire.far.canReceive { try wire.listen() }
        var buffer = ReceiveBuffer(size: 1_000)
        let receipt = wire.far.receive(into: &buffer)
        #expect(receipt == .failed(104))
    }

    @Test func `what a full socket does not take waits in order`() throws {
        var wire = try Wire()
        while !wire.near.canSend { try wire.listen() }
        var outbox = Outbox()
        var expected: [UInt8] = []
        var waits = 0
        for round in 0..<40 {
            let head = [UInt8](repeating: UInt8(round), count: 300)
            let body = [UInt8](repeating: UInt8(round + 100), count: 400_000 + round)
            expected += head + body
            let outcome = outbox.send(head.span, body.span, on: &wire.near)
            if outcome == .waits { waits += 1 }
            #expect(outcome == .waits || outcome == .flushed)
        }
        #expect(waits > 0)
        let all = try wire.read(expected.count, flushing: &outbox)
        #expect(all == expected)
        let isEmpty = outbox.isEmpty
        #expect(isEmpty)
        let waiting = outbox.waiting
        #expect(waiting == 0)
    }

    @Test func `parts of files go out between bytes and are closed`() throws {
        var wire = try Wire()
        while !wire.near.canSend { try wire.listen() }
        let path: FilePath = FilePath("/tmp/sluice-outbox-\(ChildProcess.current)")
        let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try Files.write(content, to: path)
        defer { try? Files.remove(path) }
        let file = try Descriptor.open(path, .read).release()
        var outbox = Outbox()
        outbox.add([1, 2].span)
        outbox.add(file: file, from: 10, count: 2_500_000, closing: true)
        outbox.add([3])
        var outcome = outbox.flush(on: &wire.near)
        #expect(outcome == .waits)
        let expected = [1, 2] + content[10..<2_500_010] + [3]
        let all = try wire.read(expected.count, flushing: &outbox)
        #expect(all == expected)
        outcome = outbox.flush(on: &wire.near)
        #expect(outcome == .flushed)
        // Another test may have the number by now, but for another file.
        let inode = try Files.status(of: path).inode
        #expect(Descriptor.statusRaw(file)?.inode != inode)
    }

    @Test func `a file that has become shorter is an error, not an endless wait`() throws {
        var wire = try Wire()
        while !wire.near.canSend { try wire.listen() }
        let path: FilePath = FilePath("/tmp/sluice-short-\(ChildProcess.current)")
        try Files.write([1, 2, 3], to: path)
        defer { try? Files.remove(path) }
        let file = try Descriptor.open(path, .read).release()
        var outbox = Outbox()
        outbox.add(file: file, from: 0, count: 10, closing: true)
        var outcome = outbox.flush(on: &wire.near)
        while outcome == .waits {
            if !wire.near.canSend { try wire.listen() }
            outcome = outbox.flush(on: &wire.near)
        }
        #expect(outcome == .failed(0))
    }

    @Test func `kept bytes stand before what is received`() {
        var buffer = ReceiveBuffer(size: 10)
        buffer.start(with: [1, 2, 3])
        let count = buffer.count
        #expect(count == 3)
        #expect(Array(buffer.bytes[..<3]) == [1, 2, 3])
        buffer.start(with: Array(repeating: 9, count: 10))
        let isFull = buffer.isFull
        #expect(isFull)
        buffer.clear()
        let none = buffer.count
        #expect(none == 0)
    }
}
