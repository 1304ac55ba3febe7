/// New text for a range of a file; an empty range inserts.
package struct TextEdit: Hashable, Sendable {
    /// What is replaced.
    package var range: SourceRange
    /// What takes its place.
    package var text: String

    /// Makes an edit.
    package init(_ range: SourceRange, text: String) {
        self.range = range
        self.text = text
    }
}

/// A change of the text that removes a diagnostic: all of its edits or none.
package struct Fix: Hashable, Sendable {
    /// Whether it cannot change what the configuration does, except by making broken text readable.
    package var isSafe: Bool
    /// What it does, as an order (`insert the missing semicolon`).
    package var title: String
    /// The edits, which must not overlap each other.
    package var edits: [TextEdit]

    /// Makes a fix.
    package init(isSafe: Bool, title: String, edits: [TextEdit]) {
        self.isSafe = isSafe
        self.title = title
        self.edits = edits
    }
}

/// The fixes of one pass that can be made together, chosen so that no two edits touch the same bytes.
///
/// A fix is taken whole or not at all. An edit that was already taken is not made a second time. What is left out
/// here shows up again when the changed text is examined anew.
package struct FixSelection: Sendable {
    /// The fixes that are made.
    package private(set) var taken: [Fix] = []
    /// The fixes that clash with one taken before them.
    package private(set) var left: [Fix] = []
    /// The edits by file, ordered by place.
    private var edits: [FileID: [TextEdit]] = [:]

    /// Chooses among fixes; earlier ones win.
    package init(_ fixes: some Sequence<Fix>) {
        for fix in fixes {
            if add(fix) { taken.append(fix) } else { left.append(fix) }
        }
    }

    /// The files that change, in the order of the map.
    package var files: [FileID] { edits.keys.sorted() }

    /// The content of a file after the fixes; edits that lie outside the content are ignored.
    package func apply(to bytes: [UInt8], of file: FileID) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + 64)
        var copied = 0
        for edit in edits[file] ?? [] where edit.range.start >= copied && edit.range.end <= bytes.count {
            result.append(contentsOf: bytes[copied..<edit.range.start])
            result.append(contentsOf: edit.text.configurationBytes)
            copied = edit.range.end
        }
        result.append(contentsOf: bytes[copied...])
        return result
    }

    private mutating func add(_ fix: Fix) -> Bool {
        var changed: [FileID: [TextEdit]] = [:]
        for edit in fix.edits {
            var list = changed[edit.range.file] ?? edits[edit.range.file] ?? []
            let place = list.firstIndex { ($0.range.start, $0.range.end) >= (edit.range.start, edit.range.end) }
            let index = place ?? list.count
            if index < list.count, list[index] == edit { continue }
            if index < list.count, clashes(edit, list[index]) { return false }
            if index > 0, clashes(list[index - 1], edit) { return false }
            list.insert(edit, at: index)
            changed[edit.range.file] = list
        }
        edits.merge(changed) { _, new in new }
        return true
    }
}

/// Whether an edit and a later one touch the same bytes or insert at the same place.
private func clashes(_ first: TextEdit, _ second: TextEdit) -> Bool {
    second.range.start < first.range.end
        || (second.range.start == first.range.start && second.range.isEmpty && first.range.isEmpty)
}
