import IR
import Serve
import System

/// `-s`: a word to the server that the pid file names (`ngx_signal_process`).
struct NginxSignal {
    var request: NginxArguments.Request
    var read: NginxConfiguration.Read

    /// Sends it; the exit status.
    ///
    /// A reload is asked for over the server's control socket and waited for, so that its outcome is this command's.
    func send(_ log: NginxLog) -> Int32 {
        let settings = read.loaded.configuration.process
        let configured = settings.pidFile.map(\.value).flatMap { $0.isEmpty ? nil : $0 }
        let path = configured ?? NginxPlaces.pidFile
        let main = settings.errorLog?.value
        if LogLevel(named: main?.level ?? "error") >= .notice {
            NginxLog(main?.file).write(.notice, "signal process started")
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(FilePath(path), limit: 64)
        } catch {
            log.complain(.error, "open() \"\(path)\" failed (\(error.code): \(error.reason))")
            return 1
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let process = Int32(text.filter { !$0.isWhitespace }), process > 0 else {
            log.complain(.error, "invalid PID number \"\(text.filter { !$0.isNewline })\" in \"\(path)\"")
            return 1
        }
        if request == .reload, let isDone = reload(process, log) { return isDone ? 0 : 1 }
        let signals: [NginxArguments.Request: Signal] = [
            .stop: .terminate, .quit: .quit, .reopen: .user1, .reload: .hangUp,
        ]
        if let signal = signals[request], !ChildProcess.signal(signal, to: process) {
            log.complain(.alert, "kill(\(process), \(signal.rawValue)) failed (3: \(SystemError.text(of: 3)))")
            return 1
        }
        return 0
    }

    /// Whether the server has reloaded; nil: it has no control socket that this user gets at.
    private func reload(_ process: Int32, _ log: NginxLog) -> Bool? {
        guard let path = try? Control.path(ofProcess: process),
            let answer = try? Control.ask("reload", at: path)
        else { return nil }
        log.complain(answer.isDone ? .warn : .emerg, answer.text)
        return answer.isDone
    }
}
