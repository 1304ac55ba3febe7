package import HTTP

/// What the proxy that a connection comes from said of it, by the PROXY protocol; made once, before the first request.
package final class ProxiedFacts: Sendable {
    /// The client's address as text; empty: the proxy named none.
    package let source: [UInt8]
    /// The client's port.
    package let sourcePort: UInt16
    /// The address that the client came to, as text.
    package let destination: [UInt8]
    /// … and its port.
    package let destinationPort: UInt16
    /// Further facts, as `ProxyHeader.fact` reads them.
    package let extensions: [UInt8]

    /// What a header says; nil where it names what is no address.
    package init?(_ header: ProxyHeader) {
        extensions = header.extensions
        guard case .ends(let from, let to) = header.content else {
            (source, sourcePort, destination, destinationPort) = ([], 0, [], 0)
            return
        }
        guard let source = Self.text(from.address), let destination = Self.text(to.address) else { return nil }
        (self.source, self.destination) = (source, destination)
        (sourcePort, destinationPort) = (from.port, to.port)
    }

    private static func text(_ address: ProxyHeader.Address) -> [UInt8]? {
        switch address {
        case .text(let text, let isV6):
            guard IPAddress(text.span) != nil, isV6 == text.contains(UInt8(ascii: ":")) else { return nil }
            return text
        case .octets(let octets):
            func word(_ range: Range<Int>) -> UInt64 { octets[range].reduce(0) { $0 << 8 | UInt64($1) } }
            var text: [UInt8] = []
            if octets.count == 4 {
                IPAddress(ipv4: UInt32(truncatingIfNeeded: word(0..<4))).append(to: &text)
            } else {
                IPAddress(high: word(0..<8), low: word(8..<16)).append(to: &text, isMapped: true)
            }
            return text
        }
    }
}
