import HTTP
import IR

/// What answers a request.
extension Decider {
    /// Files that are tried before the content (`try_files`).
    mutating func probe(_ journey: inout Journey) -> Step {
        let probe = journey.scope < 0 ? -1 : tables.scopes[journey.scope].probe
        if probe < 0 {
            journey.enter(.content)
            return .next
        }
        let record = tables.probes[probe]
        for index in record.tries.range {
            let candidate = tables.tries[index]
            let path = text(candidate.path, &journey)
            let file = filePath(for: path, isLiteral: candidate.isLiteral, &journey)
            guard let fact = fileFact(.stat, file, &journey) else { return .done(.ask(journey.question)) }
            if candidate.directory ? fact.kind == .directory : fact.kind == .file {
                journey.note(.fileFound, record.origin, file)
                journey.path = path
                journey.filePath = file
                journey.enter(.content)
                return .next
            }
            journey.note(.tryFailed, record.origin, file)
        }
        return take(record.otherwise, &journey) ?? .next
    }

    /// Where another path of the same scope lies.
    private mutating func filePath(for path: Slice, isLiteral: Bool, _ journey: inout Journey) -> Slice {
        let index = tables.effectives[journey.effective].place
        guard index >= 0 else { return path }
        let placement = tables.placements[index]
        let base = text(placement.base, &journey)
        let start = journey.arena.count
        journey.repeatText(base)
        switch placement.drops {
        case .nothing: journey.repeatText(path)
        case .everything: break
        case .matched, .bytes:
            // A candidate that goes on like the location's prefix is cut by it, as nginx does with `alias`.
            var length = matchedLength(journey)
            if case .bytes(let count) = placement.drops { length = Int32(clamping: count) }
            let prefix = Slice(start: journey.path.start, count: min(length, journey.path.count))
            let begins =
                !isLiteral && path.count >= length && journey.equal(prefix, Slice(start: path.start, count: length))
            journey.repeatText(begins ? path.dropping(length) : path)
        }
        return journey.since(start)
    }

    mutating func content(_ journey: inout Journey) -> Step {
        let index = journey.content >= 0 ? journey.content : tables.scopes[journey.scope].content
        let effective = Int(journey.effective)
        guard index >= 0 else { return files(&journey) }
        var record = tables.contents[index]
        if record.kind == .files {
            guard let chosen = chosenContent(effective, &journey) else { return .done(.ask(.stat)) }
            if chosen >= 0 { record = tables.contents[chosen] }
        }
        switch record.kind {
        case .files: return files(&journey)
        case .answer: return answer(record.index, &journey) ?? .next
        case .forward:
            let limit = tables.effectives[effective].bodyLimit
            if limit >= 0, journey.bodyLength > limit {
                journey.keepsAlive = false
                journey.complaint = "the request's body is longer than allowed"
                return fail(&journey, 413)
            }
            if let step = findScript(of: record.index, &journey) { return step }
            if journey.look.isActive { endLook(&journey) }
            return forward(record.index, &journey)
        case .unavailable:
            let reason = tables.bytes.text(record.reason.range)
            journey.complaint = "what answers here cannot be run: \(reason)"
            return fail(&journey, record.guards ? 403 : 501)
        }
    }

    /// The content that SetHandler or the extension asks for; -1: the file itself; nil: a fact has to be asked for.
    mutating func chosenContent(_ effective: Int, _ journey: inout Journey) -> Int32? {
        let fixed = tables.effectives[effective].content
        if fixed >= 0 { return fixed }
        let handlers = tables.effectives[effective].contents
        if handlers < 0 { return -1 }
        findFilePath(&journey)
        let path = journey.filePath.range
        let last = contentBySuffix(of: path, handlers, journey)
        if last >= 0 { return last }
        // The file may be a segment before the last; only one whose extension says something is asked about.
        for stop in path.reversed() where journey.arena[stop] == UInt8(ascii: "/") {
            let found = contentBySuffix(of: path.lowerBound..<stop, handlers, journey)
            if found < 0 { continue }
            guard let fact = fileFact(.stat, Slice(path.lowerBound..<stop), &journey) else { return nil }
            if fact.kind == .file { return found }
        }
        return -1
    }

    /// The content that the extension of a path's last segment asks for; -1: none.
    private func contentBySuffix(of path: Range<Int>, _ handlers: Int32, _ journey: borrowing Journey) -> Int32 {
        var end = path.upperBound
        var index = end
        while index > path.lowerBound, journey.arena[index - 1] != UInt8(ascii: "/") {
            index -= 1
            if journey.arena[index] == UInt8(ascii: ".") {
                let suffix = journey.arena.span.extracting(index + 1..<end)
                if let found = tables.handlers[handlers].find(suffix) { return found }
                end = index
            }
        }
        return -1
    }

    // MARK: Answers

    /// Makes an answer; nil never.
    mutating func answer(_ index: Int32, _ journey: inout Journey) -> Step? {
        let record = tables.answers[index]
        journey.note(.answered, record.origin, number: record.status)
        if record.closes { return .done(.close) }
        foldForEarlyAnswer(&journey)
        if journey.look.isActive, record.location.isNoTemplate { return fail(&journey, record.status) }
        if journey.look.isActive { endLook(&journey) }
        if !record.location.isNoTemplate {
            var location = text(record.location, &journey)
            if record.escaping >= 0 {
                let start = journey.arena.count
                escape(location, record.escaping, &journey)
                location = journey.since(start)
            }
            if record.keepsQuery, !journey.query.isAbsent,
                !location.range.contains(where: { journey.arena[$0] == UInt8(ascii: "?") })
            {
                let start = journey.arena.count
                journey.repeatText(location)
                journey.arena.append(UInt8(ascii: "?"))
                // A query that rewriting made is escaped like the path (httpd's mod_rewrite, hook_uri2file).
                if record.escaping >= 0, !journey.equal(journey.query, journey.queryBeforeProgram) {
                    escape(journey.query, record.escaping, &journey)
                } else {
                    journey.repeatText(journey.query)
                }
                location = journey.since(start)
            }
            let status = settledStatus(record.status, journey)
            return redirect(&journey, status, location)
        }
        if record.body.isNoTemplate {
            guard record.usesErrorPages else { return plain(record, &journey) }
            if record.status < 300, !hasErrorRule(record.status, journey) { return plain(record, &journey) }
            return fail(&journey, record.status)
        }
        let body = text(record.body, &journey)
        journey.status = settledStatus(record.status, journey)
        journey.body = .text(body)
        journey.contentType =
            record.mediaType.isNoTemplate ? typeOf(journey.path, &journey) : text(record.mediaType, &journey)
        return conditional(&journey)
    }

    /// An answer made here, unless the client's conditions do not hold for what has neither date nor tag.
    ///
    /// Source: ngx_http_not_modified_filter_module; httpd asks conditions of files only.
    mutating func conditional(_ journey: inout Journey) -> Step {
        if journey.status == 200, !tables.effectives[journey.effective].indexIsLookup,
            let status = preconditionWithoutFile(journey)
        {
            if status != 304 { return fail(&journey, status) }
            journey.status = 304
            journey.body = .none
        }
        journey.enter(.answer)
        return .done(.respond)
    }

    private mutating func plain(_ record: AnswerRecord, _ journey: inout Journey) -> Step {
        journey.status = settledStatus(record.status, journey)
        if record.status < 300 {
            journey.body = .none
            if record.status != 204 { journey.contentType = typeOf(journey.path, &journey) }
            return conditional(&journey)
        }
        return failBuiltIn(&journey, record.status)
    }

    /// The status that an answer gets where an error page is being made.
    func settledStatus(_ status: Int32, _ journey: borrowing Journey) -> Int32 {
        journey.errorStatus > 0 && journey.errorDepth > 0 ? journey.errorStatus : status
    }

    /// Redirects the client.
    mutating func redirect(_ journey: inout Journey, _ status: Int32, _ location: Slice) -> Step {
        journey.location = location
        return failBuiltIn(&journey, status)
    }
}
