import Net
import Testing

@Suite struct TimerTests {
    private func token(_ index: Int) -> Token { Token(kind: 1, generation: 1, index: UInt32(index)) }

    @Test func `a token is told at its deadline, at most one step late`() {
        var wheel = TimerWheel(now: 1_000_000)
        wheel.arm(token(1), at: 1_000_100)
        var due: [Token] = []
        for now in Int64(1_000_000)..<1_000_100 {
            wheel.expire(now: now, into: &due)
            #expect(due.isEmpty)
        }
        wheel.expire(now: 1_000_116, into: &due)
        #expect(due == [token(1)])
        let delay = wheel.delay(from: 1_000_116)
        #expect(delay == -1)
    }

    @Test func `the delay leads to the next deadline`() {
        var wheel = TimerWheel(now: 0)
        wheel.arm(token(1), at: 5_000)
        wheel.arm(token(2), at: 400)
        let delay = wheel.delay(from: 0)
        #expect((400...416).contains(delay))
    }

    @Test func `a deadline that is past is told at once`() {
        var wheel = TimerWheel(now: 1_000)
        wheel.arm(token(1), at: 10)
        var due: [Token] = []
        let delay = wheel.delay(from: 1_000)
        #expect(delay <= 16)
        wheel.expire(now: 1_016, into: &due)
        #expect(due == [token(1)])
    }

    @Test func `however time passes, every deadline is told once and none early`() {
        var dice = SystemRandomNumberGenerator()
        for round in 0..<50 {
            var now: Int64 = 123_456
            var wheel = TimerWheel(now: now)
            var deadlines: [Int: Int64] = [:]
            var next = 0
            for _ in 0..<400 {
                if Bool.random(using: &dice) {
                    let deadline = now + Int64.random(in: -10...60_000, using: &dice)
                    wheel.arm(token(next), at: deadline)
                    deadlines[next] = deadline
                    next += 1
                }
                now += Int64.random(in: 0...(round % 2 == 0 ? 300 : 90_000), using: &dice)
                var due: [Token] = []
                wheel.expire(now: now, into: &due)
                for token in due {
                    let deadline = deadlines.removeValue(forKey: Int(token.index))
                    #expect(deadline != nil && deadline ?? 0 <= now)
                }
                let late = deadlines.values.filter { $0 + 32 <= now }
                #expect(late.isEmpty)
                let delay = wheel.delay(from: now)
                let earliest = deadlines.values.min() ?? .max
                #expect(deadlines.isEmpty ? delay == -1 : delay >= 0 && now + Int64(delay) <= max(earliest, now) + 32)
            }
        }
    }

    @Test func `a deadline that moves away costs no second arming and still comes`() {
        var wheel = TimerWheel(now: 0)
        var timer = Timer()
        timer.set(1_000, token(1), on: &wheel)
        timer.set(3_000, token(1), on: &wheel)
        var due: [Token] = []
        wheel.expire(now: 1_020, into: &due)
        #expect(due == [token(1)])
        let early = timer.isOver(now: 1_020, token(1), on: &wheel)
        #expect(!early)
        wheel.expire(now: 3_020, into: &due)
        #expect(due.count == 2)
        let late = timer.isOver(now: 3_020, token(1), on: &wheel)
        #expect(late)
    }

    @Test func `a deadline that moves nearer is told at the nearer moment`() {
        var wheel = TimerWheel(now: 0)
        var timer = Timer()
        timer.set(10_000, token(1), on: &wheel)
        timer.set(100, token(1), on: &wheel)
        var due: [Token] = []
        wheel.expire(now: 120, into: &due)
        #expect(due.count == 1)
        let over = timer.isOver(now: 120, token(1), on: &wheel)
        #expect(over)
        timer.set(20_000, token(1), on: &wheel)
        wheel.expire(now: 10_020, into: &due)
        let stale = timer.isOver(now: 10_020, token(1), on: &wheel)
        #expect(!stale)
        wheel.expire(now: 20_020, into: &due)
        let final = timer.isOver(now: 20_020, token(1), on: &wheel)
        #expect(final)
    }

    @Test func `a deadline of hours is reached over many turns`() {
        var wheel = TimerWheel(now: 0)
        var timer = Timer()
        timer.set(3_600_000, token(1), on: &wheel)
        var now: Int64 = 0
        var isOver = false
        while !isOver {
            let delay = wheel.delay(from: now)
            #expect(delay >= 0)
            if delay < 0 { break }
            now += Int64(delay)
            var due: [Token] = []
            wheel.expire(now: now, into: &due)
            for _ in due where timer.isOver(now: now, token(1), on: &wheel) { isOver = true }
        }
        #expect((3_600_000...3_600_032).contains(now))
    }

    @Test func `a cancelled deadline never comes`() {
        var wheel = TimerWheel(now: 0)
        var timer = Timer()
        timer.set(100, token(1), on: &wheel)
        timer.cancel()
        var due: [Token] = []
        wheel.expire(now: 200, into: &due)
        let over = timer.isOver(now: 200, token(1), on: &wheel)
        #expect(!over)
        let delay = wheel.delay(from: 200)
        #expect(delay == -1)
    }
}
