import IR
import Serve
import System

/// `-k`: words to the server that the pid file names (`ap_signal_server` in os/unix/unixd.c).
struct HttpdControl {
    private let path: String

    init(read: HttpdConfiguration.Read) {
        path = read.loaded.configuration.process.pidFile?.value ?? HttpdConfiguration.pidFile
    }

    private var written: Int32? {
        guard let bytes = try? Files.read(FilePath(path), limit: 64) else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The process of the server, if it runs.
    var running: Int32? { written.flatMap { ChildProcess.exists($0) && $0 != ChildProcess.current ? $0 : nil } }

    /// Sends a signal to end; the exit status.
    func stop(_ signal: Signal) -> Int32 {
        guard let process = running else {
            let file = written.map { "pid \($0)?" } ?? "no pid file"
            Terminal.say("httpd (\(file)) not running\n")
            return 0
        }
        return send(signal, to: process)
    }

    /// Has the server read its configuration again, and waits for the outcome; nil: none is running.
    func reload(_ complain: (String) -> Void) -> Int32? {
        guard let process = running else { return nil }
        guard let path = try? Control.path(ofProcess: process), let answer = try? Control.ask("reload", at: path)
        else { return send(.user1, to: process) }
        if !answer.isDone { complain(answer.text) }
        return answer.isDone ? 0 : 1
    }

    private func send(_ signal: Signal, to process: Int32) -> Int32 {
        if ChildProcess.signal(signal, to: process) { return 0 }
        Terminal.warn("(1)\(SystemError.text(of: 1)): AH00077: sending signal to server\n")
        return 1
    }
}
