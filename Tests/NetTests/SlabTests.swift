import Net
import Testing

private struct Thing: Recyclable, ~Copyable {
    var value = 0
    var bytes: [UInt8] = []

    init() {}

    mutating func recycle() {
        value = 0
        bytes.removeAll(keepingCapacity: true)
    }
}

@Suite struct SlabTests {
    @Test func `an element is found by its token until it is released`() {
        var slab = Slab<Thing>(kind: 3)
        let thing = slab.insert()
        thing.it.value = 7
        let token = thing.token
        #expect(token.kind == 3)
        let found = slab.find(token)?.it.value
        #expect(found == 7)
        slab.release(thing)
        let gone = slab.find(token) == nil
        #expect(gone)
        let count = slab.count
        #expect(count == 0)
    }

    @Test func `a released slot is not used again before the batch is over`() {
        var slab = Slab<Thing>(kind: 1)
        let first = slab.insert()
        slab.release(first)
        let second = slab.insert()
        #expect(second.token.index != first.token.index)
        slab.reclaim()
        slab.release(first)
        let third = slab.insert()
        #expect(third.token.index == first.token.index)
        #expect(third.token != first.token)
    }

    @Test func `a recycled element keeps its memory and nothing else`() {
        var slab = Slab<Thing>(kind: 1)
        let thing = slab.insert()
        thing.it.bytes = Array(repeating: 1, count: 1_000)
        slab.release(thing)
        slab.reclaim()
        let again = slab.insert()
        #expect(again.it.bytes.isEmpty)
        #expect(again.it.bytes.capacity >= 1_000)
    }

    @Test func `elements stay where they are while the slab grows`() {
        var slab = Slab<Thing>(kind: 1)
        var tokens: [Token] = []
        for value in 0..<1_000 {
            let thing = slab.insert()
            thing.it.value = value
            tokens.append(thing.token)
        }
        for (value, token) in tokens.enumerated() {
            let found = slab.find(token)?.it.value
            #expect(found == value)
        }
        let all = slab.tokens()
        #expect(Set(all) == Set(tokens))
    }

    @Test func `tokens of nowhere find nothing`() {
        let slab = Slab<Thing>(kind: 1)
        for token in [Token.none, Token(kind: 1, generation: 1, index: 0), Token(kind: 1, generation: 1, index: .max)] {
            let isMissing = slab.find(token) == nil
            #expect(isMissing)
        }
    }

    @Test func `a token keeps its parts`() {
        let token = Token(kind: 200, generation: 0x1234_5678, index: 0xffff_fffe)
        #expect(token.kind == 200 && token.generation == 0x34_5678 && token.index == 0xffff_fffe)
    }
}
