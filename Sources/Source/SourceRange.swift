/// Names one file of a `SourceMap`.
package struct FileID: Hashable, Comparable, Sendable {
    /// The place of the file in its map, counted from 0 in the order of adding.
    package let index: Int32

    /// Names the file at a place of a map.
    package init(index: Int32) {
        self.index = index
    }

    /// Orders files as they were added.
    package static func < (a: FileID, b: FileID) -> Bool { a.index < b.index }
}

/// A stretch of one file, as byte offsets: `start` belongs to it, `end` does not.
package struct SourceRange: Hashable, Sendable {
    /// The file that the offsets count in.
    package var file: FileID
    /// The offset of the first byte.
    package var start: Int
    /// The offset behind the last byte.
    package var end: Int

    /// Makes the range of the bytes `start..<end`; an `end` before `start` counts as `start`.
    package init(file: FileID, start: Int, end: Int) {
        self.file = file
        self.start = start
        self.end = max(start, end)
    }

    /// Makes the range of some bytes of a file.
    package init(file: FileID, _ bytes: Range<Int>) {
        self.init(file: file, start: bytes.lowerBound, end: bytes.upperBound)
    }

    /// The offsets as a Swift range.
    package var bytes: Range<Int> { start..<end }

    /// Whether there is no byte in the range: it then names the place before `start`.
    package var isEmpty: Bool { start == end }

    /// Whether a byte of the file is in both ranges.
    package func overlaps(_ other: SourceRange) -> Bool {
        file == other.file && start < other.end && other.start < end
    }

    /// The shortest range that holds both; the other one is ignored when it is in another file.
    package func union(_ other: SourceRange) -> SourceRange {
        guard file == other.file else { return self }
        return SourceRange(file: file, start: min(start, other.start), end: max(end, other.end))
    }
}
