import Foundation
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport

/// A configuration that is asked what it does with requests: read by its dialect, lowered, compiled.
struct Subject {
    let configuration: Configuration
    let plan: Plan
    let reading: Language.Reading
    let lowered: Lowered

    /// A configuration of one text; other files are read through `files`.
    init(_ dialect: any Dialect, _ text: String, path: String = "/site.conf", version: String? = nil, files: FileAccess)
    {
        let request = ReadRequest(
            entries: [ReadEntry(path: path, bytes: text.configurationBytes, isMain: true)], files: files,
            version: version ?? dialect.versions[0])
        reading = dialect.read(request)
        lowered = dialect.lower(reading)
        configuration = lowered.configuration
        plan = Plan(lowered.configuration)
    }

    /// What dialect and compiler complain about.
    var complaints: [String] {
        let diagnostics = (reading.diagnostics + lowered.diagnostics).filter { $0.severity == .error }
        return diagnostics.map(\.message) + plan.problems.map(\.message)
    }

    /// The listener of a port; the first one of a configuration that does not have it.
    func listener(port: Int) -> Int {
        configuration.listeners.firstIndex { $0.port == port } ?? 0
    }
}

extension FileAccess {
    /// The machine's files, read with Foundation.
    static let ofTests = FileAccess(
        read: { path throws(FileProblem) in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw FileProblem(path: path, reason: .notFound)
            }
            return [UInt8](data)
        },
        kind: { path in
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return nil }
            return isDirectory.boolValue ? .directory : .file
        },
        glob: { pattern in
            let folder = (pattern as NSString).deletingLastPathComponent
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return sortedByBytes(names.map { folder + "/" + $0 }.filter { matchesGlob($0, pattern: pattern) })
        },
        list: { folder in sortedByBytes((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []) })
}
