/// Where the client's address comes from when a trusted proxy stands before us.
package struct RealAddress: Hashable, Sendable {
    /// Who names it.
    package var source: AddressSource
    /// Whom it is believed from, in order; nil: everybody.
    package var trusts: [TrustedNetwork]?
    /// Addresses are followed as long as they are trusted.
    package var recursive: Bool = false
    /// What becomes of the field.
    package var use: AddressUse = .read

    package init(
        source: AddressSource, trusts: [TrustedNetwork]? = nil, recursive: Bool = false, use: AddressUse = .read
    ) {
        self.source = source
        self.trusts = trusts
        self.recursive = recursive
        self.use = use
    }
}

/// Who names the client's address.
package enum AddressSource: Hashable, Sendable {
    /// A field of the request.
    case field(String)
    /// The proxy that introduced the connection.
    case proxyProtocol
}

/// A network of proxies that are believed.
package struct TrustedNetwork: Hashable, Sendable {
    /// The network, or `unix:`.
    package var network: String
    /// Its proxies are of the own house: they may also name private addresses, and are not told of.
    package var isOwn: Bool

    package init(_ network: String, isOwn: Bool = true) {
        self.network = network
        self.isOwn = isOwn
    }
}

/// What becomes of the field that names the client's address.
package enum AddressUse: Hashable, Sendable {
    /// It stays; the address that it names may have a port (nginx).
    case read
    /// What was believed is taken out, and the proxies that are not of the own house go into a field (httpd).
    case takenOut(proxies: String?)
}

/// That proxies introduce the clients that they bring, by the PROXY protocol, before anything else is said.
package struct ProxyEntrance: Hashable, Sendable {
    /// Peers that come without an introduction, as networks.
    package var exceptions: [String] = []
    /// The address that the proxy names is the client's, whatever `RealAddress` says (httpd).
    package var namesClient: Bool
    /// A proxy that introduces something that is no TCP connection is turned away.
    package var refusesForeign: Bool
    /// The longest introduction in bytes.
    package var limit: Int
    /// The statement.
    package var origin: ID<Origin>

    package init(
        exceptions: [String] = [], namesClient: Bool, refusesForeign: Bool, limit: Int, origin: ID<Origin>
    ) {
        self.exceptions = exceptions
        self.namesClient = namesClient
        self.refusesForeign = refusesForeign
        self.limit = limit
        self.origin = origin
    }
}
