internal import CSystem

/// Names to addresses (`getaddrinfo(3)`), in the order in which they should be tried.
public enum Resolver {
    /// A name that has no address, with the resolver's words for it.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// What was asked for, and why there is no address.
        public let name: String
        public let reason: String
        /// Whether the name is known not to exist, as opposed to servers that did not answer.
        public let isUnknownName: Bool

        public var description: String { "cannot resolve \(name): \(reason)" }
    }

    /// The addresses of a name or a numeric address, without duplicates.
    ///
    /// Blocks while servers are asked.
    public static func addresses(of name: String, port: UInt16) throws(Failure) -> [SocketAddress] {
        if let numeric = SocketAddress(numeric: name, port: port) { return [numeric] }
        let bytes = Array(name.utf8)
        var failure: Int32 = 0
        var count: Int32 = 0
        let raw = unsafe [sl_address](unsafeUninitializedCapacity: 64) { buffer, filled in
            count = unsafe bytes.withUnsafeBufferPointer {
                unsafe sl_resolve($0.baseAddress, $0.count, buffer.baseAddress, 64, &failure)
            }
            filled = max(Int(count), 0)
        }
        if count < 0 {
            let text = unsafe [UInt8](unsafeUninitializedCapacity: 256) { buffer, filled in
                filled = unsafe sl_resolve_error_text(failure, buffer.baseAddress, 256)
            }
            // EAI_NONAME and EAI_NODATA; EAI_AGAIN and the rest say nothing about the name.
            throw Failure(
                name: name, reason: String(decoding: text, as: UTF8.self), isUnknownName: failure == -2 || failure == -5
            )
        }
        var addresses: [SocketAddress] = []
        for index in unsafe raw.indices {
            var address = unsafe SocketAddress(raw[index])
            address.port = port
            if !addresses.contains(address) { addresses.append(address) }
        }
        return addresses
    }
}
