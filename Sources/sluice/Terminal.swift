import ArgumentParser
import Source
import System

/// How the program ends.
enum ExitStatus: Int32 {
    /// What was asked for is done.
    case done = 0
    /// The answer is "no": findings, a failed case, a difference.
    case no = 1
    /// Wrong usage, or input that could not be read.
    case wrongInput = 2
    /// A translation that is not exact.
    case inexact = 3

    /// The error that ends a command with this status.
    var code: ExitCode { ExitCode(rawValue) }
}

/// Standard output and standard error.
enum Terminal {
    /// Writes results.
    static func say(_ text: String) { write(text.configurationBytes, to: 1) }

    /// Writes results.
    static func say(_ bytes: [UInt8]) { write(bytes, to: 1) }

    /// Writes something about the work on standard error.
    static func warn(_ text: String) { write(text.configurationBytes, to: 2) }

    /// Writes on standard error why the work ends here.
    static func complain(_ message: String) {
        warn("sluice: \(errorPaint.mark("error:", .error)) \(message)\n")
    }

    /// Colours for results: only on a terminal, and not if `NO_COLOR` says otherwise (https://no-color.org).
    static var isColoured: Bool { mayColour(1) }

    /// The paint for results.
    static var paint: Paint { Paint(isOn: isColoured) }

    /// Ends the program.
    static func leave(with status: ExitStatus) -> Never { Sluice.exit(withError: status.code) }

    private static var errorPaint: Paint { Paint(isOn: mayColour(2)) }

    private static func mayColour(_ descriptor: Int32) -> Bool {
        guard Machine.isTerminal(descriptor), Environment.value(of: "TERM") != "dumb" else { return false }
        return Environment.value(of: "NO_COLOR").map(\.isEmpty) ?? true
    }

    private static func write(_ bytes: [UInt8], to raw: Int32) {
        guard let descriptor = try? Descriptor.duplicate(of: raw) else { return }
        var written = 0
        while written < bytes.count {
            let n = descriptor.write(bytes.span.extracting(written...))
            if n == -11 {
                descriptor.waitUntilWritable()
                continue
            }
            // A reader that went away (`| head`) wants no more.
            if n < 0 { return }
            written += n
        }
    }
}
