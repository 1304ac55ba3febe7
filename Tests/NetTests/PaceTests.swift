import Net
import Testing

@Suite struct PaceTests {
    @Test func `without a rate there is one deadline`() {
        let pace = Pace(time: 20_000)
        #expect(pace.deadline(from: 5, received: 0) == 20_005)
        #expect(pace.deadline(from: 5, received: 1 << 40) == 20_005)
    }

    @Test func `what has come moves the deadline, up to the most there is`() {
        let pace = Pace(time: 20_000, most: 40_000, rate: 500)
        #expect(pace.deadline(from: 0, received: 0) == 20_000)
        #expect(pace.deadline(from: 0, received: 499) == 20_998)
        #expect(pace.deadline(from: 0, received: 5_000) == 30_000)
        #expect(pace.deadline(from: 0, received: 1_000_000) == 40_000)
        #expect(Pace(time: 10_000, rate: 500).deadline(from: 7, received: 500_000) == 1_010_007)
    }

    @Test func `any time is any time`() {
        #expect(Pace(time: .max).deadline(from: 1, received: 1) == .max)
        #expect(Pace(time: 1, rate: 1).deadline(from: .max - 1, received: 1_000) == .max)
        #expect(Pace(time: 1, rate: 1).deadline(from: 0, received: .max) >= 1)
    }
}
