import HTTP
import IR

/// Where a request lies in the file system, and which layers apply there.
extension Decider {
    /// Finds the file's path and folds the overlays of the site.
    mutating func place(_ journey: inout Journey) -> Step {
        let site = tables.sites[journey.site]
        if !journey.folded, !site.overlays.isEmpty {
            if site.looksAtFiles, isFile(journey) {
                findFilePath(&journey)
                if journey.placedAtRoot == false, let step = placeAtRoot(&journey) { return step }
            }
            switch fold(site, &journey) {
            case .ask: return .done(.ask(journey.question))
            case .unknown:
                journey.complaint = "a condition on which a section depends cannot be decided"
                return fail(&journey, 403)
            case .yes, .no: journey.folded = true
            }
        } else if isFile(journey), journey.placement >= 0, !journey.placedAtRoot {
            if let step = placeAtRoot(&journey) { return step }
        }
        // Redirects of a section come before the echo, although what else they are behind comes after it.
        if isFile(journey), tables.effectives[journey.effective].lateAnswers.isEmpty, let step = echo(&journey) {
            return step
        }
        if !site.allowances.isEmpty, isFile(journey) {
            switch discovers(site, &journey) {
            case .ask: return .done(.ask(journey.question))
            case .yes:
                journey.complaint = "a .htaccess file lies above \(journey.describe(journey.filePath)) and is not run"
                return fail(&journey, 403)
            case .no, .unknown: break
            }
        }
        journey.enter(.scopeRules)
        return .next
    }

    private func isFile(_ journey: borrowing Journey) -> Bool {
        journey.content < 0 || tables.contents[journey.content].kind == .files
            || tables.contents[journey.content].kind == .unavailable
    }

    /// mod_rewrite: a path whose first segment exists at the root of the file system is a file's path.
    private mutating func placeAtRoot(_ journey: inout Journey) -> Step? {
        guard journey.placement >= 0, tables.placements[journey.placement].ifExistsAtFileRoot else { return nil }
        let range = journey.path.range
        var end = range.lowerBound + 1
        while end < range.upperBound, journey.arena[end] != UInt8(ascii: "/") { end += 1 }
        if end <= range.lowerBound + 1 { return nil }
        guard let fact = fileFact(.stat, Slice(range.lowerBound..<end), &journey) else {
            return .done(.ask(journey.question))
        }
        journey.placedAtRoot = true
        if fact.kind == .file || fact.kind == .directory || fact.kind == .other {
            journey.filePath = journey.path
        } else {
            // Below the document root, as if nothing had been rewritten.
            journey.placement = -1
            journey.filePath = .absent
            findFilePath(&journey)
        }
        return nil
    }

    /// Computes the file's path, unless it is known.
    mutating func findFilePath(_ journey: inout Journey) {
        if !journey.filePath.isAbsent { return }
        let index =
            journey.placement >= 0 && !placesAtRoot(journey.placement)
            ? journey.placement : tables.effectives[journey.effective].place
        guard index >= 0 else {
            journey.filePath = journey.path
            return
        }
        let placement = tables.placements[index]
        let base = text(placement.base, &journey)
        let start = journey.arena.count
        journey.repeatText(base)
        switch placement.drops {
        case .everything: break
        case .nothing:
            // A root with a final slash does not double it.
            if journey.arena.count > start, journey.arena.last == UInt8(ascii: "/") { journey.arena.removeLast() }
            journey.repeatText(journey.path)
        case .matched:
            let rest = journey.path.dropping(matchedLength(journey))
            journey.repeatText(rest)
        case .bytes(let count):
            let rest = journey.path.dropping(min(Int32(clamping: count), journey.path.count))
            journey.repeatText(rest)
        }
        journey.filePath = journey.since(start)
        journey.note(.placed, placement.origin, journey.filePath)
    }

    func placesAtRoot(_ placement: Int32) -> Bool {
        tables.placements[placement].ifExistsAtFileRoot
    }

    /// How many bytes of the path the route took that led here.
    func matchedLength(_ journey: borrowing Journey) -> Int32 {
        let scope = journey.scope >= 0 ? tables.scopes[journey.scope].prefixLength : 0
        return max(scope, journey.matched)
    }

    // MARK: Overlays

    /// Lays the overlays that apply over the scope's layers.
    private mutating func fold(_ site: SiteRecord, _ journey: inout Journey) -> Verdict {
        let base = tables.scopes[journey.scope].layers
        var applies: [Int32] = []
        swap(&applies, &journey.layers)
        applies.removeAll(keepingCapacity: true)
        let steps = journey.trace.steps.count
        for index in base.range { applies.append(tables.lists[index]) }
        for index in site.overlays.range {
            let overlay = tables.overlays[index]
            switch selects(overlay.selector, &journey) {
            case .yes:
                applies.append(overlay.layer)
                journey.note(.overlayApplied, layerOrigin(overlay.layer))
            case .no: journey.note(.overlaySkipped, layerOrigin(overlay.layer))
            case .ask:
                swap(&applies, &journey.layers)
                journey.trace.forget(behind: steps)
                return .ask
            case .unknown:
                swap(&applies, &journey.layers)
                return .unknown
            }
        }
        swap(&applies, &journey.layers)
        journey.effective = folded(journey.layers)
        return .yes
    }

    /// Lays the overlays that look at the URL alone over the site's layers, for an answer that is made before the
    /// file's path is known.
    ///
    /// Source: httpd's server/request.c, ap_process_request_internal walks locations before it translates names.
    mutating func foldForEarlyAnswer(_ journey: inout Journey) {
        let site = tables.sites[journey.site]
        guard journey.phase == .siteRules || journey.phase == .locate, !journey.folded, !site.overlays.isEmpty else {
            return
        }
        let base = tables.scopes[site.scope].layers
        var applies: [Int32] = []
        swap(&applies, &journey.layers)
        applies.removeAll(keepingCapacity: true)
        for index in base.range { applies.append(tables.lists[index]) }
        for index in site.overlays.range {
            let overlay = tables.overlays[index]
            let subject = tables.selectors[overlay.selector].subject
            guard subject == .url || subject == .condition else { continue }
            // The walk came before any rule.
            let path = journey.path
            journey.path = journey.pathBeforeRules
            let verdict = selects(overlay.selector, &journey)
            journey.path = path
            guard verdict == .yes else { continue }
            applies.append(overlay.layer)
            journey.note(.overlayApplied, layerOrigin(overlay.layer))
        }
        swap(&applies, &journey.layers)
        journey.effective = folded(journey.layers)
        journey.folded = true
    }

    private func layerOrigin(_ layer: Int32) -> Int32 { plan.configuration.layers[Int(layer)].origin.index }

    /// The fold of these layers; one that nobody foresaw is compiled now.
    private mutating func folded(_ layers: [Int32]) -> Int32 {
        if let known = tables.folds.find(layers) { return known }
        return addToTables { $0.fold(layers) }
    }

    private mutating func selects(_ index: Int32, _ journey: inout Journey) -> Verdict {
        let selector = tables.selectors[index]
        switch selector.subject {
        case .url:
            // What mod_rewrite made a file of keeps the URL that it had: only `PT` makes a new one.
            let isPlaced = journey.placedAtRoot || journey.placement >= 0 && placesAtRoot(journey.placement)
            let path = isPlaced ? journey.pathBeforeRules : journey.path
            return matches(tables.routes[selector.index], path, &journey)
        case .directory:
            guard !journey.filePath.isAbsent else { return .no }
            return directoryMatches(tables.routes[selector.index], &journey)
        case .fileName:
            guard !journey.filePath.isAbsent else { return .no }
            return fileNameMatches(tables.routes[selector.index], &journey)
        case .target: return targetMatches(tables.routes[selector.index], &journey)
        case .condition: return holds(selector.index, &journey)
        case .both:
            let first = selects(selector.index, &journey)
            return first == .yes ? selects(selector.second, &journey) : first
        }
    }

    /// Patterns and globs are tried on every directory of the path, from the root down.
    private mutating func directoryMatches(_ route: RouteRecord, _ journey: inout Journey) -> Verdict {
        let path = journey.filePath
        if route.kind == .bytes || route.kind == .segments || route.kind == .exact {
            return matches(route, path, &journey)
        }
        for index in path.range.dropFirst() where journey.arena[index] == UInt8(ascii: "/") {
            let withSlash = Slice(Int(path.start)..<index + 1)
            let verdict = matches(route, withSlash, &journey)
            if verdict != .no { return verdict }
            let bare = matches(route, Slice(Int(path.start)..<index), &journey)
            if bare != .no { return bare }
        }
        return matches(route, path, &journey)
    }

    /// The file's name is the first segment of the path that is no directory; what stands behind it is path info.
    ///
    /// The file system is asked only about segments that match.
    ///
    /// Source: httpd's server/request.c, ap_directory_walk and ap_file_walk.
    private mutating func fileNameMatches(_ route: RouteRecord, _ journey: inout Journey) -> Verdict {
        let path = journey.filePath
        var start = Int(path.start)
        while start < Int(path.end) {
            var end = start
            while end < Int(path.end), journey.arena[end] != UInt8(ascii: "/") { end += 1 }
            let isLast = end == Int(path.end)
            let verdict = matches(route, Slice(start..<end), &journey)
            if verdict != .no, end > start {
                guard verdict == .yes else { return verdict }
                let whole = Slice(Int(path.start)..<end)
                guard let fact = fileFact(.stat, whole, &journey) else { return .ask }
                if fact.kind == .file || fact.kind == .other { return .yes }
                if fact.kind != .directory, start > Int(path.start) + 1 {
                    let parent = Slice(Int(path.start)..<start - 1)
                    guard let folder = fileFact(.stat, parent, &journey) else { return .ask }
                    return Verdict(folder.kind == .directory)
                }
                if fact.kind != .directory || isLast { return .yes }
            }
            start = end + 1
        }
        return .no
    }

    private mutating func targetMatches(_ route: RouteRecord, _ journey: inout Journey) -> Verdict {
        guard journey.content >= 0, tables.contents[journey.content].kind == .forward else { return .no }
        let target = forwardedURL(tables.forwards[Int(tables.contents[journey.content].index)], &journey)
        guard route.kind == .glob else { return matches(route, target, &journey) }
        return Verdict(
            globMatches(
                tables.bytes[route.text.range], journey.arena.span.extracting(target.range),
                slashes: true))
    }

    /// The URL that a request is on its way to, not escaped and without a query.
    ///
    /// Source: httpd's modules/proxy/mod_proxy.c, proxy_walk, which looks at the translated name.
    private mutating func forwardedURL(_ forward: ForwardRecord, _ journey: inout Journey) -> Slice {
        let written = text(forward.written, &journey)
        let path = tables.sentPaths[forward.path]
        switch path.kind {
        case .suffixMatched, .suffixSent, .suffixAsReceived:
            let rest = journey.path.dropping(matchedLength(journey))
            let start = journey.arena.count
            journey.repeatText(written)
            journey.repeatText(rest)
            return journey.since(start)
        case .whole where forward.pool >= 0:
            let whole = text(path.template, &journey)
            let start = journey.arena.count
            journey.repeatText(Slice(start: written.start, count: authorityEnd(written, journey)))
            journey.repeatText(whole)
            return journey.since(start)
        case .inTarget: return text(forward.target, &journey)
        default: return written
        }
    }

    /// How many bytes of a URL stand before its path.
    private func authorityEnd(_ url: Slice, _ journey: borrowing Journey) -> Int32 {
        var slashes = 0
        for index in url.range where journey.arena[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return Int32(index) - url.start }
        }
        return url.count
    }

    // MARK: Discovered configuration

    /// Whether a file that nobody reads lies in a directory where it would count.
    private mutating func discovers(_ site: SiteRecord, _ journey: inout Journey) -> Verdict {
        findFilePath(&journey)
        let path = journey.filePath
        for index in path.range where journey.arena[index] == UInt8(ascii: "/") {
            let directory = Slice(Int(path.start)..<max(index, Int(path.start) + 1))
            var allowed = false
            for position in site.allowances.range {
                let allowance = tables.allowances[position]
                if matches(tables.routes[allowance.matcher], directory, &journey) == .yes {
                    allowed = allowance.allowsAny
                }
            }
            if !allowed { continue }
            for name in site.discovered.range {
                let start = journey.arena.count
                journey.repeatText(Slice(Int(path.start)..<index + 1))
                journey.arena.append(tables.names[name].range, of: tables.bytes)
                guard let fact = fileFact(.stat, journey.since(start), &journey) else { return .ask }
                if fact.kind == .file { return .yes }
            }
        }
        return .no
    }
}
