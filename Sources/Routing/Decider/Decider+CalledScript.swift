import HTTP
import IR

/// Which file of a request's path is the script that a call by the rules of CGI names.
extension Decider {
    /// Parts the script's path from what follows it; nil: the call may be made.
    ///
    /// Directories have their index and their slash first, as they do where files are sent.
    ///
    /// Source: httpd's server/request.c, ap_directory_walk, and modules/mappers/mod_dir.c, fixup_dir.
    mutating func findScript(of forward: Int32, _ journey: inout Journey) -> Step? {
        let record = tables.forwards[forward]
        let (gateway, sendsFile) = (record.gateway, tables.sentPaths[record.path].kind == .file)
        guard gateway >= 0 || sendsFile else { return nil }
        journey.upstream.pathInfo = .empty
        journey.upstream.pathTranslated = .absent
        guard sendsFile || tables.gateways[gateway].common == .file else { return nil }
        findFilePath(&journey)
        guard let fact = fileFact(.stat, journey.filePath, &journey) else { return .done(.ask(.stat)) }
        if fact.kind == .directory {
            if let step = scriptIsDirectory(&journey) { return step }
        } else if journey.look.isActive, fact.kind != .file {
            return lookFailed(&journey, 404)
        }
        if fact.kind == .file || fact.kind == .directory || fact.kind == .other { return nil }
        let (start, end) = (Int(journey.filePath.start), Int(journey.filePath.end))
        var stop = end
        while true {
            var slash = stop - 1
            while slash > start, journey.arena[slash] != UInt8(ascii: "/") { slash -= 1 }
            if slash <= start { break }
            guard let folder = fileFact(.stat, Slice(start..<slash), &journey) else { return .done(.ask(.stat)) }
            if folder.kind == .directory { break }
            stop = slash
        }
        journey.upstream.pathInfo = Slice(stop..<end)
        return journey.upstream.pathInfo.count > 0 && gateway >= 0 ? translatePathInfo(&journey) : nil
    }

    private mutating func scriptIsDirectory(_ journey: inout Journey) -> Step? {
        let effective = tables.effectives[journey.effective]
        guard effective.indexIsLookup else { return nil }
        if !journey.ends(journey.path, in: UInt8(ascii: "/")) {
            return effective.slashRedirect ? directoryWithoutSlash(&journey) : nil
        }
        if journey.look.failure > 0 { return fail(&journey, journey.look.failure) }
        return journey.look.isOver || effective.index.isEmpty ? nil : directory(&journey)
    }

    /// Where the rest of the path would lie if it were a path of its own: below the document root, or an alias.
    ///
    /// Source: httpd's server/util_script.c, ap_add_cgi_vars, which makes a request of it.
    private mutating func translatePathInfo(_ journey: inout Journey) -> Step? {
        let rest = journey.upstream.pathInfo
        let (base, tail) = place(of: rest, &journey)
        let start = journey.arena.count
        journey.repeatText(base)
        if journey.arena.count > start, journey.arena.last == UInt8(ascii: "/"), journey.begins(tail, with: 0x2F) {
            journey.arena.removeLast()
        }
        journey.repeatText(tail)
        let whole = journey.since(start)
        journey.upstream.pathTranslated = whole
        let effective = tables.effectives[journey.effective]
        guard effective.indexIsLookup, journey.ends(whole, in: UInt8(ascii: "/")), !effective.index.isEmpty else {
            return nil
        }
        for index in effective.index.range {
            let name = text(tables.candidates[index], &journey)
            let start = journey.arena.count
            journey.repeatText(whole)
            journey.repeatText(name)
            let file = journey.since(start)
            guard let fact = fileFact(.stat, file, &journey) else { return .done(.ask(.stat)) }
            if fact.kind == .file {
                journey.upstream.pathTranslated = file
                break
            }
        }
        return nil
    }

    /// The folder that a path lies in, and what of the path is put behind it.
    private mutating func place(of path: Slice, _ journey: inout Journey) -> (base: Slice, tail: Slice) {
        for table in tables.sites[journey.site].tables.range {
            for index in tables.tables[table].routes.range {
                let route = tables.routes[index]
                guard route.yields == .place, route.kind == .segments || route.kind == .bytes,
                    matches(route, path, &journey) == .yes
                else { continue }
                let base = text(tables.placements[route.index].base, &journey)
                return (base, path.dropping(route.text.count))
            }
        }
        let place = tables.effectives[journey.effective].place
        return (place < 0 ? .empty : text(tables.placements[place].base, &journey), path)
    }

    /// The request's path without what follows the script.
    ///
    /// What rules made a file of keeps the path that it had, of which as much is taken away as is alike.
    ///
    /// Source: httpd's server/util_script.c, ap_find_path_info.
    func scriptPath(_ journey: borrowing Journey) -> Slice {
        let isPlaced = journey.placedAtRoot || (journey.placement >= 0 && placesAtRoot(journey.placement))
        let (path, rest) = (isPlaced ? journey.pathBeforeRules : journey.path, journey.upstream.pathInfo)
        if rest.count == 0 { return path }
        let (start, slash) = (Int(path.start), UInt8(ascii: "/"))
        var (end, other) = (Int(path.end), Int(rest.end))
        while end > start, other > Int(rest.start), journey.arena[end - 1] == journey.arena[other - 1] {
            end -= 1
            other -= 1
            if journey.arena[end] != slash { continue }
            while end > start, journey.arena[end - 1] == slash { end -= 1 }
        }
        end = max(end - 1, start)
        while end < Int(path.end), journey.arena[end] != slash { end += 1 }
        return Slice(start..<end)
    }

    // MARK: Internal redirects

    /// Keeps what applications are told of a request that is redirected inside: each name once more with `REDIRECT_`
    /// before it.
    ///
    /// Source: httpd's modules/http/http_request.c, rename_original_env and internal_internal_redirect.
    mutating func remember(_ journey: inout Journey, _ path: Slice, status: Int32, isError: Bool) {
        guard tables.gateways.contains(where: { $0.common != .none }), tellsWhole(journey) else { return }
        for index in journey.redirected.variables.indices {
            journey.redirected.variables[index].name = renamed(journey.redirected.variables[index].name, &journey)
        }
        if !isError {
            // httpd redirects only after everything that sets variables has had its turn.
            for index in tables.effectives[journey.effective].lateVariables.range {
                journey.pc = -1
                _ = runProgram(tables.lists[index], &journey)
            }
        }
        if isError, !journey.told.isEmpty {
            // An application was asked, and so all that it was told is among the variables.
            rememberTold(&journey)
        } else {
            rememberVariables(&journey, isError: isError)
        }
        if journey.redirected.path.isAbsent { journey.redirected.firstPath = path }
        journey.redirected.isError = isError
        journey.redirected.path = path
        journey.redirected.query = journey.query
        let start = journey.arena.count
        appendStatus(status, &journey)
        keep("REDIRECT_STATUS", journey.since(start), &journey)
    }

    private func rememberTold(_ journey: inout Journey) {
        journey.redirected.variables.removeAll(keepingCapacity: true)
        for index in journey.told.indices where !journey.told[index].value.isAbsent {
            let name = renamed(journey.told[index].name, &journey)
            journey.redirected.variables.append((name, journey.told[index].value))
        }
        journey.told.removeAll(keepingCapacity: true)
    }

    private mutating func rememberVariables(_ journey: inout Journey, isError: Bool) {
        for slot in journey.values.indices where tables.variables[slot].kind == .assigned {
            let value = journey.values[slot]
            if value.isAbsent || value == .empty { continue }
            let name = journey.put(tables.bytes[tables.variables[slot].name.range])
            journey.redirected.variables.append((renamed(name, &journey), value))
        }
        if isError, journey.upstream.gateway >= 0, tables.gateways[journey.upstream.gateway].isImplied {
            keep("REDIRECT_proxy-nokeepalive", journey.put("1"), &journey)
        }
        if journey.connection.isTLS, !isError {
            keep("REDIRECT_HTTPS", journey.put("on"), &journey)
            if let facts = journey.connection.tls, !facts.name.isEmpty {
                keep("REDIRECT_SSL_TLS_SNI", journey.put(facts.name), &journey)
            }
        }
        if tables.sites[journey.site].tellsURL {
            let (url, whole) = scriptURL(&journey)
            keep("REDIRECT_SCRIPT_URL", url, &journey)
            keep("REDIRECT_SCRIPT_URI", whole, &journey)
        }
        if isError { keep("REDIRECT_REQUEST_METHOD", journey.methodText(), &journey) }
    }

    private func keep(_ name: StaticString, _ value: Slice, _ journey: inout Journey) {
        let name = journey.put(name)
        journey.redirected.variables.append((name, value))
    }

    /// Whether redirects inside make a new request (Apache), rather than another path of the same one.
    private func tellsWhole(_ journey: borrowing Journey) -> Bool {
        tables.effectives[journey.effective].nested.kind == .first
    }

    private func renamed(_ name: Slice, _ journey: inout Journey) -> Slice {
        let start = journey.arena.count
        journey.arena.append("REDIRECT_")
        journey.repeatText(name)
        return journey.since(start)
    }

    /// The status that a call has for its failure; nil: that of the place.
    func gatewayStatus(of failure: UpstreamFailure, _ journey: borrowing Journey) -> Int32? {
        guard journey.upstream.gateway >= 0 else { return nil }
        let codes = tables.gateways[journey.upstream.gateway].failureCodes
        guard codes >= 0 else { return nil }
        let status = tables.failureCodes[codes][failure.rawValue]
        return status < 0 ? nil : status
    }
}
