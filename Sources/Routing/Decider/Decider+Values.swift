import HTTP
import IR
import System

/// The facts that templates name.
extension Decider {
    /// Puts a fact of the connection or of the request as it came behind the arena's end; false if the value is none.
    mutating func appendConnectionValue(_ op: Op, _ journey: inout Journey) -> Bool {
        switch op.code {
        case .scheme: journey.arena.append(isCalledSecure(journey) ? "https" : "http")
        case .version: journey.arena.append(contentsOf: journey.request.version.spelling.utf8)
        case .requestLine: journey.appendRequest(journey.request.startLine)
        case .hostHeader:
            if let value = journey.request.value(of: .host) {
                journey.appendRequest(value)
            }
        case .hostOrSiteName:
            if journey.host.isAbsent { appendSiteName(&journey) } else { journey.repeatText(journey.host) }
        case .authorityPort:
            if journey.hostPort.count > 0 {
                journey.repeatText(journey.hostPort)
            } else if tables.sites[journey.site].port > 0 {
                journey.arena.appendDecimal(Int64(tables.sites[journey.site].port))
            } else {
                journey.arena.append(isCalledSecure(journey) ? "443" : "80")
            }
        case .cookie: appendCookie(op, &journey)
        case .argument: appendArgument(op, &journey)
        case .pathParameter: appendPathParameter(op, &journey)
        case .requestID: appendRequestID(&journey)
        case .requestLength:
            journey.arena.appendDecimal(Int64(journey.request.bytes.count) + max(0, journey.bodyLength))
        case .listenerAddress: journey.arena.append(contentsOf: journey.connection.localText)
        case .listenerPort: journey.arena.appendDecimal(Int64(tables.listeners[journey.listener].port))
        case .siteName: appendSiteName(&journey)
        case .peerAddress where !journey.peer.isAbsent: journey.repeatText(journey.peer)
        case .clientAddress, .peerAddress: journey.appendClient()
        case .clientPort: appendPort(journey.connection.clientPort, &journey)
        case .peerPort:
            appendPort(journey.peer.isAbsent ? journey.connection.clientPort : journey.peerPort, &journey)
        case .proxied: appendProxied(op, &journey)
        case .clientAddressBinary: appendBinaryAddress(&journey)
        case .connectionNumber: journey.arena.appendDecimal(Int64(journey.connection.number))
        case .connectionRequests: journey.arena.appendDecimal(Int64(journey.requestNumber))
        case .keepsAlive: journey.arena.append(journey.keepsAlive ? "+" : "-")
        case .processID: journey.arena.appendDecimal(Int64(process.number))
        case .hostname: journey.arena.append(contentsOf: process.hostname)
        case .tls: appendTLS(op, &journey)
        default: return false
        }
        return true
    }

    /// A port that nobody named is nothing.
    private func appendPort(_ port: Int, _ journey: inout Journey) {
        if port >= 0 { journey.arena.appendDecimal(Int64(port)) }
    }

    /// A fact of the PROXY protocol; nothing where it was not spoken.
    private func appendProxied(_ op: Op, _ journey: inout Journey) {
        guard let proxied = journey.connection.proxied, !proxied.source.isEmpty else { return }
        let name = tables.bytes.array(Int(op.a)..<Int(op.a) + Int(op.b))
        switch String(decoding: name, as: UTF8.self) {
        case "addr": journey.arena.append(contentsOf: proxied.source)
        case "port": journey.arena.appendDecimal(Int64(proxied.sourcePort))
        case "server_addr": journey.arena.append(contentsOf: proxied.destination)
        case "server_port": journey.arena.appendDecimal(Int64(proxied.destinationPort))
        default:
            guard name.starts(with: "tlv_".utf8),
                case .value(let value) = ProxyHeader.fact(Array(name.dropFirst(4)), in: proxied.extensions)
            else { return }
            journey.arena.append(contentsOf: value)
        }
    }

    private func appendSiteName(_ journey: inout Journey) {
        let name = tables.sites[journey.site].name
        if !name.isAbsent { journey.arena.append(name.range, of: tables.bytes) }
    }

    private func appendBinaryAddress(_ journey: inout Journey) {
        let client = journey.connection.client
        for shift in stride(from: 56, through: 0, by: -8) where !client.isIPv4 {
            journey.arena.append(UInt8(truncatingIfNeeded: client.high >> UInt64(shift)))
        }
        for shift in stride(from: client.isIPv4 ? 24 : 56, through: 0, by: -8) {
            journey.arena.append(UInt8(truncatingIfNeeded: client.low >> UInt64(shift)))
        }
    }

    /// 32 hexadecimal digits that no other request of this process has.
    private func appendRequestID(_ journey: inout Journey) {
        var word = UInt64(bitPattern: journey.began.seconds) &* 0x9E37_79B9_7F4A_7C15
        word ^= UInt64(journey.connection.number) << 20 ^ UInt64(journey.requestNumber)
        for round in 0..<2 {
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9 &+ UInt64(round) &+ UInt64(process.number)
            for shift in stride(from: 60, through: 0, by: -4) {
                journey.arena.append(hexDigitsLower[Int(word >> UInt64(shift) & 15)])
            }
        }
    }

    /// Puts the value of a query argument behind the arena's end (`name=value`, parted by `&`; the name in any case).
    private func appendArgument(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        appendNamed(name, in: journey.query, separator: UInt8(ascii: "&"), &journey)
    }

    private func appendPathParameter(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        appendNamed(name, in: journey.target, separator: UInt8(ascii: ";"), &journey)
    }

    private func appendCookie(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        var index = journey.request.firstIndex(of: .cookie)
        while let found = index {
            let text = journey.putRequest(journey.request.fields[found].value)
            let before = journey.arena.count
            appendNamed(name, in: text, separator: UInt8(ascii: ";"), &journey)
            // The field itself was a helper text: move the value to where it belongs.
            let length = journey.arena.count - before
            if length > 0 {
                let start = Int(text.start)
                for offset in 0..<length { journey.arena[start + offset] = journey.arena[before + offset] }
                journey.arena.removeLast(journey.arena.count - start - length)
                return
            }
            journey.arena.removeLast(journey.arena.count - Int(text.start))
            index = journey.request.nextIndex(of: .cookie, behind: found)
        }
    }

    private func appendNamed(_ name: Span<UInt8>, in text: Slice, separator: UInt8, _ journey: inout Journey) {
        let end = Int(max(text.end, 0))
        var index = Int(max(text.start, 0))
        while index < end {
            while index < end, journey.arena[index] == UInt8(ascii: " ") { index += 1 }
            var at = 0
            while at < name.count, index + at < end, asciiLower(journey.arena[index + at]) == asciiLower(name[at]) {
                at += 1
            }
            let matches = at == name.count && index + at < end && journey.arena[index + at] == UInt8(ascii: "=")
            var stop = index
            while stop < end, journey.arena[stop] != separator { stop += 1 }
            if matches { return journey.repeatText(Slice(index + at + 1..<stop)) }
            index = stop + 1
        }
    }

    // MARK: Place

    /// The directory of the program that is running.
    func runningDirectory(_ journey: borrowing Journey) -> TemplateRef {
        let program = runningProgram(journey)
        return program < 0 ? .noTemplate : tables.programs[program].directory
    }

    /// The file's path below the directory of the program that is running, without a leading slash.
    mutating func pathBelowLayer(_ journey: inout Journey) -> Slice {
        findFilePath(&journey)
        let template = runningDirectory(journey)
        if template.isNoTemplate { return journey.path }
        let directory = text(template, &journey)
        let endsInSlash = journey.ends(directory, in: UInt8(ascii: "/"))
        return journey.filePath.dropping(directory.count + (endsInSlash ? 0 : 1))
    }

    func appendEnvironment(_ op: Op, _ journey: inout Journey) {
        let range = Int(op.a)..<Int(op.a) + Int(op.b)
        let name = tables.bytes.text(range)
        if let value = process.environment[name] { journey.arena.append(contentsOf: value.utf8) }
    }

    // MARK: Answer

    /// Puts a fact of the answer, the upstream or the time behind the arena's end.
    mutating func appendAnswerValue(_ op: Op, _ journey: inout Journey) {
        switch op.code {
        case .status: appendStatus(journey.status > 0 ? journey.status : journey.errorStatus, &journey)
        case .redirectStatus:
            if journey.handlingError { appendStatus(journey.errorStatus, &journey) }
        case .originalStatus:
            appendStatus(journey.originalStatus > 0 ? journey.originalStatus : journey.status, &journey)
        case .reason: appendReason(journey.status, &journey)
        case .locationAsHTML: appendLocationAsHTML(&journey)
        case .bodyBytes:
            if op.a == 1, journey.sentBodyBytes == 0 {
                journey.arena.append(UInt8(ascii: "-"))
            } else {
                journey.arena.appendDecimal(journey.sentBodyBytes)
            }
        case .bytesSent: journey.arena.appendDecimal(journey.sentBytes)
        case .bytesReceived: journey.arena.appendDecimal(journey.receivedBytes)
        case .time: appendTime(op, &journey)
        case .durationSeconds: appendSeconds(journey.now.microseconds(since: journey.began), &journey)
        case .durationMilliseconds: journey.arena.appendDecimal(journey.now.microseconds(since: journey.began) / 1000)
        case .durationMicroseconds: journey.arena.appendDecimal(journey.now.microseconds(since: journey.began))
        case .durationWholeSeconds:
            journey.arena.appendDecimal(journey.now.microseconds(since: journey.began) / 1_000_000)
        default: appendUpstreamValue(op, &journey)
        }
    }

    private func appendUpstreamValue(_ op: Op, _ journey: inout Journey) {
        switch op.code {
        case .upstreamAuthority:
            if journey.upstream.hidesName, !journey.exchange.member.isEmpty {
                journey.appendMember()
            } else {
                journey.repeatText(journey.upstream.authority)
            }
        case .upstreamPort:
            let range = journey.upstream.authority.range
            if let colon = range.reversed().first(where: { journey.arena[$0] == UInt8(ascii: ":") }) {
                journey.repeatText(Slice(colon + 1..<range.upperBound))
            } else {
                journey.arena.append(journey.upstream.isTLS ? "443" : "80")
            }
        case .forwardedFor: appendForwardedFor(&journey)
        case .upstreamAddress: journey.appendAddress()
        case .upstreamStatus: if journey.answer.status > 0 { appendStatus(Int32(journey.answer.status), &journey) }
        case .upstreamResponseTime: appendOptionalSeconds(journey.exchange.responseTime, &journey)
        case .upstreamConnectTime: appendOptionalSeconds(journey.exchange.connectTime, &journey)
        case .upstreamHeaderTime: appendOptionalSeconds(journey.exchange.headerTime, &journey)
        case .upstreamResponseLength:
            if journey.exchange.responseLength >= 0 { journey.arena.appendDecimal(journey.exchange.responseLength) }
        case .upstreamSentLength:
            if journey.exchange.sentLength >= 0 { journey.arena.appendDecimal(journey.exchange.sentLength) }
        default: break
        }
    }

    private func appendForwardedFor(_ journey: inout Journey) {
        appendHeaderValues(.xForwardedFor, &journey)
        if journey.request.has(.xForwardedFor) { journey.arena.append(", ") }
        journey.appendClient()
    }

    /// Puts the values of all fields of a name behind the arena's end, parted by commas.
    func appendHeaderValues(_ name: FieldName, _ journey: inout Journey) {
        var index = journey.request.firstIndex(of: name)
        var isFirst = true
        while let found = index {
            if !isFirst { journey.arena.append(", ") }
            isFirst = false
            journey.appendRequest(journey.request.fields[found].value)
            index = journey.request.nextIndex(of: name, behind: found)
        }
    }

    /// Three digits.
    func appendStatus(_ status: Int32, _ journey: inout Journey) {
        for divisor in [100, 10, 1] as [Int32] {
            journey.arena.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: status / divisor % 10))
        }
    }

    private func appendOptionalSeconds(_ microseconds: Int64, _ journey: inout Journey) {
        if microseconds >= 0 { appendSeconds(microseconds, &journey) }
    }

    /// Seconds with three decimals.
    private func appendSeconds(_ microseconds: Int64, _ journey: inout Journey) {
        journey.arena.appendDecimal(microseconds / 1_000_000)
        journey.arena.append(UInt8(ascii: "."))
        appendStatus(Int32(microseconds / 1000 % 1000), &journey)
    }

    private mutating func appendTime(_ op: Op, _ journey: inout Journey) {
        let now = journey.now
        switch op.a {
        case -1: journey.arena.appendDecimal(now.seconds)
        case -2: journey.arena.appendDecimal(now.seconds * 1000 + Int64(now.nanoseconds) / 1_000_000)
        case -3: journey.arena.appendDecimal(now.seconds * 1_000_000 + Int64(now.nanoseconds) / 1000)
        case -4:
            journey.arena.appendDecimal(now.seconds)
            journey.arena.append(UInt8(ascii: "."))
            appendStatus(now.nanoseconds / 1_000_000, &journey)
        case -5:
            date.update(to: now.seconds)
            journey.arena.append(contentsOf: date.bytes)
        case -6:
            logTime.update(to: now.seconds)
            journey.arena.append(contentsOf: logTime.bytes)
        case -7:
            logTime.update(to: now.seconds)
            journey.arena.append(contentsOf: logTime.iso8601)
        default:
            let format = tables.bytes.array(Int(op.a)..<Int(op.a) + Int(op.b))
            if let (later, rest) = splitOffset(format) {
                journey.arena.append(contentsOf: CivilTime.formatted(now.seconds + later, as: rest, universal: true))
            } else {
                journey.arena.append(contentsOf: CivilTime.formatted(now.seconds, as: format))
            }
        }
    }
}

/// The seconds and the format behind `utc+seconds:`; nil for a format that begins otherwise.
private func splitOffset(_ format: [UInt8]) -> (seconds: Int64, format: [UInt8])? {
    guard format.starts(with: "utc+".utf8), let colon = format.firstIndex(of: UInt8(ascii: ":")),
        let seconds = Int64(String(decoding: format[4..<colon], as: UTF8.self))
    else { return nil }
    return (seconds, Array(format[(colon + 1)...]))
}

/// Whether a text is this one.
func isText(_ text: Span<UInt8>, _ literal: StaticString) -> Bool {
    guard text.count == literal.utf8CodeUnitCount else { return false }
    for index in 0..<text.count {
        // The index is below the count of the literal, compared above.
        guard unsafe text[index] == literal.utf8Start[index] else { return false }
    }
    return true
}
