/// The place of a node in one of a configuration's arenas.
package struct ID<Node>: Hashable, Sendable {
    /// The index in the arena.
    package var index: Int32

    package init(index: Int32) {
        self.index = index
    }
}

extension ID {
    /// The index as an `Int`, for subscripts.
    package var at: Int { Int(index) }

    /// The place at an index of the arena.
    package init(_ index: Int) { self.index = Int32(index) }
}

/// Where a node came from.
package enum Origin: Hashable, Sendable {
    /// Somebody wrote it: the file's number in the source map and the bytes of the statement.
    case written(file: Int32, range: Range<Int>)
    /// The source server does this where the file is silent; `near` is the node that lets it.
    case implied(reason: String, near: ID<Origin>?)
    /// A pass made it out of other nodes.
    case derived(pass: String, from: [ID<Origin>])
}

/// A value and who said it: an upper layer's replaces a lower layer's.
package struct Stated<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What was said.
    package var value: Value
    /// Who said it.
    package var origin: ID<Origin>

    package init(value: Value, origin: ID<Origin>) {
        self.value = value
        self.origin = origin
    }
}

extension Stated {
    /// A value and who said it.
    package init(_ value: Value, _ origin: ID<Origin>) {
        self.init(value: value, origin: origin)
    }
}

/// How a list or table of an upper layer combines with the one below: the data says it, never the field or a dialect.
package enum Merge: Hashable, Sendable {
    /// The upper one alone holds.
    case replace
    /// The lower one's elements come first, then the upper one's.
    case after
    /// The upper one's elements come first.
    case before
    /// Element by element: the upper one's wins where both have the same key.
    case perKey
    /// Of two guards, both must be passed.
    case bothMustPass
    /// Of two guards, one is enough.
    case eitherPasses
}

/// A list or table in a layer, with the rule by which it combines with what lies below.
package struct Edit<Value: Hashable & Sendable>: Hashable, Sendable {
    /// How it combines with the layer below.
    package var merge: Merge
    /// What was written in this layer.
    package var value: Value
    /// Who wrote it (of several statements, the first).
    package var origin: ID<Origin>

    package init(merge: Merge, value: Value, origin: ID<Origin>) {
        self.merge = merge
        self.value = value
        self.origin = origin
    }
}
