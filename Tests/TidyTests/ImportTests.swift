import TestSupport
import Testing

/// The direction of dependencies: what each target may import beside Swift's own modules.
struct ImportTests {
    /// One row a target, in the order of docs/architecture.md; what a row does not name, the target never knows.
    static let permitted: [String: Set<String>] = [
        "System": ["CSystem"],
        "Source": [],
        "Syntax": ["Source"],
        "Pattern": ["CPCRE2"],
        "IR": [],
        "HTTP": ["CScan"],
        "Routing": ["IR", "HTTP", "Pattern", "System"],
        "Language": ["Source", "Syntax", "IR"],
        "Apache": ["Language", "Source", "Syntax", "IR", "Pattern"],
        "Nginx": ["Language", "Source", "Syntax", "IR", "Pattern"],
        "Lint": ["Language", "Routing", "IR", "Syntax", "Source", "HTTP"],
        "Explain": ["Language", "Routing", "IR", "Source", "HTTP"],
        "Translate": ["Language", "Routing", "IR", "Source", "Pattern"],
        "Compare": ["Language", "Routing", "IR", "Source", "HTTP"],
        "TLS": ["COpenSSL", "CTLS", "System"],
        "Net": ["System", "HTTP", "TLS"],
        "Serve": ["Net", "TLS", "System", "HTTP", "Routing", "IR", "Pattern"],
    ]

    /// Modules of the toolchain; the C library only where the system is spoken to.
    static let toolchain: Set<String> = ["Swift", "Synchronization"]

    @Test(arguments: permitted.keys.sorted())
    func `a target imports only what its row permits`(target: String) throws {
        let allowed = Self.permitted[target, default: []].union(Self.toolchain)
        for file in Repository.files(below: "Sources/\(target)", suffix: ".swift") {
            for module in try file.imports() {
                let systemCall = target == "System" && ["Glibc", "Musl"].contains(module)
                #expect(allowed.contains(module) || systemCall, "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `every target of Swift code has a row`() throws {
        let folders = Set(
            Repository.files(below: "Sources", suffix: ".swift").compactMap { file in
                file.path.split(separator: "/").dropFirst().first.map(String.init)
            })
        #expect(folders.subtracting(Self.permitted.keys) == ["sluice"])
    }

    @Test func `the product does not use Foundation`() throws {
        for file in Repository.files(below: "Sources", suffix: ".swift") {
            for module in try file.imports() {
                #expect(!module.hasPrefix("Foundation"), "\(file.path) imports \(module)")
            }
        }
    }

    @Test(arguments: [
        ("import A", "A"), ("package import Source", "Source"), ("@testable import B", "B"),
        ("internal import struct C.D", "C"), ("@preconcurrency import E.F  // why", "E"),
        ("// import G", nil), ("let important = 1", nil),
    ])
    func `an import line is read in all its forms`(line: String, module: String?) {
        #expect(importedModule(in: line[...]) == module)
    }
}

extension RepositoryFile {
    /// The modules this Swift file imports.
    func imports() throws -> [String] { try lines().compactMap(importedModule) }
}

/// The module that a line imports, if it is an import line.
private func importedModule(in line: Substring) -> String? {
    let words = line.split(whereSeparator: \.isWhitespace)
    let qualifiers: Set<Substring> = ["package", "internal", "public", "private", "fileprivate"]
    guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy({ $0.hasPrefix("@") || qualifiers.contains($0) })
    else { return nil }
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
    let name = words[(keyword + 1)...].first { !kinds.contains($0) }
    return name?.split(separator: ".").first.map(String.init)
}
