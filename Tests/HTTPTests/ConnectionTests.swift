import HTTP
import Testing

@Suite struct ConnectionTests {
    private func head(_ fields: [(String, String)], version: Version = .v11) -> Head {
        var head = Head()
        head.begin(method: "POST", target: "/", version: version)
        for (name, value) in fields { head.add(name, value) }
        return head
    }

    @Test(arguments: [
        ("close", Version.v11, false), ("keep-alive", .v11, true), ("", .v11, true), ("", .v10, false),
        ("Keep-Alive", .v10, true), ("close, keep-alive", .v11, false), ("X , CLOSE", .v11, false), ("", .v09, false),
    ])
    func `a message says whether its connection persists`(value: String, version: Version, persists: Bool) {
        var head = head(value.isEmpty ? [] : [("Connection", value)], version: version)
        let options = head.readConnectionOptions()
        let found = head.persists(options)
        #expect(found == persists)
    }

    @Test func `fields named by Connection are marked, but not what frames a message`() {
        var head = head([
            ("X-A", "1"), ("Host", "a"), ("Connection", "x-a, host, content-length, cookie, upgrade"), ("X-B", "1"),
            ("Content-Length", "0"), ("Cookie", "c"), ("X-A", "2"),
        ])
        let options = head.readConnectionOptions()
        #expect(options == [.namesFields, .upgrade])
        var marked: [String] = []
        for index in head.fields.indices where head.fields[index].isNamedByConnection {
            marked.append(head.text(head.fields[index].name))
        }
        #expect(marked == ["X-A", "X-A"])
        var out = ByteWriter()
        head.write(to: &out, leavingOut: .hopByHop, andThoseNamedByConnection: true)
        #expect(String(decoding: out.bytes, as: UTF8.self) == "Host: a\r\nX-B: 1\r\nContent-Length: 0\r\nCookie: c\r\n")
    }

    @Test func `an expectation is known, unknown or void`() {
        let found = [
            head([]).expectation, head([("Expect", "100-Continue")]).expectation,
            head([("Expect", "100-continue")], version: .v10).expectation, head([("Expect", "bogus")]).expectation,
        ]
        #expect(found == [.none, .continue, .none, .unknown])
    }

    private func client(
        _ length: MessageLength = .none, persists: Bool = true, expects: ContinueExpectation = .none
    ) -> ClientSide {
        var client = ClientSide()
        client.headBegan()
        client.headRead(persists: persists, length: RequestLength(body: length), expectation: expects)
        return client
    }

    @Test func `one answer follows another on a connection that persists`() {
        var client = client()
        for round in 1...3 {
            let frame = client.answerBegins(length: 5, isBodiless: false, version: .v11)
            #expect(frame == AnswerFrame(body: .exactly(5), persists: true, saysKeepAlive: false))
            #expect(client.answerEnded(remaining: 0, drainsUpTo: 0) == .readNext)
            #expect(client.isIdle && client.answers == round)
            client.headRead(persists: true, length: RequestLength(body: .none), expectation: .none)
        }
    }

    @Test func `an answer of unknown length is chunked, or ends the connection`() {
        var modern = client()
        #expect(modern.answerBegins(length: nil, isBodiless: false, version: .v11).body == .chunked)
        var old = client()
        #expect(
            old.answerBegins(length: nil, isBodiless: false, version: .v10)
                == AnswerFrame(body: .untilClose, persists: false, saysKeepAlive: false))
        #expect(old.answerEnded(remaining: 0, drainsUpTo: 0) == .close)
        var kept = client()
        #expect(kept.answerBegins(length: 3, isBodiless: false, version: .v10).saysKeepAlive)
        var bodiless = client()
        #expect(bodiless.answerBegins(length: nil, isBodiless: true, version: .v10).body == .none)
    }

    @Test func `a body that is still coming behind the answer is drained or lingered over`() {
        var short = client(.exactly(100))
        _ = short.answerBegins(length: 0, isBodiless: false, version: .v11)
        #expect(short.answerEnded(remaining: 60, drainsUpTo: 64) == .drain)
        #expect(short.bodyEnded() == .readNext)
        var long = client(.exactly(1_000_000))
        _ = long.answerBegins(length: 0, isBodiless: false, version: .v11)
        #expect(long.answerEnded(remaining: 900_000, drainsUpTo: 64) == .linger)
        var unknown = client(.chunked)
        _ = unknown.answerBegins(length: 0, isBodiless: false, version: .v11)
        #expect(unknown.answerEnded(remaining: nil, drainsUpTo: 64) == .linger)
    }

    @Test func `100 is sent once, and only when somebody wants the body`() {
        var client = client(.exactly(3), expects: .continue)
        let first = client.bodyWanted()
        let second = client.bodyWanted()
        #expect(first && !second)
        var eager = self.client(.exactly(3), expects: .continue)
        eager.bodyBegan()
        let afterwards = eager.bodyWanted()
        #expect(!afterwards)
    }

    @Test func `an answer without a 100 before it ends the connection`() {
        var client = client(.exactly(3), expects: .continue)
        #expect(client.answerBegins(length: 0, isBodiless: false, version: .v11).persists == false)
        #expect(client.answerEnded(remaining: 3, drainsUpTo: 100) == .linger)
    }

    @Test func `a refused head is answered and lingered over`() {
        var client = ClientSide()
        client.headBegan()
        client.headRefused()
        #expect(client.answerBegins(length: 9, isBodiless: false, version: .v11).persists == false)
        #expect(client.answerEnded(remaining: nil, drainsUpTo: 1 << 20) == .linger)
    }

    @Test func `a client that leaves early is let go, or cut off`() {
        var idle = ClientSide()
        #expect(idle.peerFinished() == .close)
        var whole = client()
        #expect(whole.peerFinished() == .proceed)
        #expect(whole.persists == false)
        var half = client(.exactly(10))
        #expect(half.peerFinished() == .close)
        var begun = client(.exactly(10))
        _ = begun.answerBegins(length: 5, isBodiless: false, version: .v11)
        #expect(begun.peerFinished() == .abort)
    }

    @Test func `a dead kept connection is retried only when nothing can have happened twice`() {
        func verdict(_ method: Method, reused: Bool, _ change: (inout UpstreamSide) -> Void) -> UpstreamSide.Verdict {
            var upstream = UpstreamSide(isReused: reused, method: method)
            change(&upstream)
            return upstream.failed(.closedEarly, canReplay: true)
        }
        #expect(verdict(.get, reused: true) { $0.didSend() } == .retry)
        #expect(verdict(.post, reused: true) { $0.didSend() } == .failed(.closedEarly))
        #expect(verdict(.post, reused: true) { _ in } == .retry)
        #expect(verdict(.get, reused: false) { $0.didSend() } == .failed(.closedEarly))
        #expect(verdict(.get, reused: true) { $0.didReceive() } == .failed(.closedEarly))
        #expect(
            verdict(.get, reused: true) {
                $0.headRead(persists: true, length: AnswerLength(body: .chunked))
            } == .cutOff(.closedEarly))
        #expect(
            UpstreamSide(isReused: true, method: .get).failed(.closedEarly, canReplay: false) == .failed(.closedEarly))
        #expect(
            UpstreamSide(isReused: true, method: .get).failed(.readTimeout, canReplay: true) == .failed(.readTimeout))
    }

    @Test func `an upstream's connection is reused only when both messages are whole`() {
        var upstream = UpstreamSide(isReused: false, method: .get)
        upstream.didConnect()
        upstream.headRead(persists: true, length: AnswerLength(body: .exactly(3)))
        #expect(!upstream.isReusable(leftOver: 0))
        upstream.bodyEnded()
        #expect(!upstream.isReusable(leftOver: 0))
        upstream.requestEnded()
        #expect(upstream.isReusable(leftOver: 0))
        #expect(!upstream.isReusable(leftOver: 1))
    }
}
