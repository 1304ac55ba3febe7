import HTTP
import IR

/// What answers a request.
extension Decider {
    /// Files that are tried before the content (`try_files`).
    mutating func probe(_ journey: inout Journey) -> Step {
        let probe = journey.scope < 0 ? -1 : tables.scopes[Int(journey.scope)].probe
        if probe < 0 {
            journey.enter(.content)
            return .next
        }
        let record = tables.probes[Int(probe)]
        for index in record.tries.range {
            let candidate = tables.tries[index]
            let path = text(candidate.path, &journey)
            let file = filePath(for: path, &journey)
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
    private mutating func filePath(for path: Slice, _ journey: inout Journey) -> Slice {
        let index = tables.effectives[Int(journey.effective)].place
        guard index >= 0 else { return path }
        let placement = tables.placements[Int(index)]
        for op in placement.base.range where tables.ops[op].code == .variable {
            _ = variable(tables.ops[op].a, &journey)
        }
        let start = journey.arena.count
        append(placement.base, &journey)
        switch placement.drops {
        case .nothing: journey.repeatText(path)
        case .everything: break
        case .matched:
            // A candidate that goes on like the location's prefix is cut by it, as nginx does with `alias`.
            let length = matchedLength(journey)
            let prefix = Slice(start: journey.path.start, count: min(length, journey.path.count))
            let begins = path.count >= length && journey.equal(prefix, Slice(start: path.start, count: length))
            journey.repeatText(begins ? path.dropping(length) : path)
        }
        return journey.since(start)
    }

    mutating func content(_ journey: inout Journey) -> Step {
        let index = journey.content >= 0 ? journey.content : tables.scopes[Int(journey.scope)].content
        let effective = Int(journey.effective)
        guard index >= 0 else { return files(&journey) }
        var record = tables.contents[Int(index)]
        if record.kind == .files {
            let chosen = chosenContent(effective, &journey)
            if chosen >= 0 { record = tables.contents[Int(chosen)] }
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
            if journey.look.isActive { endLook(&journey) }
            return forward(record.index, &journey)
        case .unavailable:
            let reason = String(decoding: tables.bytes[record.reason.range], as: UTF8.self)
            journey.complaint = "what answers here cannot be run: \(reason)"
            return fail(&journey, record.guards ? 403 : 501)
        }
    }

    /// The content that SetHandler or the extension asks for; -1: the file itself.
    private mutating func chosenContent(_ effective: Int, _ journey: inout Journey) -> Int32 {
        let fixed = tables.effectives[effective].content
        if fixed >= 0 { return fixed }
        let handlers = tables.effectives[effective].contents
        if handlers < 0 { return -1 }
        findFilePath(&journey)
        let path = journey.filePath.range
        var end = path.upperBound
        var index = end
        while index > path.lowerBound, journey.arena[index - 1] != UInt8(ascii: "/") {
            index -= 1
            if journey.arena[index] == UInt8(ascii: ".") {
                let suffix = journey.arena.span.extracting(index + 1..<end)
                if let found = tables.handlers[Int(handlers)].find(suffix) { return found }
                end = index
            }
        }
        return -1
    }

    // MARK: Answers

    /// Makes an answer; nil never.
    mutating func answer(_ index: Int32, _ journey: inout Journey) -> Step? {
        let record = tables.answers[Int(index)]
        journey.note(.answered, record.origin, number: record.status)
        if record.closes { return .done(.close) }
        if journey.look.isActive, record.location.isNoTemplate { return fail(&journey, record.status) }
        if journey.look.isActive { endLook(&journey) }
        if !record.location.isNoTemplate {
            var location = text(record.location, &journey)
            if record.escaping >= 0 {
                let start = journey.arena.count
                escape(location, record.escaping, &journey)
                location = journey.since(start)
            }
            if record.keepsQuery, journey.query.count > 0,
                !location.range.contains(where: { journey.arena[$0] == UInt8(ascii: "?") })
            {
                let start = journey.arena.count
                journey.repeatText(location)
                journey.arena.append(UInt8(ascii: "?"))
                journey.repeatText(journey.query)
                location = journey.since(start)
            }
            let status = settledStatus(record.status, journey)
            return redirect(&journey, status, location)
        }
        if record.body.isNoTemplate {
            if record.status < 300 || !record.usesErrorPages { return plain(record, &journey) }
            return fail(&journey, record.status)
        }
        let body = text(record.body, &journey)
        journey.status = settledStatus(record.status, journey)
        journey.body = .text(body)
        journey.contentType =
            record.mediaType.isNoTemplate ? typeOf(journey.path, &journey) : text(record.mediaType, &journey)
        journey.enter(.answer)
        return .done(.respond)
    }

    private mutating func plain(_ record: AnswerRecord, _ journey: inout Journey) -> Step {
        journey.status = settledStatus(record.status, journey)
        if record.status < 300 {
            journey.body = .none
            if record.status != 204 { journey.contentType = typeOf(journey.path, &journey) }
            journey.enter(.answer)
            return .done(.respond)
        }
        return failBuiltIn(&journey, record.status)
    }

    /// The status that an answer gets where an error page is being made.
    func settledStatus(_ status: Int32, _ journey: borrowing Journey) -> Int32 {
        journey.errorStatus > 0 && journey.handlingError ? journey.errorStatus : status
    }

    /// Redirects the client.
    mutating func redirect(_ journey: inout Journey, _ status: Int32, _ location: Slice) -> Step {
        journey.location = location
        return failBuiltIn(&journey, status)
    }

    // MARK: Forwarding

    private mutating func forward(_ index: Int32, _ journey: inout Journey) -> Step {
        let record = tables.forwards[Int(index)]
        let effective = tables.effectives[Int(journey.effective)]
        journey.forward = index
        journey.note(.forwarded, record.origin)
        journey.upstream.pool = record.pool
        journey.upstream.isTLS = false
        var targetPath = Slice.absent
        if record.pool >= 0 {
            journey.upstream.authority = authority(of: Int(record.pool), &journey)
        } else {
            let url = text(record.target, &journey)
            guard let path = splitTarget(url, &journey) else {
                journey.complaint = "the upstream's address `\(journey.describe(url))` cannot be used"
                return fail(&journey, 500)
            }
            targetPath = path
        }
        journey.upstream.target = sentTarget(record, targetPath, &journey)
        journey.upstream.connectTimeout = effective.connectTimeout
        journey.upstream.sendTimeout = effective.sendTimeout
        journey.upstream.readTimeout = effective.readTimeout
        journey.upstream.buffers = effective.buffers
        journey.upstream.buffersRequest = effective.buffersRequest
        journey.upstream.speaks11 = effective.minorVersion == 1
        journey.upstream.retry = effective.retry
        journey.enter(.answer)
        return .done(.forward)
    }

    /// The pool's name, or its only member's `host:port`, as Host names it.
    private func authority(of pool: Int, _ journey: inout Journey) -> Slice {
        let pool = plan.configuration.pools[pool]
        if let member = pool.members.first { journey.upstream.isTLS = member.scheme == "https" }
        let start = journey.arena.count
        if let name = pool.name {
            journey.arena.append(contentsOf: name.utf8)
        } else if let member = pool.members.first {
            journey.arena.append(contentsOf: member.authority.utf8)
        }
        return journey.since(start)
    }

    /// Splits `scheme://host:port/path`; the path, absent where there is none; nil if it is no such URL.
    private func splitTarget(_ url: Slice, _ journey: inout Journey) -> Slice? {
        var index = Int(url.start)
        let end = Int(url.end)
        while index < end, journey.arena[index] != UInt8(ascii: ":") { index += 1 }
        guard index + 3 <= end, journey.arena[index + 1] == UInt8(ascii: "/"),
            journey.arena[index + 2] == UInt8(ascii: "/")
        else { return nil }
        journey.upstream.isTLS = index - Int(url.start) == 5
        let start = index + 3
        index = start
        while index < end, journey.arena[index] != UInt8(ascii: "/"), journey.arena[index] != UInt8(ascii: "?") {
            index += 1
        }
        guard index > start else { return nil }
        journey.upstream.authority = Slice(start..<index)
        return index < end ? Slice(index..<end) : .absent
    }

    /// The request target that is sent.
    private mutating func sentTarget(_ record: ForwardRecord, _ targetPath: Slice, _ journey: inout Journey) -> Slice {
        let start = journey.arena.count
        prepareSentPath(record.path, &journey)
        let begin = journey.arena.count
        let complete = appendSentPath(record.path, targetPath, &journey)
        if journey.arena.count == begin { journey.arena.append(UInt8(ascii: "/")) }
        if journey.arena[begin] == UInt8(ascii: "?") { journey.arena.insert(UInt8(ascii: "/"), at: begin) }
        if !complete {
            switch record.query {
            case .append, .appendKeepingMark:
                if journey.query.count > 0 || (record.query == .appendKeepingMark && !journey.query.isAbsent) {
                    journey.arena.append(UInt8(ascii: "?"))
                    journey.repeatText(journey.query)
                }
            case .none, .inTemplate: break
            }
        }
        _ = start
        return journey.since(begin)
    }

    /// Computes what the path's templates need, so that the path itself is appended in one piece.
    private mutating func prepareSentPath(_ index: Int32, _ journey: inout Journey) {
        let path = tables.sentPaths[Int(index)]
        if !path.template.isNoTemplate {
            for op in path.template.range where tables.ops[op].code == .variable {
                _ = variable(tables.ops[op].a, &journey)
            }
        }
        if path.first >= 0 { prepareSentPath(path.first, &journey) }
        if path.second >= 0 { prepareSentPath(path.second, &journey) }
    }

    /// Puts the sent path behind the arena's end; true if the query is part of it.
    private mutating func appendSentPath(_ index: Int32, _ targetPath: Slice, _ journey: inout Journey) -> Bool {
        let path = tables.sentPaths[Int(index)]
        switch path.kind {
        case .targetAsReceived:
            journey.repeatText(originForm(&journey))
            return true
        case .suffixAsReceived:
            append(path.template, &journey)
            journey.repeatText(receivedSuffix(&journey))
            return true
        case .suffixMatched, .suffixSent:
            append(path.template, &journey)
            escape(journey.path.dropping(matchedLength(journey)), path.escaping, &journey)
            return false
        case .whole:
            if path.escaping < 0 {
                append(path.template, &journey)
            } else {
                let text = self.text(path.template, &journey)
                let begin = journey.arena.count
                escape(text, path.escaping, &journey)
                closeGap(from: begin, before: text, &journey)
            }
            return false
        case .path:
            escape(journey.path, path.escaping, &journey)
            return false
        case .inTarget:
            if targetPath.isAbsent { return appendSentPath(path.second, targetPath, &journey) }
            journey.repeatText(targetPath)
            return true
        case .ifUnchangedSinceReceived:
            return appendSentPath(journey.changedSinceReceived ? path.second : path.first, targetPath, &journey)
        case .ifUnchangedSinceLocated:
            return appendSentPath(journey.changedSinceLocated ? path.second : path.first, targetPath, &journey)
        }
    }

    /// A template's own text lies before its escaped form if it had to be put together first: the form takes its place.
    private func closeGap(from begin: Int, before text: Slice, _ journey: inout Journey) {
        guard Int(text.end) == begin, text.count > 0 else { return }
        let length = journey.arena.count - begin
        let start = Int(text.start)
        for offset in 0..<length { journey.arena[start + offset] = journey.arena[begin + offset] }
        journey.arena.removeLast(journey.arena.count - start - length)
    }

    /// The target as it was received, without scheme and authority.
    private func originForm(_ journey: inout Journey) -> Slice {
        if journey.begins(journey.target, with: UInt8(ascii: "/")) { return journey.target }
        var slashes = 0
        for index in journey.target.range where journey.arena[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return Slice(index..<Int(journey.target.end)) }
        }
        return .empty
    }

    /// What followed the match in the target as it was received.
    private func receivedSuffix(_ journey: inout Journey) -> Slice {
        originForm(&journey).dropping(matchedLength(journey))
    }
}

extension Member {
    /// `host:port` as Host names it: the scheme's own port is left out.
    var authority: String {
        if host.hasPrefix("/") || host.hasPrefix("unix:") { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        let usual = scheme == "https" ? 443 : 80
        return port == usual || port == 0 ? name : "\(name):\(port)"
    }
}
