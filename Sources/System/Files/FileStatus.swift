internal import CSystem

/// What a path names.
public enum FileKind: UInt8, Sendable {
    case other = 0
    case file = 1
    case directory = 2
    case link = 3
}

/// What the system knows of a file without opening it (`stat(2)`).
public struct FileStatus: Hashable, Sendable {
    /// What the name stands for.
    public var kind: FileKind
    /// The lower twelve bits of the mode.
    public var permissions: UInt32
    public var user: UInt32
    public var group: UInt32
    /// In bytes.
    public var size: Int64
    /// The last modification, in nanoseconds since 1970.
    public var modified: Int64
    public var device: UInt64
    public var inode: UInt64

    init(_ status: sl_status) {
        kind = FileKind(rawValue: status.kind) ?? .other
        permissions = status.permissions
        user = status.user
        group = status.group
        size = status.size
        modified = status.modified_ns
        device = status.device
        inode = status.inode
    }

    /// Looks at a path without allocating; the result is the status or the positive errno.
    public static func look(at path: Span<UInt8>, followingLinks: Bool = true) -> Result<FileStatus, FileFailure> {
        var status = sl_status()
        let outcome = unsafe path.withUnsafeBufferPointer {
            unsafe sl_stat($0.baseAddress, $0.count, followingLinks ? 1 : 0, &status)
        }
        return outcome < 0 ? .failure(FileFailure(code: -outcome)) : .success(FileStatus(status))
    }
}

/// An errno alone, for paths where building a message would be wasted work.
public struct FileFailure: Error, Hashable, Sendable {
    /// The positive errno.
    public var code: Int32

    /// A failure with this positive errno.
    public init(code: Int32) {
        self.code = code
    }

    /// Whether the file, or a folder on the way to it, does not exist (`ENOENT`, `ENOTDIR`).
    public var isMissing: Bool { code == 2 || code == 20 }
}
