import TestSupport
import Testing

/// The size of files and lines, and words that must not reach main.
struct ShapeTests {
    static let swiftFiles = ["Sources", "Tests"].flatMap { Repository.files(below: $0, suffix: ".swift") }

    @Test func `no file is longer than 500 lines`() throws {
        for file in Self.swiftFiles {
            let count = try file.lines().count - 1
            #expect(count <= 500, "\(file.path) has \(count) lines: it is probably two subjects")
        }
    }

    /// A line with a text in it may be wider: a message that is broken in two is not found by those who search for it.
    @Test func `no line is wider than 120 columns`() throws {
        for file in Self.swiftFiles {
            for (index, line) in try file.lines().enumerated()
            where line.count > 120 && !line.contains("\"") && !line.hasSuffix("\\") {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test func `the sources hold nothing unfinished and nothing that ends the process`() throws {
        let forbidden = ["fatalError(", "try!", "TO" + "DO", "FIX" + "ME", "preconditionFailure("]
        for file in Repository.files(below: "Sources", suffix: ".swift") {
            for (index, line) in try file.lines().enumerated() {
                for word in forbidden where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) holds '\(word)'")
                }
            }
        }
    }

    /// `System`, `HTTP` and `Net` are the exception: the compiler inlines across modules only what is public, and
    /// their small generic types are on the way of every request.
    @Test func `no declaration is public outside the three modules of the data plane`() throws {
        let exempt = ["Sources/System/", "Sources/HTTP/", "Sources/Net/"]
        for file in Repository.files(below: "Sources", suffix: ".swift")
        where !exempt.contains(where: file.path.hasPrefix) {
            for (index, line) in try file.lines().enumerated() {
                let words = line.split(whereSeparator: \.isWhitespace)
                let isPublic = words.prefix(3).contains { $0 == "public" }
                #expect(!isPublic || words.first?.hasPrefix("//") == true, "\(file.path):\(index + 1) is public")
            }
        }
    }

    @Test func `the contributor's page stays short`() throws {
        #expect(try RepositoryFile(path: "CONTRIBUTING.md").lines().count - 1 <= 80)
    }
}
