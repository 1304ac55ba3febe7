internal import Synchronization
internal import System

/// The serving threads of this process.
final class Crew<Member: ServingThread>: Sendable {
    private struct State {
        var members: [Member] = []
        var failures: [String] = []
        var ended = 0
    }

    private let state = Mutex(State())
    private let count: Int
    /// Signalled whenever a thread has been made or has ended.
    let changes: Wakeup

    /// Starts so many threads, and returns when all of them are made.
    init(_ service: Service, threads: Int) throws {
        count = threads
        changes = try Wakeup()
        for number in 0..<threads {
            _ = try Thread.start { [self] in run(service, number: number) }
        }
        while true {
            changes.wait()
            changes.drain()
            let state = state.withLock { $0 }
            if let failure = state.failures.first { throw ServerFailure("cannot start a serving thread: \(failure)") }
            if state.members.count == threads { return }
        }
    }

    private func run(_ service: Service, number: Int) {
        do throws(SystemError) {
            let member = try Member(service, number: number)
            state.withLock { $0.members.append(member) }
            changes.signal()
            member.run()
        } catch {
            state.withLock { $0.failures.append(error.description) }
        }
        state.withLock { $0.ended += 1 }
        changes.signal()
    }

    /// Leaves a message with every thread.
    func post(_ message: ServingMessage) {
        for member in state.withLock({ $0.members }) { member.post(message) }
    }

    /// Whether all threads have returned.
    var hasEnded: Bool { state.withLock { $0.ended } == count }

    /// How many client connections are open.
    var openConnections: Int { state.withLock { $0.members }.reduce(0) { $0 + $1.openConnections } }
}
