import IR

/// What blocks say about FastCGI; where `fastcgi_pass` answers, it takes the place of what is said about `proxy_pass`.
struct FastCGIParts: Sendable {
    var connectTime: Stated<Double>?
    var sendTime: Stated<Double>?
    var readTime: Stated<Double>?
    var nextUpstream: Stated<NextUpstream>?
    var tries: Stated<Int>?
    var triesTime: Stated<Double>?
    var answerBuffers = BufferParts()
    /// nil: this block has none of its own.
    var parameters: [GatewayParameter]?
    /// nil: this block has none of its own.
    var catches: [String]?
    var index: Stated<String>?
    var split: Stated<Pattern>?
    var keepsConnection: Stated<Bool>?
    var intercepts: Stated<Bool>?
    var buffers: Stated<Bool>?
    var buffersRequest: Stated<Bool>?
    var passesHeaders: Stated<Bool>?
    var passesBody: Stated<Bool>?
    var hides: Stated<Set<String>>?
    var passes: Stated<Set<String>>?
    var ignores: Stated<Set<String>>?

    /// These parts laid over those of the block around.
    func over(_ outer: FastCGIParts) -> FastCGIParts {
        var result = self
        result.connectTime = connectTime ?? outer.connectTime
        result.sendTime = sendTime ?? outer.sendTime
        result.readTime = readTime ?? outer.readTime
        result.nextUpstream = nextUpstream ?? outer.nextUpstream
        result.tries = tries ?? outer.tries
        result.triesTime = triesTime ?? outer.triesTime
        result.answerBuffers = answerBuffers.over(outer.answerBuffers)
        result.parameters = parameters ?? outer.parameters
        result.catches = catches ?? outer.catches
        result.index = index ?? outer.index
        result.split = split ?? outer.split
        result.keepsConnection = keepsConnection ?? outer.keepsConnection
        result.intercepts = intercepts ?? outer.intercepts
        result.buffers = buffers ?? outer.buffers
        result.buffersRequest = buffersRequest ?? outer.buffersRequest
        result.passesHeaders = passesHeaders ?? outer.passesHeaders
        result.passesBody = passesBody ?? outer.passesBody
        result.hides = hides ?? outer.hides
        result.passes = passes ?? outer.passes
        result.ignores = ignores ?? outer.ignores
        return result
    }
}

extension NginxLowering {
    /// States what holds for the script that answers: its name everywhere, the exchange where `fastcgi_pass` stands.
    mutating func stateFastCGI(_ settings: inout Settings, _ level: Level, _ own: FastCGIParts, _ all: FastCGIParts) {
        if let origin = own.split?.origin ?? own.index?.origin {
            settings.forward.script = Stated(
                ScriptNaming(split: all.split?.value, index: all.index?.value ?? ""), origin)
        }
        guard case .fastCGI(let pass)? = level.handler else { return }
        let origin = pass.origin
        settings.forward.timeouts = Stated(
            Timeouts(
                connect: all.connectTime?.value ?? 60, send: all.sendTime?.value ?? 60,
                read: all.readTime?.value ?? 60),
            all.readTime?.origin ?? origin)
        let next = all.nextUpstream?.value
        settings.forward.retry = Stated(
            Retry(
                on: next?.failures ?? Defaults.errors.union(Defaults.timeouts), statuses: next?.statuses ?? [],
                unsafeMethods: next?.nonIdempotent ?? false,
                tries: all.tries.flatMap { $0.value == 0 ? nil : $0.value },
                time: all.triesTime.flatMap { $0.value == 0 ? nil : $0.value }, forgivesKept: true),
            all.nextUpstream?.origin ?? origin)
        settings.forward.buffering = all.buffers ?? Stated(true, origin)
        settings.forward.buffers = Stated(
            all.answerBuffers.buffers(folder: prefix + "/fastcgi_temp"), all.answerBuffers.origin ?? origin)
        settings.forward.requestBuffering = all.buffersRequest ?? Stated(true, origin)
        settings.forward.passesHeaders = all.passesHeaders ?? Stated(true, origin)
        settings.forward.passesBody = all.passesBody ?? Stated(true, origin)
        settings.forward.hides = Edit(
            merge: .replace, value: Defaults.controlHeaders.union(all.hides?.value ?? []).union(["status"]),
            origin: all.hides?.origin ?? origin)
        settings.forward.passes = Edit(
            merge: .replace, value: all.passes?.value ?? [], origin: all.passes?.origin ?? origin)
        settings.forward.controlHeaders = Stated(
            Defaults.controlHeaders.subtracting(all.ignores?.value ?? []), all.ignores?.origin ?? origin)
        // What the script says of Server and Date stands.
        settings.forward.replaces = Stated([], origin)
        settings.forward.locations = Edit(merge: .replace, value: [], origin: origin)
        settings.forward.cookies = Edit(merge: .replace, value: [], origin: origin)
        settings.errors.replacesUpstreams = Stated(
            all.intercepts?.value == true ? .onlyWithRule(from: 300) : .never, all.intercepts?.origin ?? origin)
    }
}
