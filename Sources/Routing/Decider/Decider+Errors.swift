import HTTP
import IR

/// What an error becomes: a cause has a code, a code has a page, a page is a jump.
extension Decider {
    /// Fails a request with a status: its page is found, or made.
    mutating func fail(_ journey: inout Journey, _ status: Int32) -> Step {
        if journey.look.isActive { return lookFailed(&journey, status) }
        foldForEarlyAnswer(&journey)
        journey.note(.failed, -1, number: status)
        journey.resetAnswerKeepingChallenge()
        let effective = tables.effectives[journey.effective]
        if journey.originalStatus == 0 { journey.originalStatus = status }
        if journey.handlingError {
            switch effective.nested.kind {
            case .first:
                return failBuiltIn(&journey, journey.errorStatus > 0 ? journey.errorStatus : status, nested: status)
            case .last, .rules: return failBuiltIn(&journey, status)
            }
        }
        if effective.nested.kind == .rules, journey.errorDepth >= effective.nested.limit {
            return failBuiltIn(&journey, status)
        }
        guard let rule = errorRule(status, effective.errorRules) else { return failBuiltIn(&journey, status) }
        return follow(rule, status, &journey)
    }

    /// The rule for a status; the last one written holds.
    func errorRule(_ status: Int32, _ rules: Span32) -> ErrorRecord? {
        for index in rules.range where tables.errorRules[index].status == status { return tables.errorRules[index] }
        return nil
    }

    /// Whether a page is told for a status; httpd shows one for a success too.
    func hasErrorRule(_ status: Int32, _ journey: borrowing Journey) -> Bool {
        !journey.handlingError
            && errorRule(status, tables.effectives[journey.effective].errorRules) != nil
    }

    /// Shows an error's page.
    private mutating func follow(_ rule: ErrorRecord, _ status: Int32, _ journey: inout Journey) -> Step {
        journey.note(.errorPage, rule.origin, number: status)
        // Where nginx lets pages have pages, the place of the first error says so, not the place of the page.
        if tables.effectives[journey.effective].nested.kind != .rules { journey.handlingError = true }
        journey.errorDepth += 1
        journey.errorStatus = rule.result < 0 ? Self.shown(status) : rule.result
        switch rule.kind {
        case .builtIn: return failBuiltIn(&journey, status)
        case .text:
            let body = text(rule.template, &journey)
            journey.status = Self.shown(journey.errorStatus > 0 ? journey.errorStatus : status)
            journey.body = .text(body)
            journey.isBuiltIn = true
            journey.contentType = journey.put(tables.bytes[rule.mediaType.range])
            addChallenge(&journey)
            journey.enter(.answer)
            return .done(.respond)
        case .redirect:
            let location = text(rule.template, &journey)
            // A login cannot be asked for elsewhere; the rule was left out by lowering where the server ignores it.
            journey.location = location
            journey.redirectsAtOnce = true
            return failBuiltIn(&journey, rule.index > 0 ? rule.index : 302)
        case .request:
            let target = text(rule.template, &journey)
            remember(&journey, journey.path, status: journey.errorStatus, isError: true)
            setTarget(target, &journey)
            if rule.asGet, !journey.isHead {
                journey.method = journey.put("GET")
                journey.isGet = true
            }
            let reentry: Phase = effectiveReentersEarly(journey) ? .early : .siteRules
            return reenter(reentry, &journey)
        case .enter: return reenter(scope: rule.index, &journey)
        }
    }

    /// Apache's internal redirect begins anew, nginx's at the server's rules; the nested rule tells which of them it
    /// is.
    private func effectiveReentersEarly(_ journey: borrowing Journey) -> Bool {
        tables.effectives[journey.effective].nested.kind == .first
    }

    /// The status that is sent: 494 to 497 are nginx's own, and only tell error pages apart.
    static func shown(_ status: Int32) -> Int32 { (494...497).contains(status) ? 400 : status }

    /// Answers with the page that is made here.
    mutating func failBuiltIn(_ journey: inout Journey, _ status: Int32, nested: Int32 = 0) -> Step {
        if journey.look.isActive { return lookFailed(&journey, status) }
        if journey.originalStatus == 0 { journey.originalStatus = status }
        journey.status = Self.shown(status)
        journey.isBuiltIn = true
        journey.note(.answered, -1, number: status)
        if !journey.location.isAbsent {
            journey.location = absoluteLocation(journey.location, &journey)
            escapeLineEnds(&journey)
        }
        addChallenge(&journey)
        makePage(&journey, status, nested)
        journey.enter(.answer)
        return .done(.respond)
    }

    private func addChallenge(_ journey: inout Journey) {
        if journey.status != 401 { journey.challenge = false }
    }

    /// Writes the page of a status into the arena.
    mutating func makePage(_ journey: inout Journey, _ status: Int32, _ nested: Int32) {
        if status < 300 || status == 304 {
            journey.body = .none
            return
        }
        let pages = tables.effectives[journey.effective].pages
        guard pages >= 0 else {
            let body = journey.put("<html><head><title>Error</title></head><body><h1>Error</h1></body></html>\n")
            journey.body = .text(body)
            journey.contentType = journey.put("text/html")
            return
        }
        let template =
            tables.pages[pages].bodies[journey.explains] ?? tables.pages[pages].bodies[status]
            ?? tables.pages[pages].otherwise
        let note = tables.pages[pages].nestedNote
        var page = text(template, &journey)
        if nested > 0, nested != status {
            journey.status = nested
            let more = text(note, &journey)
            journey.status = status
            let start = journey.arena.count
            journey.repeatText(page)
            journey.repeatText(more)
            page = journey.since(start)
        }
        journey.body = .text(page)
        // A status without a page is answered without a body, and nothing says what it would be.
        if page.isEmpty {
            journey.contentType = .absent
            return
        }
        let type = tables.bytes.array(tables.pages[pages].mediaType.range)
        let charset = tables.effectives[journey.effective].charset
        // httpd's pages name a charset of their own; nginx gives its pages that of the place (`charset`).
        let isNamed = charset.isAbsent || type.contains(UInt8(ascii: ";"))
        journey.contentType =
            isNamed
            ? journey.put(type) : journey.put(type + Array("; charset=".utf8) + tables.bytes.array(charset.range))
    }

    /// The reason phrase of a status.
    func appendReason(_ status: Int32, _ journey: inout Journey) {
        let pages = tables.effectives[journey.effective].pages
        if pages >= 0, let reason = tables.pages[pages].reasons[status] {
            journey.arena.append(reason.range, of: tables.bytes)
        } else {
            journey.arena.append(standardReason(status))
        }
    }

    // MARK: Locations

    /// A relative location made absolute, as the settings say.
    mutating func absoluteLocation(_ location: Slice, _ journey: inout Journey) -> Slice {
        let absolute = tables.effectives[journey.effective].absolute
        return absoluteLocation(location, absolute, &journey)
    }

    mutating func absoluteLocation(_ location: Slice, _ absolute: AbsoluteRecord, _ journey: inout Journey) -> Slice {
        if absolute.relative || !journey.begins(location, with: UInt8(ascii: "/")) { return location }
        let host = text(absolute.host, &journey)
        let start = journey.arena.count
        journey.arena.append(isCalledSecure(journey) ? "https://" : "http://")
        journey.repeatText(host)
        appendPort(absolute.port, &journey)
        journey.repeatText(location)
        return journey.since(start)
    }

    private func appendPort(_ source: PortSource, _ journey: inout Journey) {
        switch source {
        case .none: break
        case .fixed(let port):
            journey.arena.append(UInt8(ascii: ":"))
            journey.arena.appendDecimal(Int64(port))
        case .asHostHeader:
            let own = Int64(tables.sites[journey.site].port)
            if journey.hostPort.count > 0 {
                guard !isUsualPort(number(journey.hostPort, journey), journey) else { break }
                journey.arena.append(UInt8(ascii: ":"))
                journey.repeatText(journey.hostPort)
            } else if own > 0, !isUsualPort(own, journey) {
                journey.arena.append(UInt8(ascii: ":"))
                journey.arena.appendDecimal(own)
            }
        case .asHostHeaderElseListener:
            appendPort(journey.hostPort.count > 0 ? .asHostHeader : .listener, &journey)
        case .listener:
            let port = Int64(tables.listeners[journey.listener].port)
            if !isUsualPort(port, journey) {
                journey.arena.append(UInt8(ascii: ":"))
                journey.arena.appendDecimal(port)
            }
        }
    }

    private func isUsualPort(_ port: Int64, _ journey: borrowing Journey) -> Bool {
        port == (isCalledSecure(journey) ? 443 : 80)
    }

    /// Whether what the site says of itself begins with `https`.
    func isCalledSecure(_ journey: borrowing Journey) -> Bool {
        journey.connection.isTLS || tables.sites[journey.site].isNamedSecure
    }

    // MARK: Upstreams

    /// The upstream failed: its cause has a code.
    mutating func upstreamFailed(_ journey: inout Journey, _ failure: UpstreamFailure) -> Step {
        let codes = tables.effectives[journey.effective].failureCodes
        var status = codes < 0 ? 502 : tables.failureCodes[codes][failure.rawValue]
        if let own = gatewayStatus(of: failure, journey) { status = own }
        switch failure {
        // Nobody was told anything.
        case .resolve, .refused, .connectTimeout, .noMember, .quarantined, .tls, .noSocket: journey.told.removeAll()
        case .closedEarly, .sendTimeout, .readTimeout, .badHead: break
        }
        journey.complaint = "upstream \(journey.describe(journey.upstream.authority)): \(failure.words)"
        journey.answer.removeAll()
        return fail(&journey, status)
    }

    /// The upstream answered: its answer is sent on, unless a page of ours stands for it.
    mutating func upstreamAnswered(_ journey: inout Journey) -> Step {
        let status = Int32(journey.answer.status)
        journey.note(.upstreamAnswered, -1, number: status)
        // The settings are read where they lie: a copy of all of them costs more than what is read.
        let effective = Int(journey.effective)
        let controls = tables.effectives[effective].controlHeaders
        if !controls.isEmpty, let step = obeyControl(&journey, controls) { return step }
        if replaces(status, effective) {
            keepFields(&journey, tables.effectives[effective].keeps)
            journey.answer.removeAll()
            return fail(&journey, status)
        }
        journey.isRelayed = true
        // What a script says in so many words stands, also where it makes an error's page (httpd).
        let isSaid = journey.upstream.isCommonGateway && journey.answer.has(.status)
        journey.status = isSaid ? status : settledStatus(status, journey)
        if journey.originalStatus == 0 { journey.originalStatus = status }
        journey.enter(.answer)
        return .done(.relay)
    }

    private func replaces(_ status: Int32, _ effective: Int) -> Bool {
        let rule = tables.effectives[effective].upstreamErrors
        switch rule.kind {
        case .never: return false
        case .onlyWithRule:
            return status >= rule.from && errorRule(status, tables.effectives[effective].errorRules) != nil
        case .all:
            if !rule.only.isEmpty { return rule.only.range.contains { tables.lists[$0] == status } }
            return status >= rule.from && status <= rule.to
        }
    }

    private func keepFields(_ journey: inout Journey, _ names: Span32) {
        for index in names.range {
            let name = tables.names[index]
            var found = journey.answer.firstIndex(named: tables.bytes[name.range])
            while let field = found {
                let kept = KeptField(
                    name: journey.putAnswer(journey.answer.fields[field].name),
                    value: journey.putAnswer(journey.answer.fields[field].value))
                journey.keptFields.append(kept)
                found = journey.answer.nextIndex(named: tables.bytes[name.range], behind: field)
            }
        }
    }

    /// X-Accel-Redirect: the upstream asks for another request of this site.
    private mutating func obeyControl(_ journey: inout Journey, _ names: Span32) -> Step? {
        guard let value = journey.answer.value(of: .xAccelRedirect),
            names.range.contains(where: {
                isText(tables.bytes[tables.names[$0].range], "x-accel-redirect")
            })
        else { return nil }
        let target = journey.putAnswer(value)
        for name in [FieldName.contentType, .setCookie, .contentDisposition, .acceptRanges, .cacheControl, .expires] {
            if let kept = journey.answer.value(of: name) {
                let field = KeptField(
                    name: journey.put(name.spelling.utf8), value: journey.putAnswer(kept))
                journey.keptFields.append(field)
            }
        }
        journey.answer.removeAll()
        if journey.begins(target, with: UInt8(ascii: "@")) { return nil }
        setTarget(target, &journey)
        if !journey.isHead {
            journey.method = journey.put("GET")
            journey.isGet = true
        }
        return reenter(.siteRules, &journey)
    }
}

extension Journey {
    /// Forgets the answer that was being made, except that a login is asked for.
    mutating func resetAnswerKeepingChallenge() {
        let (challenge, allow) = (challenge, allow)
        resetAnswer()
        self.challenge = challenge
        self.allow = allow
        isRelayed = false
        parts.removeAll(keepingCapacity: true)
    }
}

extension UpstreamFailure {
    /// What happened, for the error log.
    package var words: String {
        switch self {
        case .resolve: "its name cannot be resolved"
        case .refused: "it refuses connections"
        case .connectTimeout: "it does not accept a connection in time"
        case .tls: "TLS with it failed"
        case .closedEarly: "it closed the connection before it answered"
        case .sendTimeout: "it does not take the request in time"
        case .readTimeout: "it does not answer in time"
        case .badHead: "it answered something that is not HTTP"
        case .noMember: "no member of the group can be used"
        case .quarantined: "it failed a moment ago and is left alone for a while"
        case .noSocket: "there is no socket for a connection to it: too many files are open, or memory is short"
        }
    }
}

/// The standard's reason phrase of a status (RFC 9110, section 15).
func standardReason(_ status: Int32) -> StaticString {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 203: "Non-Authoritative Information"
    case 204: "No Content"
    case 205: "Reset Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    default: standardReasonOfRareStatus(status)
    }
}

private func standardReasonOfRareStatus(_ status: Int32) -> StaticString {
    switch status {
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Unknown"
    }
}
