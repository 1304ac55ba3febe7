internal import CSystem

/// Where a socket is or leads to: an IPv4 or IPv6 address with a port, or a path.
///
/// Clients that come over IPv4 to an IPv6 listener are shown as IPv4 addresses.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// What kind of address it is.
    public enum Family: UInt8, Sendable {
        /// No address: the other end of a local socket, or a family that is not known.
        case unnamed = 0
        case local = 1
        case v4 = 4
        case v6 = 6
    }

    /// What kind of address this one is.
    public let family: Family
    /// 0 for local sockets.
    public var port: UInt16
    let scope: UInt32
    /// The bytes in network order, as they lie in memory: the first four for v4, the first eight of v6.
    let high: UInt64
    let low: UInt64
    /// The path of a local socket.
    public let path: FilePath?

    /// A numeric address such as `127.0.0.1` or `::1` (without brackets); nil for names.
    public init?(numeric text: some StringProtocol, port: UInt16) {
        var parsed = unsafe sl_address()
        let bytes = Array(text.utf8)
        let isAddress = unsafe bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe sl_parse_address(start, bytes.count, &parsed) == 1
        }
        guard isAddress else { return nil }
        unsafe self.init(parsed)
        self.port = port
    }

    /// The address of a local (unix) socket.
    public init(path: FilePath) {
        (family, port, scope, high, low) = (.local, 0, 0, 0, 0)
        self.path = path
    }

    /// All IPv4 addresses of the machine.
    public static func anyV4(port: UInt16) -> SocketAddress { SocketAddress(.v4, port: port) }

    /// All IPv6 addresses of the machine; IPv4 too when a listener asks for it.
    public static func anyV6(port: UInt16) -> SocketAddress { SocketAddress(.v6, port: port) }

    /// No address.
    public static var unnamed: SocketAddress { SocketAddress(.unnamed, port: 0) }

    private init(_ family: Family, port: UInt16) {
        self.family = family
        self.port = port
        (scope, high, low, path) = (0, 0, 0, nil)
    }

    init(_ raw: sl_address) {
        family = unsafe Family(rawValue: raw.family) ?? .unnamed
        port = unsafe raw.port
        scope = unsafe raw.scope
        high = unsafe raw.high
        low = unsafe raw.low
        path = nil
    }

    /// Whether the address stands for all addresses of its family.
    public var isAny: Bool { (family == .v4 || family == .v6) && high == 0 && low == 0 }

    /// The address as two numbers, the highest byte first; an IPv4 address is the low one.
    public var words: (high: UInt64, low: UInt64) {
        family == .v4 ? (0, UInt64(UInt32(truncatingIfNeeded: high).bigEndian)) : (high.bigEndian, low.bigEndian)
    }

    /// The bytes of the address in network order: four, sixteen, or none.
    public var octets: [UInt8] {
        switch family {
        case .v4: Self.octets(of: high, 4)
        case .v6: Self.octets(of: high, 8) + Self.octets(of: low, 8)
        case .local, .unnamed: []
        }
    }

    private static func octets(of word: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: word.littleEndian >> ($0 * 8)) }
    }

    /// Appends the address without its port: `127.0.0.1`, `::1`, `unix:` for a local peer.
    public func appendHost(to bytes: inout [UInt8]) {
        switch family {
        case .v4:
            for index in 0..<4 {
                if index > 0 { bytes.append(UInt8(ascii: ".")) }
                Self.append(decimal: Int(UInt8(truncatingIfNeeded: high.littleEndian >> (index * 8))), to: &bytes)
            }
        case .v6:
            bytes.append(addingCapacity: 46) { span in
                unsafe span.withUnsafeMutableBufferPointer { buffer, count in
                    count = unsafe withRaw { unsafe sl_print_v6($0, buffer.baseAddress, buffer.count) }
                }
            }
        case .local, .unnamed:
            bytes.append(contentsOf: "unix:".utf8)
            if let path { bytes.append(contentsOf: path.bytes) }
        }
    }

    /// `127.0.0.1:80`, `[::1]:80`, `unix:/path`.
    public var description: String {
        var bytes: [UInt8] = []
        if family == .v6 { bytes.append(UInt8(ascii: "[")) }
        appendHost(to: &bytes)
        if family == .v6 { bytes.append(UInt8(ascii: "]")) }
        let host = String(decoding: bytes, as: UTF8.self)
        return family == .v4 || family == .v6 ? "\(host):\(port)" : host
    }

    static func append(decimal number: Int, to bytes: inout [UInt8]) {
        if number >= 10 { append(decimal: number / 10, to: &bytes) }
        bytes.append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }

    /// Hands the address to a C function that keeps nothing of it.
    func withRaw<Answer>(_ body: (UnsafePointer<sl_address>) -> Answer) -> Answer {
        var raw = unsafe sl_address()
        unsafe raw.family = family.rawValue
        unsafe raw.port = port
        unsafe raw.scope = scope
        unsafe raw.high = high
        unsafe raw.low = low
        guard let path else { return unsafe body(&raw) }
        return unsafe path.withPointer { pointer, length in
            unsafe raw.path = unsafe pointer
            unsafe raw.path_length = length
            return unsafe body(&raw)
        }
    }
}
