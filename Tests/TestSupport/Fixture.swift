import Foundation
import Testing

/// A folder that tells one story: an input, and files that say what is expected of it.
///
/// A test lists the folders of its topic as arguments and calls `expect` for each result. With `UPDATE=1` in the
/// environment the expected files are written instead of compared. Read what changed before committing it.
package struct Fixture: Sendable, CustomTestStringConvertible {
    /// The folder from the repository's root (`fixtures/syntax/nginx/quotes`).
    package let path: String

    /// The folders directly below one of the repository, in a stable order.
    package static func all(below folder: String) -> [Fixture] {
        let root = Repository.root.appending(path: folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().map { Fixture(path: folder + "/" + $0) }.filter(\.isFolder)
    }

    /// The story: the folder's name in words.
    package var testDescription: String {
        (path.split(separator: "/").last.map(String.init) ?? path).replacing("-", with: " ")
    }

    /// The names of the files in the folder, in a stable order.
    package var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.sorted()
    }

    /// Whether a file is there; its presence selects the check.
    package func has(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: url.appending(path: file).path)
    }

    /// The bytes of a file.
    package func bytes(of file: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: url.appending(path: file)))
    }

    /// The text of a file.
    package func text(of file: String) throws -> String {
        String(decoding: try bytes(of: file), as: UTF8.self)
    }

    /// Expects a result to be what a file holds, and shows the lines that differ.
    ///
    /// An empty result expects that there is no file. With `UPDATE=1` the file is written or removed.
    package func expect(_ result: String, in file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let place = url.appending(path: file)
        if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
            if result.isEmpty {
                if has(file) { try FileManager.default.removeItem(at: place) }
            } else {
                try Data(result.utf8).write(to: place)
            }
            return
        }
        let expected = has(file) ? try text(of: file) : ""
        guard expected != result else { return }
        let difference = lineDifference(from: expected, to: result)
        Issue.record(
            "\(path)/\(file) differs (UPDATE=1 swift test rewrites it):\n\(difference)", sourceLocation: sourceLocation)
    }

    private var url: URL { Repository.root.appending(path: path) }

    private var isFolder: Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}

/// The lines that only one of two texts has, with `-` for the first and `+` for the second.
package func lineDifference(from old: String, to new: String) -> String {
    let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
    let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
    let changes = newLines.difference(from: oldLines).map { change in
        switch change {
        case .remove(let offset, let line, _): (offset, "-\(offset + 1): \(line)")
        case .insert(let offset, let line, _): (offset, "+\(offset + 1): \(line)")
        }
    }
    return changes.sorted { $0.0 < $1.0 }.prefix(60).map(\.1).joined(separator: "\n")
}
