/// A place in a text as people name it: line and column count from 1, columns in bytes.
package struct LineColumn: Hashable, Comparable, Sendable {
    /// The line, counted from 1.
    package var line: Int
    /// The column in bytes, counted from 1.
    package var column: Int

    /// Makes a position.
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Orders positions as they follow each other in the text.
    package static func < (a: LineColumn, b: LineColumn) -> Bool {
        (a.line, a.column) < (b.line, b.column)
    }
}

/// Where the lines of a text begin.
///
/// Lines end with LF alone, as both servers count them.
package struct LineIndex: Sendable {
    /// The offset of the first byte of each line; never empty.
    private let starts: [Int]
    /// The number of bytes in the text.
    private let size: Int

    /// Finds the lines of a text.
    package init(_ bytes: [UInt8]) {
        var starts = [0]
        for offset in bytes.indices where bytes[offset] == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        self.starts = starts
        size = bytes.count
    }

    /// The number of lines; an empty text has one, and so has the place behind a last LF.
    package var count: Int { starts.count }

    /// The position of a byte offset; offsets outside the text are moved to its nearest end.
    package func position(of offset: Int) -> LineColumn {
        let offset = min(max(offset, 0), size)
        var low = 0
        var high = starts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return LineColumn(line: low + 1, column: offset - starts[low] + 1)
    }

    /// The offset of a line's first byte; `line` counts from 1 and is moved into the text.
    package func start(ofLine line: Int) -> Int {
        starts[min(max(line, 1), starts.count) - 1]
    }

    /// The bytes of a line with its line end; `line` counts from 1 and is moved into the text.
    package func bytes(ofLine line: Int) -> Range<Int> {
        let index = min(max(line, 1), starts.count) - 1
        return starts[index]..<(index + 1 < starts.count ? starts[index + 1] : size)
    }
}
