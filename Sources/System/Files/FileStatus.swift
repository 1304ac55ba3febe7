internal import CSystem

/// What a path names.
package enum FileKind: UInt8, Sendable {
    case other = 0
    case file = 1
    case directory = 2
    case link = 3
}

/// What the system knows of a file without opening it (`stat(2)`).
package struct FileStatus: Hashable, Sendable {
    /// What the name stands for.
    package var kind: FileKind
    /// The lower twelve bits of the mode.
    package var permissions: UInt32
    package var user: UInt32
    package var group: UInt32
    /// In bytes.
    package var size: Int64
    /// The last modification, in nanoseconds since 1970.
    package var modified: Int64
    package var device: UInt64
    package var inode: UInt64

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
    package static func look(at path: Span<UInt8>, followingLinks: Bool = true) -> Result<FileStatus, FileFailure> {
        var status = sl_status()
        let outcome = unsafe path.withUnsafeBufferPointer {
            unsafe sl_stat($0.baseAddress, $0.count, followingLinks ? 1 : 0, &status)
        }
        return outcome < 0 ? .failure(FileFailure(code: -outcome)) : .success(FileStatus(status))
    }
}

/// An errno alone, for paths where building a message would be wasted work.
package struct FileFailure: Error, Hashable, Sendable {
    /// The positive errno.
    package var code: Int32

    /// A failure with this positive errno.
    package init(code: Int32) {
        self.code = code
    }

    /// Whether the file, or a folder on the way to it, does not exist (`ENOENT`, `ENOTDIR`).
    package var isMissing: Bool { code == 2 || code == 20 }
}
