internal import CSystem

/// A system call that failed: what was tried, on what, and the reason the system gave.
///
/// `code` is the positive `errno`. The description reads like `cannot open /etc/x: No such file or directory`.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb that follows "cannot": `open`, `listen on`.
    public var operation: String
    /// The file, address or name it was tried on; nil where there is none.
    public var subject: String?
    /// The positive `errno`.
    public var code: Int32

    /// A failure of `operation` on `subject` with the errno `code`, whose sign does not matter.
    public init(_ operation: String, _ subject: String? = nil, code: Int32) {
        self.operation = operation
        self.subject = subject
        self.code = abs(code)
    }

    /// A failure of `operation` on the file `path`.
    public init(_ operation: String, _ path: FilePath, code: Int32) {
        self.init(operation, path.description, code: code)
    }

    /// What the system says about the code: `No such file or directory`.
    public var reason: String { Self.text(of: code) }

    public var description: String {
        guard let subject else { return "cannot \(operation): \(reason)" }
        return "cannot \(operation) \(subject): \(reason)"
    }

    /// Whether the file, or a folder on the way to it, does not exist (`ENOENT`, `ENOTDIR`).
    public var isMissing: Bool { code == 2 || code == 20 }

    /// Whether the user that runs the program may not do this (`EACCES`, `EPERM`).
    public var isForbidden: Bool { code == 13 || code == 1 }

    /// The system's words for an errno.
    public static func text(of code: Int32) -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = unsafe sl_error_text(code, buffer.baseAddress, 256)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
