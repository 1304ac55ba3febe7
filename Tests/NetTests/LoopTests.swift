import Net
import Synchronization
import System
import Testing

@Suite struct LoopTests {
    @Test func `connections are accepted by their listener until nobody waits`() throws {
        var loop = try EventLoop()
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = try Descriptor.listen(on: address)
        let bound = listener.localAddress()
        var acceptor = Acceptor(kind: 9)
        try acceptor.listen(on: [.init(socket: listener.raw, number: 5)], poller: loop.poller)
        let client = Descriptor(owning: SocketIO.connect(to: try #require(bound)))
        let count = try loop.wait(atMost: 10_000)
        #expect(count == 1)
        let event = loop.event(0)
        #expect(event.token.kind == 9 && event.token.index == 0)
        var peer = SocketAddress.unnamed
        guard case .accepted(let socket) = acceptor.accept(at: 0, peer: &peer) else {
            Issue.record("nobody was there")
            return
        }
        SocketIO.close(socket)
        #expect(peer.family == .v4)
        let nobody = acceptor.accept(at: 0, peer: &peer)
        #expect(nobody == .nobody)
        _ = client.raw
    }

    @Test func `a paused acceptor leaves connections in the backlog`() throws {
        var loop = try EventLoop()
        let address = try #require(SocketAddress(numeric: "127.0.0.1", port: 0))
        let listener = try Descriptor.listen(on: address)
        let bound = listener.localAddress()
        var acceptor = Acceptor(kind: 9)
        try acceptor.listen(on: [.init(socket: listener.raw, number: 5)], poller: loop.poller)
        acceptor.pause(loop.poller)
        let client = Descriptor(owning: SocketIO.connect(to: try #require(bound)))
        listener.waitUntilReadable()
        let silent = try loop.wait(atMost: 0)
        #expect(silent == 0)
        try acceptor.resume(loop.poller)
        let count = try loop.wait(atMost: 10_000)
        #expect(count == 1)
        _ = client.raw
    }

    @Test func `a mailbox wakes its loop and keeps the order of messages`() throws {
        var loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        _ = loop.poller.add(mailbox.raw, .reading, token: 1)
        let thread = try Thread.start { for number in 0..<1_000 { mailbox.post(number) } }
        var received: [Int] = []
        while received.count < 1_000 {
            let count = try loop.wait(atMost: 10_000)
            #expect(count == 1)
            received += mailbox.take()
        }
        thread.join()
        #expect(received == Array(0..<1_000))
    }

    @Test func `blocking jobs run beside the loop and report to it`() throws {
        var loop = try EventLoop()
        let mailbox = try Mailbox<Int>()
        _ = loop.poller.add(mailbox.raw, .reading, token: 1)
        let jobs = try BlockingJobs(threads: 3)
        for number in 0..<200 {
            let isTaken = jobs.run { mailbox.post(number) }
            #expect(isTaken)
        }
        var received: Set<Int> = []
        while received.count < 200 {
            _ = try loop.wait(atMost: 10_000)
            received.formUnion(mailbox.take())
        }
        jobs.close()
        let refused = jobs.run {}
        #expect(!refused)
    }

    @Test func `scheduled work keeps the loop from sleeping`() throws {
        var loop = try EventLoop()
        let token = Token(kind: 1, generation: 1, index: 4)
        loop.schedule(token)
        let count = try loop.wait()
        #expect(count == 0)
        let scheduled = loop.takeScheduled()
        #expect(scheduled == [token])
        loop.giveBack(scheduled: scheduled)
        let none = loop.takeScheduled()
        #expect(none.isEmpty)
    }

    @Test func `the pool hands out the connection used last, up to its limit`() throws {
        var pool = IdlePool()
        let key = pool.key(for: try #require(SocketAddress(numeric: "127.0.0.1", port: 80)))
        let same = pool.key(for: try #require(SocketAddress(numeric: "127.0.0.1", port: 80)))
        let other = pool.key(for: try #require(SocketAddress(numeric: "127.0.0.1", port: 81)))
        #expect(key == same && key != other)
        let tokens = (0..<3).map { Token(kind: 2, generation: 1, index: UInt32($0)) }
        var evicted = tokens.map { pool.put($0, key: key, limit: 2) }
        #expect(evicted == [nil, nil, tokens[0]])
        let last = pool.take(key)
        #expect(last == tokens[2])
        let nothing = pool.take(other)
        #expect(nothing == nil)
        pool.remove(tokens[1], key: key)
        let empty = pool.take(key)
        #expect(empty == nil)
        evicted = [pool.put(tokens[0], key: key, limit: 0)]
        #expect(evicted == [tokens[0]])
    }

    @Test func `a connection is taken out from the middle of the pool, and its place is used again`() throws {
        var pool = IdlePool()
        let keys = try (80..<83).map { pool.key(for: try #require(SocketAddress(numeric: "127.0.0.1", port: $0))) }
        var expected: [[Token]] = [[], [], []]
        for number in 0..<600 as Range<UInt32> {
            let token = Token(kind: 2, generation: 1, index: number)
            let at = Int(number * 7 % 3)
            _ = pool.put(token, key: keys[at], limit: 1_000)
            expected[at].append(token)
            if number % 2 == 1 {
                let from = Int(number * 5 % 3)
                guard !expected[from].isEmpty else { continue }
                let removed = expected[from].remove(at: expected[from].count / 2)
                pool.remove(removed, key: keys[from])
            }
        }
        for (place, key) in keys.enumerated() {
            let count = pool.count(key)
            #expect(count == expected[place].count)
            while let token = pool.take(key) { #expect(token == expected[place].popLast()) }
        }
        let rest = pool.removeAll()
        #expect(expected == [[], [], []] && rest.isEmpty)
    }
}
