import Apache
import Foundation
import IR
import Language
import Nginx
import Routing
import Source
import TestSupport

/// Probes that were sent to a real server, its answers, and the configurations that it had.
struct Golden {
    /// One probe.
    struct Probe: Sendable {
        var group: String
        var port: Int
        var request: String
        var answer: String
    }

    let server: String
    let probes: [Probe]
    /// The folder that the configurations name.
    let laboratory: String
    private let subjects: [Subject]
    private let world: World

    /// The recordings of a server; nil where there are none.
    init?(_ server: String) throws {
        let folder = Repository.root.appending(path: "../shared/golden")
        guard let lines = try? String(contentsOf: folder.appending(path: "answers.jsonl"), encoding: .utf8) else {
            return nil
        }
        self.server = server
        probes = try lines.split(separator: "\n").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            guard let port = object[server + "_port"] as? Int, let answer = object[server] as? String else {
                return nil
            }
            return Probe(
                group: object["group"] as? String ?? "", port: port, request: object["request"] as? String ?? "",
                answer: answer)
        }
        laboratory = try Self.layOut(folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: server).path)
        let laboratory = laboratory
        subjects = try files.sorted().map { file in
            let text = try String(contentsOf: folder.appending(path: "\(server)/\(file)"), encoding: .utf8)
            let dialect: any Dialect = server == "apache" ? ApacheDialect() : NginxDialect()
            return Subject(
                dialect, text.replacing("@LAB@", with: laboratory), path: laboratory + "/" + file,
                version: server == "apache" ? nil : "nginx-1.22", files: .ofTests)
        }
        var world = World.ofMachine()
        world.backend = GoldenBackend.deed
        self.world = world
    }

    /// Copies the served files to a folder of this test run.
    private static func layOut(_ golden: URL) throws -> String {
        let target = FileManager.default.temporaryDirectory.appending(
            path: "golden-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for name in ["www", "err"] {
            try FileManager.default.copyItem(at: golden.appending(path: name), to: target.appending(path: name))
        }
        try FileManager.default.createDirectory(
            at: target.appending(path: "www/dir"), withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            at: target.appending(path: "www/dot-git"), to: target.appending(path: "www/.git"))
        return target.path
    }

    /// Removes what was laid out.
    func cleanUp() { try? FileManager.default.removeItem(atPath: laboratory) }

    /// What dialects and compilers complain about.
    var complaints: [String] { subjects.flatMap(\.complaints) }

    /// In which points what is decided differs from what was recorded.
    func differences(_ probe: Probe) -> [String] {
        guard let subject = subjects.first(where: { $0.configuration.listeners.contains { $0.port == probe.port } })
        else { return ["nothing listens on \(probe.port)"] }
        var decider = Decider(subject.plan)
        let request = Array(probe.request.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
        let supposed = SupposedRequest(
            head: request,
            connection: ConnectionFacts(supposedListener: subject.listener(port: probe.port), port: probe.port),
            bodyLength: GoldenBackend.bodyLength(probe.request))
        let outcome = decider.decide(supposed, in: world)
        let want = Essence(recorded: probe.answer)
        let got = Essence(outcome, laboratory: laboratory)
        let points = want.differences(from: got)
        if points.isEmpty { return [] }
        let steps = outcome.steps.map { "        \($0.kind) \($0.text)" }
        let showsSteps = ProcessInfo.processInfo.environment["SHOW_GOLDEN"] == "steps"
        return ["[\(probe.group)] :\(probe.port) \(probe.request.debugDescription)"]
            + points.map { "    " + $0 } + (showsSteps ? steps : [])
    }
}

extension Golden {
    /// Where it is meant that Sluice answers otherwise.
    struct Deviation: Sendable {
        var why: String
        var concerns: @Sendable (Probe) -> Bool
    }

    /// The probes that are answered otherwise on purpose, and why.
    static let deviations: [Deviation] = [
        Deviation(why: "lines that end without CR are refused") { !$0.request.contains("\r\n") },
        Deviation(why: "control bytes in fields are refused") { $0.request.contains("\u{01}") },
        Deviation(why: "an answer that is not HTTP is 502") { $0.request.contains("bad0") },
        Deviation(why: "the recording has no head") { $0.request.hasPrefix("GET /sl/x\r\n") },
        Deviation(why: "no target with blanks is sent") { $0.request.contains("/rx/a%20b") },
        Deviation(why: "fields that Connection names stay here") {
            $0.request.contains("X-Secret") || $0.request.contains("hopresp")
        },
    ]
}

/// What the recording's backend does with a request; it decides by words in the target.
enum GoldenBackend {
    static let deed: @Sendable (SentRequest) -> BackendDeed = { sent in
        let target = String(decoding: sent.target, as: UTF8.self)
        if !sent.servers.isEmpty, sent.servers.allSatisfy({ $0.hasSuffix(":19009") }) { return .fails(.refused) }
        if sent.authority.hasPrefix("127.0.0.1:19001") == false, sent.authority.contains("invalid") {
            return .fails(.resolve)
        }
        if target.contains("close0") { return .fails(.closedEarly) }
        if target.contains("slow"), sent.readTimeout < 4000 { return .fails(.readTimeout) }
        if target.contains("bad0") { return .fails(.badHead) }
        var status = 200
        var extra: [SupposedField] = []
        if target.contains("s500") { status = 500 }
        if target.contains("s503") {
            status = 503
            extra = [SupposedField("Retry-After", "77"), SupposedField("X-Back", "yes")]
        }
        if target.contains("s404") { status = 404 }
        if target.contains("s401") {
            status = 401
            extra = [SupposedField("WWW-Authenticate", "Basic realm=\"back\"")]
        }
        if target.contains("s302") {
            status = 302
            let location = target.components(separatedBy: "to=").dropFirst().first ?? ""
            extra = [SupposedField("Location", location.replacing("%3A", with: ":"))]
        }
        if target.contains("xaccel") {
            extra = [SupposedField("X-Accel-Redirect", "/file.txt"), SupposedField("X-Sendfile", "/etc/hostname")]
        }
        if target.contains("hopresp") {
            extra = [
                SupposedField("Connection", "close, X-Hop"), SupposedField("X-Hop", "1"),
                SupposedField("Keep-Alive", "timeout=5"), SupposedField("X-Stay", "1"),
            ]
        }
        if target.contains("cookie") {
            extra = [SupposedField("Set-Cookie", "a=1; Path=/app/; Domain=backend.local")]
        }
        let fields = [
            SupposedField("Server", "back/1"), SupposedField("Date", "Mon, 01 Jan 2024 00:00:00 GMT"),
            SupposedField("Content-Type", "application/json"), SupposedField("Content-Length", "1"),
        ]
        return .answers(SupposedAnswer(status: status, fields: fields + extra, length: 1))
    }

    /// How many bytes of body a recorded request brings.
    static func bodyLength(_ request: String) -> Int64? {
        guard let end = request.range(of: "\r\n\r\n") else { return nil }
        let body = request[end.upperBound...]
        guard request[..<end.lowerBound].lowercased().contains("transfer-encoding") else { return nil }
        var total: Int64 = 0
        for line in body.components(separatedBy: "\r\n") {
            if let size = Int64(line, radix: 16), size > 0, line.count == 1 { total += size }
        }
        return total
    }
}
