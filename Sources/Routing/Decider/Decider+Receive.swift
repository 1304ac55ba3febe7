import HTTP
import IR

/// How a request is taken in: target, host, site, path.
extension Decider {
    /// Reads target and host, finds the site and the path; the status if the request is refused.
    @inline(__always)
    mutating func receive(_ journey: inout Journey) -> Int32? {
        let listener = Int(journey.listener)
        journey.target = journey.putRequest(journey.request.target)
        if journey.request.method == .connect, case .answer(let status) = tables.listeners[listener].reading.connect {
            return Int32(status)
        }
        if let status = receiveTarget(&journey, listener) { return status }
        if journey.request.method == .trace, case .answer(let status) = tables.listeners[listener].reading.trace {
            return Int32(status)
        }
        return nil
    }

    @inline(__always)
    private mutating func receiveTarget(_ journey: inout Journey, _ listener: Int) -> Int32? {
        if journey.request.has(.expect), case .forwardRefusingUnknown = tables.listeners[listener].reading.expect,
            journey.request.expectation == .unknown
        {
            return 417
        }
        var rest = journey.target
        var authority = Slice.absent
        if !journey.begins(rest, with: UInt8(ascii: "/")) {
            guard let split = splitAbsolute(rest, journey) else {
                guard journey.equals(rest, "*"), journey.request.method == .options else {
                    return 400
                }
                if case .answer(let status) = tables.listeners[listener].reading.asterisk { return Int32(status) }
                return receiveHost(&journey, .absent, listener) ?? chooseSite(&journey, listener) ?? asterisk(&journey)
            }
            (authority, rest) = split
            journey.authority = authority
            if rest.isEmpty { rest = journey.put("/") }
        }
        if let status = receiveHost(&journey, authority, listener) { return status }
        if let status = chooseSite(&journey, listener) { return status }
        guard let status = receivePath(&journey, rest) else { return nil }
        if tables.effectives[journey.effective].indexIsLookup { refuseInSite(&journey, status, rest) }
        return status
    }

    /// httpd reads the path once it knows the virtual host, whose pages a refusal is shown; nginx reads it before.
    ///
    /// Source: httpd's server/request.c, ap_process_request_internal, and http_protocol.h, ap_status_drops_connection.
    private func refuseInSite(_ journey: inout Journey, _ status: Int32, _ target: Slice) {
        journey.isRefusedBySite = true
        journey.keepsAlive = journey.keepsAlive && status == 404
        if journey.path.isEmpty { journey.path = target }
    }

    /// `OPTIONS *` asks about the server: answered as a request for nothing.
    private func asterisk(_ journey: inout Journey) -> Int32? {
        journey.path = journey.put("*")
        journey.pathBeforeRules = journey.path
        return nil
    }

    /// The authority and the path of `http://authority/path`.
    private func splitAbsolute(_ target: Slice, _ journey: borrowing Journey) -> (Slice, Slice)? {
        var index = Int(target.start)
        let end = Int(target.end)
        let schemeStart = index
        while index < end, isSchemeByte(journey.arena[index]) { index += 1 }
        guard index > schemeStart, index + 3 <= end, journey.arena[index] == UInt8(ascii: ":"),
            journey.arena[index + 1] == UInt8(ascii: "/"), journey.arena[index + 2] == UInt8(ascii: "/")
        else { return nil }
        let start = index + 3
        index = start
        while index < end, journey.arena[index] != UInt8(ascii: "/"), journey.arena[index] != UInt8(ascii: "?"),
            journey.arena[index] != UInt8(ascii: "#")
        {
            index += 1
        }
        if index == start { return nil }
        return (Slice(start..<index), Slice(index..<end))
    }

    private func isSchemeByte(_ byte: UInt8) -> Bool {
        let lower = byte | 0x20
        return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    // MARK: Host

    @inline(__always)
    private func receiveHost(_ journey: inout Journey, _ authority: Slice, _ listener: Int) -> Int32? {
        if journey.request.repeated.contains(.host) { return 400 }
        guard let value = journey.request.value(of: .host) else {
            if journey.request.version >= .v11 { return Int32(tables.listeners[listener].hosts.missingIn11) }
            return authority.isAbsent ? nil : readHost(&journey, authority, listener)
        }
        if value.isEmpty {
            // An empty Host is only right where the target has no authority either (RFC 9112, section 3.2).
            return authority.isAbsent ? 400 : readHost(&journey, authority, listener)
        }
        if !authority.isAbsent, tables.listeners[listener].hosts.authorityOverHeader {
            return readHost(&journey, authority, listener)
        }
        let slice = journey.putRequest(value)
        return readHost(&journey, slice, listener)
    }

    /// Splits `host:port`, in lower case and without a final dot.
    @inline(__always)
    private func readHost(_ journey: inout Journey, _ text: Slice, _ listener: Int) -> Int32? {
        let range = text.range
        let end = journey.arena.plainHostEnd(range)
        // A name that may stand as it is, perhaps with a port; all others are looked at closely.
        if end > range.lowerBound, journey.arena[end - 1] != UInt8(ascii: ".") {
            if end == range.upperBound {
                journey.host = text
                return nil
            }
            if journey.arena[end] == UInt8(ascii: ":") {
                if !takePort(end + 1..<range.upperBound, &journey, listener) { return 400 }
                journey.host = Slice(range.lowerBound..<end)
                return nil
            }
        }
        return readOddHost(&journey, text, listener)
    }

    private func readOddHost(_ journey: inout Journey, _ text: Slice, _ listener: Int) -> Int32? {
        var end = Int(text.end)
        var index = Int(text.start)
        let start = index
        var portStart = -1
        var hasCapitals = false
        if journey.arena[index] == UInt8(ascii: "[") {
            while index < end, journey.arena[index] != UInt8(ascii: "]") { index += 1 }
            if index == end { return 400 }
            index += 1
            if index < end, journey.arena[index] == UInt8(ascii: ":") {
                portStart = index + 1
            } else if index < end {
                return 400
            }
        } else {
            while index < end {
                let byte = journey.arena[index]
                if byte == UInt8(ascii: ":") {
                    portStart = index + 1
                    break
                }
                if !isHostByte(byte) { return 400 }
                if byte &- UInt8(ascii: "A") < 26 { hasCapitals = true }
                index += 1
            }
        }
        if portStart >= 0 {
            if !takePort(portStart..<end, &journey, listener) { return 400 }
            end = portStart - 1
        }
        if end > start + 1, journey.arena[end - 1] == UInt8(ascii: "."), tables.listeners[listener].hosts.stripsFinalDot
        {
            end -= 1
        }
        if end == start { return 400 }
        if !hasCapitals, journey.arena[start] != UInt8(ascii: "[") {
            journey.host = Slice(start..<end)
            return nil
        }
        let lowered = journey.arena.count
        for at in start..<end {
            let byte = asciiLower(journey.arena[at])
            journey.arena.append(byte)
        }
        journey.host = journey.since(lowered)
        return nil
    }

    /// Takes what stands behind a host's colon; false for what is no port.
    private func takePort(_ range: Range<Int>, _ journey: inout Journey, _ listener: Int) -> Bool {
        if journey.arena.digitsEnd(range) < range.upperBound { return false }
        journey.hostPort = Slice(range)
        return !tables.listeners[listener].hosts.refusesOddPorts || isPort(journey.hostPort, journey)
    }

    private func isPort(_ text: Slice, _ journey: borrowing Journey) -> Bool {
        var number = 0
        for index in text.range { number = min(number * 10 + Int(journey.arena[index] &- UInt8(ascii: "0")), 65_536) }
        return number > 0 && number < 65_536
    }

    // MARK: Site

    /// The site that answers names that nobody has.
    func fallbackSite(_ journey: borrowing Journey) -> Int32 {
        tables.nameTables[Int(nameTable(journey.connection))].fallback
    }

    /// The table of the most specific local address.
    @inline(__always)
    func nameTable(_ connection: borrowing ConnectionFacts) -> Int32 {
        let listener = connection.listener
        for more in tables.listeners[listener].more where more.address == connection.localText {
            return more.names
        }
        return tables.listeners[listener].names
    }

    @inline(__always)
    private mutating func chooseSite(_ journey: inout Journey, _ listener: Int) -> Int32? {
        let table = Int(nameTable(journey.connection))
        let rank = findName(&journey, table)
        if rank >= 0 {
            journey.site = tables.nameTables[table].sites[rank]
            journey.note(.siteChosen, tables.nameTables[table].origins[rank], journey.host)
        } else {
            journey.site = tables.nameTables[table].fallback
            journey.note(.siteFallback, tables.sites[journey.site].origin, journey.host)
        }
        journey.effective = tables.sites[journey.site].base
        journey.scope = tables.sites[journey.site].scope
        return tables.nameTables[table].plainStatus == 0 ? nil : misplaced(&journey, table)
    }

    /// The status of a request that does not fit the TLS of its connection.
    private func misplaced(_ journey: inout Journey, _ table: Int) -> Int32? {
        guard let status = refusedTLS(&journey, tables.nameTables[table]) else { return nil }
        // Plain HTTP that httpd's TLS was sent is not read any further: whoever answers unknown names answers it.
        if status == 400, journey.connection.tls == nil { return status }
        journey.isRefusedBySite = true
        journey.keepsAlive = journey.keepsAlive && (status == 421 || status == 403)
        journey.path = journey.put("/")
        return status
    }

    /// The rank of the name that the host has; -1: it has none.
    @inline(__always)
    mutating func findName(_ journey: inout Journey, _ table: Int) -> Int32 {
        if journey.host.isAbsent { return -1 }
        let exact = tables.nameTables[table].exact.find(journey.arena.span.extracting(journey.host.range)) ?? -1
        let firstInOrder = tables.nameTables[table].firstInOrder
        if exact >= 0, !firstInOrder { return exact }
        var best = exact
        if !firstInOrder {
            best = longestSuffix(journey, table)
            if best < 0 { best = longestPrefix(journey, table) }
            if best >= 0 { return best }
        }
        for index in tables.nameTables[table].others.indices {
            let other = tables.nameTables[table].others[index]
            if best >= 0, other.rank > best { break }
            if matchesName(&journey, other) { return other.rank }
        }
        return best
    }

    @inline(__always)
    private func longestSuffix(_ journey: borrowing Journey, _ table: Int) -> Int32 {
        if tables.nameTables[table].suffixes.isEmpty { return -1 }
        let range = journey.host.range
        for index in range where journey.arena[index] == UInt8(ascii: ".") {
            let suffix = journey.arena.span.extracting(index..<range.upperBound)
            if let rank = tables.nameTables[table].suffixes.find(suffix) { return rank }
        }
        return -1
    }

    @inline(__always)
    private func longestPrefix(_ journey: borrowing Journey, _ table: Int) -> Int32 {
        if tables.nameTables[table].prefixes.isEmpty { return -1 }
        let range = journey.host.range
        for index in range.reversed() where journey.arena[index] == UInt8(ascii: ".") {
            let prefix = journey.arena.span.extracting(range.lowerBound..<index + 1)
            if let rank = tables.nameTables[table].prefixes.find(prefix) { return rank }
        }
        return -1
    }

    private mutating func matchesName(_ journey: inout Journey, _ name: OtherName) -> Bool {
        if name.pattern >= 0 { return match(&journey, name.pattern, journey.host, bank: name.bank) == .yes }
        return globMatches(
            tables.bytes[name.glob.range], journey.arena.span.extracting(journey.host.range),
            slashes: true)
    }
}

/// Whether a byte may stand in the name of a host: not a control byte, a blank, or one of `# / ? @ \`.
private func isHostByte(_ byte: UInt8) -> Bool {
    let low: UInt64 = 0x7fff_7ff6_0000_0000
    let high: UInt64 = 0x7fff_ffff_efff_fffe
    return byte >= 128 || (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
}
