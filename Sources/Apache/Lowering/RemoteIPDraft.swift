import IR

/// What a server says about proxies that stand before it.
struct RemoteIPDraft: Sendable {
    /// RemoteIPHeader.
    var header: Stated<String>?
    /// RemoteIPProxiesHeader.
    var proxiesHeader: Stated<String>?
    /// Who is believed; nil: nobody said it, and everybody is.
    var trusts: Stated<[TrustedNetwork]>?

    /// Where the client's address comes from, with what the main server says (`merge_remoteip_server_config`).
    func address(over main: RemoteIPDraft) -> Stated<RealAddress?>? {
        // Proxies that are believed mean nothing without the field that they write to.
        guard let header = header ?? main.header else { return nil }
        return Stated(
            RealAddress(
                source: .field(header.value), trusts: (trusts ?? main.trusts)?.value, recursive: true,
                use: .takenOut(proxies: (proxiesHeader ?? main.proxiesHeader)?.value)),
            header.origin)
    }
}

/// A local address for which RemoteIPProxyProtocol was written; nil stands for all.
struct ProxiedAddress: Hashable, Sendable {
    var host: String?
    var port: Int?

    init(host: String?, port: Int?) {
        self.host = host
        self.port = port
    }

    init(_ address: VirtualAddress) {
        self.init(host: address.host, port: address.port)
    }

    /// Whether one of the two takes in the other (`remoteip_sockaddr_compat`).
    func meets(_ other: ProxiedAddress) -> Bool {
        let samePort = port == nil || other.port == nil || port == other.port
        if host == other.host { return samePort }
        return host == nil && (port == nil || port == other.port)
            || other.host == nil && (other.port == nil || port == other.port)
    }
}

/// Where the PROXY protocol is spoken, in the whole process.
struct ProxyProtocolDraft: Sendable {
    private struct Place: Sendable {
        var address: ProxiedAddress
        var origin: ID<Origin>
    }

    private var on: [Place] = []
    private var off: [Place] = []
    /// Clients that do not speak it, as networks.
    var exceptions: [String] = []

    /// Switches it on or off at an address; an address that one of a list takes in is not added to it.
    mutating func state(_ address: ProxiedAddress, isOn: Bool, origin: ID<Origin>) {
        let place = Place(address: address, origin: origin)
        if isOn {
            off.removeAll { $0.address == address }
            if !on.contains(where: { $0.address.meets(address) }) { on.append(place) }
        } else {
            on.removeAll { $0.address == address }
            if !off.contains(where: { $0.address.meets(address) }) { off.append(place) }
        }
    }

    /// How it is spoken at a local address (nil: at one that nobody names) and port; nil: it is not.
    func entrance(at host: String?, _ port: Int) -> ProxyEntrance? {
        func takesIn(_ place: Place) -> Bool {
            (place.address.host == nil || place.address.host == host)
                && (place.address.port == nil || place.address.port == port)
        }
        guard let place = on.first(where: takesIn), !off.contains(where: takesIn) else { return nil }
        return ProxyEntrance(
            exceptions: exceptions, namesClient: true, refusesForeign: true, limit: Self.limit, origin: place.origin)
    }

    /// `sizeof(proxy_v2)` in modules/metadata/mod_remoteip.c: room for two paths of local sockets.
    private static let limit = 232
}
