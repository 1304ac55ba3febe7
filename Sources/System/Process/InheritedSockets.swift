internal import CSystem

/// A listening socket that this process was started with.
public struct InheritedSocket: Hashable, Sendable {
    /// The descriptor: non-blocking, closed on exec.
    public var raw: Int32
    /// Where it listens.
    public var address: SocketAddress
    /// An IPv6 socket that takes IPv4 too.
    public var isDual: Bool
}

/// The listening sockets that this process was started with, by systemd or by the server that it replaces.
public enum InheritedSockets {
    /// The first descriptor that systemd passes (`SD_LISTEN_FDS_START`).
    private static let first: Int32 = 3

    /// Takes the sockets that the environment announces, and the announcement away.
    ///
    /// `LISTEN_FDS` counts if `LISTEN_PID` is this process (sd_listen_fds(3)). `predecessor` names the variable in
    /// which a server writes its sockets' numbers, each followed by `;` or `:`, for the program that replaces it, as
    /// nginx does in `NGINX`. What is no listening socket is left alone.
    public static func take(predecessor variable: String) -> [InheritedSocket] {
        var numbers: [Int32] = []
        if let process = Environment.value(of: "LISTEN_PID"), Int32(process) == ChildProcess.current,
            let count = Environment.value(of: "LISTEN_FDS").flatMap({ Int32($0) }), count > 0, count < 4_096
        {
            numbers += first..<first + count
        }
        if let list = Environment.value(of: variable) {
            numbers += list.split { $0 == ";" || $0 == ":" }.compactMap { Int32($0) }
        }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", variable] { Environment.remove(name) }
        return numbers.compactMap(adopted)
    }

    private static func adopted(_ raw: Int32) -> InheritedSocket? {
        var onlyV6: Int32 = 1
        var pathLength = 0
        var outcome: Int32 = 0
        let path = unsafe [UInt8](unsafeUninitializedCapacity: 128) { buffer, count in
            outcome = unsafe sl_inherited_listener(raw, &onlyV6, buffer.baseAddress, 128, &pathLength)
            count = pathLength
        }
        guard outcome >= 0 else { return nil }
        if !path.isEmpty {
            return InheritedSocket(raw: raw, address: SocketAddress(path: FilePath(bytes: path)), isDual: false)
        }
        return SocketIO.localAddress(of: raw).map { InheritedSocket(raw: raw, address: $0, isDual: onlyV6 == 0) }
    }

    /// Closes what else this process was started with: who waits for the end of such a pipe would wait for that of a
    /// server that has gone into the background.
    public static func closeOthers(than sockets: [InheritedSocket]) {
        let kept = Set(sockets.map(\.raw))
        let numbers = ((try? Files.list("/proc/self/fd")) ?? []).compactMap { Int32($0.name.description) }
        for raw in numbers where raw >= first && !kept.contains(raw) { Descriptor.closeRaw(raw) }
    }

    /// Has a descriptor stay open in the program that replaces this process, or not.
    public static func pass(_ raw: Int32, on: Bool) { _ = sl_keep_on_exec(raw, on ? 1 : 0) }
}
