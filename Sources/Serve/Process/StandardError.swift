internal import Synchronization
internal import System

/// What is said to whoever started the server.
package enum StandardError {
    private struct Voice {
        var habits = Habits.sluice
        /// Standard error is the error log, whose lines look alike.
        var shape: ErrorLogShape?
    }

    private static let voice = Mutex(Voice())

    /// Has all further lines look as this server's.
    package static func speak(as habits: Habits) { voice.withLock { $0.habits = habits } }

    /// Has all further lines look as those of an error log, because that is where they go.
    static func speak(into shape: ErrorLogShape) { voice.withLock { $0.shape = shape } }

    /// Writes one line.
    package static func say(_ message: String, _ level: LogLevel = .warn) {
        let voice = voice.withLock { $0 }
        write(voice.shape?.lineOfMaster(level, message) ?? voice.habits.line(level, message))
    }

    /// Writes bytes as they are; there is nobody to tell when that fails.
    package static func write(_ bytes: [UInt8]) {
        guard let descriptor = try? Descriptor.duplicate(of: 2) else { return }
        var from = 0
        while from < bytes.count {
            let written = descriptor.write(bytes.span.extracting(from...))
            if written <= 0 { return }
            from += written
        }
    }
}
