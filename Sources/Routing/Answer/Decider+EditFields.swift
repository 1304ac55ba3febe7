import HTTP
import IR
import Pattern
import System

/// How header edits are carried out.
extension Decider {
    /// Carries out the edits that apply to this answer, in order.
    ///
    /// Apache's `success` edits do not touch pages made here, since those are sent through the error filter
    /// (httpd's modules/metadata/mod_headers.c, ap_headers_error_filter).
    mutating func editFields(_ journey: inout Journey) {
        let isErrorPage = journey.isBuiltIn && journey.status >= 300
        for table in [HeaderTable.always, .success, .final] {
            for index in tables.effectives[journey.effective].answerEdits.range
            where tables.headerEdits[index].table == table {
                if table == .success, isErrorPage { continue }
                carryOut(tables.headerEdits[index], &journey, noting: .headerEdited)
            }
        }
        for index in journey.headerEdits where index >= 0 {
            carryOut(tables.headerEdits[index], &journey, noting: .headerEdited)
        }
    }

    /// Carries out one edit on `fields`.
    mutating func carryOut(_ edit: HeaderEditRecord, _ journey: inout Journey, noting event: Trace.Kind) {
        if edit.hasStatuses, !edit.statuses.range.contains(where: { tables.lists[$0] == journey.status }) { return }
        if edit.when >= 0, holds(edit.when, &journey) != .yes { return }
        let always = edit.table == .always
        let value = text(edit.value, &journey)
        if edit.skipsEmpty, value.count == 0, edit.kind != .remove { return }
        if journey.trace.isOn {
            journey.remark(event, edit.origin, tables.bytes.text(edit.name.range))
        }
        switch edit.kind {
        case .set:
            removeFields(edit.name, always: always, final: edit.table == .final)
            addField(edit, value, journey)
        case .add: addField(edit, value, journey)
        case .append, .merge: join(edit, value, journey)
        case .setIfMissing:
            if firstField(edit.name, always: always, final: edit.table == .final) == nil {
                addField(edit, value, journey)
            }
        case .remove: removeFields(edit.name, always: always, final: edit.table == .final)
        case .note: break
        case .echo: echo(edit, journey)
        case .edit, .editAll: replaceValues(edit, value, &journey)
        }
    }

    private mutating func addField(_ edit: HeaderEditRecord, _ value: Slice, _ journey: borrowing Journey) {
        let name = tables.bytes.array(edit.name.range)
        fields.add(name.span, journey.arena[value.range], id: edit.id, always: edit.table == .always)
    }

    /// The first field of a name in the table that an edit works on.
    private func firstField(_ name: Slice, always: Bool, final: Bool) -> Int? {
        let span = tables.bytes[name.range]
        for index in fields.entries.indices
        where (final || fields.entries[index].isAlways == always) && fields.matches(index, span) {
            return index
        }
        return nil
    }

    private mutating func removeFields(_ name: Slice, always: Bool, final: Bool) {
        while let index = firstField(name, always: always, final: final) { fields.entries[index].isRemoved = true }
    }

    private mutating func join(_ edit: HeaderEditRecord, _ value: Slice, _ journey: borrowing Journey) {
        guard let index = firstField(edit.name, always: edit.table == .always, final: edit.table == .final) else {
            return addField(edit, value, journey)
        }
        let old = fields.bytes.array(fields.value(index))
        let new = journey.arena.array(value.range)
        if edit.kind == .merge, holdsElement(old, new) { return }
        fields.set(index, (old + Array(", ".utf8) + new).span)
    }

    /// Whether a comma-separated list has this element.
    private func holdsElement(_ list: [UInt8], _ element: [UInt8]) -> Bool {
        list.split(separator: UInt8(ascii: ",")).contains { part in
            var part = part
            while part.first == UInt8(ascii: " ") { part = part.dropFirst() }
            while part.last == UInt8(ascii: " ") { part = part.dropLast() }
            return part.elementsEqual(element)
        }
    }

    /// Copies request fields of this name to the answer.
    private mutating func echo(_ edit: HeaderEditRecord, _ journey: borrowing Journey) {
        let bytes = tables.bytes.array(edit.name.range)
        let name = bytes.span
        var index = journey.request.firstIndex(named: name)
        while let found = index {
            let field = journey.request.fields[found]
            fields.add(
                journey.request.bytes[field.name], journey.request.bytes[field.value], id: field.id,
                always: edit.table == .always)
            index = journey.request.nextIndex(named: name, behind: found)
        }
    }

    private mutating func replaceValues(_ edit: HeaderEditRecord, _ value: Slice, _ journey: inout Journey) {
        guard edit.pattern >= 0 else { return }
        let replacement = journey.arena.array(value.range)
        let name = tables.bytes.array(edit.name.range)
        for index in fields.entries.indices
        where fields.entries[index].isAlways == (edit.table == .always) && fields.matches(index, name.span) {
            let old = fields.bytes.array(fields.value(index))
            let new = replaced(old, edit.pattern, with: replacement, all: edit.kind == .editAll)
            if new != old { fields.set(index, new.span) }
        }
    }

    /// A text with what a pattern finds replaced; `$1` in the replacement is a group, `&` the whole match.
    ///
    /// Source: httpd's server/util.c, ap_pregsub.
    mutating func replaced(_ text: [UInt8], _ pattern: Int32, with replacement: [UInt8], all: Bool) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text[...]
        repeat {
            let subject = Array(rest)
            guard tables.patterns[pattern].match(subject.span, using: &scratch) == .matched, let whole = scratch[0]
            else { break }
            result.append(contentsOf: subject[..<whole.lowerBound])
            var index = 0
            while index < replacement.count {
                let byte = replacement[index]
                if byte == UInt8(ascii: "&") {
                    result.append(contentsOf: subject[whole])
                    index += 1
                } else if byte == UInt8(ascii: "\\"), index + 1 < replacement.count {
                    result.append(replacement[index + 1])
                    index += 2
                } else if byte == UInt8(ascii: "$"), index + 1 < replacement.count,
                    replacement[index + 1] &- UInt8(ascii: "0") <= 9
                {
                    if let group = scratch[Int(replacement[index + 1] - UInt8(ascii: "0"))] {
                        result.append(contentsOf: subject[group])
                    }
                    index += 2
                } else {
                    result.append(byte)
                    index += 1
                }
            }
            rest = subject[whole.upperBound...]
            // An empty match would be found again at the same place.
            if whole.isEmpty { break }
        } while all && !rest.isEmpty
        return result + rest
    }

    // MARK: Expiry

    /// Adds Expires and Cache-Control for successful answers.
    mutating func addExpiry(_ journey: inout Journey) {
        let effective = tables.effectives[journey.effective]
        guard [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].contains(journey.status) else { return }
        guard let expiry = expiry(journey, effective) else { return }
        let value = text(expiry.value, &journey)
        let word = journey.arena.text(value.range)
        switch word {
        case "off", "": return
        case "epoch": setExpiry("Thu, 01 Jan 1970 00:00:01 GMT", "no-cache", effective)
        case "max": setExpiry("Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000", effective)
        default:
            let seconds = number(value, journey)
            let from =
                expiry.fromModification && journey.file.kind == .file ? journey.file.seconds : journey.now.seconds
            var bytes: [UInt8] = []
            HTTPDate.append(from + seconds, to: &bytes)
            let age = from + seconds - journey.now.seconds
            setExpiry(
                String(decoding: bytes, as: UTF8.self),
                age < 0 && !effective.indexIsLookup ? "no-cache" : "max-age=\(max(0, age))", effective)
        }
    }

    private func expiry(_ journey: borrowing Journey, _ effective: Effective) -> ExpiryRecord? {
        var general: ExpiryRecord?
        let type = fields.firstIndex(of: .contentType)
        for index in effective.expires.range {
            let record = tables.expiries[index]
            if record.mediaType.isAbsent {
                general = record
            } else if let type, sameType(fields.value(type), record.mediaType) {
                return record
            }
        }
        return general
    }

    private func sameType(_ value: Range<Int>, _ type: Slice) -> Bool {
        let bare = value.prefix { fields.bytes[$0] != UInt8(ascii: ";") && fields.bytes[$0] != UInt8(ascii: " ") }
        return same(fields.bytes[bare], tables.bytes[type.range])
    }

    private mutating func setExpiry(_ expires: String, _ control: String, _ effective: Effective) {
        for index in fields.entries.indices {
            // nginx takes the place of an upstream's Cache-Control too.
            let id = fields.entries[index].id
            if id == .expires || (id == .cacheControl && !effective.indexIsLookup) {
                fields.entries[index].isRemoved = true
            }
        }
        fields.add("Expires", Array(expires.utf8).span, id: .expires)
        if fields.firstIndex(of: .cacheControl) == nil {
            fields.add("Cache-Control", Array(control.utf8).span, id: .cacheControl)
        }
    }
}
