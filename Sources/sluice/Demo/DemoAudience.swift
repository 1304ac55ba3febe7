import System

/// Who watches the demo: the terminal, which is told and may wish, the signals, and the clock.
struct DemoAudience: ~Copyable {
    enum Wish { case stop, restart, nothing }

    private let restartAfter: Int?
    private let poller: Poller
    private let input: Descriptor
    private let output: Descriptor
    private var restartAt: Int64?

    init(signals: borrowing SignalReader, restartAfter: Int?) throws {
        let poller = try Poller()
        let input = try Descriptor.duplicate(of: 0)
        let output = try Descriptor.duplicate(of: 1)
        self.restartAfter = restartAfter
        self.poller = poller
        self.input = input
        self.output = output
        _ = self.poller.add(signals.raw, .reading, token: 0)
        // A file or /dev/null cannot be watched, and has nothing to wish.
        _ = self.poller.add(self.input.raw, .reading, token: 1)
    }

    /// Prints lines.
    func tell(_ text: String) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = output.write(Array(rest).span)
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Counts the seconds to the restart from now.
    mutating func expectRestart() {
        restartAt = restartAfter.map { Clock.monotonicMilliseconds() + Int64($0) * 1_000 }
    }

    /// Waits until something happens; `nothing` when that may be a process that ended.
    mutating func listen(_ signals: borrowing SignalReader) throws -> Wish {
        let patience = restartAt.map { max(0, $0 - Clock.monotonicMilliseconds()) } ?? -1
        for index in 0..<(try poller.wait(milliseconds: Int32(clamping: patience))) {
            if poller.event(index).token == 1, readLine() { return .restart }
            while let signal = signals.next() {
                if signal != .childEnded { return .stop }
            }
        }
        guard let restartAt, Clock.monotonicMilliseconds() >= restartAt else { return .nothing }
        self.restartAt = nil
        return .restart
    }

    /// Takes what was typed; false at the end of the input, which is then no longer watched.
    private func readLine() -> Bool {
        var typed: [UInt8] = []
        if input.append(to: &typed, upTo: 4096) > 0 { return true }
        poller.remove(input.raw)
        return false
    }
}
