import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#endif

/// An upstream that changes to a protocol in which everything comes back as it was sent.
final class EchoServer: Sendable {
    let port: Int

    init() throws {
        let listening = try Listening()
        port = listening.port
        Thread.detachNewThread {
            while true {
                let connection = listening.accept()
                if connection.socket < 0 { return }
                Thread.detachNewThread {
                    _ = connection.read(until: "\r\n\r\n")
                    connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
                    while case let line = connection.read(until: "\n"), line.hasSuffix("\n") { connection.send(line) }
                }
            }
        }
    }
}

/// A client over TLS that asks again and again until it is stopped: python's, half of its connections kept.
final class SecureClient {
    private let process = Process()
    private let output = Pipe()
    private let input = Pipe()

    private static let script = """
        import http.client, select, ssl, sys
        context = ssl.create_default_context(cafile=sys.argv[2])
        answered = failed = 0
        while not select.select([sys.stdin], [], [], 0)[0]:
            try:
                connection = http.client.HTTPSConnection("127.0.0.1", int(sys.argv[1]), context=context, timeout=30)
                for _ in range(5):
                    connection.request("GET", "/")
                    answered += connection.getresponse().read() == b"answered"
                connection.close()
            except Exception as problem:
                print(problem, file=sys.stderr)
                failed += 1
        print(answered, failed)
        """

    init(port: Int, trusting certificate: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, "\(port)", certificate]
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    /// Ends it: how many requests were answered, and how many connections failed.
    func stop() -> (answered: Int, failed: Int) {
        try? input.fileHandleForWriting.close()
        let numbers = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        process.waitUntilExit()
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, -1)
    }
}
