import HTTP
import IR

/// The client's address where proxies stand before this server.
extension Decider {
    /// Whether somebody else may name the client's address.
    @inline(__always)
    func mayHaveRealAddress(_ journey: borrowing Journey) -> Bool {
        journey.peer.isAbsent
            && (journey.connection.proxied != nil || tables.effectives[journey.effective].realAddress >= 0)
    }

    /// Takes the address that a proxy names for the client's, if the proxy is believed.
    mutating func takeRealAddress(_ journey: inout Journey) {
        if let proxied = journey.connection.proxied, proxies(journey.connection)?.namesClient == true {
            // httpd looks at no field where proxies introduce clients, also where they name nobody.
            if !proxied.source.isEmpty { name(unmapped(proxied.source), Int(proxied.sourcePort), -1, &journey) }
            return
        }
        let index = tables.effectives[journey.effective].realAddress
        if index < 0 { return }
        let record = tables.realAddresses[index]
        if record.isTakenOut {
            takeOut(record, &journey)
        } else if let named = read(record, journey) {
            name(named.text, named.port, record.origin, &journey)
        }
    }

    /// How proxies introduce clients at a connection's local address; nil: they do not, or not this one.
    package func proxies(_ connection: borrowing ConnectionFacts) -> ProxyEntranceRecord? {
        guard let record = tables.nameTables[Int(nameTable(connection))].proxy else { return nil }
        for index in record.exceptions.range where tables.networks[index].contains(connection.client) { return nil }
        return record
    }

    private func name(_ text: [UInt8], _ port: Int, _ origin: Int32, _ journey: inout Journey) {
        journey.peer = journey.put(journey.connection.clientText)
        journey.peerPort = journey.connection.clientPort
        journey.connection.clientText = text
        journey.connection.clientPort = port
        if let address = self.address(text) { journey.connection.client = address }
        if journey.trace.isOn { journey.remark(.clientNamed, origin, String(decoding: text, as: UTF8.self)) }
    }

    private func address(_ text: [UInt8]) -> IPAddress? { IPAddress(text.span) }

    /// `::ffff:1.2.3.4` as httpd shows it.
    private func unmapped(_ text: [UInt8]) -> [UInt8] {
        guard text.contains(UInt8(ascii: ":")), let address = self.address(text), address.isIPv4 else { return text }
        var shown: [UInt8] = []
        address.append(to: &shown)
        return shown
    }

    /// Whether a proxy of this address is believed; `isOwn` says whether it is of the own house.
    private func trusts(_ record: RealAddressRecord, _ address: IPAddress?) -> (believes: Bool, isOwn: Bool) {
        guard let trusts = record.trusts else { return (true, false) }
        for (place, index) in trusts.range.enumerated() {
            let network = tables.networks[index]
            let fits = address.map { network.contains($0) } ?? (network.kind != .network)
            if fits { return (true, record.own[place]) }
        }
        return (false, false)
    }

    /// The address that a client over a socket has, none over a local one.
    private func peerAddress(_ journey: borrowing Journey) -> IPAddress? {
        journey.connection.clientText.starts(with: "unix:".utf8) ? nil : journey.connection.client
    }

    // MARK: As nginx does

    private struct Named {
        var text: [UInt8]
        var port: Int
    }

    /// Source: `ngx_http_realip_handler` and `ngx_http_get_forwarded_addr`.
    private func read(_ record: RealAddressRecord, _ journey: borrowing Journey) -> Named? {
        if record.header.isAbsent {
            guard let proxied = journey.connection.proxied, let address = self.address(proxied.source),
                trusts(record, peerAddress(journey)).believes
            else { return nil }
            return Named(text: shown(address, proxied.source), port: Int(proxied.sourcePort))
        }
        let header = tables.bytes.array(record.header.range)
        var values: [[UInt8]] = []
        var index = journey.request.firstIndex(named: header.span)
        while let found = index {
            values.append(journey.request.bytes.array(journey.request.fields[found].value))
            index = journey.request.nextIndex(named: header.span, behind: found)
        }
        // Of several fields of another name than X-Forwarded-For, the first counts alone.
        if header != Array("x-forwarded-for".utf8), values.count > 1 { values.removeLast(values.count - 1) }
        var peer = peerAddress(journey)
        var result: Named?
        for value in values.reversed() {
            var rest = value[...]
            while trusts(record, peer).believes, let word = lastWord(&rest), let (address, named) = parse(word) {
                (peer, result) = (address, named)
                if !record.recursive { return result }
                if rest.isEmpty { break }
            }
            guard rest.isEmpty, result != nil else { return result }
        }
        return result
    }

    /// Takes the last word of a list that blanks and commas part.
    private func lastWord(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        func parts(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: ",") }
        while let last = rest.last, parts(last) { rest.removeLast() }
        let start = rest.lastIndex(where: parts).map { $0 + 1 } ?? rest.startIndex
        let word = rest[start...]
        rest = rest[..<start]
        return word.isEmpty ? nil : word
    }

    /// An address, perhaps with a port: `1.2.3.4:80`, `[::1]:80`.
    private func parse(_ word: ArraySlice<UInt8>) -> (IPAddress, Named)? {
        if let address = self.address(Array(word)) {
            return (address, Named(text: shown(address, Array(word)), port: -1))
        }
        guard let colon = word.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = word[(colon + 1)...]
        guard let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0, digits.first != UInt8(ascii: "+")
        else { return nil }
        var host = Array(word[..<colon])
        let isBracketed = host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]")
        if isBracketed { host = Array(host.dropFirst().dropLast()) }
        guard host.contains(UInt8(ascii: ":")) == isBracketed, let address = self.address(host) else { return nil }
        return (address, Named(text: shown(address, host), port: Int(port)))
    }

    private func shown(_ address: IPAddress, _ written: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        address.append(to: &text, isMapped: written.contains(UInt8(ascii: ":")))
        return text
    }

    // MARK: As httpd does

    /// Source: `remoteip_modify_request` in modules/metadata/mod_remoteip.c.
    private func takeOut(_ record: RealAddressRecord, _ journey: inout Journey) {
        let header = tables.bytes.array(record.header.range)
        var rest = joined(header, journey)
        var peer = peerAddress(journey)
        var shownPeer = journey.connection.clientText
        var passed: [[UInt8]] = []
        var isOwn = record.trusts != nil
        var isNamed = false
        while let list = rest {
            let trust = trusts(record, peer)
            if !trust.believes { break }
            if isOwn { isOwn = trust.isOwn }
            let comma = list.lastIndex(of: UInt8(ascii: ","))
            let word = Array(list[(comma.map { $0 + 1 } ?? list.startIndex)...]).trimmedOfBlanks
            guard let address = self.address(word), isOwn || isPublic(address) else { break }
            rest = comma.map { list[..<$0] }
            if !isOwn { passed.append(shownPeer) }
            peer = address
            shownPeer = unmapped(word)
            isNamed = true
        }
        guard isNamed else { return }
        journey.request.replaceFields(named: header, with: rest.map { Array($0) })
        if !passed.isEmpty, !record.proxiesHeader.isAbsent {
            journey.request.replaceFields(
                named: tables.bytes.array(record.proxiesHeader.range),
                with: Array(passed.joined(separator: Array(", ".utf8))))
        }
        name(shownPeer, 0, record.origin, &journey)
    }

    /// All fields of a name as one list.
    private func joined(_ header: [UInt8], _ journey: borrowing Journey) -> ArraySlice<UInt8>? {
        var list: [UInt8]?
        var index = journey.request.firstIndex(named: header.span)
        while let found = index {
            if list != nil { list?.append(contentsOf: ", ".utf8) }
            list = (list ?? []) + journey.request.bytes.array(journey.request.fields[found].value)
            index = journey.request.nextIndex(named: header.span, behind: found)
        }
        return list?[...]
    }

    /// Whether a proxy from outside may name the address: it is no private one.
    private func isPublic(_ address: IPAddress) -> Bool {
        if !address.isIPv4 { return address.high >> 61 == 1 }
        let (first, second) = (address.low >> 24 & 255, address.low >> 16 & 255)
        switch first {
        case 10, 127: return false
        case 169: return second != 254
        case 172: return second & 0xf0 != 16
        case 192: return second != 168
        default: return true
        }
    }
}

extension [UInt8] {
    fileprivate var trimmedOfBlanks: [UInt8] {
        var slice = self[...]
        while slice.first == UInt8(ascii: " ") { slice.removeFirst() }
        while slice.last == UInt8(ascii: " ") { slice.removeLast() }
        return Array(slice)
    }
}

/// How proxies introduce clients at a local address.
package struct ProxyEntranceRecord: Sendable {
    /// Peers that come without an introduction.
    var exceptions: Span32
    /// The address that the proxy names is the client's.
    var namesClient: Bool
    /// A proxy that introduces something that is no TCP connection is turned away.
    package var refusesForeign: Bool
    /// The longest introduction in bytes.
    package var limit: Int
}
