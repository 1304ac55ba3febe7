import Foundation
import Testing

/// The repository's own files, for tests that read them.
package enum Repository {
    /// The folder that holds `Package.swift`.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Every file below a folder of the repository whose name ends in `suffix`, in a stable order.
    package static func files(below folder: String, suffix: String = "") -> [RepositoryFile] {
        let start = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return names.sorted().filter { $0.hasSuffix(suffix) }.map { RepositoryFile(path: folder + "/" + $0) }
    }
}

/// One file of the repository; a test's argument shows as its path.
package struct RepositoryFile: Sendable, CustomTestStringConvertible {
    /// The path from the repository's root.
    package let path: String

    /// A file by its path from the repository's root.
    package init(path: String) { self.path = path }

    /// Where the file lies on this machine.
    package var url: URL { Repository.root.appending(path: path) }

    /// The file's text.
    package func text() throws -> String { try String(contentsOf: url, encoding: .utf8) }

    /// The file's lines, without their ends.
    package func lines() throws -> [Substring] {
        try text().split(separator: "\n", omittingEmptySubsequences: false)
    }

    package var testDescription: String { path }
}
