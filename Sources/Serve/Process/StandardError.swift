internal import System

/// What is said to whoever started the server.
package enum StandardError {
    /// Writes one line, with the program's name before it.
    package static func say(_ message: String) {
        write(Array("sluice: \(message)\n".utf8))
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
