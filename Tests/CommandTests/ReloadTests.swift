import Foundation
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A server that is used while it is told to read its configuration again, and while its worker dies.
struct ReloadTests {
    let nginx: Installation

    init() throws {
        nginx = try Installation(of: "nginx")
    }

    private func write(more: String = "") throws {
        try nginx.write(
            """
            pid \(nginx.folder.path("server.pid"));
            error_log \(nginx.folder.path("error.log"));
            events {}
            http {
                access_log \(nginx.folder.path("access.log"));
                server { listen 127.0.0.1:\(nginx.port); return 200 answered; }
                \(more)
            }
            """, to: "nginx.conf")
    }

    private func run(_ arguments: String...) throws -> Program.Result {
        try Program.run(["-c", nginx.folder.path("nginx.conf")] + arguments, program: nginx.program)
    }

    /// What the clients of a test have seen.
    private final class Tally: Sendable {
        let answered = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        let ended = Atomic<Int>(0)
    }

    /// Sends requests, some on each connection, until the test is over.
    private func load(_ tally: Tally) {
        let port = nginx.port
        Thread.detachNewThread {
            while !tally.isOver.load(ordering: .acquiring) {
                guard let connection = Connection(port: port) else {
                    tally.failed.add(1, ordering: .relaxed)
                    continue
                }
                for _ in 0..<20 {
                    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    let isAnswered = connection.read(until: "\r\n\r\nanswered").hasSuffix("answered")
                    if isAnswered {
                        tally.answered.add(1, ordering: .relaxed)
                    } else {
                        tally.failed.add(1, ordering: .relaxed)
                    }
                }
            }
            tally.ended.add(1, ordering: .releasing)
        }
    }

    @Test func `no request fails while the server is reloaded a hundred times`() throws {
        try write()
        #expect(try run().status == 0)
        let tally = Tally()
        for _ in 0..<3 { load(tally) }
        for round in 0..<100 {
            let isBad = round % 10 == 9
            try write(more: isBad ? "foo on;" : "server { listen 127.0.0.1:\(nginx.port); server_name s\(round); }")
            let result = try run("-s", "reload")
            #expect(result.status == (isBad ? 1 : 0), "\(result.complaint)")
        }
        tally.isOver.store(true, ordering: .releasing)
        #expect(eventually { tally.ended.load(ordering: .acquiring) == 3 })
        #expect(tally.failed.load(ordering: .relaxed) == 0)
        #expect(tally.answered.load(ordering: .relaxed) > 100)
        #expect(!nginx.text(of: "error.log").contains("[alert]"))
    }

    @Test func `a worker that is killed is replaced on the same sockets, and the log says why`() throws {
        try write()
        #expect(try run().status == 0)
        let master = try #require(nginx.process())
        let worker = try #require(nginx.children(of: master).first)
        kill(worker, SIGKILL)
        #expect(nginx.answer() == "answered")
        #expect(eventually { nginx.children(of: master).first.map { $0 != worker } == true })
        #expect(
            nginx.text(of: "error.log").contains("[alert] \(master)#0: worker process \(worker) exited on signal 9"))
    }
}
