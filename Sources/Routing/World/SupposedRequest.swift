import HTTP
import IR

/// A request that somebody might send.
package struct SupposedRequest: Sendable {
    /// The bytes of its head, with the empty line.
    package var head: [UInt8]
    /// The connection that it comes on.
    package var connection: ConnectionFacts
    /// How many bytes of body follow, where the head does not say so.
    package var bodyLength: Int64?

    /// A request of these bytes; what stands behind the empty line is not looked at.
    package init(head: [UInt8], connection: ConnectionFacts, bodyLength: Int64? = nil) {
        self.head = head
        self.connection = connection
        self.bodyLength = bodyLength
    }

    /// A request in HTTP/1.1.
    ///
    /// A Host field is written in front unless `fields` has one or `host` is nil.
    package init(
        _ method: String = "GET", host: String?, target: String, fields: [SupposedField] = [], bodyLength: Int64? = nil,
        connection: ConnectionFacts = ConnectionFacts(supposedListener: 0)
    ) {
        var head = "\(method) \(target) HTTP/1.1\r\n".planBytes
        if let host, !fields.contains(where: { FieldName(spelling: $0.name) == .host }) {
            head += "Host: \(host)\r\n".planBytes
        }
        for field in fields { head += "\(field.name): \(field.value)\r\n".planBytes }
        if let bodyLength, bodyLength > 0 { head += "Content-Length: \(bodyLength)\r\n".utf8 }
        head += "\r\n".utf8
        self.init(head: head, connection: connection, bodyLength: bodyLength)
    }
}

extension ConnectionFacts {
    /// A connection from an address to a listener on this machine.
    package init(
        supposedListener listener: Int, port: Int = 80, client: String = "127.0.0.1", local: String = "127.0.0.1",
        isTLS: Bool = false
    ) {
        self.init()
        self.listener = listener
        self.client = IPAddress(client) ?? IPAddress(ipv4: 0x7F00_0001)
        clientText = Array(client.utf8)
        clientPort = 50_000
        localText = Array(local.utf8)
        localPort = port
        self.isTLS = isTLS
    }

    /// The same connection as a proxy introduces it, which says that its client is whom it brings.
    package mutating func supposeIntroduction() {
        let isV6 = clientText.contains(UInt8(ascii: ":"))
        let source = ProxyHeader.End(
            address: .text(clientText, isV6: isV6), port: UInt16(truncatingIfNeeded: clientPort))
        let destination = ProxyHeader.End(
            address: .text(localText, isV6: localText.contains(UInt8(ascii: ":"))),
            port: UInt16(truncatingIfNeeded: localPort))
        proxied = ProxiedFacts(ProxyHeader(.ends(source: source, destination: destination)))
    }
}
