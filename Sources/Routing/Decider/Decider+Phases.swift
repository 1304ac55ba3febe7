import HTTP
import IR

/// The phases between the head and the content, in their order.
extension Decider {
    mutating func early(_ journey: inout Journey) -> Step {
        runPhase(tables.sites[journey.site].early, next: .siteRules, &journey)
    }

    mutating func siteRules(_ journey: inout Journey) -> Step {
        if journey.pc < 0 { journey.pathBeforeRules = journey.path }
        return runPhase(tables.sites[journey.site].rules, next: .locate, &journey)
    }

    /// The rules of the scope, then those of its layers.
    mutating func scopeRules(_ journey: inout Journey) -> Step {
        if journey.listPosition == 0 {
            let program = journey.pc >= 0 ? journey.program : tables.scopes[journey.scope].rules
            if let step = leave(runProgram(program, &journey), &journey) { return step }
            journey.listPosition = 1
        }
        return runList(tables.effectives[journey.effective].variables, first: 1, next: .limits, &journey)
    }

    /// A place may believe proxies that the site does not (nginx's phase before access).
    mutating func limits(_ journey: inout Journey) -> Step {
        if mayHaveRealAddress(journey) { takeRealAddress(&journey) }
        journey.enter(.access)
        return .next
    }

    /// Rewriting behind the access check, then answers, then variables.
    mutating func lateRules(_ journey: inout Journey) -> Step {
        let effective = tables.effectives[journey.effective]
        if effective.lateRules.isEmpty, effective.lateAnswers.isEmpty, effective.lateVariables.isEmpty {
            journey.enter(.probe)
            return .next
        }
        if journey.look.isActive, journey.pc < 0, journey.listPosition == 0 {
            // Rules may change the path, and whether a candidate counts depends on the file that it was.
            findFilePath(&journey)
            guard fileFact(.stat, journey.filePath, &journey) != nil else { return .done(.ask(.stat)) }
        }
        var first = 0
        for list in [effective.lateRules, effective.lateAnswers, effective.lateVariables] {
            if Int(journey.listPosition) < first + list.range.count {
                if journey.rulesEnded, first == 0 {
                    journey.listPosition = Int32(list.range.count)
                } else if let step = runListPart(list, first: first, &journey) {
                    return step
                }
            }
            first += list.range.count
        }
        journey.enter(.probe)
        return .next
    }

    // MARK: Programs of a phase

    private mutating func runPhase(_ program: Int32, next: Phase, _ journey: inout Journey) -> Step {
        if program >= 0, !journey.rulesEnded {
            if let step = leave(runProgram(program, &journey), &journey) { return step }
        }
        journey.enter(next)
        return .next
    }

    private mutating func runList(_ list: Span32, first: Int, next: Phase, _ journey: inout Journey) -> Step {
        if let step = runListPart(list, first: first, &journey) { return step }
        journey.enter(next)
        return .next
    }

    private mutating func runListPart(_ list: Span32, first: Int, _ journey: inout Journey) -> Step? {
        while Int(journey.listPosition) - first < list.range.count {
            let program = tables.lists[Int(list.start) + Int(journey.listPosition) - first]
            let effective = journey.effective
            if let step = leave(runProgram(program, &journey), &journey) { return step }
            journey.listPosition += 1
            if journey.effective != effective { break }
        }
        return nil
    }

    /// What a program's ending leads to; nil: go on behind it.
    private mutating func leave(_ ending: Ending, _ journey: inout Journey) -> Step? {
        switch ending {
        case .done: nil
        case .ask: .done(.ask(journey.question))
        case .loop: fail(&journey, 500)
        case .refused(let status): fail(&journey, status)
        case .exit(let exit): take(exit, &journey)
        }
    }

    // MARK: Exits

    /// Takes an exit; nil: it leads nowhere.
    mutating func take(_ index: Int32, _ journey: inout Journey) -> Step? {
        let exit = tables.exits[index]
        switch exit.kind {
        case .answer: return answer(exit.index, &journey)
        case .content:
            journey.content = exit.index
            return journey.phase.rawValue < Phase.place.rawValue ? goOn(.place, &journey) : goOn(.content, &journey)
        case .place:
            journey.placement = exit.index
            journey.filePath = .absent
            return goOn(.place, &journey)
        case .early: return reenter(.early, &journey)
        case .siteRules: return reenter(.siteRules, &journey)
        case .locate: return reenter(.locate, &journey)
        case .scope: return reenter(scope: exit.index, &journey)
        case .recheckEarly, .recheckSiteRules, .recheckLocate:
            if journey.equal(journey.path, journey.pathBeforeProgram) { return nil }
            if journey.look.isActive {
                // Source: httpd's mod_dir, fixup_dir: a candidate that is no file is passed over, wherever it leads.
                guard fileFact(.stat, journey.filePath, &journey)?.kind == .file else {
                    return lookFailed(&journey, 404)
                }
                endLook(&journey)
            }
            remember(&journey, journey.pathBeforeProgram, status: 200, isError: false)
            return reenter(
                exit.kind == .recheckEarly ? .early : exit.kind == .recheckSiteRules ? .siteRules : .locate, &journey)
        case .redirectEarly, .redirectSiteRules, .redirectLocate:
            // Where a handler answers, nothing is asked for in its place (httpd's mod_dir.c, dir_fixups).
            if exit.kind == .redirectEarly, let chosen = chosenContent(Int(journey.effective), &journey), chosen >= 0 {
                return nil
            }
            let target = text(exit.template, &journey)
            let query = journey.query
            setTarget(target, &journey)
            // Source: httpd's modules/mappers/mod_dir.c, fixup_dflt: the query goes along.
            if exit.kind == .redirectEarly, journey.query.isAbsent { journey.query = query }
            return reenter(
                exit.kind == .redirectEarly ? .early : exit.kind == .redirectSiteRules ? .siteRules : .locate, &journey)
        }
    }

    private func goOn(_ phase: Phase, _ journey: inout Journey) -> Step {
        journey.enter(phase)
        return .next
    }

    /// Path and query from a text that may have a query behind `?`.
    func setTarget(_ target: Slice, _ journey: inout Journey) {
        var mark = Int(target.start)
        let end = Int(target.end)
        while mark < end, journey.arena[mark] != UInt8(ascii: "?") { mark += 1 }
        journey.path = Slice(Int(target.start)..<mark)
        journey.query = mark < end ? Slice(mark + 1..<end) : .absent
        journey.changedSinceReceived = true
        journey.changedSinceLocated = true
    }

    /// Enters an earlier phase with the path as it is by now.
    mutating func reenter(_ phase: Phase, _ journey: inout Journey) -> Step {
        journey.rounds += 1
        journey.note(.reentered, -1, journey.path)
        if journey.rounds > tables.sites[journey.site].rounds {
            journey.complaint = "the request entered anew too often: rewriting or internal redirects run in circles"
            journey.handlingError = true
            return failBuiltIn(&journey, 500)
        }
        let site = tables.sites[journey.site]
        if phase != .locate || journey.phase != .siteRules {
            journey.scope = site.scope
            journey.effective = site.base
        }
        (journey.content, journey.placement, journey.route, journey.matched) = (-1, -1, -1, 0)
        journey.isHandled = false
        (journey.filePath, journey.folded, journey.placedAtRoot) = (.absent, false, false)
        journey.isInternal = true
        if phase == .early { survive(&journey) }
        journey.enter(phase)
        return .next
    }

    /// Variables of a request that is redirected inside are renamed or lost, as each says itself.
    private func survive(_ journey: inout Journey) {
        if journey.values.isEmpty { return }
        journey.evaluated.removeAll(keepingCapacity: true)
        journey.evaluated.append(contentsOf: journey.values)
        for slot in journey.values.indices where tables.variables[slot].survives != .kept {
            journey.values[slot] = .absent
        }
        for slot in journey.evaluated.indices where tables.variables[slot].renamed >= 0 {
            let value = journey.evaluated[slot]
            if !value.isAbsent { assign(tables.variables[slot].renamed, value, &journey) }
        }
    }

    /// Enters a scope with path, query and method as they are.
    mutating func reenter(scope: Int32, _ journey: inout Journey) -> Step {
        journey.rounds += 1
        if journey.rounds > tables.sites[journey.site].rounds {
            journey.complaint = "the request entered anew too often: named locations lead to each other"
            journey.handlingError = true
            return failBuiltIn(&journey, 500)
        }
        (journey.content, journey.placement, journey.folded) = (-1, -1, false)
        journey.isHandled = false
        journey.filePath = .absent
        journey.isInternal = true
        return stand(in: scope, &journey)
    }

    // MARK: Scopes

    /// Stands in a scope that a table or a jump led to.
    mutating func stand(in scope: Int32, _ journey: inout Journey) -> Step {
        let record = tables.scopes[scope]
        journey.note(.scopeEntered, record.origin)
        journey.scope = scope
        journey.effective = record.effective
        if record.content >= 0, !journey.isHandled || tables.contents[record.content].kind != .files {
            journey.content = record.content
        }
        if record.onlyInternally, !journey.isInternal {
            journey.complaint = "the location is for internal requests only"
            return fail(&journey, 404)
        }
        if record.otherwise >= 0, !methodIsAmong(record.methods, &journey) {
            return stand(in: record.otherwise, &journey)
        }
        let limit = tables.effectives[record.effective].bodyLimit
        if limit >= 0, journey.bodyLength > limit, tables.sites[journey.site].overlays.isEmpty {
            journey.keepsAlive = false
            journey.complaint = "the request's body is longer than allowed"
            return fail(&journey, 413)
        }
        journey.enter(.place)
        return .next
    }

    /// Stands in a scope inside the one where the request stands, with the program going on (nginx `if`).
    func enterNested(_ scope: Int32, _ journey: inout Journey) {
        let record = tables.scopes[scope]
        journey.scope = scope
        journey.effective = record.effective
        if record.content >= 0 { journey.content = record.content }
    }

    private func methodIsAmong(_ names: Span32, _ journey: inout Journey) -> Bool {
        let method = journey.methodText()
        for index in names.range {
            let name = tables.names[index]
            if same(tables.bytes[name.range], journey.arena.span.extracting(method.range)) {
                return true
            }
        }
        return false
    }
}
