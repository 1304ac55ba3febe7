import IR
import Language

/// What locations answer and rewrite, as rules of the server.
extension OrderedSections {
    /// Adds a location's rules; those of later locations must not act in its region.
    mutating func addRules(_ place: Place, _ scope: Scope, later: [Place], to rules: inout [Statement]) {
        var own: [Statement] = []
        if scope.onlyInternally { own.append(refusal(place)) }
        let program = scope.rules.map { configuration.programs[$0.at].statements } ?? []
        own += placed(program, scope, place)
        if case .answer(let answer)? = scope.content, program.isEmpty {
            own.append(.rule(Rule(then: .exit(.answer(answer)), origin: answer.origin)))
        }
        if let mark = mark(place, scope) { own.append(mark) }
        if let probe = scope.probe ?? missing(scope) { own += statements(of: probe, scope, place) }
        if let forward = scope.computedForward, !ends(own) {
            settled.insert(forward.origin)
            own.append(.rule(Rule(then: .exit(.content(.forward(forward))), origin: forward.origin)))
        }
        let wouldAct = later.contains { mayMeet(place.match, $0.match) && hasRules($0.scope) }
        if !ends(own), wouldAct { own.append(.rule(Rule(then: .leaveAsIs, origin: place.origin))) }
        guard !own.isEmpty else { return }
        let when = (scope.probe ?? missing(scope)) != nil ? grouped(place, scope) : condition(place.match)
        rules.append(.block(Block(when: when, statements: own, origin: place.origin)))
    }

    /// A location's condition, with a group for what is looked for behind its alias.
    private func grouped(_ place: Place, _ scope: Scope) -> Condition {
        guard let placement = placement(of: scope), placement.drops != .nothing, case .bytes(let text) = place.match
        else { return condition(place.match) }
        let pattern = Pattern(source: "^\(quotedForPattern(text))(.*)$", dotAll: true, dollarOnlyAtEnd: true)
        return .matches(Template(.path), pattern, into: 0)
    }

    private func ends(_ statements: [Statement]) -> Bool {
        statements.contains { statement in
            guard case .rule(let rule) = statement, rule.when == .always else { return false }
            switch rule.then {
            case .exit(.answer), .exit(.content): return true
            default: return false
            }
        }
    }

    private func hasRules(_ id: ID<Scope>) -> Bool { facts[id]?.hasRules ?? false }

    /// Whether rules stand in a location.
    func findsRules(_ scope: Scope) -> Bool {
        if scope.rules != nil || (scope.probe ?? missing(scope)) != nil || scope.onlyInternally
            || scope.computedForward != nil
        {
            return true
        }
        if case .answer? = scope.content { return true }
        return false
    }

    /// `internal`: who came from outside, and was not sent here by a rule, finds nothing.
    private func refusal(_ place: Place) -> Statement {
        let isInternal = Condition.isPresent(Template(.environment("REDIRECT_STATUS")))
        var tests: [Condition] = [.not(isInternal)]
        if rewrites, case .matches(_, let pattern, _) = condition(place.match) {
            tests.append(.matches(Template(.pathBeforeRules), pattern, into: nil))
        }
        let answer = Answer(status: 404, origin: place.origin)
        return .rule(Rule(when: .all(tests), then: .exit(.answer(answer)), origin: place.origin))
    }

    /// Whether rules of this site change paths.
    var rewrites: Bool {
        func changes(_ statements: [Statement]) -> Bool {
            statements.contains { statement in
                switch statement {
                case .rule(let rule): rule.changesPath
                case .block(let block): changes(block.statements)
                }
            }
        }
        func changes(_ table: RouteTable) -> Bool {
            table.routes.contains { route in
                guard case .scope(let id) = route.yields else { return false }
                let scope = configuration.scopes[id.at]
                if let probe = scope.probe, case .redirect = probe.otherwise { return true }
                return scope.rules.map { changes(configuration.programs[$0.at].statements) } ?? false
                    || scope.inner.map { changes($0) } ?? false
            }
        }
        return node.rules.map { changes(configuration.programs[$0.at].statements) } ?? false
            || node.locate.contains { changes($0) }
    }

    /// A path that is matched as a condition of a rule.
    func condition(_ match: PathMatcher) -> Condition {
        let pattern: Pattern
        switch match {
        case .exact(let path):
            pattern = Pattern(source: "^\(quotedForPattern(path))$", dotAll: true, dollarOnlyAtEnd: true)
        case .bytes(let text), .segments(let text):
            pattern = Pattern(source: "^" + quotedForPattern(text), dotAll: true, dollarOnlyAtEnd: true)
        case .glob(let glob): pattern = Pattern(source: globSource(glob))
        case .pattern(let own, _): pattern = own
        }
        return .matches(Template(.path), pattern, into: 0)
    }

    // MARK: - Rewriting

    /// A location's statements, with each way to leave them as httpd has it.
    private mutating func placed(_ statements: [Statement], _ scope: Scope, _ place: Place) -> [Statement] {
        statements.enumerated().map { index, statement in
            switch statement {
            case .block(var block):
                block.statements = placed(block.statements, scope, place)
                forward(&block)
                return .block(block)
            case .rule(var rule):
                guard let path = rule.newPath else { return .rule(rule) }
                switch rule.then {
                case .exit(.go(.locate)): rule.then = entering(path)
                case .next where index == statements.count - 1:
                    // What a location rewrites is located anew at its end.
                    rule.edits.removeAll { if case .leaveWith = $0 { true } else { false } }
                    rule.then = entering(path)
                case .leaveAsIs: stay(&rule, path, scope)
                default: break
                }
                return .rule(rule)
            }
        }
    }

    /// A block that does nothing else but forward becomes a rule.
    private mutating func forward(_ block: inout Block) {
        guard let id = block.enters, case .forward(let forward)? = configuration.scopes[id.at].content,
            let layer = configuration.scopes[id.at].layers.last
        else { return }
        let said = configuration.layers[layer.at].settings.statements.flatMap(\.origins)
        guard !said.contains(where: { isWritten($0) }) else { return }
        settled.insert(forward.origin)
        block.enters = nil
        block.statements.append(.rule(Rule(then: .exit(.content(.forward(forward))), origin: forward.origin)))
    }

    private func isWritten(_ origin: ID<Origin>) -> Bool {
        if case .written = configuration.origins[origin.at] { return true }
        return false
    }

    /// How a new path is located: from the start if a location with rules may take it, else by routes alone.
    func entering(_ path: Template) -> Flow {
        let takers = all.filter { hasRules($0.scope) }
        return takers.contains { mayTake($0.match, path) } ? .exit(.go(.locate)) : .leave
    }

    /// Whether a location may take a path that is made of this.
    private func mayTake(_ match: PathMatcher, _ path: Template) -> Bool {
        let start: String
        if case .literal(let text)? = path.pieces.first { start = text } else { start = "" }
        let isWhole = path.literal != nil
        switch match {
        case .exact(let text): return isWhole ? start == text : text.hasPrefix(start)
        case .bytes(let text), .segments(let text):
            return start.hasPrefix(text) || (!isWhole && text.hasPrefix(start))
        case .pattern(let pattern, _):
            if isWhole { return pattern.matches(start) }
            let known = pattern.literalStart
            return start.hasPrefix(known) || known.hasPrefix(start)
        case .glob: return true
        }
    }

    /// `break`: the new path is served where the request stands.
    private mutating func stay(_ rule: inout Rule, _ path: Template, _ scope: Scope) {
        rule.edits.removeAll { if case .path = $0 { true } else { false } }
        switch scope.content {
        case .forward(var forward)?:
            settled.insert(forward.origin)
            forward.path = .whole(path, nil)
            rule.then = .exit(.content(.forward(forward)))
        case .files?, nil:
            var base = placement(of: scope)?.base ?? Template(.rootPath)
            if let placement = placement(of: scope), placement.drops != .nothing {
                base = Template(.rootPath)
                losses.append(
                    Loss(.approximate("the new path is looked up below the document root"), at: rule.origin))
            }
            base.append(path)
            rule.then = .exit(.place(Placement(base: base, drops: .everything, origin: rule.origin)))
        default: rule.edits.append(.path(path))
        }
    }

    // MARK: - Probes

    /// What answers for files that are not there with a status of its own (`error_page 404 = …`), as a probe.
    func missing(_ scope: Scope) -> Probe? {
        guard scope.content == .files || scope.content == nil, scope.probe == nil else { return nil }
        let errors = (node.base + scope.layers).reduce(Settings()) {
            configuration.layers[$1.at].settings.folded(over: $0)
        }.errors
        guard let rule = errors.rules?.value.first(where: { $0.status == 404 }), rule.result != .kept,
            rule.result == .fromPage || rule.result == .set(200)
        else { return nil }
        let tries = [
            Candidate(path: Template(.path), directory: false), Candidate(path: Template(.path), directory: true),
        ]
        switch rule.page {
        case .request(let path, _):
            return Probe(tries: tries, otherwise: .redirect(path, .siteRules), origin: rule.origin)
        case .enter(let scope): return Probe(tries: tries, otherwise: .go(.scope(scope)), origin: rule.origin)
        case .redirect, .text, .builtIn: return nil
        }
    }

    /// A probe as rules: what exists stays, all else goes on.
    private mutating func statements(of probe: Probe, _ scope: Scope, _ place: Place) -> [Statement] {
        let simple = probe.tries.allSatisfy { $0.path == Template(.path) }
        var own: [Statement] = []
        var when: Condition = .always
        if simple {
            let tests = probe.tries.map { candidate -> Condition in
                .not(.file(candidate.directory ? .directory : .file, file(candidate, scope, place)))
            }
            when = tests.isEmpty ? .always : tests.count == 1 ? tests[0] : .all(tests)
        } else {
            for candidate in probe.tries {
                let path = file(candidate, scope, place)
                let test = Condition.file(candidate.directory ? .directory : .file, path)
                let found = Placement(base: path, drops: .everything, origin: probe.origin)
                let flow: Flow = candidate.path == Template(.path) ? .leaveAsIs : .exit(.place(found))
                own.append(.rule(Rule(when: test, then: flow, origin: probe.origin)))
            }
        }
        return own + last(probe, when, isSimple: simple, scope)
    }

    /// The file that a candidate names.
    private func file(_ candidate: Candidate, _ scope: Scope, _ place: Place) -> Template {
        let placement = placement(of: scope)
        if let placement, placement.drops != .nothing, case .bytes = place.match, candidate.path == Template(.path) {
            // Behind an alias stands what follows the location's text: the group that `grouped` adds.
            var file = placement.base
            file.append(.capture(0, 1))
            return file
        }
        let isOwn = placement != nil && placement != self.placement(of: Scope(origin: place.origin))
        var file =
            placement.map { $0.drops == .nothing && isOwn ? $0.base : Template(.rootPath) } ?? Template(.rootPath)
        file.append(candidate.path)
        return file
    }

    /// What follows when no candidate exists.
    private mutating func last(_ probe: Probe, _ when: Condition, isSimple: Bool, _ scope: Scope) -> [Statement] {
        switch probe.otherwise {
        case .answer(let answer):
            if answer.status == 404, isSimple, scope.content == .files || scope.content == nil { return [] }
            return [.rule(Rule(when: when, then: .exit(.answer(answer)), origin: probe.origin))]
        case .redirect(let target, _):
            var path = target
            var query = QueryEdit.drop
            if path.pieces.suffix(2) == [.value(.queryMark), .value(.query)] {
                path.pieces.removeLast(2)
                query = .keep
            } else if let mark = path.pieces.firstIndex(where: {
                if case .literal(let text) = $0 { text.contains("?") } else { false }
            }), case .literal(let text) = path.pieces[mark], let at = text.firstIndex(of: "?") {
                var behind = Template(String(text[text.index(after: at)...]))
                behind.append(Template(pieces: Array(path.pieces[(mark + 1)...])))
                path.pieces.removeSubrange(mark...)
                path.append(String(text[..<at]))
                query = .replace(behind)
            }
            let hasServerRules = node.rules != nil
            let flow: Flow = hasServerRules ? .exit(.go(.siteRules)) : entering(path)
            return [.rule(Rule(when: when, edits: [.path(path), .query(query)], then: flow, origin: probe.origin))]
        case .go(.scope(let id)): return named(id, when, probe)
        default:
            losses.append(Loss(.dropped("what follows when no file is found cannot be said"), at: probe.origin))
            return []
        }
    }

    /// A named location as the last resort.
    private mutating func named(_ id: ID<Scope>, _ when: Condition, _ probe: Probe) -> [Statement] {
        let scope = configuration.scopes[id.at]
        settled.insert(scope.origin)
        var own = scope.rules.map { configuration.programs[$0.at].statements } ?? []
        if case .forward(let forward)? = scope.content {
            settled.insert(forward.origin)
            own.append(.rule(Rule(then: .exit(.content(.forward(forward))), origin: probe.origin)))
        }
        guard !own.isEmpty else {
            losses.append(Loss(.dropped("what the named location does cannot be said"), at: probe.origin))
            return [
                .rule(
                    Rule(
                        when: when, then: .exit(.answer(Answer(status: 404, origin: probe.origin))),
                        origin: probe.origin))
            ]
        }
        return when == .always ? own : [.block(Block(when: when, statements: own, origin: probe.origin))]
    }

    /// Where a location's files lie.
    func placement(of scope: Scope) -> Placement? {
        for layer in (node.base + scope.layers).reversed() {
            if let place = configuration.layers[layer.at].settings.files.place { return place.value }
        }
        return nil
    }
}

extension Scope {
    /// Something answers that is not written in the other language: a process, a report.
    var isAnsweredByOthers: Bool {
        switch content {
        case .process, .report, .unavailable: true
        case .forward, .files, .answer, nil: false
        }
    }

    /// The call to an application that can be written in the other language; nil: nothing calls, or not so.
    var call: GatewayCall? {
        guard case .process(let call)? = content, call.wire == "fastcgi", case .pool = call.socket else { return nil }
        return call
    }

    /// What forwards to a place that is only known when the request is; nil: nothing does.
    var computedForward: Forward? {
        guard case .forward(let forward)? = content, case .computed = forward.to else { return nil }
        return forward
    }
}

extension Rule {
    /// The path that it makes; nil: it makes none.
    var newPath: Template? {
        for edit in edits { if case .path(let path) = edit { return path } }
        return nil
    }

    /// It leaves a request with another path than it found.
    var changesPath: Bool { newPath != nil }
}

extension Pattern {
    /// The text that everything it matches begins with, as far as that is plain to see.
    var literalStart: String {
        guard source.hasPrefix("^"), !ignoresCase, !source.contains("|") else { return "" }
        var result = ""
        var rest = source.dropFirst()
        if rest.hasPrefix("(?=") { rest = rest.dropFirst(3) }
        while let character = rest.popFirst() {
            if "?*{".contains(character) { return String(result.dropLast()) }
            if character == "\\", let next = rest.first, !next.isLetter, !next.isNumber {
                result.append(next)
                rest.removeFirst()
                continue
            }
            if "\\.^$+()[]|".contains(character) { return result }
            result.append(character)
        }
        return result
    }
}
