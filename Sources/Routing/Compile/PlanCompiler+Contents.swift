import IR

extension PlanCompiler {
    /// The index of a content; -1: there is none.
    mutating func content(_ content: Content?, _ origin: ID<Origin>?) -> Int32 {
        guard let content else { return -1 }
        var record = ContentRecord(kind: .files)
        record.origin = origin?.index ?? -1
        switch content {
        case .files: break
        case .forward(let forward):
            record.kind = .forward
            record.index = self.forward(forward)
            record.origin = forward.origin.index
        case .answer(let answer):
            record.kind = .answer
            record.index = self.answer(answer)
            record.origin = answer.origin.index
        case .process(let call):
            record.kind = .forward
            record.index = gateway(call)
            record.origin = call.origin.index
        case .report(let name):
            record.kind = .unavailable
            record.reason = text("the report \(name) is not made here")
        case .unavailable(let reason, let guards):
            record.kind = .unavailable
            record.reason = text(reason)
            record.guards = guards
        }
        tables.contents.append(record)
        return Int32(tables.contents.count - 1)
    }

    /// The index of an answer.
    mutating func answer(_ answer: Answer) -> Int32 {
        let record = AnswerRecord(
            status: Int32(answer.status), location: template(answer.location),
            escaping: escaping(answer.locationEscaping), body: template(answer.body),
            mediaType: template(answer.mediaType), closes: answer.closes, usesErrorPages: answer.usesErrorPages,
            keepsQuery: answer.keepsQuery, origin: answer.origin.index)
        tables.answers.append(record)
        return Int32(tables.answers.count - 1)
    }

    /// The index of a placement.
    mutating func placement(_ placement: Placement) -> Int32 {
        let record = PlacementRecord(
            base: template(placement.base), drops: placement.drops, ifExistsAtFileRoot: placement.ifExistsAtFileRoot,
            origin: placement.origin.index)
        tables.placements.append(record)
        return Int32(tables.placements.count - 1)
    }

    private mutating func forward(_ forward: Forward) -> Int32 {
        var record = ForwardRecord(
            pool: -1, target: .noTemplate, path: sentPath(forward.path), query: .append,
            written: template(Template(forward.written)), origin: forward.origin.index)
        switch forward.to {
        case .pool(let pool): record.pool = pool.index
        case .computed(let target): record.target = template(target)
        }
        switch forward.query {
        case .append(let keepsBareMark): record.query = keepsBareMark ? .appendKeepingMark : .append
        case .none: record.query = .none
        case .inTemplate: record.query = .inTemplate
        }
        tables.forwards.append(record)
        return Int32(tables.forwards.count - 1)
    }

    /// The index of a way of making the sent path.
    mutating func sentPath(_ path: SentPath) -> Int32 {
        var record: SentPathRecord
        switch path {
        case .targetAsReceived: record = SentPathRecord(kind: .targetAsReceived, sendsTargetUnchanged: true)
        case .suffixAsReceived(let onto): record = SentPathRecord(kind: .suffixAsReceived, template: template(onto))
        case .suffix(let onto, let moment, let escaping):
            record = SentPathRecord(
                kind: moment == .matched ? .suffixMatched : .suffixSent, template: template(onto),
                escaping: self.escaping(escaping))
        case .whole(let whole, let escaping):
            record = SentPathRecord(kind: .whole, template: template(whole), escaping: self.escaping(escaping))
        case .file(let text, let escaping):
            record = SentPathRecord(kind: .file, template: template(Template(text)), escaping: self.escaping(escaping))
        case .path(let escaping): record = SentPathRecord(kind: .path, escaping: self.escaping(escaping))
        case .inTarget(let escaping, let otherwise):
            record = SentPathRecord(kind: .inTarget, escaping: self.escaping(escaping), second: sentPath(otherwise))
        case .unchanged(let since, let first, let otherwise):
            record = SentPathRecord(
                kind: since == .received ? .ifUnchangedSinceReceived : .ifUnchangedSinceLocated,
                first: sentPath(first), second: sentPath(otherwise))
            record.sendsTargetUnchanged =
                since == .received && tables.sentPaths[record.first].kind == .targetAsReceived
        }
        tables.sentPaths.append(record)
        return Int32(tables.sentPaths.count - 1)
    }
}
