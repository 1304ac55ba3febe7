import IR

extension PlanCompiler {
    /// The index of a program; -1: there is none.
    mutating func program(_ id: ID<Program>?, directory: Template? = nil) -> Int32 {
        guard let id else { return -1 }
        guard compiledPrograms.insert(id.index).inserted else { return id.index }
        let program = configuration.programs[id.at]
        var instructions: [Instruction] = []
        let offset = Int32(0)
        append(program.statements, to: &instructions)
        let start = Int32(tables.instructions.count) + offset
        tables.instructions.append(contentsOf: instructions)
        tables.programs[id.at] = ProgramRecord(
            instructions: Span32(start: start, end: Int32(tables.instructions.count)), base: template(program.base),
            directory: template(directory), ends: program.ends.map { exit($0) } ?? -1, origin: program.origin.index)
        return id.index
    }

    /// Puts statements behind instructions; jumps count from the program's first instruction.
    private mutating func append(_ statements: [Statement], to instructions: inout [Instruction]) {
        // Where each statement begins is known only behind it, so jumps forward are filled in at the end.
        var starts: [Int32] = []
        var jumps: [(rule: Int32, taken: Bool, target: Int)] = []
        for (position, statement) in statements.enumerated() {
            starts.append(Int32(instructions.count))
            switch statement {
            case .rule(let rule):
                let index = self.rule(rule)
                if case .skip(let count) = rule.then { jumps.append((index, true, position + 1 + count)) }
                if case .skip(let count) = rule.otherwise { jumps.append((index, false, position + 1 + count)) }
                instructions.append(Instruction(kind: .rule, index: index, origin: rule.origin.index))
            case .block(let block):
                let branch = instructions.count
                let when = condition(block.when)
                instructions.append(Instruction(kind: .branch, index: when, origin: block.origin.index))
                if let scope = block.enters {
                    let index = self.scope(scope)
                    instructions.append(Instruction(kind: .enter, index: index, origin: block.origin.index))
                }
                append(block.statements, to: &instructions)
                instructions[branch].otherwise = Int32(instructions.count)
            }
        }
        starts.append(Int32(instructions.count))
        for jump in jumps {
            let target = starts[min(jump.target, starts.count - 1)]
            let flow = FlowRecord(kind: .jump, index: target)
            if jump.taken {
                tables.rules[jump.rule].then = flow
            } else {
                tables.rules[jump.rule].otherwise = flow
            }
        }
    }

    private mutating func rule(_ rule: Rule) -> Int32 {
        let edits = rule.edits.map { edit($0) }
        let start = Int32(tables.edits.count)
        tables.edits.append(contentsOf: edits)
        let record = RuleRecord(
            when: condition(rule.when), edits: Span32(start: start, end: Int32(tables.edits.count)),
            then: flow(rule.then), otherwise: flow(rule.otherwise), onlyInMainRequest: rule.onlyInMainRequest,
            unquestioned: template(rule.unquestioned))
        tables.rules.append(record)
        return Int32(tables.rules.count - 1)
    }

    private mutating func flow(_ flow: Flow) -> FlowRecord {
        switch flow {
        case .next, .skip: FlowRecord(kind: .next)
        case .again(let limit): FlowRecord(kind: .again, index: Int32(limit))
        case .leave: FlowRecord(kind: .leave)
        case .leaveAsIs: FlowRecord(kind: .leaveAsIs)
        case .leaveForGood: FlowRecord(kind: .leaveForGood)
        case .exit(let exit): FlowRecord(kind: .exit, index: self.exit(exit))
        }
    }

    private mutating func edit(_ edit: RequestEdit) -> EditRecord {
        switch edit {
        case .path(let path): EditRecord(kind: .path, template: template(path))
        case .query(.keep): EditRecord(kind: .queryKeep)
        case .query(.drop): EditRecord(kind: .queryDrop)
        case .query(.replace(let query)): EditRecord(kind: .queryReplace, template: template(query))
        case .query(.prepend(let query)): EditRecord(kind: .queryPrepend, template: template(query))
        case .query(.append(let query)): EditRecord(kind: .queryAppend, template: template(query))
        case .set(let variable, let value): EditRecord(kind: .set, template: template(value), index: variable.index)
        case .method(let method): EditRecord(kind: .method, template: template(Template(method)))
        case .header(let edit): EditRecord(kind: .header, index: headerEdits([edit]).start)
        case .cookie(let cookie): EditRecord(kind: .cookie, template: template(cookie))
        case .content(let content): EditRecord(kind: .content, index: self.content(content, nil))
        case .mediaType(let type): EditRecord(kind: .mediaType, template: template(type))
        case .leaveWith(let exit): EditRecord(kind: .leaveWith, index: self.exit(exit))
        }
    }

    /// The index of an exit.
    mutating func exit(_ exit: Exit) -> Int32 {
        let record: ExitRecord
        switch exit {
        case .answer(let answer): record = ExitRecord(kind: .answer, index: self.answer(answer))
        case .content(let content): record = ExitRecord(kind: .content, index: self.content(content, nil))
        case .place(let placement): record = ExitRecord(kind: .place, index: self.placement(placement))
        case .go(.early): record = ExitRecord(kind: .early)
        case .go(.siteRules): record = ExitRecord(kind: .siteRules)
        case .go(.locate): record = ExitRecord(kind: .locate)
        case .go(.scope(let scope)): record = ExitRecord(kind: .scope, index: self.scope(scope))
        case .recheck(.early), .recheck(.scope): record = ExitRecord(kind: .recheckEarly)
        case .recheck(.siteRules): record = ExitRecord(kind: .recheckSiteRules)
        case .recheck(.locate): record = ExitRecord(kind: .recheckLocate)
        case .redirect(let path, .early): record = ExitRecord(kind: .redirectEarly, template: template(path))
        case .redirect(let path, .siteRules): record = ExitRecord(kind: .redirectSiteRules, template: template(path))
        case .redirect(let path, .locate): record = ExitRecord(kind: .redirectLocate, template: template(path))
        case .redirect(_, .scope(let scope)): record = ExitRecord(kind: .scope, index: self.scope(scope))
        }
        tables.exits.append(record)
        return Int32(tables.exits.count - 1)
    }
}
