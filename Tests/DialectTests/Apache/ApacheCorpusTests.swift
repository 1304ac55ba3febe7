import Apache
import Foundation
import Language
import Source
import TestSupport
import Testing

/// Real files, where they are at hand beside the repository.
struct ApacheCorpusTests {
    private static let folder =
        ProcessInfo.processInfo.environment["CORPUS"]
        ?? Repository.root.deletingLastPathComponent().appending(path: "shared/corpus/apache").path
    private static var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    @Test func `every file is read and lowered, and every diagnostic has its place`() throws {
        let shows = ProcessInfo.processInfo.environment["SHOW"] != nil
        var counts: [String: Int] = [:]
        for name in Self.files {
            let data = try Data(contentsOf: URL(filePath: Self.folder + "/" + name))
            let path = Self.folder + "/" + name
            let entry = ReadEntry(path: path, bytes: [UInt8](data), isMain: false)
            let result = ApacheCase(ReadRequest(entries: [entry], files: .onDisk, version: "apache-2.4"))
            for diagnostic in result.diagnostics {
                #expect(diagnostic.range != nil, "\(name): \(diagnostic.message)")
                counts["\(diagnostic.severity) \(diagnostic.rule)", default: 0] += 1
                guard shows, let range = diagnostic.range else { continue }
                let place = result.reading.sources.place(of: range)
                print("CORPUS\t\(diagnostic.severity)\t\(diagnostic.rule)\t\(place)\t\(diagnostic.message)")
            }
        }
        if shows { for (rule, count) in counts.sorted(by: { $0.key < $1.key }) { print("COUNT", count, rule) } }
    }
}
