import System
import Testing

@Suite struct SocketTests {
    private let loopback = SocketAddress(numeric: "127.0.0.1", port: 0)

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1:80"), ("0.0.0.0", "0.0.0.0:80"), ("::1", "[::1]:80"),
        ("2001:db8::A", "[2001:db8::a]:80"),
        ("255.1.20.3", "255.1.20.3:80"),
    ])
    func `a numeric address is printed as it is written`(text: String, printed: String) throws {
        let address = try #require(SocketAddress(numeric: text, port: 80))
        #expect(address.description == printed)
        #expect(address == SocketAddress(numeric: text.lowercased(), port: 80))
    }

    @Test(arguments: ["localhost", "", "1.2.3", "1.2.3.4.5", "::g", "[::1]", "1.2.3.4 "])
    func `what is no numeric address is none`(text: String) {
        #expect(SocketAddress(numeric: text, port: 1) == nil)
    }

    @Test func `octets are in network order`() {
        #expect(SocketAddress(numeric: "1.2.3.4", port: 1)?.octets == [1, 2, 3, 4])
        #expect(SocketAddress(numeric: "102:304::1", port: 1)?.octets.prefix(4) == [1, 2, 3, 4])
        #expect(SocketAddress(numeric: "102:304::1", port: 1)?.octets.last == 1)
    }

    @Test(arguments: [Descriptor.ListenOptions(), .reusePort])
    func `a port in use is found when listening`(options: Descriptor.ListenOptions) throws {
        let first = try Descriptor.listen(on: try #require(loopback))
        let bound = first.localAddress()
        let address = try #require(bound)
        do {
            _ = try Descriptor.listen(on: address, options: options)
            Issue.record("the port was taken")
        } catch {
            #expect(error.description == "cannot listen on \(address): Address already in use")
        }
    }

    @Test func `bytes go both ways, together or in two pieces`() throws {
        let listener = try Descriptor.listen(on: try #require(loopback))
        let bound = listener.localAddress()
        let address = try #require(bound)
        let client = Descriptor(owning: SocketIO.connect(to: address))
        #expect(client.raw >= 0)
        var peer = SocketAddress.unnamed
        let server = Descriptor(owning: SocketIO.accept(on: listener.raw, peer: &peer))
        #expect(server.raw >= 0)
        let near = client.localAddress()
        #expect(peer == near)
        #expect(SocketIO.isQuiet(server.raw))
        #expect(SocketIO.send([1, 2].span, [3].span, on: client.raw) == 3)
        server.waitUntilReadable()
        #expect(!SocketIO.isQuiet(server.raw))
        var bytes: [UInt8] = []
        let answer1 = server.append(to: &bytes, upTo: 100)
        #expect(answer1 == 3)
        #expect(bytes == [1, 2, 3])
        let answer2 = server.append(to: &bytes, upTo: 100)
        #expect(answer2 == SocketIO.wouldBlock)
        SocketIO.finishWriting(on: client.raw)
        server.waitUntilReadable()
        let answer3 = server.append(to: &bytes, upTo: 100)
        #expect(answer3 == 0)
    }

    @Test func `a part of a file is sent without reading it`() throws {
        let folder = try Folder()
        let file = try Descriptor.open(try folder.write("0123456789", to: "a"), .read)
        let (a, b) = try Descriptor.socketPair()
        let near = Descriptor(owning: a)
        let far = Descriptor(owning: b)
        #expect(SocketIO.sendFile(file.raw, from: 3, count: 4, on: near.raw) == 4)
        var bytes: [UInt8] = []
        _ = far.append(to: &bytes, upTo: 100)
        #expect(bytes == Array("3456".utf8))
    }

    @Test func `a connection to nobody tells why it failed`() throws {
        let address: SocketAddress
        do {
            let listener = try Descriptor.listen(on: try #require(loopback))
            let bound = listener.localAddress()
            address = try #require(bound)
        }
        let raw = SocketIO.connect(to: address)
        if raw >= 0 {
            let socket = Descriptor(owning: raw)
            socket.waitUntilReadable()
            #expect(SocketIO.pendingError(on: socket.raw) == 111)
        } else {
            #expect(raw == -111)
        }
    }

    @Test func `a poller tells each change once`() throws {
        let poller = try Poller()
        let (a, b) = try Descriptor.socketPair()
        let near = Descriptor(owning: a)
        let far = Descriptor(owning: b)
        let answer4 = poller.add(near.raw, .edges, token: 42)
        #expect(answer4 == 0)
        let answer5 = try poller.wait(milliseconds: 1_000)
        #expect(answer5 == 1)
        let answer6 = poller.event(0)
        #expect(answer6.token == 42)
        let answer7 = poller.event(0)
        #expect(answer7.readiness == .writable)
        let answer8 = try poller.wait(milliseconds: 0)
        #expect(answer8 == 0)
        _ = far.write([1].span)
        let answer9 = try poller.wait(milliseconds: 1_000)
        #expect(answer9 == 1)
        let answer10 = poller.event(0)
        #expect(answer10.readiness == [.readable, .writable])
        SocketIO.finishWriting(on: far.raw)
        let answer11 = try poller.wait(milliseconds: 1_000)
        #expect(answer11 == 1)
        let answer12 = poller.event(0)
        #expect(answer12.readiness.contains(.peerClosed))
    }

    @Test func `another thread wakes a poller`() throws {
        let poller = try Poller()
        let wakeup = try Wakeup()
        let answer13 = poller.add(wakeup.raw, .reading, token: 1)
        #expect(answer13 == 0)
        let (a, b) = try Descriptor.socketPair()
        let far = Descriptor(owning: b)
        let thread = try Thread.start {
            let near = Descriptor(owning: a)
            near.waitUntilReadable()
        }
        wakeup.signal()
        wakeup.signal()
        let answer14 = try poller.wait(milliseconds: 10_000)
        #expect(answer14 == 1)
        wakeup.drain()
        let answer15 = try poller.wait(milliseconds: 0)
        #expect(answer15 == 0)
        _ = far.write([1].span)
        thread.join()
    }

    @Test func `descriptors travel between processes`() throws {
        let folder = try Folder()
        let file = try Descriptor.open(try folder.write("seen", to: "a"), .read)
        let (a, b) = try Descriptor.socketPair()
        let near = Descriptor(owning: a)
        let far = Descriptor(owning: b)
        let answer16 = near.send([7].span, with: [file.raw])
        #expect(answer16 == 1)
        var bytes: [UInt8] = []
        var descriptors: [Int32] = []
        let answer17 = far.receive(appendingTo: &bytes, upTo: 10, descriptors: &descriptors)
        #expect(answer17 == 1)
        #expect(bytes == [7])
        let received = Descriptor(owning: try #require(descriptors.first))
        var text: [UInt8] = []
        let answer18 = received.append(to: &text, upTo: 10)
        #expect(answer18 == 4)
        #expect(text == Array("seen".utf8))
    }

    @Test func `loopback has a name, and an invented name has no address`() throws {
        #expect(try Resolver.addresses(of: "localhost", port: 9).isEmpty == false)
        #expect(try Resolver.addresses(of: "10.0.0.1", port: 9).map(\.description) == ["10.0.0.1:9"])
        #expect(throws: Resolver.Failure.self) { try Resolver.addresses(of: "no such name", port: 9) }
    }
}
