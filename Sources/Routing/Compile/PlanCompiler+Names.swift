import IR

extension PlanCompiler {
    /// Compiles a listener and its names.
    mutating func compileListener(_ listener: Listener) {
        let record = ListenerRecord(
            names: names(listener.names),
            more: listener.names.more.compactMap { more in
                more.names.first.map { (address: more.address.planBytes, names: names($0)) }
            },
            port: Int32(listener.port), hosts: listener.reading.hostNames,
            reading: listener.reading)
        tables.listeners.append(record)
    }

    private mutating func names(_ table: NameTable) -> Int32 {
        var record = NamesRecord(
            firstInOrder: table.search == .firstInOrder, exact: ByteMap(), suffixes: ByteMap(), prefixes: ByteMap(),
            others: [], sites: [], origins: [], fallback: table.fallback.index)
        for (position, name) in table.names.enumerated() {
            let rank = Int32(position)
            record.sites.append(name.site.index)
            record.origins.append(name.origin.index)
            switch name.pattern {
            case .exact(let host): record.exact.insert(host.lowercasedASCII, rank)
            case .suffix(let host, let andItself):
                record.suffixes.insert(host.lowercasedASCII, rank)
                if andItself { record.exact.insert(host.lowercasedASCII.dropFirst(), rank) }
            case .prefix(let host): record.prefixes.insert(host.lowercasedASCII, rank)
            case .glob(let glob):
                let lower = String(decoding: glob.lowercasedASCII, as: UTF8.self)
                record.others.append(OtherName(rank: rank, glob: text(lower), pattern: -1, bank: -1))
            case .pattern(let pattern, let bank):
                let index = self.pattern(pattern, name.origin)
                record.others.append(OtherName(rank: rank, glob: .absent, pattern: index, bank: Int8(bank ?? -1)))
            }
        }
        record.plainStatus = Int32(table.tls?.plain ?? 0)
        switch table.tlsMismatch {
        case .allow: break
        case .refuse(let clientCertificate, let policiesDiffer):
            record.refusesOtherPolicy = policiesDiffer
            record.refusesClientCheck = clientCertificate
        case .refuseOtherClients, .refuseOthers: record.refusesOtherPolicy = true
        }
        record.proxy = table.proxy.map { proxy in
            ProxyEntranceRecord(
                exceptions: networks(proxy.exceptions), namesClient: proxy.namesClient,
                refusesForeign: proxy.refusesForeign, limit: proxy.limit)
        }
        tables.nameTables.append(record)
        return Int32(tables.nameTables.count - 1)
    }
}

extension String {
    /// The bytes with ASCII letters in lower case.
    var lowercasedASCII: [UInt8] { planBytes.map { asciiLower($0) } }
}

/// An ASCII letter in lower case; any other byte as it is.
@inline(__always)
func asciiLower(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
}
