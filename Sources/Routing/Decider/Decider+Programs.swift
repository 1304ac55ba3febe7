import HTTP
import IR

/// How a program ended.
enum Ending {
    /// It ran to its end, or was left.
    case done
    /// It led elsewhere.
    case exit(Int32)
    /// A question has to be answered first; the same instruction runs again.
    case ask
    /// It ran in circles.
    case loop
    /// The request is refused with this status.
    case refused(Int32)
}

/// How programs are run.
extension Decider {
    /// The program that is running; -1: none.
    func runningProgram(_ journey: borrowing Journey) -> Int32 { journey.program }

    /// Runs a program from where it stands.
    mutating func runProgram(_ program: Int32, _ journey: inout Journey) -> Ending {
        if program < 0 { return .done }
        journey.program = program
        let instructions = tables.programs[program].instructions
        if journey.pc < 0 {
            journey.pc = 0
            journey.leaving = -1
            journey.loops = 0
            journey.pathBeforeProgram = journey.path
            journey.queryBeforeProgram = journey.query
        }
        while Int(journey.pc) < instructions.range.count {
            let instruction = tables.instructions[Int(instructions.start) + Int(journey.pc)]
            switch instruction.kind {
            case .branch:
                switch holds(instruction.index, &journey) {
                case .ask: return .ask
                case .yes:
                    journey.note(.ruleActed, instruction.origin)
                    journey.pc += 1
                case .no, .unknown: journey.pc = instruction.otherwise
                }
            case .enter:
                enterNested(instruction.index, &journey)
                journey.pc += 1
            case .rule:
                switch runRule(Int(instruction.index), instruction.origin, program, &journey) {
                case .goOn: break
                case .end(let ending): return finish(ending, program, &journey)
                }
            }
        }
        return finish(.done, program, &journey)
    }

    private enum RuleEnd {
        case goOn
        case end(Ending)
    }

    private mutating func runRule(
        _ index: Int, _ origin: Int32, _ program: Int32, _ journey: inout Journey
    ) -> RuleEnd {
        let rule = tables.rules[index]
        var flow = rule.otherwise
        if rule.onlyInMainRequest, journey.look.isActive {
            journey.pc += 1
            return .goOn
        }
        switch holds(rule.when, &journey) {
        case .ask: return .end(.ask)
        case .no, .unknown: journey.note(.ruleSkipped, origin)
        case .yes:
            journey.note(.ruleActed, origin)
            if let status = refusedQuestionMark(rule, &journey) { return .end(.refused(status)) }
            perform(rule.edits, program, &journey)
            flow = rule.then
        }
        switch flow.kind {
        case .next: journey.pc += 1
        case .jump: journey.pc = flow.index
        case .again:
            journey.loops += 1
            // Source: mod_rewrite, RewriteRule [N]: 10000 rounds at most.
            if journey.loops > flow.index { return .end(.loop) }
            journey.pc = 0
        case .leave: return .end(.done)
        case .leaveAsIs:
            journey.leaving = -1
            return .end(.done)
        case .leaveForGood:
            journey.rulesEnded = true
            return .end(.done)
        case .exit: return .end(.exit(flow.index))
        }
        return .goOn
    }

    /// A `?` in a value must not become the one that parts a result from its query.
    ///
    /// Source: httpd's mod_rewrite, UnsafeAllow3F.
    private mutating func refusedQuestionMark(_ rule: RuleRecord, _ journey: inout Journey) -> Int32? {
        if rule.unquestioned.isEmpty { return nil }
        let status = tables.effectives[journey.effective].encodedQuestionMark
        if status <= 0 { return nil }
        let values = text(rule.unquestioned, &journey)
        return values.range.contains { journey.arena[$0] == UInt8(ascii: "?") } ? status : nil
    }

    /// What a program's end leads to.
    private mutating func finish(_ ending: Ending, _ program: Int32, _ journey: inout Journey) -> Ending {
        guard case .done = ending else {
            if case .ask = ending { return .ask }
            journey.pc = -1
            if case .exit(let exit) = ending { return refusedQuery(before: exit, &journey) ?? ending }
            return ending
        }
        journey.pc = -1
        if journey.leaving >= 0 { return refusedQuery(before: journey.leaving, &journey) ?? .exit(journey.leaving) }
        let ends = tables.programs[program].ends
        return refusedQuery(before: ends, &journey) ?? (ends >= 0 ? .exit(ends) : .done)
    }

    /// A query that rules gave blanks or control bytes is refused, unless it is escaped for a redirect.
    ///
    /// Source: httpd's mod_rewrite, hook_uri2file and hook_fixup (AH10410, AH10411).
    private func refusedQuery(before exit: Int32, _ journey: inout Journey) -> Ending? {
        let status = tables.effectives[journey.effective].encodedQuestionMark
        guard status > 0, journey.query.count > 0, !journey.equal(journey.query, journey.queryBeforeProgram),
            journey.query.range.contains(where: { isNoTargetByte(journey.arena[$0]) })
        else { return nil }
        if exit >= 0, tables.exits[exit].kind == .answer {
            let answer = tables.answers[Int(tables.exits[exit].index)]
            if !answer.location.isNoTemplate, answer.escaping >= 0 || !answer.keepsQuery { return nil }
        }
        journey.complaint = "the rewritten query holds blanks or control bytes"
        return .refused(status)
    }

    /// Makes a rule's changes: all texts are computed before anything is changed.
    private mutating func perform(_ edits: Span32, _ program: Int32, _ journey: inout Journey) {
        journey.evaluated.removeAll(keepingCapacity: true)
        for index in edits.range {
            let value = text(tables.edits[index].template, &journey)
            journey.evaluated.append(value)
        }
        for (offset, index) in edits.range.enumerated() {
            perform(tables.edits[index], journey.evaluated[offset], program, &journey)
        }
    }

    private mutating func perform(_ edit: EditRecord, _ value: Slice, _ program: Int32, _ journey: inout Journey) {
        switch edit.kind {
        case .path: changePath(value, program, &journey)
        case .queryKeep: break
        case .queryDrop: journey.query = .absent
        case .queryReplace: journey.query = value
        case .queryPrepend: joinQuery(value, journey.query, &journey)
        case .queryAppend: joinQuery(journey.query, value, &journey)
        case .set: assign(edit.index, value, &journey)
        case .method:
            journey.method = value
            journey.isHead = journey.equals(value, "HEAD")
            journey.isGet = journey.equals(value, "GET")
        case .header: journey.headerEdits.append(edit.index)
        case .cookie: journey.cookies.append(value)
        case .content:
            journey.content = edit.index
            journey.isHandled = true
        case .mediaType: journey.mediaType = value
        case .leaveWith: journey.leaving = edit.index
        }
        switch edit.kind {
        case .queryDrop, .queryReplace, .queryPrepend, .queryAppend: journey.note(.queryChanged, -1, journey.query)
        default: break
        }
    }

    /// The path becomes this; one without a leading slash is put behind the program's base.
    private mutating func changePath(_ value: Slice, _ program: Int32, _ journey: inout Journey) {
        var path = value
        if !journey.begins(value, with: UInt8(ascii: "/")), !tables.programs[program].directory.isNoTemplate {
            path = behindBase(value, program, &journey)
        }
        journey.path = path
        journey.changedSinceReceived = true
        journey.changedSinceLocated = true
        journey.isInternal = true
        journey.note(.pathChanged, tables.programs[program].origin, path)
    }

    /// A relative result behind RewriteBase, or else behind the URL of the directory.
    private mutating func behindBase(_ value: Slice, _ program: Int32, _ journey: inout Journey) -> Slice {
        let base = tables.programs[program].base
        if base.isNoTemplate {
            // The directory's URL is the path without what lies below the directory.
            findFilePath(&journey)
            let directory = text(tables.programs[program].directory, &journey)
            var length = journey.filePath.count - directory.count
            if journey.ends(directory, in: UInt8(ascii: "/")) == false { length -= 1 }
            let urlLength = max(0, journey.path.count - max(0, length))
            let mark = journey.arena.count
            journey.repeatText(Slice(start: journey.path.start, count: urlLength))
            if !journey.ends(journey.since(mark), in: UInt8(ascii: "/")) { journey.arena.append(UInt8(ascii: "/")) }
            journey.repeatText(value)
            return journey.since(mark)
        }
        let prefix = text(base, &journey)
        let start = journey.arena.count
        journey.repeatText(prefix)
        if !journey.ends(journey.since(start), in: UInt8(ascii: "/")) { journey.arena.append(UInt8(ascii: "/")) }
        journey.repeatText(value)
        return journey.since(start)
    }

    private func joinQuery(_ first: Slice, _ second: Slice, _ journey: inout Journey) {
        if first.count == 0 {
            journey.query = second
        } else if second.count == 0 {
            journey.query = first
        } else {
            let start = journey.arena.count
            journey.repeatText(first)
            journey.arena.append(UInt8(ascii: "&"))
            journey.repeatText(second)
            journey.query = journey.since(start)
        }
    }
}
