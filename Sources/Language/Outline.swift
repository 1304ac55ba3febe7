/// The directives of a configuration, to be asked for by name and by what is around them.
package struct Outline: Sendable {
    /// One directive with its place in the outline.
    struct Item: Sendable {
        var directive: Directive
        /// The index of the block around it, -1 at the top.
        var parent: Int
        /// The index behind its last descendant.
        var end: Int
    }

    private(set) var items: [Item] = []
    private var byKey: [String: [Int]] = [:]

    /// Orders directives, each before what stands in it; works without recursion, so depth costs no stack.
    package init(_ directives: [Directive]) {
        var open: [(parent: Int, rest: ArraySlice<Directive>)] = [(-1, directives[...])]
        while let directive = open[open.count - 1].rest.popFirst() ?? close(&open) {
            let index = items.count
            items.append(Item(directive: directive, parent: open[open.count - 1].parent, end: index + 1))
            byKey[directive.key, default: []].append(index)
            if directive.isBlock { open.append((index, directive.children[...])) }
        }
    }

    /// Leaves blocks that have been read to their end, and gives the next directive behind them.
    private mutating func close(_ open: inout [(parent: Int, rest: ArraySlice<Directive>)]) -> Directive? {
        while open.count > 1 {
            let block = open.removeLast().parent
            items[block].end = items.count
            if let next = open[open.count - 1].rest.popFirst() { return next }
        }
        return nil
    }

    /// All directives of these keys in the order of the configuration.
    package func all(_ keys: String...) -> [Place] {
        var found = keys.flatMap { byKey[$0] ?? [] }
        if keys.count > 1 { found.sort() }
        return found.map { Place(outline: self, index: $0) }
    }

    /// Whether there is a directive of this key anywhere.
    package func has(_ key: String) -> Bool { byKey[key] != nil }

    /// The directives at the top.
    package var roots: [Place] { siblings(from: 0, to: items.count) }

    /// All directives in the order of the configuration.
    package var everything: [Place] { items.indices.map { Place(outline: self, index: $0) } }

    fileprivate func siblings(from start: Int, to end: Int) -> [Place] {
        var places: [Place] = []
        var index = start
        while index < end {
            places.append(Place(outline: self, index: index))
            index = items[index].end
        }
        return places
    }
}

/// A directive where it stands.
package struct Place: Sendable {
    private let outline: Outline
    /// The position in the order of the configuration.
    package let index: Int

    fileprivate init(outline: Outline, index: Int) {
        self.outline = outline
        self.index = index
    }

    /// The directive.
    package var directive: Directive { outline.items[index].directive }

    /// The directive's key.
    package var key: String { outline.items[index].directive.key }

    /// The texts of the arguments.
    package var words: [String] { outline.items[index].directive.arguments.map(\.text) }

    /// The text of one argument, empty when there is none.
    package func word(_ position: Int) -> String {
        let arguments = outline.items[index].directive.arguments
        return position < arguments.count ? arguments[position].text : ""
    }

    /// The block around it; nil at the top.
    package var parent: Place? {
        let parent = outline.items[index].parent
        return parent < 0 ? nil : Place(outline: outline, index: parent)
    }

    /// What stands in it directly.
    package var children: [Place] { outline.siblings(from: index + 1, to: outline.items[index].end) }

    /// What stands beside it, itself included.
    package var siblings: [Place] { parent?.children ?? outline.roots }

    /// The directives of these keys directly in it.
    package func children(_ keys: String...) -> [Place] {
        children.filter { keys.contains($0.key) }
    }

    /// The blocks around it, the innermost first.
    package var ancestors: [Place] {
        var places: [Place] = []
        var next = parent
        while let place = next {
            places.append(place)
            next = place.parent
        }
        return places
    }

    /// The innermost block of these keys around it.
    package func enclosing(_ keys: String...) -> Place? {
        ancestors.first { keys.contains($0.key) }
    }

    /// Whether another place is somewhere in it.
    package func contains(_ other: Place) -> Bool {
        other.index > index && other.index < outline.items[index].end
    }
}
