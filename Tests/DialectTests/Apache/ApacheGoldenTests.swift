import Apache
import Foundation
import HTTP
import IR
import Language
import Routing
import Source
import TestSupport
import Testing

/// What a real httpd answered, where its recorded answers are at hand beside the repository.
struct ApacheGoldenTests {
    private static let folder = Repository.root.deletingLastPathComponent().appending(path: "shared/golden").path

    private struct Probe: Decodable {
        var group: String
        var apache_port: Int?
        var request: String
        var apache: String?
    }

    @Test func `requests to the recorded configurations are decided as httpd decided them`() throws {
        guard FileManager.default.fileExists(atPath: Self.folder + "/answers.jsonl") else { return }
        let lab = try Laboratory(Self.folder)
        let text = try String(contentsOfFile: Self.folder + "/answers.jsonl", encoding: .utf8)
        let probes = try text.split(separator: "\n").map { try JSONDecoder().decode(Probe.self, from: Data($0.utf8)) }
        var agreeing = 0
        var total = 0
        for probe in probes {
            guard let port = probe.apache_port, port > 0, let recorded = probe.apache else { continue }
            guard let found = lab.decide(port: port, request: probe.request) else { continue }
            total += 1
            let wanted = lab.essence(ofRecorded: recorded)
            if wanted == found { agreeing += 1; continue }
            if ProcessInfo.processInfo.environment["SHOW"] != nil {
                print("[\(probe.group)] \(probe.request.prefix { $0 != "\r" })")
                for key in Set(wanted.keys).union(found.keys).sorted() where wanted[key] != found[key] {
                    print("    \(key): want \(wanted[key] ?? "-")\n    \(key):  got \(found[key] ?? "-")")
                }
            }
        }
        if ProcessInfo.processInfo.environment["SHOW"] != nil { print("AGREE \(agreeing) of \(total)") }
        #expect(agreeing >= 160)
    }
}

/// The recorded configurations, laid out in a folder of their own, and a world with that folder in it.
private struct Laboratory {
    let root: String
    var cases: [ApacheCase] = []
    var plans: [Plan] = []

    init(_ folder: String) throws {
        let manager = FileManager.default
        root = manager.temporaryDirectory.path + "/sluice-golden-\(UUID().uuidString)"
        try manager.createDirectory(atPath: root, withIntermediateDirectories: true)
        try manager.copyItem(atPath: folder + "/www", toPath: root + "/www")
        try manager.copyItem(atPath: folder + "/err", toPath: root + "/err")
        try? manager.createDirectory(atPath: root + "/www/dir", withIntermediateDirectories: true)
        try manager.moveItem(atPath: root + "/www/dot-git", toPath: root + "/www/.git")
        for name in ["a", "b", "c", "d"] {
            let text = try String(contentsOfFile: "\(folder)/apache/\(name).conf", encoding: .utf8)
                .replacingOccurrences(of: "@LAB@", with: root)
            let entry = ReadEntry(path: "\(root)/\(name)/httpd.conf", bytes: text.configurationBytes, isMain: true)
            let result = ApacheCase(ReadRequest(entries: [entry], files: .onDisk, version: "apache-2.4"))
            cases.append(result)
            plans.append(Plan(result.configuration))
        }
    }

    func decide(port: Int, request: String) -> [String: String]? {
        for (index, apache) in cases.enumerated() {
            guard let listener = apache.configuration.listeners.firstIndex(where: { $0.port == port }) else { continue }
            let bytes = Array(request.data(using: .isoLatin1) ?? Data())
            var decider = Decider(plans[index])
            let outcome = decider.decide(
                SupposedRequest(head: bytes, connection: ConnectionFacts(supposedListener: listener, port: port)),
                in: world)
            return essence(of: outcome)
        }
        return nil
    }

    private var world: World {
        var world = World()
        let root = root
        world.file = { path in
            var info = stat()
            let name = String(decoding: path, as: UTF8.self)
            guard stat(name, &info) == 0 else { return FileFact(kind: .missing) }
            let isFolder = info.st_mode & S_IFMT == S_IFDIR
            return FileFact(kind: isFolder ? .directory : .file, size: Int64(info.st_size), seconds: 1_600_000_000)
        }
        world.password = { file, user, password in
            String(decoding: file, as: UTF8.self).hasPrefix(root) && user == Array("a".utf8)
                && password == Array("b".utf8)
                ? .yes : .no
        }
        world.backend = { request in
            if request.authority.contains(":19009") { return .fails(.refused) }
            if !request.authority.hasPrefix("127.0.0.1:19001"), request.pool == nil { return .fails(.resolve) }
            if request.authority.contains("invalid") { return .fails(.resolve) }
            return backend(String(decoding: request.target, as: UTF8.self))
        }
        return world
    }

    func essence(of outcome: Outcome) -> [String: String] {
        var found: [String: String] = ["status": String(outcome.status)]
        fill(&found, head: String(decoding: outcome.head, as: UTF8.self))
        // An answer of the backend tells what it was asked; one of our own replaces it.
        if outcome.body == .upstream, let sent = outcome.sent.last {
            let lines = String(decoding: sent.head, as: UTF8.self).components(separatedBy: "\r\n").filter {
                !$0.isEmpty
            }
            found["upstream"] = lines.first
            found["upstream-fields"] = lines.dropFirst().filter { !$0.lowercased().hasPrefix("connection:") }.sorted()
                .joined(separator: " | ")
        }
        return found
    }

    func essence(ofRecorded answer: String) -> [String: String] {
        let parts = answer.replacingOccurrences(of: "@LAB@", with: root).components(separatedBy: "\r\n\r\n")
        let head = parts[0]
        var found: [String: String] = ["status": String(head.dropFirst(9).prefix(3))]
        fill(&found, head: head)
        let body = parts.dropFirst().joined(separator: "\r\n\r\n")
        if let object = try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any],
            let line = object["rl"] as? String, let fields = object["h"] as? [String]
        {
            found["upstream"] = line
            found["upstream-fields"] = fields.filter { !$0.lowercased().hasPrefix("connection:") }.sorted()
                .joined(separator: " | ")
        }
        return found
    }

    private func fill(_ found: inout [String: String], head: String) {
        let compared: Set<String> = [
            "location", "allow", "retry-after", "www-authenticate", "set-cookie", "content-type", "accept-ranges",
            "vary",
        ]
        for line in head.components(separatedBy: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            guard compared.contains(name) || name.hasPrefix("x-") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            found[name] = found[name].map { $0 + " & " + value } ?? value
        }
    }
}

/// What the recorded configurations' backend does with a target.
private func backend(_ target: String) -> BackendDeed {
    var answer = SupposedAnswer(status: 200, fields: [SupposedField("Content-Type", "application/json")], length: 100)
    if target.contains("close0") { return .fails(.closedEarly) }
    if target.contains("slow") { return .fails(.readTimeout) }
    if target.contains("bad0") { return .fails(.badHead) }
    if target.contains("s500") { answer.status = 500 }
    if target.contains("s503") {
        answer.status = 503
        answer.fields += [SupposedField("Retry-After", "77"), SupposedField("X-Back", "yes")]
    }
    if target.contains("s404") { answer.status = 404 }
    if target.contains("s401") {
        answer.status = 401
        answer.fields.append(SupposedField("WWW-Authenticate", "Basic realm=\"back\""))
    }
    if target.contains("s302"), let mark = target.range(of: "to=") {
        answer.status = 302
        let location = target[mark.upperBound...].replacingOccurrences(of: "%3A", with: ":")
        answer.fields.append(SupposedField("Location", location))
    }
    if target.contains("xaccel") {
        answer.fields += [SupposedField("X-Accel-Redirect", "/file.txt"), SupposedField("X-Sendfile", "/etc/hostname")]
    }
    if target.contains("hopresp") {
        answer.fields += [
            SupposedField("Connection", "close, X-Hop"), SupposedField("X-Hop", "1"),
            SupposedField("Keep-Alive", "timeout=5"), SupposedField("X-Stay", "1"),
        ]
    }
    if target.contains("cookie") {
        answer.fields.append(SupposedField("Set-Cookie", "a=1; Path=/app/; Domain=backend.local"))
    }
    return .answers(answer)
}

extension FileAccess {
    /// This machine's files.
    static let onDisk = FileAccess(
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
        glob: { _ in [] },
        list: { (try? FileManager.default.contentsOfDirectory(atPath: $0).sorted()) ?? [] })
}
