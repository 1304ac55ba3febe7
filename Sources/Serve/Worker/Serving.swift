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

    /// How many client connections are open.
    package var openConnections: Int { open.value }
}
