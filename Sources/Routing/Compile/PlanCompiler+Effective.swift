import HTTP
import IR

extension PlanCompiler {
    /// The fold of the site's base and these layers.
    mutating func effective(_ layers: [ID<Layer>]) -> Int32 {
        fold((base + layers).map(\.index))
    }

    /// The fold of these layers, the undermost first; equal lists share one.
    mutating func fold(_ layers: [Int32]) -> Int32 {
        if let known = tables.folds.find(layers) { return known }
        var settings = Settings()
        for layer in layers { settings = configuration.layers[Int(layer)].settings.folded(over: settings) }
        let record = record(settings, layers)
        tables.effectives.append(record)
        let index = Int32(tables.effectives.count - 1)
        tables.folds.insert(layers, index)
        return index
    }

    private mutating func record(_ settings: Settings, _ layers: [Int32]) -> Effective {
        var record = Effective()
        set(settings.url, in: &record)
        set(settings.access, in: &record)
        set(settings.request, in: &record)
        set(settings.files, in: &record)
        set(settings.forward, in: &record)
        set(settings.errors, in: &record)
        set(settings.answer, in: &record)
        set(settings.limits, in: &record)
        set(settings.log, in: &record)
        set(settings.programs, layers, in: &record)
        return record
    }

    private mutating func set(_ url: URLSettings, in record: inout Effective) {
        record.encodedSlash = url.encodedSlash?.value ?? .keep
        record.mergeSlashes = url.mergeSlashes?.value ?? true
        record.nulStatus = Int32(url.nul?.value ?? 400)
        record.cutsFragment = url.fragment?.value != .refuse
        record.absolute = absolute(url.absolute?.value ?? .relative)
        if case .refuseWhenTurnedIntoQuery(let status)? = url.encodedQuestionMark?.value {
            record.encodedQuestionMark = Int32(status)
        }
    }

    /// How a relative location becomes absolute.
    mutating func absolute(_ absolute: AbsoluteLocation) -> AbsoluteRecord {
        guard case .completed(let host, let port) = absolute else { return AbsoluteRecord() }
        return AbsoluteRecord(relative: false, host: template(host), port: port)
    }

    private mutating func set(_ access: AccessSettings, in record: inout Effective) {
        record.required = access.required.map { self.access($0.value) } ?? -1
        record.addresses = access.addresses.map { self.access($0.value) } ?? -1
        record.either = access.combine?.value == .either
        record.requiresTLS = access.requiresTLS?.value ?? false
        record.login =
            switch access.login?.value {
            case .basic: .basic
            case .unsupported: .unsupported
            case .some(.none), nil: .none
            }
        record.realm = template(access.realm?.value)
        record.userFile = template(access.userFile?.value)
        record.groupFile = template(access.groupFile?.value)
    }

    private mutating func set(_ request: RequestSettings, in record: inout Effective) {
        let edits = request.headers?.value ?? []
        record.requestEditing = requestEditing(edits)
        record.appendsForwarded = request.forwardedFor?.value == .appended
        // Edits that only replace are one look at each field; all others, and those that X-Forwarded fields are put
        // behind, are carried out one after the other.
        record.requestEditing.buildsOnOthers =
            edits.contains { edit in
                if record.appendsForwarded { return true }
                // httpd edits the client's Host, and sends that only where it is passed on; what nginx sets is sent,
                // and left out where it is empty.
                if !edit.skipsEmpty, edit.value != Template(.upstreamAuthority),
                    FieldName(spelling: edit.name) == .host
                {
                    return true
                }
                switch edit.operation {
                case .append, .merge, .edit, .setIfMissing: return true
                default: return false
                }
            }
        // A field that is emptied (nginx's `proxy_set_header Connection ""`) is among the names that are not copied;
        // to write nothing in its place needs no edit.
        record.requestEdits = headerEdits(
            record.requestEditing.buildsOnOthers ? edits : edits.filter { !$0.writesNothing })
        record.via = request.via?.value ?? .untouched
        if let real = request.realAddress?.value {
            tables.realAddresses.append(realAddress(real, request.realAddress?.origin))
            record.realAddress = Int32(tables.realAddresses.count - 1)
        }
    }

    private mutating func realAddress(_ real: RealAddress, _ origin: ID<Origin>?) -> RealAddressRecord {
        // Whoever is no network is believed nothing.
        let trusts = real.trusts?.filter { Network($0.network) != nil }
        var record = RealAddressRecord(
            header: .absent, trusts: trusts.map { networks($0.map(\.network)) }, own: trusts?.map(\.isOwn) ?? [],
            recursive: real.recursive, isTakenOut: false, proxiesHeader: .absent, origin: origin?.index ?? -1)
        if case .field(let name) = real.source { record.header = text(name.lowercased()) }
        if case .takenOut(let proxies) = real.use {
            record.isTakenOut = true
            record.proxiesHeader = proxies.map { text($0) } ?? .absent
        }
        return record
    }

    private func requestEditing(_ edits: [HeaderEdit]) -> RequestEditing {
        var result = RequestEditing()
        for edit in edits {
            let name = FieldName(spelling: edit.name)
            switch edit.operation {
            case .add, .note, .echo, .setIfMissing: continue
            case .append, .merge, .edit, .set, .remove: break
            }
            if name == .other { result.hasOthers = true } else { result.names.insert(name) }
        }
        return result
    }

    /// The well-known fields of an upstream's answer that are not passed on, and whether others are dropped too.
    private func dropped(_ forward: ForwardSettings) -> (FieldNames, Bool) {
        var names: FieldNames = []
        var others = false
        let passes = forward.passes?.value ?? []
        let all = (forward.hides?.value ?? []).union(forward.controlHeaders?.value ?? []).union(
            forward.replaces?.value ?? [])
        for spelling in all where !passes.contains(spelling) {
            let name = FieldName(spelling: spelling)
            if name == .other { others = true } else { names.insert(name) }
        }
        return (names, others)
    }

    private mutating func set(_ forward: ForwardSettings, in record: inout Effective) {
        record.host = template(forward.host?.value)
        record.minorVersion = forward.version?.value == "1.0" ? 0 : 1
        let timeouts = forward.timeouts?.value ?? Timeouts()
        record.connectTimeout = milliseconds(timeouts.connect)
        record.sendTimeout = milliseconds(timeouts.send)
        record.readTimeout = milliseconds(timeouts.read)
        if let retry = forward.retry?.value {
            tables.retries.append(retry)
            record.retry = Int32(tables.retries.count - 1)
        }
        record.buffers = forward.buffering?.value ?? true
        let buffers = forward.buffers?.value ?? AnswerBuffers(memory: 64 << 10, file: 0, folder: "/tmp")
        record.answerHead = Int32(clamping: buffers.head ?? 0)
        record.answerBuffers = shared(buffers)
        record.buffersRequest = forward.requestBuffering?.value ?? true
        let codes = forward.failures?.value ?? [:]
        tables.failureCodes.append(Failure.allCases.map { Int32(codes[$0] ?? 502) })
        record.failureCodes = Int32(tables.failureCodes.count - 1)
        record.dropsConnectionNamed = forward.dropsConnectionNamed?.value ?? true
        record.passesHeaders = forward.passesHeaders?.value ?? true
        record.passesBody = forward.passesBody?.value ?? true
        record.controlHeaders = names(forward.controlHeaders?.value ?? [])
        record.hides = names(forward.hides?.value ?? [])
        record.passes = names(forward.passes?.value ?? [])
        record.replaces = names(forward.replaces?.value ?? [])
        (record.droppedFields, record.dropsOtherFields) = dropped(forward)
        if let tls = forward.tls?.value {
            record.tls = upstreamTLS(tls)
            record.tlsName = tls.sendsName || tls.checksName ? template(tls.name ?? forward.host?.value) : .noTemplate
        }
        record.locations = mappings(forward.locations?.value ?? [])
        record.cookies = mappings(forward.cookies?.value ?? [])
        if let script = forward.script {
            record.scriptSplit = script.value.split.map { pattern($0, script.origin) } ?? -1
            record.scriptIndex = text(script.value.index)
        }
        record.gateway = gatewaySettings(forward.gateway)
    }

    // Equal ones share a place in the list, of which there are few.
    private mutating func shared(_ buffers: AnswerBuffers) -> Int32 {
        if let known = tables.answerBuffers.firstIndex(of: buffers) { return Int32(known) }
        tables.answerBuffers.append(buffers)
        return Int32(tables.answerBuffers.count - 1)
    }

    private mutating func shared(_ waiting: WaitingRecord) -> Int32 {
        if let known = tables.waiting.firstIndex(of: waiting) { return Int32(known) }
        tables.waiting.append(waiting)
        return Int32(tables.waiting.count - 1)
    }

    /// The number of a way to speak TLS with upstreams.
    private mutating func upstreamTLS(_ tls: UpstreamTLS) -> Int32 {
        if let known = tables.upstreamTLS.firstIndex(of: tls) { return Int32(known) }
        tables.upstreamTLS.append(tls)
        return Int32(tables.upstreamTLS.count - 1)
    }

    /// Gives every way its number in advance: a fold that is made later finds it there.
    mutating func compileUpstreamTLS() {
        for layer in configuration.layers {
            if let tls = layer.settings.forward.tls?.value { _ = upstreamTLS(tls) }
        }
    }

    private mutating func set(_ limits: LimitSettings, in record: inout Effective) {
        record.bodyLimit = Int64(limits.body?.value ?? -1)
        if let keepAlive = limits.keepAlive?.value {
            record.keepAliveTime = milliseconds(keepAlive.seconds)
            record.keepAliveRequests = Int32(clamping: keepAlive.requests ?? -1)
            // Where the field counts, the number is that of the requests that are left.
            let words = keepAlive.announces?.components(before: ", max=")
            record.keepAliveField = words.map { text($0.text) } ?? .absent
            record.countsDown = words?.isCut ?? false
        }
        record.bodyTime = milliseconds(limits.bodyTime?.value ?? 60)
        record.sendTime = milliseconds(limits.sendTime?.value ?? 60)
        record.waiting = shared(
            WaitingRecord(
                bodyPace: limits.bodyPace?.value ?? nil,
                bodyBuffers: limits.bodyBuffers?.value ?? BodyBuffers(memory: 1 << 20, folder: "/tmp"),
                lingering: limits.lingering?.value ?? Lingering(), resetsTimedOut: limits.resetsTimedOut?.value ?? false
            ))
    }

    private mutating func set(_ log: LogSettings, in record: inout Effective) {
        let records = (log.access?.value ?? []).map { self.log($0) }
        let start = Int32(tables.logs.count)
        tables.logs.append(contentsOf: records)
        record.logs = Span32(start: start, end: Int32(tables.logs.count))
        if let error = log.error?.value {
            if let known = tables.errorLogs.firstIndex(of: error) {
                record.errorLog = Int32(known)
            } else {
                tables.errorLogs.append(error)
                record.errorLog = Int32(tables.errorLogs.count - 1)
            }
        }
    }

    private mutating func log(_ log: Log) -> LogRecord {
        var sink: Int32 = -1
        if let path = log.to.literal {
            sink = logSinks[path] ?? Int32(tables.logPaths.count)
            if logSinks.updateValue(sink, forKey: path) == nil { tables.logPaths.append(path) }
        }
        let (pieces, rest) = pieces(of: log.line)
        return LogRecord(
            to: template(log.to), pieces: pieces, rest: rest, escaping: log.escaping, when: condition(log.when),
            sink: sink)
    }

    private mutating func pieces(of line: Template) -> (Span32, Slice) {
        var literal = ""
        var pieces: [LogPiece] = []
        for piece in line.pieces {
            if case .literal(let text) = piece {
                literal += text
            } else {
                if literal.utf8.count > 16 {
                    pieces.append(LogPiece(operation(.literal(literal))))
                    literal = ""
                }
                pieces.append(LogPiece(behind: literal, operation(piece)))
                literal = ""
            }
        }
        let start = Int32(tables.logPieces.count)
        tables.logPieces.append(contentsOf: pieces)
        return (Span32(start: start, end: Int32(tables.logPieces.count)), text(literal + "\n"))
    }

    private mutating func set(_ programs: ProgramSettings, _ layers: [Int32], in record: inout Effective) {
        record.variables = list(programs.variables, layers)
        record.lateRules = list(programs.lateRules, layers)
        record.lateAnswers = list(programs.lateAnswers, layers)
        record.lateVariables = list(programs.lateVariables, layers)
    }

    private mutating func list(_ programs: Edit<[ID<Program>]>?, _ layers: [Int32]) -> Span32 {
        let indices = (programs?.value ?? []).map { program($0, directory: directory(of: $0, in: layers)) }
        return list(indices)
    }

    /// The directory of the layer that brought a program.
    private func directory(of program: ID<Program>, in layers: [Int32]) -> Template? {
        for layer in layers.reversed() {
            let slots = configuration.layers[Int(layer)].settings.programs
            let lists = [slots.variables, slots.lateRules, slots.lateAnswers, slots.lateVariables]
            if lists.contains(where: { $0?.value.contains(program) ?? false }) {
                return configuration.layers[Int(layer)].directory
            }
        }
        return nil
    }
}

extension String {
    /// The text before the first place of another, and whether that was found.
    fileprivate func components(before mark: String) -> (text: String, isCut: Bool) {
        guard let range = firstRange(of: mark) else { return (self, false) }
        return (String(self[..<range.lowerBound]), true)
    }
}

/// Seconds as whole milliseconds.
func milliseconds(_ seconds: Double) -> Int32 {
    Int32(clamping: Int64(min(max(seconds, 0), 2_000_000) * 1000 + 0.5))
}

extension HeaderEdit {
    /// Whether it only keeps what it names from being copied; a name that is not well known is looked for in the edits.
    fileprivate var writesNothing: Bool {
        guard skipsEmpty, value.literal == "", FieldName(spelling: name) != .other else { return false }
        switch operation {
        case .set, .add: return true
        default: return false
        }
    }
}
