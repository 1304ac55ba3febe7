import IR

extension PlanCompiler {
    /// The index of a condition; -1 stands for one that always holds.
    mutating func condition(_ condition: Condition?) -> Int32 {
        guard let condition, condition != .always else { return -1 }
        if let known = conditionsByValue[condition] { return known }
        let compiled = operation(condition)
        tables.conditions.append(compiled)
        let index = Int32(tables.conditions.count - 1)
        conditionsByValue[condition] = index
        return index
    }

    /// The index of a condition, also of one that always holds.
    private mutating func child(_ condition: Condition) -> Int32 {
        let index = self.condition(condition)
        if index >= 0 { return index }
        tables.conditions.append(ConditionOp(kind: .always))
        return Int32(tables.conditions.count - 1)
    }

    private mutating func children(_ conditions: [Condition]) -> Span32 {
        let indices = conditions.map { child($0) }
        return list(indices)
    }

    private mutating func operation(_ condition: Condition) -> ConditionOp {
        switch condition {
        case .always: return ConditionOp(kind: .always)
        case .all(let conditions): return ConditionOp(kind: .all, list: children(conditions))
        case .any(let conditions): return ConditionOp(kind: .any, list: children(conditions))
        case .not(let inner): return ConditionOp(kind: .not, detail: child(inner))
        case .matches(let subject, let pattern, let bank):
            return ConditionOp(
                kind: .matches, left: template(subject), detail: self.pattern(pattern, nil), bank: Int8(bank ?? -1))
        case .compare(let left, let comparison, let right):
            return ConditionOp(
                kind: .compare, left: template(left), right: template(right), detail: Int32(comparison.code))
        case .isTrue(let text): return ConditionOp(kind: .isTrue, left: template(text))
        case .isPresent(let text): return ConditionOp(kind: .isPresent, left: template(text))
        case .isSet(let text):
            let left = template(text)
            let isVariable = left.range.count == 1 && tables.ops[left.start].code == .variable
            return ConditionOp(kind: isVariable ? .isSet : .isPresent, left: left)
        case .file(let test, let path): return ConditionOp(kind: .file, left: template(path), detail: Int32(test.code))
        case .address(let address, let networks):
            return ConditionOp(kind: .address, left: template(address), list: self.networks(networks))
        case .among(let subject, let candidates):
            let references = candidates.map { template($0) }
            let start = Int32(tables.candidates.count)
            tables.candidates.append(contentsOf: references)
            return ConditionOp(
                kind: .among, left: template(subject),
                list: Span32(start: start, end: Int32(tables.candidates.count)))
        case .glob(let subject, let glob):
            return ConditionOp(kind: .glob, left: template(subject), list: names([glob]))
        case .lookupSucceeds(_, _): return ConditionOp(kind: .undecidable)
        case .undecidable(_): return ConditionOp(kind: .undecidable)
        }
    }

    /// The networks of a list; what is no address matches nothing.
    mutating func networks(_ texts: [String]) -> Span32 {
        let start = Int32(tables.networks.count)
        for text in texts {
            if let network = Network(text) { tables.networks.append(network) }
        }
        return Span32(start: start, end: Int32(tables.networks.count))
    }
}

extension Comparison {
    /// The number that a compiled condition keeps.
    var code: UInt8 {
        switch self {
        case .equal: 0
        case .equalIgnoringCase: 1
        case .less: 2
        case .greater: 3
        case .lessOrEqual: 4
        case .greaterOrEqual: 5
        case .numericEqual: 6
        case .numericLess: 7
        case .numericGreater: 8
        case .numericLessOrEqual: 9
        case .numericGreaterOrEqual: 10
        }
    }
}

extension FileTest {
    /// The number that a compiled condition keeps.
    var code: UInt8 {
        switch self {
        case .file: 0
        case .directory: 1
        case .link: 2
        case .nonEmpty: 3
        case .executable: 4
        case .exists: 5
        }
    }
}
