internal import CSystem

extension Descriptor {
    /// How a listening socket differs from an ordinary one.
    public struct ListenOptions: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// Several sockets share the port and the kernel spreads connections over them (`SO_REUSEPORT`).
        public static let reusePort = ListenOptions(rawValue: 1)
        /// An IPv6 socket that takes no IPv4 connections; nginx's default.
        public static let onlyV6 = ListenOptions(rawValue: 2)
        /// An IPv6 socket that takes IPv4 connections too; Apache's default on Linux.
        public static let anyVersion = ListenOptions(rawValue: 4)
        /// A connection is accepted only when its first bytes are there (`TCP_DEFER_ACCEPT`).
        public static let deferred = ListenOptions(rawValue: 8)
    }

    /// Opens a non-blocking socket that listens, with `SO_REUSEADDR`; accepted sockets inherit `TCP_NODELAY`.
    ///
    /// With `reusePort` an ordinary bind is tried first: sharing would hide that another program has the port.
    public static func listen(
        on address: SocketAddress, backlog: Int32 = 511, options: ListenOptions = []
    ) throws(SystemError) -> Descriptor {
        if options.contains(.reusePort) {
            _ = try listenOnce(address, backlog, options.subtracting(.reusePort))
        }
        return try listenOnce(address, backlog, options)
    }

    private static func listenOnce(
        _ address: SocketAddress, _ backlog: Int32, _ options: ListenOptions
    ) throws(SystemError) -> Descriptor {
        let raw = unsafe address.withRaw { unsafe sl_listen($0, backlog, options.rawValue) }
        if raw < 0 { throw SystemError("listen on", address.description, code: raw) }
        return Descriptor(owning: raw)
    }

    /// The address a socket is bound to, with the port the kernel chose where 0 was asked for.
    public func localAddress() -> SocketAddress? {
        SocketIO.localAddress(of: raw)
    }
}
