import Foundation
import TestSupport
import Testing

struct FormatTests {
    @Test func `swift format has nothing to complain about`() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "format", "lint", "--strict", "--parallel", "--recursive", "Package.swift", "Sources", "Tests",
        ]
        process.currentDirectoryURL = Repository.root
        process.standardError = output
        try process.run()
        let complaints = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: complaints, as: UTF8.self)
        #expect(process.terminationStatus == 0, "run 'make format' first, then mend by hand:\n\(text)")
    }
}
