import HTTP
package import IR

/// How a request is sent to an upstream: to whom, with which target.
extension Decider {
    /// Sends the request to an upstream.
    @inline(__always)
    mutating func forward(_ index: Int32, _ journey: inout Journey) -> Step {
        let record = tables.forwards[index]
        let effective = Int(journey.effective)
        journey.forward = index
        journey.note(.forwarded, record.origin)
        journey.upstream.pool = record.pool
        journey.upstream.isTLS = false
        journey.upstream.hidesName = false
        journey.upstream.gateway = record.gateway
        journey.upstream.isCommonGateway =
            record.gateway >= 0 && tables.gateways[record.gateway].common != .none
        journey.upstream.passesUpgrade = false
        journey.upstream.asksUpgrade = false
        (journey.upstream.socket, journey.upstream.base) = (.absent, .absent)
        var targetPath = Slice.absent
        if record.pool >= 0 {
            journey.upstream.authority = authority(of: Int(record.pool), &journey)
        } else {
            let url = text(record.target, &journey)
            let isSocket = record.gateway >= 0 && !journey.upstream.isCommonGateway
            guard let path = isSocket ? splitSocket(url, &journey) : splitTarget(url, &journey) else {
                journey.complaint = "the upstream's address `\(journey.describe(url))` cannot be used"
                return fail(&journey, 500)
            }
            targetPath = path
            journey.upstream.base = path
            if let pool = poolNamed(journey.upstream.authority, journey) {
                journey.upstream.pool = pool
                journey.upstream.authority = authority(of: Int(pool), &journey)
            }
        }
        if journey.request.has(.upgrade) { offerUpgrade(record, &journey) }
        if journey.upstream.isTLS {
            journey.upstream.tls = tables.effectives[effective].tls
            let name = tables.effectives[effective].tlsName
            journey.upstream.tlsName = name.isNoTemplate ? .absent : text(name, &journey)
        }
        journey.upstream.target = sentTarget(record, targetPath, &journey)
        if let step = record.gateway < 0 ? keepToOneLine(&journey) : refuseOddScript(&journey) { return step }
        takeSettings(tables.effectives[effective], &journey.upstream)
        if journey.upstream.isCommonGateway, journey.bodyLength < 0 { journey.upstream.buffersRequest = true }
        journey.enter(.answer)
        return .done(.forward)
    }

    @inline(__always)
    private func takeSettings(_ effective: borrowing Effective, _ upstream: inout UpstreamTarget) {
        upstream.connectTimeout = effective.connectTimeout
        upstream.sendTimeout = effective.sendTimeout
        upstream.readTimeout = effective.readTimeout
        upstream.buffers = effective.buffers
        upstream.longestHead = effective.answerHead
        // A body that does not go along is read whole all the same: the next request stands behind it.
        upstream.buffersRequest = effective.passesBody ? effective.buffersRequest : true
        upstream.passesBody = effective.passesBody
        upstream.speaks11 = effective.minorVersion == 1
        upstream.retry = effective.retry
    }

    /// A target with a blank or a control byte would end the request line early, so that one request becomes two.
    ///
    /// httpd refuses it (modules/proxy/mod_proxy_http.c, proxy_http_canon); what nginx sends raw is escaped here. Every
    /// target passes through here, and none is written that did not.
    @inline(__always)
    private mutating func keepToOneLine(_ journey: inout Journey) -> Step? {
        let target = journey.upstream.target
        // What lies in the target as it was received has been read by the parser, which takes no such bytes.
        if target.start >= journey.target.start, target.end <= journey.target.end { return nil }
        guard target.range.contains(where: { isNoTargetByte(journey.arena[$0]) }) else { return nil }
        let status = tables.effectives[journey.effective].encodedQuestionMark
        if status > 0 {
            journey.complaint = "the path or query to be forwarded holds blanks or control bytes"
            return fail(&journey, status)
        }
        let start = journey.arena.count
        for index in target.range {
            let byte = journey.arena[index]
            if isNoTargetByte(byte) { journey.appendEscaped(byte) } else { journey.arena.append(byte) }
        }
        journey.upstream.target = journey.since(start)
        return nil
    }

    /// A script's path that is not escaped may not bring a query along, and a file's no control bytes (httpd's
    /// mod_proxy_fcgi.c, proxy_fcgi_canon).
    private mutating func refuseOddScript(_ journey: inout Journey) -> Step? {
        switch tables.gateways[journey.upstream.gateway].common {
        case .none: return nil
        case .sent:
            guard journey.upstream.target.range.contains(where: { journey.arena[$0] == UInt8(ascii: "?") }) else {
                return nil
            }
            journey.complaint = "the script's path to be forwarded holds a query"
        case .file:
            let file = Int(journey.filePath.start)..<Int(journey.filePath.end - journey.upstream.pathInfo.count)
            guard file.contains(where: { journey.arena[$0] < 0x20 || journey.arena[$0] == 0x7F }) else { return nil }
            journey.complaint = "the script's path to be forwarded holds control bytes"
        }
        return fail(&journey, 403)
    }

    /// The group of upstreams that a computed authority names; nil: it is a host.
    ///
    /// Source: ngx_http_upstream_init_request. Apache's groups have a scheme of their own and no names here.
    private func poolNamed(_ authority: Slice, _ journey: borrowing Journey) -> Int32? {
        if tables.pools.isEmpty { return nil }
        return tables.pools.find(journey.arena.span.extracting(authority.range))
    }

    /// The pool's name, or its only member's `host:port`, as Host names it.
    @inline(__always)
    private func authority(of pool: Int, _ journey: inout Journey) -> Slice {
        let pool = tables.poolFacts[pool]
        journey.upstream.isTLS = pool.isTLS
        journey.upstream.hidesName = pool.hidesName
        let start = journey.arena.count
        journey.arena.append(pool.authority.range, of: tables.bytes)
        return journey.since(start)
    }

    /// Splits `scheme://host:port/path`, perhaps behind `unix:/path|`; the path, absent where there is none; nil if it
    /// is no such URL.
    private func splitTarget(_ url: Slice, _ journey: inout Journey) -> Slice? {
        var url = url
        if url.count > 5, journey.equals(Slice(start: url.start, count: 5), "unix:"),
            let bar = url.range.first(where: { journey.arena[$0] == UInt8(ascii: "|") })
        {
            journey.upstream.socket = Slice(Int(url.start)..<bar)
            url = Slice(bar + 1..<Int(url.end))
        }
        var index = Int(url.start)
        let end = Int(url.end)
        while index < end, journey.arena[index] != UInt8(ascii: ":") { index += 1 }
        guard index + 3 <= end, journey.arena[index + 1] == UInt8(ascii: "/"),
            journey.arena[index + 2] == UInt8(ascii: "/")
        else { return nil }
        let scheme = Slice(Int(url.start)..<index)
        journey.upstream.isTLS = journey.equals(scheme, "https") || journey.equals(scheme, "wss")
        journey.upstream.passesUpgrade = journey.equals(scheme, "ws") || journey.equals(scheme, "wss")
        // A group of httpd's (`balancer`) or another protocol is no host to look up.
        let isRun =
            journey.upstream.isCommonGateway
            ? journey.equals(scheme, "fcgi")
            : journey.upstream.isTLS || journey.upstream.passesUpgrade || journey.equals(scheme, "http")
        if !isRun { return nil }
        let start = index + 3
        index = start
        while index < end, journey.arena[index] != UInt8(ascii: "/"), journey.arena[index] != UInt8(ascii: "?") {
            index += 1
        }
        guard index > start || !journey.upstream.socket.isAbsent, hasPort(start..<index, journey) else { return nil }
        journey.upstream.authority = Slice(start..<index)
        return index < end ? Slice(index..<end) : .absent
    }

    /// The authority of `fastcgi://` and whatever is behind it, which may be a socket's path.
    private func splitSocket(_ url: Slice, _ journey: inout Journey) -> Slice? {
        let authority = url.dropping(10)
        guard authority.count > 0 else { return nil }
        journey.upstream.authority = authority
        return .absent
    }

    /// Whether the upstream is told that the client wants another protocol, for servers where that is a property of the
    /// upstream.
    ///
    /// Source: httpd's modules/proxy/proxy_util.c, ap_proxy_worker_can_upgrade.
    private func offerUpgrade(_ record: ForwardRecord, _ journey: inout Journey) {
        let isAsURL = journey.upstream.passesUpgrade
        journey.upstream.passesUpgrade = false
        guard journey.request.version >= .v11, let wanted = journey.request.value(of: .upgrade) else { return }
        if record.pool < 0 {
            journey.upstream.passesUpgrade = isAsURL && journey.request.isText(wanted, "websocket")
        } else {
            let names = plan.configuration.pools[Int(record.pool)].connections.upgrade
            journey.upstream.passesUpgrade = names.contains {
                $0 == "any" || journey.request.matches(wanted, Array($0.utf8).span)
            }
        }
        journey.upstream.asksUpgrade = journey.upstream.passesUpgrade
    }

    /// Whether what follows the last colon of an authority is a number; brackets hold colons of their own.
    private func hasPort(_ authority: Range<Int>, _ journey: borrowing Journey) -> Bool {
        var index = authority.upperBound
        while index > authority.lowerBound {
            index -= 1
            let byte = journey.arena[index]
            if byte == UInt8(ascii: ":") { return index > authority.lowerBound && index + 1 < authority.upperBound }
            if byte == UInt8(ascii: "]") { return true }
            if byte &- UInt8(ascii: "0") > 9 { break }
        }
        // Without a colon there is no port, and the scheme's own is taken.
        return !authority.contains { journey.arena[$0] == UInt8(ascii: ":") }
    }

    /// The request target that is sent.
    @inline(__always)
    private mutating func sentTarget(_ record: ForwardRecord, _ targetPath: Slice, _ journey: inout Journey) -> Slice {
        // Nearly always the target is sent as it came, which needs no look at its parts.
        if tables.sentPaths[record.path].sendsTargetUnchanged, !journey.changedSinceReceived,
            journey.begins(journey.target, with: UInt8(ascii: "/"))
        {
            return journey.target
        }
        let (path, isComplete) = sentPath(record.path, targetPath, &journey)
        let appends = !isComplete && (record.query == .append || record.query == .appendKeepingMark)
        let hasQuery = journey.query.count > 0 || (record.query == .appendKeepingMark && !journey.query.isAbsent)
        if journey.begins(path, with: UInt8(ascii: "/")), !(appends && hasQuery) { return path }
        let start = journey.arena.count
        if !journey.begins(path, with: UInt8(ascii: "/")) { journey.arena.append(UInt8(ascii: "/")) }
        journey.repeatText(path)
        if appends, hasQuery {
            journey.arena.append(UInt8(ascii: "?"))
            journey.repeatText(journey.query)
        }
        return journey.since(start)
    }

    /// The sent path; true if the query is part of it.
    private mutating func sentPath(_ index: Int32, _ targetPath: Slice, _ journey: inout Journey) -> (Slice, Bool) {
        let path = tables.sentPaths[index]
        switch path.kind {
        case .targetAsReceived: return (originForm(journey), true)
        case .suffixAsReceived:
            let onto = text(path.template, &journey)
            return (joined(onto, originForm(journey).dropping(matchedLength(journey)), &journey), true)
        case .suffixMatched, .suffixSent:
            let onto = text(path.template, &journey)
            let start = journey.arena.count
            journey.repeatText(onto)
            escape(journey.path.dropping(matchedLength(journey)), path.escaping, &journey)
            return (journey.since(start), false)
        case .whole:
            let whole = text(path.template, &journey)
            return (path.escaping < 0 ? whole : escaped(whole, path.escaping, &journey), false)
        case .file:
            findFilePath(&journey)
            let onto = targetPath.isAbsent ? text(path.template, &journey) : targetPath
            let file = Slice(
                start: journey.filePath.start, count: journey.filePath.count - journey.upstream.pathInfo.count)
            let start = journey.arena.count
            journey.repeatText(onto)
            escape(file, path.escaping, &journey)
            return (journey.since(start), false)
        case .path: return (escaped(journey.path, path.escaping, &journey), false)
        case .inTarget:
            if targetPath.isAbsent { return sentPath(path.second, targetPath, &journey) }
            let mark = targetPath.range.first { journey.arena[$0] == UInt8(ascii: "?") }
            if path.escaping < 0 { return (targetPath, mark != nil) }
            let start = journey.arena.count
            escape(Slice(Int(targetPath.start)..<(mark ?? Int(targetPath.end))), path.escaping, &journey)
            if let mark { journey.repeatText(Slice(mark..<Int(targetPath.end))) }
            return (journey.since(start), mark != nil)
        case .ifUnchangedSinceReceived:
            return sentPath(journey.changedSinceReceived ? path.second : path.first, targetPath, &journey)
        case .ifUnchangedSinceLocated:
            return sentPath(journey.changedSinceLocated ? path.second : path.first, targetPath, &journey)
        }
    }

    private func joined(_ first: Slice, _ second: Slice, _ journey: inout Journey) -> Slice {
        let start = journey.arena.count
        journey.repeatText(first)
        journey.repeatText(second)
        return journey.since(start)
    }

    private func escaped(_ text: Slice, _ escaping: Int32, _ journey: inout Journey) -> Slice {
        let start = journey.arena.count
        escape(text, escaping, &journey)
        return journey.since(start)
    }

    /// The target as it was received, without scheme and authority.
    func originForm(_ journey: borrowing Journey) -> Slice {
        if journey.begins(journey.target, with: UInt8(ascii: "/")) { return journey.target }
        var slashes = 0
        for index in journey.target.range where journey.arena[index] == UInt8(ascii: "/") {
            slashes += 1
            if slashes == 3 { return Slice(index..<Int(journey.target.end)) }
        }
        return .empty
    }
}

extension Member {
    /// `host:port` as Host names it: the scheme's own port is left out.
    package var authority: String {
        if host.hasPrefix("/") || host.hasPrefix("unix:") { return "localhost" }
        let name = host.contains(":") ? "[\(host)]" : host
        let usual = scheme == "https" ? 443 : 80
        return port == usual || port == 0 ? name : "\(name):\(port)"
    }
}

/// Whether a byte cannot stand in a request target: a blank or a control byte (httpd's ap_scan_vchar_obstext).
func isNoTargetByte(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x7F }
