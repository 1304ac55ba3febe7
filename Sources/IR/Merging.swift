/// Something that can be combined with what lies below it, as `Merge` says.
package protocol Mergeable {
    /// This value laid over a lower one.
    func merged(over below: Self, by merge: Merge) -> Self
}

/// An element of a list that is merged by key.
package protocol Keyed {
    /// What `Merge.perKey` compares.
    var mergeKey: String { get }
}

extension Array: Mergeable {
    package func merged(over below: [Element], by merge: Merge) -> [Element] {
        switch merge {
        case .replace: return self
        case .after, .bothMustPass, .eitherPasses: return below + self
        case .before: return self + below
        case .perKey:
            let mine = Set(compactMap { ($0 as? any Keyed)?.mergeKey })
            return self
                + below.filter { element in ((element as? any Keyed)?.mergeKey).map { !mine.contains($0) } ?? true }
        }
    }
}

extension Set: Mergeable {
    package func merged(over below: Set<Element>, by merge: Merge) -> Set<Element> {
        merge == .replace ? self : union(below)
    }
}

extension Dictionary: Mergeable {
    package func merged(over below: [Key: Value], by merge: Merge) -> [Key: Value] {
        merge == .replace ? self : merging(below) { mine, _ in mine }
    }
}

extension Access: Mergeable {
    package func merged(over below: Access, by merge: Merge) -> Access {
        switch merge {
        case .bothMustPass: .all([below, self])
        case .eitherPasses: .any([below, self])
        case .replace, .after, .before, .perKey: self
        }
    }
}

extension ErrorRule: Keyed {
    package var mergeKey: String { String(status) }
}

extension Expiry: Keyed {
    package var mergeKey: String { mediaType ?? "" }
}

extension CookieMapping: Keyed {
    package var mergeKey: String { attribute }
}

extension Log: Keyed {
    package var mergeKey: String { to.literal ?? "" }
}

/// The upper value where there is one.
func over<Value>(_ upper: Stated<Value>?, _ below: Stated<Value>?) -> Stated<Value>? {
    upper ?? below
}

/// Both values combined as the upper one says; the result combines with what lies still lower as the lower one says.
func over<Value: Mergeable>(_ upper: Edit<Value>?, _ below: Edit<Value>?) -> Edit<Value>? {
    guard let upper else { return below }
    guard let below, upper.merge != .replace else { return upper }
    let value = upper.value.merged(over: below.value, by: upper.merge)
    return Edit(merge: below.merge, value: value, origin: upper.origin)
}
