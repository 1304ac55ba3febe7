/// The name of a file as the kernel knows it: bytes without NUL, in no particular encoding.
public struct FilePath: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The bytes, without a terminator.
    public var bytes: [UInt8]

    /// A path of these bytes.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// A path of the text's UTF-8 bytes.
    public init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    public init(stringLiteral text: String) {
        self.init(text)
    }

    /// For people: bytes that are not UTF-8 are shown as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether the path starts at the root.
    public var isAbsolute: Bool { bytes.first == slash }

    /// The last component, without the slash before it.
    public var name: FilePath {
        guard let last = bytes.lastIndex(of: slash) else { return self }
        return FilePath(bytes: Array(bytes[(last + 1)...]))
    }

    /// All but the last component: `/` for `/x`, `.` for `x`.
    public var parent: FilePath {
        guard let last = bytes.lastIndex(of: slash) else { return "." }
        return last == 0 ? "/" : FilePath(bytes: Array(bytes[..<last]))
    }

    /// The path of `name` inside this folder; an absolute `name` is returned as it is.
    public func appending(_ name: FilePath) -> FilePath {
        if name.isAbsolute || bytes.isEmpty { return name }
        return FilePath(bytes: bytes + (bytes.last == slash ? [] : [slash]) + name.bytes)
    }

    /// Hands the bytes to a C function that takes a pointer and a length, and that keeps neither.
    func withPointer<Answer>(_ body: (UnsafePointer<UInt8>?, Int) -> Answer) -> Answer {
        unsafe bytes.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
    }
}

private let slash = UInt8(ascii: "/")
