import Source
import System

extension FileChange {
    /// The change in the unified format (POSIX `diff -u`), three lines of surroundings to each hunk.
    func difference(paint: Paint) -> String {
        let (a, b) = (lines(of: old), lines(of: new))
        var text = "--- \(path)\n+++ \(path)\n"
        for hunk in hunks(a, b) {
            let (first, second) = (hunk.count { $0.isOld }, hunk.count { $0.isNew })
            guard let start = hunk.first else { continue }
            text += "@@ -\(start.oldLine + 1),\(first) +\(start.newLine + 1),\(second) @@\n"
            for row in hunk {
                let line = String(configuration: row.isOld ? a[row.oldLine] : b[row.newLine])
                let mark = row.isOld ? (row.isNew ? " " : "-") : "+"
                let shown = mark + line + (line.hasSuffix("\n") ? "" : "\n\\ No newline at end of file\n")
                text += mark == "-" ? paint.mark(shown, .error) : mark == "+" ? paint.good(shown) : shown
            }
        }
        return text
    }

    /// Replaces the file by way of a new one beside it, so that it is whole at any moment; its mode stays.
    func write(rootPrefix: String) throws {
        let named = FilePath(bytes: prefixed(path, with: rootPrefix).configurationBytes)
        // A link stays a link: the file that it leads to is replaced.
        let target = Files.resolved(named) ?? named
        let permissions = try Files.status(of: target).permissions
        let temporary = FilePath(bytes: target.bytes + Array(".sluice-new".utf8))
        try Files.write(new, to: temporary, permissions: permissions)
        try Files.rename(temporary, to: target)
    }

    private func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { Array($0) }
        let last = lines.removeLast()
        lines = lines.map { $0 + [UInt8(ascii: "\n")] }
        return last.isEmpty ? lines : lines + [last]
    }

    /// The rows of the two texts one below the other, cut where nothing changes for long.
    private func hunks(_ a: [[UInt8]], _ b: [[UInt8]]) -> [ArraySlice<DifferenceRow>] {
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in b.difference(from: a) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [DifferenceRow] = []
        var (i, j) = (0, 0)
        while i < a.count || j < b.count {
            let isRemoved = i < a.count && removed.contains(i)
            let isInserted = !isRemoved && j < b.count && inserted.contains(j)
            rows.append(DifferenceRow(oldLine: i, newLine: j, isOld: !isInserted, isNew: !isRemoved))
            if !isInserted { i += 1 }
            if !isRemoved { j += 1 }
        }
        var hunks: [ArraySlice<DifferenceRow>] = []
        for index in rows.indices where rows[index].isOld != rows[index].isNew {
            let range = max(0, index - 3)..<min(rows.count, index + 4)
            if let last = hunks.last, range.lowerBound <= last.endIndex {
                hunks[hunks.count - 1] = rows[last.startIndex..<range.upperBound]
            } else {
                hunks.append(rows[range])
            }
        }
        return hunks
    }
}

/// A line that is in the old text, the new one, or both.
private struct DifferenceRow {
    var oldLine: Int
    var newLine: Int
    var isOld: Bool
    var isNew: Bool
}
