import HTTP
import IR
import Pattern

/// How locations and cookies in upstream answers are mapped (ProxyPassReverse, proxy_redirect and their cookie forms).
extension Decider {
    /// The mapped value of a field that names a location; nil: it stays as it is.
    mutating func mappedLocation(_ field: Head.Field, _ journey: inout Journey, _ mappings: Span32) -> Slice? {
        if mappings.isEmpty
            || !mappings.range.contains(where: { names(tables.mappings[$0].headers, journey.answer, field) })
        {
            return nil
        }
        let value = journey.putAnswer(field.value)
        let prefix = field.id == .refresh ? refreshPrefix(value, journey) : 0
        let url = value.dropping(prefix)
        for index in mappings.range {
            let mapping = tables.mappings[index]
            guard names(mapping.headers, journey.answer, field) else { continue }
            // nginx leaves what it maps in Refresh relative (ngx_http_upstream_rewrite_refresh).
            guard let rest = mapped(url, mapping, completes: field.id != .refresh, &journey) else { continue }
            journey.note(.locationMapped, mapping.origin, value)
            if prefix == 0 { return rest }
            let start = journey.arena.count
            journey.repeatText(Slice(start: value.start, count: prefix))
            journey.repeatText(rest)
            return journey.since(start)
        }
        return nil
    }

    private func names(_ list: Span32, _ head: borrowing Head, _ field: Head.Field) -> Bool {
        for index in list.range where head.matches(field.name, tables.bytes[tables.names[index].range]) {
            return true
        }
        return false
    }

    /// How many bytes of a Refresh field come before its URL.
    private func refreshPrefix(_ value: Slice, _ journey: borrowing Journey) -> Int32 {
        let text = journey.arena.array(value.range)
        let key = Array("url=".utf8)
        guard text.count >= 4 else { return 0 }
        for index in 0...(text.count - 4) where text[index..<index + 4].map({ asciiLower($0) }) == key {
            return Int32(index + 4)
        }
        return 0
    }

    /// The mapped form of a URL; nil: the mapping does not apply.
    private mutating func mapped(
        _ url: Slice, _ mapping: MappingRecord, completes: Bool, _ journey: inout Journey
    ) -> Slice? {
        var rest = Slice.empty
        if mapping.pattern >= 0 {
            guard match(&journey, mapping.pattern, url, bank: 0) == .yes else { return nil }
        } else {
            let from = text(mapping.from, &journey)
            guard url.count >= from.count, journey.equal(Slice(start: url.start, count: from.count), from) else {
                return nil
            }
            rest = url.dropping(from.count)
        }
        let to = text(mapping.to, &journey)
        let start = journey.arena.count
        journey.repeatText(to)
        journey.repeatText(rest)
        let joined = journey.since(start)
        return completes ? absoluteLocation(joined, mapping.absolute, &journey) : joined
    }

    /// A Set-Cookie value with its attributes mapped.
    mutating func mappedCookie(_ range: Range<Int>, _ journey: inout Journey, _ mappings: Span32) -> Slice {
        let text = journey.answer.bytes.array(range)
        var result: [UInt8] = []
        for (position, part) in text.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).enumerated()
        {
            if position > 0 { result.append(UInt8(ascii: ";")) }
            guard position > 0, let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                result.append(contentsOf: part)
                continue
            }
            let name = part[..<equals].filter { $0 != UInt8(ascii: " ") }.map { asciiLower($0) }
            let value = Array(part[(equals + 1)...])
            result.append(contentsOf: part[...equals])
            result.append(contentsOf: mappedAttribute(name, value, &journey, mappings) ?? value)
        }
        return journey.put(result)
    }

    private mutating func mappedAttribute(
        _ name: [UInt8], _ value: [UInt8], _ journey: inout Journey, _ mappings: Span32
    ) -> [UInt8]? {
        for index in mappings.range {
            let mapping = tables.mappings[index]
            guard same(tables.bytes[tables.names[mapping.headers.start].range], name.span) else { continue }
            let isDomain = name.first == UInt8(ascii: "d")
            if mapping.pattern >= 0 {
                let subject = journey.put(value)
                guard match(&journey, mapping.pattern, subject, bank: 0) == .yes else { continue }
                return journey.arena.array(text(mapping.to, &journey).range)
            }
            let from = journey.arena.array(text(mapping.from, &journey).range)
            let to = journey.arena.array(text(mapping.to, &journey).range)
            if isDomain {
                // A leading dot of the domain does not count, and stays (ngx_http_proxy_rewrite_cookie_domain); httpd
                // compares the whole (ap_proxy_cookie_reverse_map).
                let ignoresDot = !tables.effectives[journey.effective].indexIsLookup
                let hasDot = ignoresDot && value.first == UInt8(ascii: ".")
                let bare = hasDot ? Array(value.dropFirst()) : value
                let wanted = ignoresDot && from.first == UInt8(ascii: ".") ? Array(from.dropFirst()) : from
                if bare.map({ asciiLower($0) }) == wanted.map({ asciiLower($0) }) {
                    return hasDot ? [UInt8(ascii: ".")] + to : to
                }
            } else if value.starts(with: from) {
                return to + value.dropFirst(from.count)
            }
        }
        return nil
    }
}
