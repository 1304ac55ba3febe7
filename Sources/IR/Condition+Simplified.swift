extension Condition {
    /// Never holds.
    package static let never = Condition.not(.always)

    /// The same condition without what is known beforehand: comparisons of literal texts, empty lists, doubled "not".
    package var simplified: Condition {
        switch self {
        case .all(let parts):
            let rest = Self.united(parts.map(\.simplified).filter { $0 != .always })
            if rest.contains(.never) || rest.contains(where: { rest.contains(.not($0)) }) { return .never }
            return rest.isEmpty ? .always : rest.count == 1 ? rest[0] : .all(rest)
        case .any(let parts):
            let rest = Self.united(parts.map(\.simplified).filter { $0 != .never })
            if rest.contains(.always) || rest.contains(where: { rest.contains(.not($0)) }) { return .always }
            return rest.isEmpty ? .never : rest.count == 1 ? rest[0] : .any(rest)
        case .not(let inner):
            if case .not(let twice) = inner.simplified { return twice }
            return inner.simplified == .never ? .always : .not(inner.simplified)
        case .compare(let left, let comparison, let right):
            guard let left = left.literal, let right = right.literal,
                let holds = comparison.holds(left, right)
            else { return self }
            return holds ? .always : .never
        case .isTrue(let subject): return subject.literal.map { $0.isEmpty || $0 == "0" ? .never : .always } ?? self
        case .isPresent(let subject): return subject.literal.map { $0.isEmpty ? .never : .always } ?? self
        case .isSet(let subject): return subject.literal == nil ? self : subject.pieces.isEmpty ? .never : .always
        case .always, .matches, .file, .address, .among, .glob, .lookupSucceeds, .undecidable: return self
        }
    }

    /// Each only once, in order.
    private static func united(_ parts: [Condition]) -> [Condition] {
        var result: [Condition] = []
        for part in parts where !result.contains(part) { result.append(part) }
        return result
    }
}

extension Comparison {
    /// Whether it holds between two texts; nil where they are no numbers and it compares numbers.
    package func holds(_ left: String, _ right: String) -> Bool? {
        let (a, b) = (Int(left), Int(right))
        switch self {
        case .equal: return left == right
        case .equalIgnoringCase: return left.lowercased() == right.lowercased()
        case .less: return left.utf8.lexicographicallyPrecedes(right.utf8)
        case .greater: return right.utf8.lexicographicallyPrecedes(left.utf8)
        case .lessOrEqual: return !right.utf8.lexicographicallyPrecedes(left.utf8)
        case .greaterOrEqual: return !left.utf8.lexicographicallyPrecedes(right.utf8)
        case .numericEqual: return a.flatMap { a in b.map { a == $0 } }
        case .numericLess: return a.flatMap { a in b.map { a < $0 } }
        case .numericGreater: return a.flatMap { a in b.map { a > $0 } }
        case .numericLessOrEqual: return a.flatMap { a in b.map { a <= $0 } }
        case .numericGreaterOrEqual: return a.flatMap { a in b.map { a >= $0 } }
        }
    }
}
