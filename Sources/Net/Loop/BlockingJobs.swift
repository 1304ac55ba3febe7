internal import Synchronization
public import System

/// A few threads for what cannot be done without waiting: names to resolve, slow password hashes.
///
/// Jobs run in the order in which they come; each leaves its result in some loop's mailbox itself.
public final class BlockingJobs: Sendable {
    private struct Queue {
        var jobs: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let queue = Mutex(Queue())
    private let wakeup: Wakeup
    private let limit: Int

    /// Starts so many threads; a job that comes when `limit` others wait is refused.
    public init(threads: Int = 2, limit: Int = 10_000) throws(SystemError) {
        wakeup = try Wakeup()
        self.limit = limit
        for _ in 0..<threads { _ = try Thread.start { [self] in work() } }
    }

    /// Adds a job; false when too many wait already.
    public func run(_ job: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = queue.withLock { queue in
            if queue.isClosed || queue.jobs.count >= limit { return false }
            queue.jobs.append(job)
            return true
        }
        if isTaken { wakeup.signal() }
        return isTaken
    }

    /// Has the threads end once they are through with what they do; jobs that wait are dropped.
    public func close() {
        queue.withLock { $0.isClosed = true }
        wakeup.signal()
    }

    private func work() {
        while true {
            let next = queue.withLock { queue -> (job: (@Sendable () -> Void)?, isClosed: Bool) in
                if queue.isClosed { return (nil, true) }
                return (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), false)
            }
            // The signal is left standing for the other threads.
            if next.isClosed { return }
            if let job = next.job {
                // Another thread may have slept through the signal that this one took.
                wakeup.signal()
                job()
                continue
            }
            wakeup.wait()
            wakeup.drain()
        }
    }
}
