import HTTP
import IR
import Pattern

/// How texts with values in them are made.
extension Decider {
    /// The text of a template; what is a text of the journey already is not copied.
    mutating func text(_ template: TemplateRef, _ journey: inout Journey) -> Slice {
        if template.isNoTemplate || template.isEmpty { return .empty }
        if template.end - template.start == 1 {
            let ready = readyText(tables.ops[Int(template.start)], &journey)
            if let ready { return ready }
        }
        let start = journey.arena.count
        append(template, &journey)
        // Values may have put helper texts before their own, so the text is what was appended in one piece.
        return journey.since(start)
    }

    /// Puts the text of a template behind the arena's end, in one piece.
    mutating func append(_ template: TemplateRef, _ journey: inout Journey) {
        if template.isNoTemplate { return }
        if template.end - template.start == 1 {
            append(tables.ops[Int(template.start)], &journey)
            return
        }
        // A value that has to be computed first would leave its helper texts in between: compute those before.
        for index in template.range { prepare(tables.ops[index], &journey) }
        for index in template.range { append(tables.ops[index], &journey) }
    }

    /// The text of an operation where it lies in the arena already.
    private func readyText(_ op: Op, _ journey: inout Journey) -> Slice? {
        switch op.code {
        case .path: journey.path
        case .pathBeforeRules: journey.pathBeforeRules
        case .targetAsReceived: journey.target
        case .query: journey.query.isAbsent ? .empty : journey.query
        case .host: journey.host.isAbsent ? .empty : journey.host
        case .capture: group(op.a, op.b, journey)
        case .user: journey.user.isAbsent ? .empty : journey.user
        default: nil
        }
    }

    /// The text of a group of a bank.
    func group(_ bank: Int32, _ group: Int32, _ journey: borrowing Journey) -> Slice {
        let index = Int(bank) * 10 + Int(group)
        guard journey.groups.indices.contains(index), !journey.groups[index].isAbsent else { return .empty }
        return journey.groups[index]
    }

    /// Computes what an operation keeps in the journey, so that appending it appends nothing else.
    private mutating func prepare(_ op: Op, _ journey: inout Journey) {
        switch op.code {
        case .variable: _ = variable(op.a, &journey)
        case .filePath, .rootPath, .realFilePath, .pathInfo, .pathBelowLayer: findFilePath(&journey)
        case .method: _ = journey.methodText()
        case .call:
            for argument in tables.calls[Int(op.a)].arguments {
                for index in argument.range { prepare(tables.ops[index], &journey) }
            }
        default: break
        }
    }

    /// Puts the text of one operation behind the arena's end.
    mutating func append(_ op: Op, _ journey: inout Journey) {
        switch op.code {
        case .literal:
            let start = Int(op.a)
            journey.arena.append(contentsOf: tables.bytes[start..<start + Int(op.b)])
        case .requestHeader: appendHeader(op, &journey, answer: false)
        case .responseHeader, .upstreamHeader: appendAnswerHeader(op, &journey)
        case .variable:
            let value = variable(op.a, &journey)
            journey.repeatText(value)
        case .capture: journey.repeatText(group(op.a, op.b, journey))
        case .call: call(tables.calls[Int(op.a)], &journey)
        case .lookup: lookup(tables.calls[Int(op.a)], &journey)
        case .method: journey.repeatText(journey.methodText())
        case .path: journey.repeatText(journey.path)
        case .query: journey.repeatText(journey.query)
        case .queryMark: if journey.query.count > 0 { journey.arena.append(UInt8(ascii: "?")) }
        case .targetAsReceived: journey.repeatText(journey.target)
        case .host: journey.repeatText(journey.host)
        case .user: journey.repeatText(journey.user)
        default:
            if !appendConnectionValue(op, &journey), !appendPlaceValue(op, &journey) { appendAnswerValue(op, &journey) }
        }
    }

    // MARK: Fields

    private func appendHeader(_ op: Op, _ journey: inout Journey, answer: Bool) {
        let name = tables.bytes.span.extracting(Int(op.a)..<Int(op.a) + Int(op.b))
        var index = journey.request.firstIndex(named: name)
        var isFirst = true
        while let found = index {
            if !isFirst { journey.arena.append(", ") }
            isFirst = false
            let value = journey.request.fields[found].value
            journey.arena.append(contentsOf: journey.request.bytes[value])
            index = journey.request.firstIndex(named: name, from: found + 1)
        }
    }

    private func appendAnswerHeader(_ op: Op, _ journey: inout Journey) {
        let name = tables.bytes.span.extracting(Int(op.a)..<Int(op.a) + Int(op.b))
        if op.code == .responseHeader, appendSent(name, &journey) { return }
        guard let found = journey.answer.firstIndex(named: name) else { return }
        journey.arena.append(contentsOf: journey.answer.bytes[journey.answer.fields[found].value])
    }

    /// Puts a field that this answer is sent with behind the arena's end; false if it has none of this name.
    private func appendSent(_ name: Span<UInt8>, _ journey: inout Journey) -> Bool {
        for index in fields.entries.indices where fields.matches(index, name) {
            fields.appendValue(index, to: &journey.arena)
            return true
        }
        return false
    }

    // MARK: Functions

    private mutating func call(_ call: Call, _ journey: inout Journey) {
        let first = call.arguments.first.map { text($0, &journey) } ?? .empty
        switch call.function {
        case .lower:
            for index in first.range {
                let byte = asciiLower(journey.arena[index])
                journey.arena.append(byte)
            }
        case .upper:
            for index in first.range {
                let byte = journey.arena[index]
                journey.arena.append(byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte)
            }
        case .escape: escape(first, call.detail, &journey)
        case .unescape: unescape(first, &journey)
        case .first: journey.repeatText(first)
        case .length: journey.arena.appendDecimal(Int64(first.count))
        case .hex:
            for index in first.range {
                let byte = journey.arena[index]
                journey.arena.append(hexDigitsLower[Int(byte >> 4)])
                journey.arena.append(hexDigitsLower[Int(byte & 15)])
            }
        case .base64: base64(first, &journey)
        case .unbase64: unbase64(first, &journey)
        case .replace: replace(first, call, &journey)
        case .md5, .sha1, .fileContent:
            // Lowering refuses these: nothing that is run needs them yet.
            break
        }
    }

    private mutating func lookup(_ call: Call, _ journey: inout Journey) {
        let key = text(call.arguments[0], &journey)
        let record = tables.lookups[Int(call.detail)]
        if let found = record.keys.find(journey.arena.span.extracting(key.range)) {
            append(record.values[Int(found)], &journey)
        } else {
            append(call.arguments[1], &journey)
        }
    }

    /// Puts a text behind the arena's end with the bytes escaped that do not pass.
    func escape(_ text: Slice, _ escaping: Int32, _ journey: inout Journey) {
        if escaping < 0 { return journey.repeatText(text) }
        let table = tables.escapes[Int(escaping)]
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

    private mutating func replace(_ subject: Slice, _ call: Call, _ journey: inout Journey) {
        let replacement = call.arguments.count > 1 ? text(call.arguments[1], &journey) : .empty
        guard call.detail >= 0,
            tables.patterns[Int(call.detail)].match(
                journey.arena.span.extracting(subject.range), using: &scratch) == .matched, let found = scratch[0]
        else { return journey.repeatText(subject) }
        let start = Int(subject.start)
        journey.repeatText(Slice(start..<start + found.lowerBound))
        journey.repeatText(replacement)
        journey.repeatText(Slice(start + found.upperBound..<Int(subject.end)))
    }
}
