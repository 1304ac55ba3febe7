import HTTP
import IR
import System

/// Values that are written where they are wanted, without a text of the journey between.
///
/// Field values and log lines are made of little else, and each request has a dozen of them.
extension Decider {
    /// Writes the text of an operation behind `out`; false, and nothing is written: `text` makes it.
    @inline(__always)
    mutating func write(_ op: Op, _ journey: inout Journey, _ out: inout ByteWriter) -> Bool {
        switch op.code {
        case .literal:
            let start = Int(op.a)
            out.append(start..<start + Int(op.b), of: tables.bytes)
        case .peerAddress where !journey.peer.isAbsent: out.append(journey.peer.range, of: journey.arena)
        case .clientAddress, .peerAddress: out.append(journey.connection.clientText.span)
        case .host: if journey.host.count > 0 { out.append(journey.host.range, of: journey.arena) }
        case .user: if journey.user.count > 0 { out.append(journey.user.range, of: journey.arena) }
        case .hostOrSiteName where !journey.host.isAbsent: out.append(journey.host.range, of: journey.arena)
        case .path: out.append(journey.path.range, of: journey.arena)
        case .requestLine: out.append(journey.request.startLine, of: journey.request.bytes)
        case .hostHeader:
            if let value = journey.request.value(of: .host) { out.append(value, of: journey.request.bytes) }
        case .requestHeader where op.id != .other:
            writeValues(of: op.id, journey, &out)
        case .forwardedFor:
            writeValues(of: .xForwardedFor, journey, &out)
            if journey.request.has(.xForwardedFor) { out.append(", ") }
            out.append(journey.connection.clientText.span)
        case .upstreamAuthority where !journey.upstream.hidesName || journey.exchange.member.isEmpty:
            out.append(journey.upstream.authority.range, of: journey.arena)
        case .status where journey.status > 99: out.appendDecimal(Int64(journey.status))
        case .bodyBytes:
            if op.a == 1, journey.sentBodyBytes == 0 {
                out.append(UInt8(ascii: "-"))
            } else {
                out.appendDecimal(journey.sentBodyBytes)
            }
        case .time where op.a == -6:
            logTime.update(to: journey.now.seconds)
            out.append(logTime.bytes.span)
        default: return false
        }
        return true
    }

    /// Writes the values of all the client's fields of a well-known name, parted by commas.
    @inline(__always)
    private func writeValues(of name: FieldName, _ journey: borrowing Journey, _ out: inout ByteWriter) {
        if journey.request.has(name) { writePresent(name, journey, &out) }
    }

    private func writePresent(_ name: FieldName, _ journey: borrowing Journey, _ out: inout ByteWriter) {
        var index = journey.request.firstIndex(of: name)
        var isFirst = true
        while let found = index {
            if !isFirst { out.append(", ") }
            isFirst = false
            out.append(journey.request.fields[found].value, of: journey.request.bytes)
            index = journey.request.nextIndex(of: name, behind: found)
        }
    }
}

extension OpCode {
    /// Its text ends no line: it comes from a head, whose parser takes no such bytes, or from the connection.
    var isOneLine: Bool {
        switch self {
        case .hostHeader, .requestHeader, .forwardedFor, .host, .hostOrSiteName, .clientAddress, .peerAddress: true
        default: false
        }
    }

    /// Its text never needs to be escaped in a log: nobody outside has a say in it.
    var isPlain: Bool {
        switch self {
        case .literal, .status, .bodyBytes, .time, .clientAddress, .peerAddress: true
        default: false
        }
    }
}
