internal import CSystem

/// The file system, as the configuration readers and the command line need it: whole files, kinds, listings, globs.
public enum Files {
    /// The bytes of a file, a pipe or a device, from its start to its end.
    ///
    /// A file of more than `limit` bytes is refused with `EFBIG`, a directory with `EISDIR`.
    public static func read(_ path: FilePath, limit: Int = 256 << 20) throws(SystemError) -> [UInt8] {
        let descriptor = try Descriptor.open(path, .read)
        return try read(descriptor, named: path, limit: limit)
    }

    /// The bytes of standard input until its end.
    public static func readStandardInput(limit: Int = 256 << 20) throws(SystemError) -> [UInt8] {
        let descriptor = try Descriptor.duplicate(of: 0)
        return try read(descriptor, named: "standard input", limit: limit)
    }

    /// What the path names; nil when it names nothing that can be seen.
    public static func kind(of path: FilePath, followingLinks: Bool = true) -> FileKind? {
        (try? status(of: path, followingLinks: followingLinks))?.kind
    }

    /// The status of what the path names.
    public static func status(of path: FilePath, followingLinks: Bool = true) throws(SystemError) -> FileStatus {
        switch FileStatus.look(at: path.bytes.span, followingLinks: followingLinks) {
        case .success(let status): return status
        case .failure(let failure): throw SystemError("read", path, code: failure.code)
        }
    }

    /// The entries of a folder but `.` and `..`, sorted by their bytes, as names with the kind of the entry itself.
    public static func list(_ path: FilePath) throws(SystemError) -> [(name: FilePath, kind: FileKind)] {
        var failure: Int32 = 0
        let opened = unsafe path.withPointer { unsafe sl_directory_open($0, $1, &failure) }
        guard let directory = unsafe opened else { throw SystemError("list", path, code: failure) }
        defer { unsafe sl_directory_close(directory) }
        var entries: [(name: FilePath, kind: FileKind)] = []
        while true {
            var name: UnsafePointer<UInt8>?
            var length = 0
            var kind: UInt8 = 0
            let outcome = unsafe sl_directory_next(directory, &name, &length, &kind)
            if outcome < 0 { throw SystemError("list", path, code: outcome) }
            if outcome == 0 { break }
            // The name lives until the next call, so it is copied at once.
            let bytes = unsafe [UInt8](UnsafeBufferPointer(start: name, count: length))
            entries.append((FilePath(bytes: bytes), FileKind(rawValue: kind) ?? .other))
        }
        return entries.sorted { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) }
    }

    /// The paths a `glob(3)` pattern stands for, sorted by their bytes; none is no error.
    ///
    /// `*`, `?`, `[…]` and `\` are special in every component and a leading dot must be written; this is what nginx's
    /// `include` uses (`ngx_open_glob`). A pattern without special characters yields itself when it exists.
    public static func glob(_ pattern: FilePath) throws(SystemError) -> [FilePath] {
        var failure: Int32 = 0
        var count = 0
        let opened = unsafe pattern.withPointer { unsafe sl_glob_open($0, $1, &count, &failure) }
        guard let names = unsafe opened else { throw SystemError("expand", pattern, code: failure) }
        defer { unsafe sl_glob_close(names) }
        var paths: [FilePath] = []
        for index in 0..<count {
            var length = 0
            let name = unsafe sl_glob_name(names, index, &length)
            paths.append(FilePath(bytes: unsafe [UInt8](UnsafeBufferPointer(start: name, count: length))))
        }
        // glob(3) sorts by the locale's collation; bytes do not depend on where the program runs.
        return paths.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// Whether `name` matches the shell pattern (`fnmatch(3)`); wildcards take slashes and leading dots when told.
    public static func matches(_ name: FilePath, pattern: FilePath, crossingSlashes: Bool = false) -> Bool {
        unsafe pattern.withPointer { pattern, length in
            unsafe name.withPointer { unsafe sl_fnmatch(pattern, length, $0, $1, crossingSlashes ? 0 : 1) } > 0
        }
    }

    /// The path with every link, `.` and `..` resolved; nil when a part of it does not exist.
    public static func resolved(_ path: FilePath) -> FilePath? {
        unsafe filled { buffer, capacity in
            unsafe path.withPointer { unsafe sl_realpath($0, $1, buffer, capacity) }
        }
    }

    /// Where a symbolic link points, as it is written in the link; nil when the path is no link.
    public static func destination(ofLink path: FilePath) -> FilePath? {
        unsafe filled { buffer, capacity in
            unsafe path.withPointer { unsafe sl_readlink($0, $1, buffer, capacity) }
        }
    }

    /// The working directory.
    public static func workingDirectory() -> FilePath {
        unsafe filled { unsafe sl_getcwd($0, $1) } ?? "/"
    }

    /// Sets who may do what with a file.
    package static func permit(_ permissions: UInt32, on path: FilePath) throws(SystemError) {
        let outcome = unsafe path.withPointer { unsafe sl_chmod($0, $1, permissions) }
        if outcome < 0 { throw SystemError("set the permissions of", path, code: outcome) }
    }

    /// Removes a file.
    public static func remove(_ path: FilePath) throws(SystemError) {
        let outcome = unsafe path.withPointer { unsafe sl_unlink($0, $1) }
        if outcome < 0 { throw SystemError("remove", path, code: outcome) }
    }

    /// Makes a folder whose parent exists; one that is there already is no error.
    public static func makeDirectory(_ path: FilePath, permissions: UInt32 = 0o755) throws(SystemError) {
        let outcome = unsafe path.withPointer { unsafe sl_mkdir($0, $1, permissions) }
        if outcome < 0 && outcome != -17 { throw SystemError("make the folder", path, code: outcome) }
    }

    /// Removes an empty folder.
    public static func removeDirectory(_ path: FilePath) throws(SystemError) {
        let outcome = unsafe path.withPointer { unsafe sl_rmdir($0, $1) }
        if outcome < 0 { throw SystemError("remove the folder", path, code: outcome) }
    }

    /// Gives a file another name, replacing what has that name, in one step.
    public static func rename(_ path: FilePath, to new: FilePath) throws(SystemError) {
        let outcome = unsafe path.withPointer { old, length in
            unsafe new.withPointer { unsafe sl_rename(old, length, $0, $1) }
        }
        if outcome < 0 { throw SystemError("rename", path, code: outcome) }
    }

    /// Writes a whole file, replacing what was there.
    public static func write(
        _ bytes: [UInt8], to path: FilePath, permissions: UInt32 = 0o644
    ) throws(SystemError) {
        let descriptor = try Descriptor.open(path, .replace, permissions: permissions)
        var written = 0
        while written < bytes.count {
            let n = descriptor.write(bytes.span.extracting(written...))
            if n < 0 { throw SystemError("write", path, code: Int32(n)) }
            written += n
        }
    }

    private static func read(
        _ descriptor: borrowing Descriptor, named path: FilePath, limit: Int
    ) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        // A regular file tells its size; one byte more finds its end without a second growth.
        if let size = descriptor.status()?.size, size > 0 { bytes.reserveCapacity(min(Int(size), limit) + 1) }
        while true {
            let room = max(bytes.capacity - bytes.count, 16 << 10)
            let n = descriptor.append(to: &bytes, upTo: room)
            if n == -11 {
                // A pipe or a device opened without blocking has nothing yet: wait for it.
                descriptor.waitUntilReadable()
                continue
            }
            if n < 0 { throw SystemError("read", path, code: Int32(n)) }
            if n == 0 { return bytes }
            if bytes.count > limit { throw SystemError("read", path, code: 27) }
        }
    }

    /// The path that `call` writes into a buffer and whose length it returns, or nil when it failed.
    private static func filled(_ call: (UnsafeMutablePointer<UInt8>?, Int) -> Int) -> FilePath? {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            let n = unsafe call(buffer.baseAddress, buffer.count)
            failed = n < 0
            count = max(n, 0)
        }
        return failed ? nil : FilePath(bytes: bytes)
    }
}
