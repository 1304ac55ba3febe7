import IR

/// What httpd does where a configuration says nothing (server/core.c and the modules' `create_*_config`).
enum Defaults {
    /// The layer below everything; every field that `Settings.missing` names has a value.
    static func layer(_ origin: ID<Origin>) -> Layer {
        var settings = Settings()
        settings.url = url(origin)
        settings.access.combine = Stated(.both, origin)
        settings.access.login = Stated(.none, origin)
        settings.access.requiresTLS = Stated(false, origin)
        settings.request.forwardedFor = Stated(.appended, origin)
        settings.request.via = Stated(.untouched, origin)
        settings.request.realAddress = Stated(nil, origin)
        settings.files = files(origin)
        settings.forward = forward(origin)
        settings.errors.replacesUpstreams = Stated(.never, origin)
        settings.errors.nested = Stated(.first, origin)
        // modules/proxy/mod_proxy_http.c: a replaced 401 keeps what the client needs in order to log in.
        settings.errors.keeps = Stated(["www-authenticate"], origin)
        settings.answer.serverName = Stated(ServerTokens.full, origin)
        settings.answer.pages = Stated(Pages.generated, origin)
        settings.limits.body = Stated(1 << 30, origin)
        settings.limits.keepAlive = Stated(
            KeepAlive(seconds: 5, requests: 100, announces: "timeout=5, max=100"), origin)
        settings.limits.bodyTime = Stated(60, origin)
        settings.limits.sendTime = Stated(60, origin)
        // modules/filters/mod_reqtimeout.c, MRT_DEFAULT_body_…
        settings.limits.bodyPace = Stated(ReadingPace(time: 20, rate: 500), origin)
        settings.limits.bodyBuffers = Stated(BodyBuffers(memory: 1 << 20, folder: "/tmp"), origin)
        // server/connection.c, ap_lingering_close: two seconds without anything, thirty in all.
        settings.limits.lingering = Stated(Lingering(time: 30, pause: 2), origin)
        settings.limits.resetsTimedOut = Stated(false, origin)
        settings.log.error = Stated(ErrorLog(level: "warn"), origin)
        return Layer(settings: settings, origin: origin)
    }

    private static func url(_ origin: ID<Origin>) -> URLSettings {
        URLSettings(
            encodedSlash: Stated(.refuse(404), origin), mergeSlashes: Stated(true, origin), nul: Stated(404, origin),
            fragment: Stated(.refuse, origin),
            absolute: Stated(.completed(host: Template(.hostOrSiteName), port: .asHostHeader), origin),
            encodedQuestionMark: Stated(.refuseWhenTurnedIntoQuery(403), origin))
    }

    private static func files(_ origin: ID<Origin>) -> FileSettings {
        var files = FileSettings()
        files.place = Stated(
            Placement(base: "/usr/local/apache2/htdocs", drops: .nothing, origin: origin), origin)
        files.index = Stated(Index(names: ["index.html"], look: .asLookup), origin)
        files.listing = Stated(false, origin)
        files.links = Stated(.follow, origin)
        files.types = Edit(merge: .replace, value: MediaTypes.common, origin: origin)
        files.defaultType = Stated(nil, origin)
        files.charset = Stated(nil, origin)
        files.content = Stated(nil, origin)
        files.tag = Stated(.sizeAndTime, origin)
        files.post = Stated(.accept, origin)
        files.otherMethods = Stated(methods(trace: true), origin)
        files.pathInfo = Stated(nil, origin)
        files.ranges = Stated(200, origin)
        files.coalesces = Stated(true, origin)
        files.slashRedirect = Stated(true, origin)
        files.modified = Stated(.notLater, origin)
        files.failures = Stated(
            FileFailures(missing: 404, forbidden: 403, directory: 403, nameTooLong: 403, other: 403), origin)
        return files
    }

    /// What methods other than GET, HEAD and POST are answered at a file (`default_handler` in server/core.c).
    static func methods(trace: Bool) -> MethodAnswers {
        MethodAnswers(
            known: 405, unknown: 501, options: true, trace: trace,
            allow: trace ? "HEAD,GET,POST,OPTIONS,TRACE" : "HEAD,GET,POST,OPTIONS")
    }

    private static func forward(_ origin: ID<Origin>) -> ForwardSettings {
        var forward = ForwardSettings()
        forward.host = Stated(Template(.upstreamAuthority), origin)
        forward.version = Stated("1.1", origin)
        forward.timeouts = Stated(Timeouts(connect: 60, send: 60, read: 60), origin)
        // `proxy_handler` goes on with the next member of a balancer where it could not connect to one.
        forward.retry = Stated(Retry(on: [.refused, .connectTimeout]), origin)
        forward.buffering = Stated(false, origin)
        // server/core_filters.c: what a client is slow to take holds the upstream up, once so much waits.
        forward.buffers = Stated(AnswerBuffers(memory: 64 << 10, file: 0, folder: "/tmp"), origin)
        forward.requestBuffering = Stated(false, origin)
        forward.failures = Stated(failures, origin)
        forward.dropsConnectionNamed = Stated(true, origin)
        forward.passesHeaders = Stated(true, origin)
        forward.passesBody = Stated(true, origin)
        forward.controlHeaders = Stated([], origin)
        forward.hides = Edit(merge: .replace, value: [], origin: origin)
        forward.replaces = Stated([], origin)
        forward.locations = Edit(merge: .replace, value: [], origin: origin)
        forward.cookies = Edit(merge: .replace, value: [], origin: origin)
        forward.tls = Stated(UpstreamTLSDraft().policy(), origin)
        return forward
    }

    /// modules/proxy/proxy_util.c and mod_proxy_http.c; the read timeout is 502, not 504 (tested with 2.4.71).
    private static let failures: [Failure: Int] = [
        .resolve: 500, .refused: 503, .connectTimeout: 503, .tls: 500, .closedEarly: 502, .sendTimeout: 502,
        .readTimeout: 502, .badHead: 502, .noMember: 503, .quarantined: 503, .noSocket: 503,
    ]

    /// What is refused or repaired before a site is known.
    static func reading(_ draft: ReadingDraft) -> IR.Reading {
        IR.Reading(
            bareLF: draft.isUnsafe ? .accept : .answer(400), folding: .accept, lengthAndChunked: .accept,
            unknownCoding: 500, unknownMethod: .accept, lowerCaseMethod: .accept,
            trace: draft.trace == false ? .answer(405) : .accept, connect: .answer(405), asterisk: .accept,
            underscores: .accept, oddHeaderNames: .accept, controlBytes: .answer(400),
            duplicates: .join(cookieSeparator: ", "), expect: .forwardRefusingUnknown, laterVersion: .accept,
            hostNames: HostReading(
                stripsFinalDot: true, authorityOverHeader: true, missingIn11: 400, refusesOddPorts: true),
            lineLimit: draft.line ?? 8190, lineTooLong: 414, fieldLimit: draft.field ?? 8190,
            fieldCount: draft.fields.map { $0 == 0 ? nil : $0 } ?? 100, totalLimit: 1 << 20,
            headerPace: draft.headerPace ?? ReadingPace(time: 20, most: 40, rate: 500),
            // Without a time of its own (mod_reqtimeout.c, MRT_DEFAULT_handshake_TIMEOUT) only Timeout bounds it.
            handshakePace: draft.handshakePace ?? ReadingPace(time: 60), timedOut: 408)
    }
}
