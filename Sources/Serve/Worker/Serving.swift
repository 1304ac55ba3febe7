import Net
package import System

/// A serving thread of a process.
package final class Serving: ServingThread {
    private let mailbox: Mailbox<Worker.Message>
    private let open = SharedCount()
    private let jobs: BlockingJobs
    private let service: Service
    private let number: Int

    package init(_ service: Service, number: Int) throws(SystemError) {
        mailbox = try Mailbox()
        jobs = try BlockingJobs(threads: 2)
        self.service = service
        self.number = number
    }

    /// Serves until a message ends it.
    package func run() {
        do throws(SystemError) {
            var worker = Worker(
                service, number: number, loop: try EventLoop(), mailbox: mailbox, jobs: jobs, shared: open)
            try worker.run()
        } catch {
            service.logs.complain(.alert, "a serving thread cannot go on: \(error)", thread: number)
        }
        jobs.close()
    }

    /// Leaves a message for the thread.
    package func post(_ message: ServingMessage) { mailbox.post(.serving(message)) }

    /// Has the thread count what it holds, and tells the answer on that thread.
    package func count(_ tell: @escaping @Sendable (Census) -> Void) { mailbox.post(.census(tell)) }

    /// How many client connections are open.
    package var openConnections: Int { open.value }
}

/// What a serving thread holds at a moment: a server that has nothing to do must come back to the same numbers.
package struct Census: Hashable, Sendable {
    /// The connections of clients.
    package var clients: Int
    /// Requests that are being read or answered.
    package var exchanges: Int
    /// The connections to upstreams, idle ones too.
    package var upstreams: Int
    /// Plans that requests are answered by.
    package var eras: Int
}
