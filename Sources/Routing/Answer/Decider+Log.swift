package import HTTP
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
    /// The index in `Plan.logPaths` of one of the access logs that a request is written to, as `LogLine.sink` has it;
    /// nil behind the last of them.
    package func logSink(_ journey: borrowing Journey, _ index: Int) -> Int32? {
        let logs = tables.effectives[journey.effective].logs.range
        return index < logs.count ? tables.logs[logs.lowerBound + index].sink : nil
    }

    /// The index of the error log that a request's complaints go to, in `errorLogs`; -1: the main one.
    package func errorLog(_ journey: borrowing Journey) -> Int {
        Int(tables.effectives[journey.effective].errorLog)
    }

    /// The error logs that settings name.
    package var errorLogs: [ErrorLog] { tables.errorLogs }

    /// Puts one access log's line with its end behind `bytes`; nil: this log does not want the request.
    package mutating func logLine(_ journey: inout Journey, _ index: Int, into out: inout ByteWriter) -> LogLine? {
        let logs = tables.effectives[journey.effective].logs
        let log = tables.logs[Int(logs.start) + index]
        if log.when >= 0, holds(log.when, &journey) != .yes { return nil }
        for index in log.pieces.range {
            let piece = tables.logPieces[index]
            out.append(piece.before, count: piece.count)
            let start = out.count
            if !write(piece.op, &journey, &out) { out.append(text(piece.op, &journey).range, of: journey.arena) }
            if !piece.isPlain { escape(since: start, log.escaping, &out) }
        }
        out.append(log.rest.range, of: tables.bytes)
        let path = log.sink < 0 ? journey.arena.text(text(log.to, &journey).range) : ""
        return LogLine(sink: log.sink, path: path)
    }

    /// Escapes what was written of a value, which hardly ever needs it.
    private func escape(since start: Int, _ escaping: LogEscaping, _ out: inout ByteWriter) {
        if out.count == start {
            switch escaping {
            case .hexadecimal, .backslash: out.append(UInt8(ascii: "-"))
            case .none, .json: break
            }
            return
        }
        if case .none = escaping { return }
        if !out.needsEscape(from: start) { return }
        let value = out.array(start..<out.count)
        out.removeLast(value.count)
        for byte in value { appendEscaped(byte, escaping, &out) }
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
