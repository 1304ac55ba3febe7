import IR
import Source

/// What nginx does where a configuration is silent, as data.
enum Defaults {
    /// Failures that `proxy_next_upstream error` names.
    static let errors: Set<Failure> = [.resolve, .refused, .tls, .closedEarly]
    /// Failures that `proxy_next_upstream timeout` names.
    static let timeouts: Set<Failure> = [.connectTimeout, .sendTimeout, .readTimeout]
    /// Answer fields by which an upstream controls this server.
    static let controlHeaders: Set<String> = [
        "x-accel-redirect", "x-accel-expires", "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset",
    ]
    /// Answer fields that are kept back whatever `proxy_hide_header` adds.
    static let hiddenHeaders: Set<String> = controlHeaders.union(["x-pad"])
    /// The file of access logs that nothing names, as Debian builds nginx.
    static let accessLog = "/var/log/nginx/access.log"
    /// The file of error logs that nothing names.
    static let errorLog = "/var/log/nginx/error.log"

    /// Media types without any `types` block.
    static let types = ["html": "text/html", "gif": "image/gif", "jpg": "image/jpeg"]

    /// What a failed exchange is answered.
    static let failures: [Failure: Int] = [
        .resolve: 502, .refused: 502, .connectTimeout: 504, .tls: 502, .closedEarly: 502, .sendTimeout: 504,
        .readTimeout: 504, .badHead: 502, .noMember: 502, .quarantined: 502, .noSocket: 500,
    ]

    /// How relative redirects are completed without directives about it.
    static let absolute = AbsoluteLocation.completed(host: Template(Value.hostOrSiteName), port: .listener)
}

extension NginxLowering {
    /// The layer below all others: every default, stated.
    mutating func defaults() -> Settings {
        let origin = implied("nginx does this where the configuration is silent")
        var settings = Settings()
        settings.url = urlDefaults(origin)
        settings.access.combine = Stated(.both, origin)
        settings.access.login = Stated(.none, origin)
        settings.request.headers = Edit(merge: .replace, value: impliedUpstreamHeaders(origin), origin: origin)
        settings.request.forwardedFor = Stated(.untouched, origin)
        settings.request.via = Stated(.untouched, origin)
        settings.request.realAddress = Stated(nil, origin)
        settings.files = fileDefaults(origin)
        settings.forward = forwardDefaults(origin)
        settings.errors.rules = Edit(merge: .replace, value: [], origin: origin)
        settings.errors.replacesUpstreams = Stated(.never, origin)
        settings.errors.nested = Stated(.last, origin)
        settings.errors.keeps = Stated(["www-authenticate"], origin)
        settings.answer.serverName = Stated("nginx/\(profile.version)", origin)
        settings.answer.pages = Stated(GeneratedPages.nginx(signature: "nginx/\(profile.version)"), origin)
        settings.limits.body = Stated(1 << 20, origin)
        settings.limits.keepAlive = Stated(KeepAlive(seconds: 75, requests: 1000), origin)
        settings.limits.bodyTime = Stated(60, origin)
        settings.limits.sendTime = Stated(60, origin)
        settings.limits.bodyPace = Stated(nil, origin)
        settings.limits.bodyBuffers = Stated(
            BodyBuffers(memory: 16 << 10, folder: prefix + "/client_body_temp"), origin)
        settings.limits.lingering = Stated(Lingering(), origin)
        settings.limits.resetsTimedOut = Stated(false, origin)
        settings.log.error = configuration.process.errorLog ?? Stated(ErrorLog(file: Defaults.errorLog), origin)
        settings.log.access = Edit(merge: .replace, value: [defaultLog(origin)], origin: origin)
        return settings
    }

    private func urlDefaults(_ origin: ID<Origin>) -> URLSettings {
        URLSettings(
            encodedSlash: Stated(.decode(resolveDotsAgain: true), origin), mergeSlashes: Stated(true, origin),
            nul: Stated(400, origin), fragment: Stated(.cut, origin), absolute: Stated(Defaults.absolute, origin),
            encodedQuestionMark: Stated(.literal, origin))
    }

    private func fileDefaults(_ origin: ID<Origin>) -> FileSettings {
        let place = Placement(base: Template(prefix + "/html"), drops: .nothing, origin: origin)
        var files = FileSettings()
        files.place = Stated(place, origin)
        files.index = Stated(Index(names: ["index.html"], look: .asReentry), origin)
        files.listing = Stated(false, origin)
        files.links = Stated(.follow, origin)
        files.types = Edit(merge: .replace, value: Defaults.types, origin: origin)
        files.defaultType = Stated("text/plain", origin)
        files.charset = Stated(nil, origin)
        files.content = Stated(nil, origin)
        files.tag = Stated(.timeAndSize, origin)
        files.post = Stated(.answer(405), origin)
        files.otherMethods = Stated(MethodAnswers(), origin)
        files.pathInfo = Stated(false, origin)
        files.ranges = Stated(nil, origin)
        files.coalesces = Stated(false, origin)
        files.slashRedirect = Stated(true, origin)
        files.modified = Stated(.exact, origin)
        files.failures = Stated(FileFailures(), origin)
        return files
    }

    private func forwardDefaults(_ origin: ID<Origin>) -> ForwardSettings {
        var forward = ForwardSettings()
        forward.host = Stated(Template(Value.upstreamAuthority), origin)
        forward.version = Stated(profile.upstreamVersion, origin)
        forward.timeouts = Stated(Timeouts(), origin)
        forward.retry = Stated(Retry(on: Defaults.errors.union(Defaults.timeouts), forgivesKept: true), origin)
        forward.buffering = Stated(true, origin)
        forward.buffers = Stated(BufferParts().buffers(folder: prefix + "/proxy_temp"), origin)
        forward.requestBuffering = Stated(true, origin)
        forward.failures = Stated(Defaults.failures, origin)
        // nginx passes on what Connection names. Leaving it out is safer, and no client can depend on it.
        forward.dropsConnectionNamed = Stated(true, origin)
        forward.passesHeaders = Stated(true, origin)
        forward.passesBody = Stated(true, origin)
        forward.controlHeaders = Stated(Defaults.controlHeaders, origin)
        forward.hides = Edit(merge: .replace, value: Defaults.hiddenHeaders, origin: origin)
        forward.passes = Edit(merge: .replace, value: [], origin: origin)
        forward.replaces = Stated(["server", "date"], origin)
        forward.locations = Edit(merge: .replace, value: [], origin: origin)
        forward.cookies = Edit(merge: .replace, value: [], origin: origin)
        forward.tls = Stated(UpstreamTLSParts().policy(profile), origin)
        return forward
    }

    private mutating func defaultLog(_ origin: ID<Origin>) -> Log {
        let nowhere = SourceRange(file: FileID(index: 0), start: 0, end: 0)
        return Log(
            to: Template(Defaults.accessLog), line: combinedFormat(at: nowhere).line, escaping: .hexadecimal,
            origin: origin)
    }

    /// The fields that are sent to upstreams whatever the configuration says, unless it names them.
    func impliedUpstreamHeaders(_ origin: ID<Origin>) -> [HeaderEdit] {
        [
            HeaderEdit(
                table: .request, name: "Host", operation: .set, value: Template(Value.upstreamAuthority),
                skipsEmpty: !profile.alwaysSendsHost, origin: origin),
            HeaderEdit(
                table: .request, name: "Connection", operation: .set, value: Template(profile.upstreamConnection),
                skipsEmpty: true, origin: origin),
        ]
    }

    /// How heads are read at a listener whose default server says this.
    func reading(_ parts: ReadingParts) -> IR.Reading {
        var reading = IR.Reading()
        // nginx accepts a bare LF; refusing it is safer, and no sound client sends one.
        reading.bareLF = .answer(400)
        reading.lowerCaseMethod = .answer(400)
        reading.trace = .answer(405)
        reading.connect = .answer(profile.connectStatus)
        reading.asterisk = .answer(400)
        let takesAll = parts.dropsInvalid == false
        reading.underscores = parts.underscores == true || takesAll ? .accept : .drop
        reading.oddHeaderNames = takesAll ? .accept : .drop
        reading.duplicates = profile.joinsCookies ? .joinCookies : .keep
        let buffer = max(parts.largeBuffer ?? 8192, parts.headerBuffer ?? 1024)
        reading.lineLimit = buffer
        reading.fieldLimit = buffer
        reading.fieldCount = parts.headerFields ?? profile.headerFields
        reading.headerPace = ReadingPace(time: parts.headerTime ?? 60)
        return reading
    }
}
