import HTTP
import IR

extension PlanCompiler {
    mutating func set(_ files: FileSettings, in record: inout Effective) {
        record.place = files.place.map { placement($0.value) } ?? -1
        if let index = files.index?.value {
            let references = index.names.map { template($0) }
            let start = Int32(tables.candidates.count)
            tables.candidates.append(contentsOf: references)
            record.index = Span32(start: start, end: Int32(tables.candidates.count))
            record.indexIsLookup = index.look == .asLookup
        }
        record.lists = files.listing?.value ?? false
        record.links =
            switch files.links?.value {
            case .follow, nil: .follow
            case .never: .never
            case .ifOwnerMatches: .ifOwnerMatches
            }
        record.types = types(files.types)
        record.defaultType = (files.defaultType?.value).map { text($0) } ?? .absent
        record.charset = (files.charset?.value).map { text($0) } ?? .absent
        if let contents = files.contents?.value, !contents.isEmpty { record.contents = handlers(contents) }
        record.content = (files.content?.value).map { content($0, nil) } ?? -1
        record.tag = files.tag?.value ?? .none
        record.post = files.post?.value ?? .answer(405)
        tables.methodAnswers.append(files.otherMethods?.value ?? MethodAnswers())
        record.methods = Int32(tables.methodAnswers.count - 1)
        record.maximumRanges = (files.ranges?.value).map { Int32(clamping: $0) } ?? -1
        record.coalesces = files.coalesces?.value ?? false
        record.slashRedirect = files.slashRedirect?.value ?? true
        record.modified = files.modified?.value ?? .exact
        record.failures = files.failures?.value ?? FileFailures()
    }

    private mutating func types(_ types: Edit<[String: String]>?) -> Int32 {
        guard let types, !types.value.isEmpty else { return -1 }
        let key = TypesKey(origin: types.origin, types: types.value)
        if let known = typesByValue[key] { return known }
        var map = ByteMap()
        for (suffix, type) in types.value.sorted(by: { $0.key < $1.key }) {
            let name = text(type)
            tables.names.append(name)
            map.insert(suffix.lowercasedASCII, Int32(tables.names.count - 1))
        }
        tables.types.append(map)
        let index = Int32(tables.types.count - 1)
        typesByValue[key] = index
        return index
    }

    private mutating func handlers(_ contents: [String: Content]) -> Int32 {
        var map = ByteMap()
        for (suffix, content) in contents.sorted(by: { $0.key < $1.key }) {
            let index = self.content(content, nil)
            map.insert(suffix.lowercasedASCII, index)
        }
        tables.handlers.append(map)
        return Int32(tables.handlers.count - 1)
    }

    mutating func set(_ errors: ErrorSettings, in record: inout Effective) {
        let records = (errors.rules?.value ?? []).map { error($0) }
        let start = Int32(tables.errorRules.count)
        tables.errorRules.append(contentsOf: records)
        record.errorRules = Span32(start: start, end: Int32(tables.errorRules.count))
        switch errors.replacesUpstreams?.value {
        case .never, nil: break
        case .all(let range, let only):
            let numbers = list((only ?? []).sorted().map { Int32($0) })
            record.upstreamErrors = UpstreamErrorsRecord(
                kind: .all, from: Int32(range.lowerBound), to: Int32(range.upperBound), only: numbers)
        case .onlyWithRule(let from):
            record.upstreamErrors = UpstreamErrorsRecord(kind: .onlyWithRule, from: Int32(from), to: 999)
        }
        switch errors.nested?.value {
        case .first, nil: record.nested = NestedRecord(kind: .first)
        case .last: record.nested = NestedRecord(kind: .last)
        case .rules(let limit): record.nested = NestedRecord(kind: .rules, limit: Int32(limit))
        }
        record.keeps = names(errors.keeps?.value ?? [])
    }

    private mutating func error(_ rule: ErrorRule) -> ErrorRecord {
        var record = ErrorRecord(status: Int32(rule.status), kind: .builtIn, origin: rule.origin.index)
        switch rule.page {
        case .request(let path, let method):
            record.kind = .request
            record.template = template(path)
            record.asGet = method == .getUnlessHead
        case .enter(let id):
            record.kind = .enter
            record.index = scope(id)
        case .redirect(let location, let status):
            record.kind = .redirect
            record.template = template(location)
            record.index = Int32(status)
        case .text(let body, let type):
            record.kind = .text
            record.template = template(body)
            record.mediaType = text(type)
        case .builtIn: break
        }
        switch rule.result {
        case .kept: record.result = -1
        case .set(let status): record.result = Int32(status)
        case .fromPage: record.result = 0
        }
        return record
    }

    mutating func set(_ answer: AnswerSettings, in record: inout Effective) {
        record.answerEdits = headerEdits(answer.headers?.value ?? [])
        let records = (answer.expires?.value ?? []).map {
            ExpiryRecord(
                mediaType: $0.mediaType.map { text($0) } ?? .absent, value: template($0.value),
                fromModification: $0.fromModification)
        }
        let start = Int32(tables.expiries.count)
        tables.expiries.append(contentsOf: records)
        record.expires = Span32(start: start, end: Int32(tables.expiries.count))
        record.serverName = (answer.serverName?.value).map { text($0) } ?? .absent
        if let pages = answer.pages?.value { record.pages = self.pages(pages) }
    }

    private mutating func pages(_ pages: GeneratedPages) -> Int32 {
        if let known = pagesByValue[pages] { return known }
        var record = PagesRecord(
            reasons: [:], bodies: [:], otherwise: template(pages.otherwise), mediaType: text(pages.mediaType),
            nestedNote: template(pages.nestedNote))
        for (status, reason) in pages.reasons { record.reasons[Int32(status)] = text(reason) }
        for (status, body) in pages.bodies { record.bodies[Int32(status)] = template(body) }
        tables.pages.append(record)
        let index = Int32(tables.pages.count - 1)
        pagesByValue[pages] = index
        return index
    }

    /// The places of header edits.
    mutating func headerEdits(_ edits: [HeaderEdit]) -> Span32 {
        let records = edits.map { headerEdit($0) }
        let start = Int32(tables.headerEdits.count)
        tables.headerEdits.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.headerEdits.count))
    }

    private func isDirect(_ edit: HeaderEditRecord) -> Bool {
        switch edit.id {
        case .contentLength, .transferEncoding, .connection, .upgrade: return false
        default: break
        }
        return (edit.kind == .set || edit.kind == .add) && edit.when < 0 && edit.value.range.count == 1
            && tables.ops[edit.value.start].code.isOneLine
    }

    private mutating func headerEdit(_ edit: HeaderEdit) -> HeaderEditRecord {
        var record = HeaderEditRecord(
            table: edit.table, kind: .set, name: text(edit.name), line: text(edit.name + ": "),
            id: FieldName(spelling: edit.name),
            value: template(edit.value),
            when: condition(edit.when), statuses: list((edit.statuses ?? []).sorted().map { Int32($0) }),
            hasStatuses: edit.statuses != nil, skipsEmpty: edit.skipsEmpty, early: edit.early, pattern: -1,
            origin: edit.origin.index)
        switch edit.operation {
        case .set: record.kind = .set
        case .add: record.kind = .add
        case .append: record.kind = .append
        case .merge: record.kind = .merge
        case .setIfMissing: record.kind = .setIfMissing
        case .remove: record.kind = .remove
        case .note: record.kind = .note
        case .echo: record.kind = .echo
        case .edit(let pattern, let all):
            record.kind = all ? .editAll : .edit
            record.pattern = self.pattern(pattern, edit.origin)
        }
        record.isDirect = isDirect(record)
        return record
    }

    /// The places of mappings of locations.
    mutating func mappings(_ mappings: [URLMapping]) -> Span32 {
        let records = mappings.map {
            MappingRecord(
                headers: names($0.headers), from: template($0.from),
                pattern: $0.pattern.map { pattern($0, nil) } ?? -1, to: template($0.to),
                absolute: absolute($0.absolute), origin: $0.origin.index)
        }
        let start = Int32(tables.mappings.count)
        tables.mappings.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.mappings.count))
    }

    /// The places of mappings of cookies.
    mutating func mappings(_ mappings: [CookieMapping]) -> Span32 {
        let records = mappings.map {
            MappingRecord(
                headers: names([$0.attribute]), from: template($0.from),
                pattern: $0.pattern.map { pattern($0, nil) } ?? -1, to: template($0.to), absolute: AbsoluteRecord(),
                origin: $0.origin.index)
        }
        let start = Int32(tables.mappings.count)
        tables.mappings.append(contentsOf: records)
        return Span32(start: start, end: Int32(tables.mappings.count))
    }

    /// The index of a guard.
    mutating func access(_ access: Access) -> Int32 {
        var record = AccessRecord(kind: .granted)
        switch access {
        case .granted: break
        case .denied: record.kind = .denied
        case .all(let children):
            record.kind = .all
            record.list = accessChildren(children)
        case .any(let children):
            record.kind = .any
            record.list = accessChildren(children)
        case .none(let children):
            record.kind = .none
            record.list = accessChildren(children)
        case .test(let test):
            record.kind = .test
            record.index = condition(test)
        case .inOrder(let rules, let otherwise):
            record.kind = .inOrder
            record.otherwise = otherwise
            let lines = rules.map {
                AccessLine(condition: condition($0.when), grants: $0.grants, origin: $0.origin.index)
            }
            let start = Int32(tables.accessLines.count)
            tables.accessLines.append(contentsOf: lines)
            record.list = Span32(start: start, end: Int32(tables.accessLines.count))
        case .login(.anyone): record.kind = .anyone
        case .login(.users(let users)):
            record.kind = .users
            record.list = names(users)
        case .login(.members(let groups)):
            record.kind = .members
            record.list = names(groups)
        case .ask, .undecidable: record.kind = .undecidable
        }
        tables.access.append(record)
        return Int32(tables.access.count - 1)
    }

    private mutating func accessChildren(_ children: [Access]) -> Span32 {
        let indices = children.map { access($0) }
        return list(indices)
    }
}

/// A table of media types as a key: tables are large, so only few of their entries are hashed.
struct TypesKey: Hashable {
    var origin: ID<Origin>
    var types: [String: String]

    func hash(into hasher: inout Hasher) {
        hasher.combine(origin)
        hasher.combine(types.count)
    }
}
