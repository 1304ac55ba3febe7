import HTTP
import IR
import System

/// Files, directories and what stands for them.
extension Decider {
    mutating func files(_ journey: inout Journey) -> Step {
        if let step = echo(&journey) { return step }
        if journey.equals(journey.path, "*") {
            journey.status = 200
            journey.enter(.answer)
            return .done(.respond)
        }
        let methodsComeLast = tables.effectives[journey.effective].indexIsLookup
        if !methodsComeLast, let step = refusedFileMethod(&journey) { return step }
        findFilePath(&journey)
        if journey.placement < 0, tables.effectives[journey.effective].place < 0 { return fail(&journey, 404) }
        if journey.ends(journey.path, in: UInt8(ascii: "/")) { return directory(&journey) }
        if methodsComeLast, !isReading(journey) {
            // Directories are redirected, and indexes found, before anything asks for the method (httpd's mod_dir).
            guard let fact = fileFact(.stat, journey.filePath, &journey) else { return .done(.ask(.stat)) }
            if fact.kind == .directory { return directoryWithoutSlash(&journey) }
            if journey.look.isActive {
                if fact.kind != .file { return missing(fact.kind, &journey) }
                endLook(&journey)
            }
            if let step = refusedFileMethod(&journey) { return step }
        }
        guard let fact = fileFact(.open, journey.filePath, &journey) else { return .done(.ask(.open)) }
        return opened(fact, &journey)
    }

    /// What an opened path leads to.
    private mutating func opened(_ fact: FileFact, _ journey: inout Journey) -> Step {
        switch fact.kind {
        case .file:
            if isOverPlainPost(journey) {
                if case .answer(let status) = tables.effectives[journey.effective].post {
                    return fail(&journey, Int32(status))
                }
            }
            if journey.look.isActive { endLook(&journey) }
            return send(fact, &journey)
        case .directory: return directoryWithoutSlash(&journey)
        case let kind: return missing(kind, &journey)
        }
    }

    private mutating func missing(_ kind: FileFact.Kind, _ journey: inout Journey) -> Step {
        let failures = tables.effectives[journey.effective].failures
        journey.note(.fileMissing, -1, journey.filePath)
        let status =
            switch kind {
            case .missing, .other: failures.missing
            case .forbidden: failures.forbidden
            case .nameTooLong: failures.nameTooLong
            default: failures.other
            }
        if status != 404 { journey.complaint = "\(journey.describe(journey.filePath)) cannot be opened" }
        return fail(&journey, Int32(status))
    }

    /// TRACE sends the request back as it came, before access is checked and without any edits.
    ///
    /// Source: httpd's modules/http/http_filters.c, ap_send_http_trace, a hook of map_to_storage; `early` edits are
    /// those of the request.
    mutating func echo(_ journey: inout Journey) -> Step? {
        guard journey.request.method == .trace, journey.method.isAbsent || journey.equals(journey.method, "TRACE"),
            tables.methodAnswers[Int(tables.effectives[journey.effective].methods)].trace
        else { return nil }
        editEarlyFields(&journey)
        let start = journey.arena.count
        journey.appendRequest(journey.request.startLine)
        journey.arena.append("\r\n")
        fields.write(to: &journey.arena)
        journey.arena.append("\r\n")
        journey.status = 200
        journey.body = .text(journey.since(start))
        journey.contentType = journey.put("message/http")
        journey.isUnedited = true
        journey.enter(.answer)
        return .done(.respond)
    }

    /// The request is GET or HEAD.
    private func isReading(_ journey: borrowing Journey) -> Bool { journey.isGet || journey.isHead }

    private func isOverPlainPost(_ journey: borrowing Journey) -> Bool {
        !journey.isGet && !journey.isHead && journey.method.isAbsent && journey.request.method == .post
    }

    /// Answers methods that files do not have.
    private mutating func refusedFileMethod(_ journey: inout Journey) -> Step? {
        if isReading(journey) { return nil }
        let method =
            journey.method.isAbsent
            ? journey.request.method
            : Method(journey.arena.span, from: Int(journey.method.start), to: Int(journey.method.end))
        if method == .post { return nil }
        let answers = tables.methodAnswers[Int(tables.effectives[journey.effective].methods)]
        if method == .options, answers.options {
            journey.status = settledStatus(200, journey)
            journey.allow = journey.put(answers.allow.utf8)
            guard let named = namedFile(&journey) else { return .done(.ask(.stat)) }
            if journey.look.isActive { endLook(&journey) }
            journey.contentType =
                named.fact.kind == .directory
                ? journey.put("httpd/unix-directory") : typeOf(named.path, &journey)
            journey.enter(.answer)
            return .done(.respond)
        }
        if !answers.allow.isEmpty { journey.allow = journey.put(answers.allow.utf8) }
        if method == .other { return fail(&journey, Int32(answers.unknown)) }
        return fail(&journey, Int32(answers.known))
    }

    // MARK: Directories

    /// A directory that is asked for without its slash.
    mutating func directoryWithoutSlash(_ journey: inout Journey) -> Step {
        guard tables.effectives[journey.effective].slashRedirect else {
            // Without its slash httpd does not look for an index (mod_dir, DirectorySlash Off).
            if tables.effectives[journey.effective].indexIsLookup { journey.look.isOver = true }
            return directory(&journey)
        }
        let start = journey.arena.count
        escapePath(journey.path, asLookup: tables.effectives[journey.effective].indexIsLookup, &journey)
        journey.arena.append(UInt8(ascii: "/"))
        let keepsBareMark = tables.effectives[journey.effective].indexIsLookup && !journey.query.isAbsent
        if journey.query.count > 0 || keepsBareMark {
            journey.arena.append(UInt8(ascii: "?"))
            journey.repeatText(journey.query)
        }
        if journey.look.isActive { endLook(&journey) }
        return redirect(&journey, settledStatus(301, journey), journey.since(start))
    }

    /// Puts a path behind the arena's end, escaped for a Location.
    ///
    /// Source: ngx_escape_uri; httpd's server/util.c, ap_os_escape_path, which writes small digits.
    private func escapePath(_ path: Slice, asLookup: Bool, _ journey: inout Journey) {
        for index in path.range {
            let byte = journey.arena[index]
            if asLookup ? !passesInPath(byte) : escapesInLocation(byte) {
                journey.appendEscaped(byte, digits: asLookup ? hexDigitsLower : hexDigitsUpper)
            } else {
                journey.arena.append(byte)
            }
        }
    }

    private func passesInPath(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        if letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z") { return true }
        // From `&` to `;` lie the digits and `'()*+,-./:`, all of which pass.
        if byte >= UInt8(ascii: "&"), byte <= UInt8(ascii: ";") { return true }
        return [UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "@"), UInt8(ascii: "="), UInt8(ascii: "_")]
            .contains(byte) || byte == UInt8(ascii: "~")
    }

    private func escapesInLocation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7F...0xFF, UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""): true
        case UInt8(ascii: "<"), UInt8(ascii: ">"): true
        default: false
        }
    }

    /// The directory itself is asked for: its index, its listing, or an error.
    mutating func directory(_ journey: inout Journey) -> Step {
        let effective = tables.effectives[journey.effective]
        if !journey.look.isOver, !effective.index.isEmpty {
            return effective.indexIsLookup ? lookForIndex(&journey) : findIndex(effective.index, &journey)
        }
        guard let fact = fileFact(.stat, journey.filePath, &journey) else { return .done(.ask(.stat)) }
        switch fact.kind {
        case .directory: break
        case let kind:
            if effective.indexIsLookup, !isReading(journey), !journey.look.isActive,
                let step = refusedFileMethod(&journey)
            {
                return step
            }
            // A file's path with a slash behind it: path info that no file takes.
            return missing(kind == .file ? .missing : kind, &journey)
        }
        if journey.look.failure > 0 { return fail(&journey, journey.look.failure) }
        if effective.indexIsLookup, !isReading(journey) {
            return refusedFileMethod(&journey) ?? fail(&journey, Int32(effective.failures.missing))
        }
        // nginx lists for GET and HEAD only (ngx_http_autoindex_handler).
        guard effective.lists, effective.indexIsLookup || isReading(journey) else {
            journey.complaint = "\(journey.describe(journey.filePath)) has no index, and listing it is not allowed"
            return fail(&journey, Int32(effective.failures.directory))
        }
        if journey.look.isActive { endLook(&journey) }
        guard self.fact(.list, journey.filePath, .absent, .absent, &journey) != nil else { return .done(.ask(.list)) }
        return list(&journey)
    }

    /// nginx: the first candidate that is a file is where the request enters anew.
    ///
    /// Source: ngx_http_index_module.
    private mutating func findIndex(_ names: Span32, _ journey: inout Journey) -> Step {
        for index in names.range {
            let name = text(tables.candidates[index], &journey)
            if journey.begins(name, with: UInt8(ascii: "/")) {
                setTarget(name, &journey)
                return reenter(.siteRules, &journey)
            }
            let start = journey.arena.count
            journey.repeatText(journey.filePath)
            journey.repeatText(name)
            let file = journey.since(start)
            guard let fact = fileFact(.stat, file, &journey) else { return .done(.ask(.stat)) }
            guard fact.kind == .file || fact.kind == .other else {
                if fact.kind == .forbidden { return missing(.forbidden, &journey) }
                guard let folder = fileFact(.stat, journey.filePath, &journey) else { return .done(.ask(.stat)) }
                if folder.kind != .directory {
                    return missing(folder.kind == .forbidden ? .forbidden : .missing, &journey)
                }
                continue
            }
            journey.note(.indexFound, -1, file)
            let query = journey.query
            let path = journey.arena.count
            journey.repeatText(journey.path)
            journey.repeatText(name)
            setTarget(journey.since(path), &journey)
            journey.query = query
            return reenter(.siteRules, &journey)
        }
        journey.look.isOver = true
        return directory(&journey)
    }

    /// Apache: each candidate is decided as a request of its own, whose layers are adopted if it succeeds.
    ///
    /// Source: httpd's mod_dir, fixup_dir.
    private mutating func lookForIndex(_ journey: inout Journey) -> Step {
        if !journey.look.isActive {
            guard let fact = fileFact(.stat, journey.filePath, &journey) else { return .done(.ask(.stat)) }
            guard fact.kind == .directory else {
                journey.look.isOver = true
                return directory(&journey)
            }
            journey.look.isActive = true
            journey.look.candidate = 0
            journey.look.path = journey.path
            journey.look.names = tables.effectives[journey.effective].index
        }
        return tryIndex(&journey)
    }

    private mutating func tryIndex(_ journey: inout Journey) -> Step {
        let names = journey.look.names
        guard Int(journey.look.candidate) < names.range.count else {
            journey.look.isActive = false
            journey.look.isOver = true
            journey.path = journey.look.path
            return reenterLook(&journey)
        }
        let name = text(tables.candidates[Int(names.start) + Int(journey.look.candidate)], &journey)
        let start = journey.arena.count
        if !journey.begins(name, with: UInt8(ascii: "/")) { journey.repeatText(journey.look.path) }
        journey.repeatText(name)
        journey.path = journey.since(start)
        journey.note(.indexTried, -1, journey.path)
        return reenterLook(&journey)
    }

    /// A candidate goes through all phases, without counting as a round.
    private mutating func reenterLook(_ journey: inout Journey) -> Step {
        let rounds = journey.rounds
        journey.rounds = 0
        let step = reenter(.early, &journey)
        journey.rounds = rounds
        return step
    }

    /// A candidate was answered with an error, or is not there.
    mutating func lookFailed(_ journey: inout Journey, _ status: Int32) -> Step {
        let isRedirect = status >= 300 && status < 400
        if isRedirect || (status == 401 && journey.look.names.range.count == 1) {
            endLook(&journey)
            return fail(&journey, status)
        }
        if status != 404 { journey.look.failure = status }
        journey.complaint = ""
        journey.resetAnswer()
        journey.look.candidate += 1
        return tryIndex(&journey)
    }

    /// The candidate is adopted.
    func endLook(_ journey: inout Journey) {
        journey.look.isActive = false
        journey.note(.indexFound, -1, journey.path)
    }

    // MARK: Sending

    /// Sends a file, or the part of it that is asked for.
    private mutating func send(_ fact: FileFact, _ journey: inout Journey) -> Step {
        journey.note(.fileFound, -1, journey.filePath)
        journey.file = fact
        journey.tag = entityTag(fact, &journey)
        journey.contentType = typeOf(journey.filePath, &journey)
        journey.status = settledStatus(200, journey)
        journey.body = .file(offset: 0, length: fact.size)
        if journey.status == 200 {
            if let status = precondition(&journey) {
                // httpd says 412 without a page (server/core.c, default_handler).
                if status == 304 || tables.effectives[journey.effective].indexIsLookup {
                    journey.status = status
                    journey.body = .none
                    journey.enter(.answer)
                    return .done(.respond)
                }
                return fail(&journey, status)
            }
            if let step = ranges(&journey) { return step }
        }
        journey.enter(.answer)
        return .done(.respond)
    }

    /// The entity tag of a file, with its quotes.
    private func entityTag(_ fact: FileFact, _ journey: inout Journey) -> Slice {
        let start = journey.arena.count
        switch tables.effectives[journey.effective].tag {
        case .none: return .absent
        case .sizeAndTime:
            // What has just been written may change once more within the same tick of the clock
            // (server/util_etag.c, ap_make_etag).
            let written = Moment(seconds: fact.seconds, nanoseconds: fact.nanoseconds)
            if journey.began.microseconds(since: written) <= 1_000_000 { journey.arena.append("W/") }
            journey.arena.append(UInt8(ascii: "\""))
            journey.arena.appendHex(UInt64(bitPattern: fact.size))
            journey.arena.append(UInt8(ascii: "-"))
            journey.arena.appendHex(UInt64(bitPattern: fact.seconds * 1_000_000 + Int64(fact.nanoseconds) / 1000))
        case .timeAndSize:
            journey.arena.append(UInt8(ascii: "\""))
            journey.arena.appendHex(UInt64(bitPattern: fact.seconds))
            journey.arena.append(UInt8(ascii: "-"))
            journey.arena.appendHex(UInt64(bitPattern: fact.size))
        }
        journey.arena.append(UInt8(ascii: "\""))
        return journey.since(start)
    }

    /// The media type by the extension of a path.
    mutating func typeOf(_ path: Slice, _ journey: inout Journey) -> Slice {
        if !journey.mediaType.isAbsent { return journey.mediaType }
        let effective = tables.effectives[journey.effective]
        let range = path.range
        var found: Slice = .absent
        if effective.types >= 0 {
            var end = range.upperBound
            var index = end
            while index > range.lowerBound, journey.arena[index - 1] != UInt8(ascii: "/") {
                index -= 1
                guard journey.arena[index] == UInt8(ascii: "."), !isLeading(index, range, journey) else { continue }
                let lowered = journey.arena.count
                for at in index + 1..<end {
                    let byte = asciiLower(journey.arena[at])
                    journey.arena.append(byte)
                }
                let suffix = journey.since(lowered)
                if let type = tables.types[effective.types].find(journey.arena.span.extracting(suffix.range)) {
                    found = tables.names[type]
                    break
                }
                // nginx looks at the last extension only; Apache at each, and the last that is known holds.
                if !effective.indexIsLookup { break }
                end = index
            }
        }
        if found.isAbsent { found = effective.defaultType }
        if found.isAbsent { return .absent }
        let start = journey.arena.count
        journey.arena.append(found.range, of: tables.bytes)
        if !effective.charset.isAbsent, isTextType(found) {
            journey.arena.append("; charset=")
            journey.arena.append(effective.charset.range, of: tables.bytes)
        }
        return journey.since(start)
    }

    /// Whether a dot begins a file's name, or only dots stand before it: no extension follows it then.
    ///
    /// Source: ngx_http_set_exten; httpd's mod_mime, find_ct.
    private func isLeading(_ dot: Int, _ path: Range<Int>, _ journey: borrowing Journey) -> Bool {
        var index = dot
        while index > path.lowerBound, journey.arena[index - 1] == UInt8(ascii: ".") { index -= 1 }
        return index == path.lowerBound || journey.arena[index - 1] == UInt8(ascii: "/")
    }

    /// Source: httpd's core, AddDefaultCharset: it is added to these two types.
    private func isTextType(_ type: Slice) -> Bool {
        let name = tables.bytes[type.range]
        return isText(name, "text/html") || isText(name, "text/plain")
    }
}
