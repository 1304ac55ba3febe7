import Foundation
import TestSupport

/// The differential laboratory, Tests/Laboratory/lab.py, as the tests run it.
enum Laboratory {
    struct Outcome {
        var agreed: Bool
        var report: String
    }

    /// The folders of fixtures/proxy that tell a story.
    static let stories = Repository.files(below: "fixtures/proxy", suffix: "/requests.txt").map { file in
        RepositoryFile(path: String(file.path.dropLast("/requests.txt".count)))
    }

    /// The program that the build of these tests made too.
    static let sluice = Repository.root.appending(path: ".build/debug/sluice").path

    /// Runs one verb of the laboratory on one story, with some requests at the configuration's boundaries.
    static func run(_ verb: String, _ story: RepositoryFile, ways: String = "source") throws -> Outcome {
        let script = Repository.root.appending(path: "Tests/Laboratory/lab.py").path
        let options = ["--ways", ways, "--sluice", sluice, "--generate", "25", "--seed", "1", "--show", "5"]
        return try run("python3", ["-B", script, verb, story.url.path] + options)
    }

    /// Compares the marks of all stories with docs/deviations.md.
    static func marks() throws -> Outcome {
        let script = Repository.root.appending(path: "Tests/Laboratory/lab.py").path
        return try run("python3", ["-B", script, "marks"])
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(agreed: process.terminationStatus == 0, report: String(decoding: bytes, as: UTF8.self))
    }
}
