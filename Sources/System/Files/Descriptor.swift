internal import CSystem

/// An open file, pipe or socket, closed when its owner lets go of it.
///
/// Reads and writes return a count or a negative errno: on the data plane a refusal to wait (`-EAGAIN`) is an ordinary
/// answer, not an error.
public struct Descriptor: ~Copyable, Sendable {
    /// The number the kernel knows it by; valid as long as this value lives.
    public let raw: Int32

    /// Takes ownership of an open descriptor.
    public init(owning raw: Int32) {
        self.raw = raw
    }

    deinit {
        _ = sl_close(raw)
    }

    /// Gives up ownership: the caller closes the number or hands it on.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }

    /// How a file is opened; all close on exec.
    public enum Mode: Int32, Sendable {
        /// For reading, without waiting for the writer of a pipe.
        case read = 0
        /// For writing at the end, made when absent.
        case append = 1
        /// For writing from the start, made when absent, emptied when present.
        case replace = 2
        /// For reading and writing what exists.
        case readAndWrite = 3
        /// For reading and writing what must not exist yet.
        case createNew = 4
    }

    /// Opens a file.
    public static func open(
        _ path: FilePath, _ mode: Mode, permissions: UInt32 = 0o644, followingLinks: Bool = true
    ) throws(SystemError) -> Descriptor {
        let raw = openRaw(path.bytes.span, mode, permissions: permissions, followingLinks: followingLinks)
        if raw < 0 { throw SystemError(mode == .read ? "open" : "write to", path, code: raw) }
        return Descriptor(owning: raw)
    }

    /// Opens a file without allocating; the number is the caller's to close, or a negative errno.
    public static func openRaw(
        _ path: Span<UInt8>, _ mode: Mode, permissions: UInt32 = 0o644, followingLinks: Bool = true
    ) -> Int32 {
        unsafe path.withUnsafeBufferPointer {
            unsafe sl_open($0.baseAddress, $0.count, mode.rawValue, permissions, followingLinks ? 1 : 0)
        }
    }

    /// Closes a descriptor that was released or opened raw.
    public static func closeRaw(_ raw: Int32) {
        _ = sl_close(raw)
    }

    /// Opens a file without a name in a folder, for what is too large for memory; the caller closes it.
    ///
    /// The result is a negative errno when that fails.
    public static func openTemporaryRaw(in folder: FilePath) -> Int32 {
        unsafe folder.withPointer { unsafe sl_temporary_file($0, $1) }
    }

    /// Writes once to a descriptor that lives elsewhere; the count or a negative errno.
    public static func writeRaw(_ bytes: Span<UInt8>, to raw: Int32) -> Int {
        unsafe bytes.withUnsafeBufferPointer { unsafe sl_write(raw, $0.baseAddress, $0.count) }
    }

    /// Reads once from a place in a file that lives elsewhere; the count, 0 at the end, or a negative errno.
    @unsafe public static func readRaw(_ raw: Int32, from offset: Int64, into buffer: UnsafeMutableRawBufferPointer)
        -> Int
    {
        unsafe sl_pread(raw, buffer.baseAddress, buffer.count, offset)
    }

    /// What an open descriptor that lives elsewhere is; nil when the system does not say.
    public static func statusRaw(_ raw: Int32) -> FileStatus? {
        var status = sl_status()
        return unsafe sl_fstat(raw, &status) < 0 ? nil : FileStatus(status)
    }

    /// A second descriptor for the same open file, such as standard input.
    public static func duplicate(of raw: Int32) throws(SystemError) -> Descriptor {
        let copy = sl_duplicate(raw)
        if copy < 0 { throw SystemError("duplicate", "descriptor \(raw)", code: copy) }
        return Descriptor(owning: copy)
    }

    /// Puts what another descriptor has open behind this number, in one step for all threads; 0 or a negative errno.
    public func become(_ other: borrowing Descriptor) -> Int32 { sl_replace(raw, other.raw) }

    /// What is open; nil when the system does not say.
    public func status() -> FileStatus? {
        var status = sl_status()
        return unsafe sl_fstat(raw, &status) < 0 ? nil : FileStatus(status)
    }

    /// Reads once, at most `room` bytes, behind what `bytes` holds; the count, 0 at the end, or a negative errno.
    public func append(to bytes: inout [UInt8], upTo room: Int) -> Int {
        var result = 0
        bytes.append(addingCapacity: room) { span in
            result = unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                let n = unsafe sl_read(raw, buffer.baseAddress.map { unsafe $0 + count }, room)
                count += max(n, 0)
                return n
            }
        }
        return result
    }

    /// Writes once; the count, which may be less than asked, or a negative errno.
    public func write(_ bytes: Span<UInt8>) -> Int {
        unsafe bytes.withUnsafeBufferPointer { unsafe sl_write(raw, $0.baseAddress, $0.count) }
    }

    /// Blocks until there is something to read or the other end is closed; false when that took too long.
    @discardableResult
    public func waitUntilReadable(milliseconds: Int32 = -1) -> Bool {
        sl_wait_readable(raw, milliseconds) > 0
    }

    /// Blocks until something can be written or the other end is closed.
    public func waitUntilWritable() {
        _ = sl_wait_writable(raw, -1)
    }
}
