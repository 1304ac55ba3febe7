internal import System

/// How grave a line of an error log is, gravest first, as both servers order it.
package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case emerg, alert, crit, error, warn, notice, info, debug

    /// The level as configurations write it; Apache's `trace1` to `trace8` and nginx's `debug_…` are `debug`.
    package init(named name: String) {
        self = Self.allCases.first { $0.name == name } ?? (name.hasPrefix("trace") ? .debug : .error)
        if name.hasPrefix("debug") { self = .debug }
    }

    /// `error`, `warn`.
    package var name: String {
        switch self {
        case .emerg: "emerg"
        case .alert: "alert"
        case .crit: "crit"
        case .error: "error"
        case .warn: "warn"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// How the lines of an error log look.
package enum ErrorLogShape: Sendable {
    /// `2024/05/13 10:11:12 [error] 7#1: text, client: 192.0.2.1` (`ngx_log_error_core`).
    case slashes
    /// `[Mon May 13 10:11:12.123456 2024] [error] [pid 7:tid 1] [client 192.0.2.1:4711] text` (Apache's default
    /// `ErrorLogFormat`, without the module).
    case brackets

    /// One line of a process that serves nobody itself, with its end.
    package func lineOfMaster(_ level: LogLevel, _ text: String) -> [UInt8] {
        line(level, text, client: nil, thread: Int(ChildProcess.current))
    }

    /// One line with its end; control bytes in the text are written as `\xNN`, so that no client can forge a line.
    func line(_ level: LogLevel, _ text: String, client: SocketAddress?, thread: Int) -> [UInt8] {
        let process = ChildProcess.current
        let now = Clock.wallNanoseconds()
        let time = CivilTime(local: now / 1_000_000_000)
        var line: [UInt8] = []
        func add(_ text: String) { line += Array(text.utf8) }
        switch self {
        case .slashes:
            add(
                "\(time.year)/\(two(time.month))/\(two(time.day)) \(clock(time)) [\(level.name)] \(process)#\(thread): "
            )
            appendPrintable(text, to: &line)
            if let client {
                add(", client: ")
                client.appendHost(to: &line)
            }
        case .brackets:
            let micros = String(1_000_000 + (now / 1_000) % 1_000_000).dropFirst()
            let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
            add(
                "[\(days[time.weekday % 7]) \(months[(time.month - 1) % 12]) \(two(time.day)) \(clock(time)).\(micros) "
            )
            add("\(time.year)] [\(level.name)] [pid \(process):tid \(thread)] ")
            if let client { add("[client \(client)] ") }
            appendPrintable(text, to: &line)
        }
        line.append(10)
        return line
    }

    private func clock(_ time: CivilTime) -> String { "\(two(time.hour)):\(two(time.minute)):\(two(time.second))" }
}

private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

private func appendPrintable(_ text: String, to line: inout [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for byte in text.utf8 {
        if byte >= 0x20, byte != 0x7F {
            line.append(byte)
        } else {
            line += [UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}
