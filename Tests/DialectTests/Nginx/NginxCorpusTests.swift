import Foundation
import Language
import Nginx
import Source
import TestSupport
import Testing

/// Real files, where they are at hand beside the repository.
struct NginxCorpusTests {
    private static let folder = Repository.root.deletingLastPathComponent().appending(path: "shared/corpus/nginx").path
    private static var files: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    @Test func `every file is read and lowered, and every diagnostic has its place`() throws {
        var counts: [String: Int] = [:]
        for name in Self.files {
            let data = try Data(contentsOf: URL(filePath: Self.folder + "/" + name))
            let entry = ReadEntry(path: Self.folder + "/" + name, bytes: [UInt8](data), isMain: false)
            let result = NginxCase(entries: [entry])
            for diagnostic in result.diagnostics {
                #expect(diagnostic.range != nil, "\(name): \(diagnostic.message)")
                if ProcessInfo.processInfo.environment["SHOW"] != nil, let range = diagnostic.range {
                    let place = result.reading.sources.place(of: range)
                    print("CORPUS\t\(diagnostic.severity)\t\(diagnostic.rule)\t\(place)\t\(diagnostic.message)")
                }
                counts[diagnostic.rule, default: 0] += 1
            }
        }
        if ProcessInfo.processInfo.environment["SHOW"] != nil { print("COUNTS", counts.sorted { $0.key < $1.key }) }
    }
}
