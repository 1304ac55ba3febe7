/// An address and a port as `Listen` and `<VirtualHost>` write them (`apr_parse_addr_port`).
struct AddressText: Hashable, Sendable {
    /// The host without brackets; nil: there was none.
    var host: String?
    /// The port; nil: there was none; -1: `*`.
    var port: Int?

    /// Reads `80`, `host`, `host:80`, `[::1]:80`, `*:80`, `host:*`; nil if it is none of these.
    init?(_ text: String, loneNumberIsPort: Bool) {
        guard !text.isEmpty else { return nil }
        if loneNumberIsPort, let number = Int(text) {
            guard (1...65535).contains(number) else { return nil }
            port = number
            return
        }
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<end]).lowercased()
            let rest = text[text.index(after: end)...]
            if rest.isEmpty { return }
            guard rest.hasPrefix(":"), let number = Self.port(rest.dropFirst()) else { return nil }
            port = number
            return
        }
        if let colon = text.lastIndex(of: ":") {
            // Two colons without brackets are an IPv6 address without a port, which httpd reads the same way.
            guard text[..<colon].contains(":") else {
                host = String(text[..<colon]).lowercased()
                guard let number = Self.port(text[text.index(after: colon)...]) else { return nil }
                port = number
                return
            }
        }
        host = text.lowercased()
    }

    private static func port(_ text: Substring) -> Int? {
        if text == "*" { return -1 }
        guard let number = Int(text), (0...65535).contains(number) else { return nil }
        return number
    }
}

/// What a text is as a host.
enum HostForm: Hashable, Sendable {
    /// `*`, `_default_`, `0.0.0.0`, `::`.
    case all
    /// A literal address in its usual spelling.
    case address(String)
    /// A name that has to be resolved.
    case name(String)

    init(_ text: String) {
        switch text {
        case "*", "_default_", "0.0.0.0", "::", "": self = .all
        default: self = isIPv4(text) || isIPv6(text) ? .address(text) : .name(text)
        }
    }
}

/// Whether a text is a whole IPv4 address.
func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { isOctet($0) }
}

/// Whether a text is a number from 0 to 255.
func isOctet(_ text: some StringProtocol) -> Bool {
    guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = Int(text) else { return false }
    return number <= 255
}

/// Whether a text is an IPv6 address: groups of hexadecimal digits with colons, at least two of these.
func isIPv6(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.filter({ $0 == UInt8(ascii: ":") }).count >= 2 else { return false }
    return bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}
