import HTTP
package import IR
import System

/// One line for an access log.
package struct LogLine: Sendable {
    /// The index of the log in `Plan.logPaths`; -1: the path is `path`.
    package var sink: Int32
    /// The path, where it has values in it.
    package var path: String
}

/// How access logs are written.
extension Decider {
    /// How many access logs a request is written to.
    package func logCount(_ journey: borrowing Journey) -> Int {
        tables.effectives[Int(journey.effective)].logs.range.count
    }

    /// The index of the error log that a request's complaints go to, in `errorLogs`; -1: the main one.
    package func errorLog(_ journey: borrowing Journey) -> Int {
        Int(tables.effectives[Int(journey.effective)].errorLog)
    }

    /// The error logs that settings name.
    package var errorLogs: [ErrorLog] { tables.errorLogs }

    /// Puts one access log's line with its end behind `bytes`; nil: this log does not want the request.
    package mutating func logLine(_ journey: inout Journey, _ index: Int, into bytes: inout [UInt8]) -> LogLine? {
        let logs = tables.effectives[Int(journey.effective)].logs
        let log = tables.logs[Int(logs.start) + index]
        if log.when >= 0, holds(log.when, &journey) != .yes { return nil }
        var out = takeWriter()
        for op in log.line.range {
            let operation = tables.ops[op]
            if write(operation, &journey, &out) { continue }
            let value = text(operation, &journey)
            appendEscaped(value, log.escaping, journey, &out)
        }
        out.append(10)
        giveBack(out, into: &bytes)
        let path = log.sink < 0 ? journey.arena.text(text(log.to, &journey).range) : ""
        return LogLine(sink: log.sink, path: path)
    }

    /// Writes what needs no escaping straight away; false: the operation's text may need some.
    private mutating func write(_ op: Op, _ journey: inout Journey, _ out: inout ByteWriter) -> Bool {
        switch op.code {
        case .literal:
            let start = Int(op.a)
            out.append(start..<start + Int(op.b), of: tables.bytes)
        case .clientAddress, .peerAddress: out.append(journey.connection.clientText)
        case .status: out.appendDecimal(Int64(journey.status))
        case .bodyBytes:
            if op.a == 1, journey.sentBodyBytes == 0 {
                out.append(UInt8(ascii: "-"))
            } else {
                out.appendDecimal(journey.sentBodyBytes)
            }
        case .time where op.a == -6:
            logTime.update(to: journey.now.seconds)
            out.append(logTime.bytes)
        default: return false
        }
        return true
    }

    private func appendEscaped(
        _ value: Slice, _ escaping: LogEscaping, _ journey: borrowing Journey, _ out: inout ByteWriter
    ) {
        if value.count == 0 {
            if escaping == .hexadecimal || escaping == .backslash { out.append(UInt8(ascii: "-")) }
            return
        }
        if escaping == .none || !needsEscape(value, journey) {
            out.append(value.range, of: journey.arena)
            return
        }
        for index in value.range { appendEscaped(journey.arena[index], escaping, &out) }
    }

    private func needsEscape(_ value: Slice, _ journey: borrowing Journey) -> Bool {
        let bytes = journey.arena.span.extracting(value.range)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte &- 0x20 > 0x5E || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
            index &+= 1
        }
        return false
    }

    private func appendEscaped(_ byte: UInt8, _ escaping: LogEscaping, _ out: inout ByteWriter) {
        let isOdd = byte < 0x20 || byte >= 0x7F
        let isQuote = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        switch escaping {
        case .none: out.append(byte)
        case .hexadecimal:
            if isOdd || isQuote { appendHexEscape(byte, hexDigitsUpper, &out) } else { out.append(byte) }
        case .backslash:
            if isQuote {
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            } else if let letter = controlLetter(byte) {
                out.append(UInt8(ascii: "\\"))
                out.append(letter)
            } else if isOdd {
                appendHexEscape(byte, hexDigitsLower, &out)
            } else {
                out.append(byte)
            }
        case .json:
            if isQuote {
                out.append(UInt8(ascii: "\\"))
                out.append(byte)
            } else if byte < 0x20 {
                if let letter = controlLetter(byte), letter != UInt8(ascii: "v") {
                    out.append(UInt8(ascii: "\\"))
                    out.append(letter)
                } else {
                    out.append("\\u00")
                    out.append(hexDigitsUpper[Int(byte >> 4)])
                    out.append(hexDigitsUpper[Int(byte & 15)])
                }
            } else {
                out.append(byte)
            }
        }
    }

    private func appendHexEscape(_ byte: UInt8, _ digits: [UInt8], _ out: inout ByteWriter) {
        out.append("\\x")
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }

    private func controlLetter(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 8: UInt8(ascii: "b")
        case 9: UInt8(ascii: "t")
        case 10: UInt8(ascii: "n")
        case 11: UInt8(ascii: "v")
        case 12: UInt8(ascii: "f")
        case 13: UInt8(ascii: "r")
        default: nil
        }
    }
}
