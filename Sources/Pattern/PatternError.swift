internal import CPCRE2

/// Why a pattern could not be compiled.
package struct PatternError: Error, Hashable, Sendable {
    /// PCRE2's own words, such as `missing closing parenthesis`.
    package let message: String

    /// Where in the pattern the compiler stopped, in bytes from its beginning; never beyond its end.
    package let offset: Int
}

extension PatternError {
    /// The error for one of PCRE2's codes.
    init(code: Int32, offset: Int) {
        var text = [UInt8](repeating: 0, count: 256)
        let length = unsafe text.withUnsafeMutableBufferPointer { buffer in
            // The message is cut to the buffer, so the only failure is a code without a message.
            unsafe pcre2_get_error_message_8(code, buffer.baseAddress, buffer.count)
        }
        message = length > 0 ? String(decoding: text.prefix(Int(length)), as: UTF8.self) : "error \(code)"
        self.offset = offset
    }
}
