import Foundation
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport
import Testing

/// Stories of `fixtures/directives/nginx`: a configuration, requests, and what becomes of them.
///
/// - `nginx.conf`: the configuration, or `fragment.conf`: a fragment.
/// - `files`: what lies on the disk, a line each; folders end in a slash.
/// - `requests`: a line each: `METHOD HOST TARGET`, then fields between bars.
/// - `decisions`, `findings`: what is expected; the decisions were compared with those of nginx 1.22 and 1.31.
struct NginxFixtureTests {
    @Test(arguments: Fixture.all(below: "fixtures/directives/nginx"))
    func `a configuration is understood`(_ fixture: Fixture) throws {
        let isMain = fixture.has("nginx.conf")
        let file = isMain ? "nginx.conf" : "fragment.conf"
        let entry = ReadEntry(path: file, bytes: try fixture.bytes(of: file), isMain: isMain)
        let result = NginxCase(entries: [entry])
        let findings = result.diagnostics.map { describe($0, result.reading.sources) }
        try fixture.expect(findings.isEmpty ? "" : findings.joined(separator: "\n") + "\n", in: "findings")
        guard fixture.has("requests") else { return }
        var world = NginxWorld(result.configuration)
        world.files = try files(of: fixture)
        let lines = try fixture.text(of: "requests").split(separator: "\n")
        let decisions = lines.map { decide(String($0), world) }
        try fixture.expect(decisions.joined(separator: "\n") + "\n", in: "decisions")
    }

    private func describe(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
        let place = diagnostic.range.map { range in
            let position = sources.position(of: range)
            return "\(position.line):\(position.column) "
        }
        return "\(place ?? "")\(diagnostic.severity) \(diagnostic.rule): \(diagnostic.message)"
    }

    private func files(of fixture: Fixture) throws -> (String) -> FileFact {
        let lines = fixture.has("files") ? try fixture.text(of: "files").split(separator: "\n").map(String.init) : []
        let known = Set(lines)
        return { path in
            if known.contains(path) && !path.hasSuffix("/") { return FileFact(kind: .file, size: 10) }
            let folder = path.hasSuffix("/") ? path : path + "/"
            return FileFact(kind: known.contains(folder) ? .directory : .missing)
        }
    }

    /// One request and what became of it, in a line.
    private func decide(_ line: String, _ world: NginxWorld) -> String {
        let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        let words = parts[0].split(separator: " ", maxSplits: 2).map(String.init)
        let fields = ["Host: \(words[1])"] + parts.dropFirst()
        let raw = "\(words[0]) \(words[2]) HTTP/1.1\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n"
        return "\(line) -> \(outcome(world.ask(raw)))"
    }

    private func outcome(_ decision: NginxDecision) -> String {
        switch decision.effect {
        case .close: return "closed"
        case .forward:
            let lines = decision.head.components(separatedBy: "\r\n").filter { !$0.isEmpty }
            return "upstream " + lines.joined(separator: " | ")
        case .ask, .respond, .relay:
            let shown = decision.head.components(separatedBy: "\r\n").filter { line in
                ["Location:", "X-", "Content-Type:", "WWW-", "Cache-Control:"].contains { line.hasPrefix($0) }
            }
            let isPage = decision.body.hasPrefix("<html>")
            let body = decision.body.isEmpty || isPage ? [] : ["\"\(decision.body)\""]
            return (["\(decision.status)"] + shown + body).joined(separator: " | ")
        }
    }
}
