import HTTP
import IR
import Pattern
import System

/// How texts with values in them are made.
extension Decider {
    /// The text of a template; what is a text of the journey already is not copied.
    ///
    /// Values that put helper texts into the arena are computed before the text itself is put together.
    mutating func text(_ template: TemplateRef, _ journey: inout Journey) -> Slice {
        if template.isNoTemplate || template.isEmpty { return .empty }
        if template.end - template.start == 1 { return text(tables.ops[template.start], &journey) }
        let base = journey.pieces.count
        for index in template.range where tables.ops[index].code.isComputed {
            let piece = text(tables.ops[index], &journey)
            journey.pieces.append(piece)
        }
        let start = journey.arena.count
        var next = base
        for index in template.range {
            let op = tables.ops[index]
            if op.code.isComputed {
                journey.repeatText(journey.pieces[next])
                next += 1
            } else {
                append(op, &journey)
            }
        }
        journey.pieces.removeLast(journey.pieces.count - base)
        return journey.since(start)
    }

    /// The text of one operation.
    mutating func text(_ op: Op, _ journey: inout Journey) -> Slice {
        switch op.code {
        case .path: return journey.path
        case .pathBeforeRules: return journey.pathBeforeRules
        case .targetAsReceived: return originForm(journey)
        case .query: return journey.query.isAbsent ? .empty : journey.query
        case .host: return journey.host.isAbsent ? .empty : journey.host
        case .user: return journey.user.isAbsent ? .empty : journey.user
        case .capture: return group(op.a, op.b, journey)
        case .pathBehindMatch: return journey.path.dropping(journey.matched)
        case .variable: return variable(op.a, &journey)
        // A candidate for a directory's index is looked at as if it were asked for with GET (httpd's subrequests).
        case .method: return journey.look.isActive ? journey.put("GET") : journey.methodText()
        case .call: return call(tables.calls[op.a], &journey)
        case .lookup: return lookup(tables.calls[op.a], &journey)
        case .filePath, .realFilePath:
            findFilePath(&journey)
            return journey.filePath
        case .rootPath:
            let place = tables.effectives[journey.effective].place
            return place >= 0 ? text(tables.placements[place].base, &journey) : .empty
        case .scriptName, .scriptInfo:
            let start = journey.arena.count
            appendScript(op.code, &journey)
            return journey.since(start)
        case .layerDirectory: return text(runningDirectory(journey), &journey)
        case .pathBelowLayer: return pathBelowLayer(&journey)
        case .realm: return text(tables.effectives[journey.effective].realm, &journey)
        default:
            let start = journey.arena.count
            append(op, &journey)
            return journey.since(start)
        }
    }

    /// The text of a group of a bank.
    func group(_ bank: Int32, _ group: Int32, _ journey: borrowing Journey) -> Slice {
        let index = Int(bank) * 10 + Int(group)
        guard journey.groups.indices.contains(index), !journey.groups[index].isAbsent else { return .empty }
        return journey.groups[index]
    }

    /// Puts the text of an operation that is not computed behind the arena's end, and nothing else.
    private mutating func append(_ op: Op, _ journey: inout Journey) {
        switch op.code {
        case .literal:
            let start = Int(op.a)
            journey.arena.append(start..<start + Int(op.b), of: tables.bytes)
        case .requestHeader: appendHeader(op, &journey)
        case .responseHeader, .upstreamHeader: appendAnswerHeader(op, &journey)
        case .capture: journey.repeatText(group(op.a, op.b, journey))
        case .path: journey.repeatText(journey.path)
        case .pathBeforeRules: journey.repeatText(journey.pathBeforeRules)
        case .pathBehindMatch: journey.repeatText(journey.path.dropping(journey.matched))
        case .query: journey.repeatText(journey.query)
        case .queryMark: if journey.query.count > 0 { journey.arena.append(UInt8(ascii: "?")) }
        case .targetAsReceived: journey.repeatText(originForm(journey))
        case .host: journey.repeatText(journey.host)
        case .user: journey.repeatText(journey.user)
        case .environment: appendEnvironment(op, &journey)
        case .told: appendTold(op, &journey)
        default: if !appendConnectionValue(op, &journey) { appendAnswerValue(op, &journey) }
        }
    }

    // MARK: Fields

    private func appendHeader(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        var index = journey.request.firstIndex(of: op.id, named: name)
        var isFirst = true
        while let found = index {
            if !isFirst { journey.arena.append(", ") }
            isFirst = false
            let value = journey.request.fields[found].value
            journey.appendRequest(value)
            index = journey.request.nextIndex(of: op.id, named: name, behind: found)
        }
    }

    private func appendAnswerHeader(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes[Int(op.a)..<Int(op.a) + Int(op.b)]
        if op.code == .responseHeader, appendSent(op, &journey) { return }
        guard let found = journey.answer.firstIndex(of: op.id, named: name) else { return }
        journey.appendAnswer(journey.answer.fields[found].value)
    }

    // MARK: Functions

    private mutating func call(_ call: Call, _ journey: inout Journey) -> Slice {
        let first = call.arguments.first.map { text($0, &journey) } ?? .empty
        let second = call.arguments.count > 1 ? text(call.arguments[1], &journey) : .empty
        let start = journey.arena.count
        switch call.function {
        case .first: return first
        case .lower: appendLowered(first, &journey)
        case .upper:
            for index in first.range {
                let byte = journey.arena[index]
                journey.arena.append(byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte)
            }
        case .escape: escape(first, call.detail, &journey)
        case .unescape: unescape(first, &journey)
        case .length: journey.arena.appendDecimal(Int64(first.count))
        case .hex: appendHex(journey.arena.array(first.range), &journey)
        case .md5: appendHex(MessageDigest.md5(journey.arena.array(first.range)), &journey)
        case .sha1: appendHex(MessageDigest.sha1(journey.arena.array(first.range)), &journey)
        case .base64: base64(first, &journey)
        case .unbase64: unbase64(first, &journey)
        case .replace: replace(first, call.detail, second, &journey)
        case .fileContent:
            // Lowering refuses it: nothing that is run needs it yet.
            break
        }
        return journey.since(start)
    }

    private func appendHex(_ bytes: [UInt8], _ journey: inout Journey) {
        for byte in bytes {
            journey.arena.append(hexDigitsLower[Int(byte >> 4)])
            journey.arena.append(hexDigitsLower[Int(byte & 15)])
        }
    }

    /// Puts a text with ASCII letters in lower case behind the arena's end.
    func appendLowered(_ text: Slice, _ journey: inout Journey) {
        for index in text.range {
            let byte = asciiLower(journey.arena[index])
            journey.arena.append(byte)
        }
    }

    private mutating func lookup(_ call: Call, _ journey: inout Journey) -> Slice {
        let key = text(call.arguments[0], &journey)
        let found = tables.lookups[call.detail].keys.find(journey.arena.span.extracting(key.range))
        guard let found else { return text(call.arguments[1], &journey) }
        return text(tables.lookups[call.detail].values[found], &journey)
    }

    /// Puts a text behind the arena's end with the bytes escaped that do not pass.
    func escape(_ text: Slice, _ escaping: Int32, _ journey: inout Journey) {
        if escaping < 0 { return journey.repeatText(text) }
        let table = tables.escapes[escaping]
        if table.onlyIfDecoded, !journey.hadEscapes, !journey.isInternal { return journey.repeatText(text) }
        let digits = table.upperHex ? hexDigitsUpper : hexDigitsLower
        for index in text.range {
            let byte = journey.arena[index]
            if table.passes(byte) || (byte == UInt8(ascii: "%") && keepsEscape(table, index, text, journey)) {
                journey.arena.append(byte)
            } else {
                journey.arena.append(UInt8(ascii: "%"))
                journey.arena.append(digits[Int(byte >> 4)])
                journey.arena.append(digits[Int(byte & 15)])
            }
        }
    }

    private func keepsEscape(_ table: EscapeTable, _ index: Int, _ text: Slice, _ journey: borrowing Journey) -> Bool {
        guard table.keepsEscapes || table.keepsEncodedSlashes, index + 2 < Int(text.end),
            let high = hexDigit(journey.arena[index + 1]), let low = hexDigit(journey.arena[index + 2])
        else { return false }
        return table.keepsEscapes || (high << 4 | low) == UInt8(ascii: "/")
    }

    private func unescape(_ text: Slice, _ journey: inout Journey) {
        var index = Int(text.start)
        let end = Int(text.end)
        while index < end {
            let byte = journey.arena[index]
            if byte == UInt8(ascii: "%"), index + 2 < end, let high = hexDigit(journey.arena[index + 1]),
                let low = hexDigit(journey.arena[index + 2])
            {
                journey.arena.append(high << 4 | low)
                index += 3
            } else {
                journey.arena.append(byte)
                index += 1
            }
        }
    }

    private func base64(_ text: Slice, _ journey: inout Journey) {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var index = Int(text.start)
        let end = Int(text.end)
        while index < end {
            let count = min(3, end - index)
            var word: UInt32 = 0
            for offset in 0..<3 { word = word << 8 | (offset < count ? UInt32(journey.arena[index + offset]) : 0) }
            for digit in 0..<4 {
                let value = Int(word >> UInt32(18 - 6 * digit) & 63)
                journey.arena.append(digit <= count ? alphabet[value] : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    /// Puts the bytes that a base64 text stands for behind the arena's end; stops at what is no digit.
    func unbase64(_ text: Slice, _ journey: inout Journey) {
        var word: UInt32 = 0
        var bits = 0
        for index in text.range {
            let byte = journey.arena[index]
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return
            }
            word = word << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                journey.arena.append(UInt8(truncatingIfNeeded: word >> UInt32(bits)))
            }
        }
    }

    private mutating func replace(_ subject: Slice, _ pattern: Int32, _ replacement: Slice, _ journey: inout Journey) {
        guard pattern >= 0,
            tables.patterns[pattern].match(
                journey.arena.span.extracting(subject.range), using: &scratch) == .matched, let found = scratch[0]
        else { return journey.repeatText(subject) }
        let start = Int(subject.start)
        journey.repeatText(Slice(start..<start + found.lowerBound))
        journey.repeatText(replacement)
        journey.repeatText(Slice(start + found.upperBound..<Int(subject.end)))
    }
}

extension OpCode {
    /// Its text is computed first, since that may put helper texts into the arena.
    var isComputed: Bool {
        switch self {
        case .variable, .call, .lookup, .filePath, .realFilePath, .rootPath, .layerDirectory, .pathBelowLayer, .realm,
            .method, .scriptName, .scriptInfo:
            true
        default: false
        }
    }
}
