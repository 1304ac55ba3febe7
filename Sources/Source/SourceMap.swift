/// One text that was read: its name, its bytes and its lines.
package struct SourceFile: Sendable {
    /// The file's name in its map.
    package let id: FileID
    /// The path as a user would recognise it; `-` is standard input.
    package let path: String
    /// The content, byte by byte.
    package let bytes: [UInt8]
    /// Where its lines begin.
    package let lines: LineIndex
    /// The directive that included the file, nil for a file that was named by the user.
    package let includedFrom: SourceRange?
}

/// All texts of a configuration, so that a range can be shown as path, line and column.
package struct SourceMap: Sendable {
    /// The files in the order of adding; a file that is included twice is in here twice.
    package private(set) var files: [SourceFile] = []

    /// Makes an empty map.
    package init() {}

    /// Adds a text; `includedFrom` is the directive that asked for it.
    @discardableResult
    package mutating func add(path: String, bytes: [UInt8], includedFrom: SourceRange? = nil) -> FileID {
        let id = FileID(index: Int32(truncatingIfNeeded: files.count))
        files.append(
            SourceFile(id: id, path: path, bytes: bytes, lines: LineIndex(bytes), includedFrom: includedFrom))
        return id
    }

    /// Shows files under other paths, as where they are really found below another root.
    package mutating func rename(_ path: (String) -> String) {
        files = files.map { file in
            SourceFile(
                id: file.id, path: path(file.path), bytes: file.bytes, lines: file.lines,
                includedFrom: file.includedFrom)
        }
    }

    /// The file with a name that this map gave out.
    package subscript(id: FileID) -> SourceFile { files[Int(id.index)] }

    /// The line and column of a byte offset; an offset outside the file is moved to its nearest end.
    package func position(of offset: Int, in file: FileID) -> LineColumn {
        self[file].lines.position(of: offset)
    }

    /// The line and column at which a range begins.
    package func position(of range: SourceRange) -> LineColumn {
        position(of: range.start, in: range.file)
    }

    /// The bytes of a range, as far as they lie in the file.
    package func bytes(of range: SourceRange) -> ArraySlice<UInt8> {
        let bytes = self[range.file].bytes
        let start = min(max(range.start, 0), bytes.count)
        return bytes[start..<min(max(range.end, start), bytes.count)]
    }

    /// The text of a range, decoded so that `configurationBytes` gives the bytes back.
    package func text(of range: SourceRange) -> String {
        String(configuration: bytes(of: range))
    }

    /// `path:line` of the place where a range begins, as messages cite it.
    package func place(of range: SourceRange) -> String {
        "\(self[range.file].path):\(position(of: range).line)"
    }

    /// The directives through which a file was included, the innermost first; empty for a file named by the user.
    package func includeChain(of file: FileID) -> [SourceRange] {
        var chain: [SourceRange] = []
        var next = self[file].includedFrom
        // A file can only be included from one that was added before it; the comparison keeps a wrong map from looping.
        var previous = file
        while let range = next, range.file < previous {
            chain.append(range)
            previous = range.file
            next = self[range.file].includedFrom
        }
        return chain
    }
}
